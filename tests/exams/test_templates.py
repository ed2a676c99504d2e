import json
from io import StringIO

import pytest
from django.core.management import call_command

from exams import reference
from exams.models import Exam, ExamFamily, FamilySubject
from tests.factories.schools import YearFactory

pytestmark = pytest.mark.django_db


def test_the_four_central_exams_are_templates_and_load_only_once():
    assert reference.load() == 4
    assert reference.load() == 0
    found = {
        family.code: (family.kind, family.level, family.divisor, [s.questions for s in family.subjects.all()])
        for family in ExamFamily.objects.order_by("code")
    }
    assert found == {
        "LGS": ("central", "middle", 3, [20, 10, 10, 10, 20, 20]),
        "TYT": ("central", "high", 4, [40, 5, 5, 5, 5, 40, 7, 7, 6]),
        "AYT": ("central", "high", 4, [24, 10, 6, 11, 11, 12, 6, 40, 14, 13, 13]),
        "YDT": ("central", "high", 4, [80]),
    }


def test_an_edited_template_stays_and_a_bare_family_becomes_one():
    ExamFamily.objects.create(code="LGS")
    ExamFamily.objects.create(code="TYT", kind="central", level="high", divisor=0)
    assert reference.load() == 3
    assert ExamFamily.objects.get(code="TYT").divisor == 0
    assert FamilySubject.objects.filter(family__code="LGS").count() == 6


def test_an_exam_of_a_template_needs_no_more_than_its_day():
    YearFactory()
    reference.load()
    out = StringIO()
    call_command(
        "define_exam", "LGS-2021", "--family=LGS", "--year=2020-2021", "--date=06.06.2021", "--json", stdout=out
    )
    made = json.loads(out.getvalue())
    assert (made["kind"], made["level"], made["divisor"]) == ("central", "middle", 3)
    assert [name for name, _questions in made["subjects"]] == [
        "Türkçe",
        "T.C. İnkılap Tarihi ve Atatürkçülük",
        "Din Kültürü ve Ahlak Bilgisi",
        "Yabancı Dil",
        "Matematik",
        "Fen Bilimleri",
    ]


def test_what_is_written_goes_before_the_template():
    YearFactory()
    reference.load()
    call_command(
        "define_exam",
        "LGS-2021",
        "--family=LGS",
        "--year=2020-2021",
        "--date=06.06.2021",
        "--divisor=0",
        "--subjects=Türkçe:19",
        stdout=StringIO(),
    )
    exam = Exam.objects.get()
    assert (exam.kind, exam.divisor, list(exam.subjects.values_list("name", "questions"))) == (
        "central",
        0,
        [("Türkçe", 19)],
    )
