import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from common.errors import UserError
from common.models import AuditEntry
from exams.models import Exam, ExamFamily, ExamSubject, ExamVersion, StudentResult, SubjectResult
from exams.services import define_exam
from tests.factories.schools import ProvinceFactory, StudentFactory, YearFactory

pytestmark = pytest.mark.django_db

LGS = {
    "code": "LGS-2021",
    "family": "LGS",
    "kind": "central",
    "level": "middle",
    "date": datetime.date(2021, 6, 6),
    "divisor": 3,
    "subjects": [("Türkçe", 20), ("Matematik", 20)],
    "by": None,
}


def defined(year, **changes):
    return define_exam(year=year, **{**LGS, **changes})


def subjects_of(exam):
    return list(ExamSubject.objects.filter(exam=exam).order_by("order").values_list("name", "questions"))


def command(*arguments):
    out = StringIO()
    call_command("define_exam", *arguments, stdout=out)
    return out.getvalue()


def test_a_new_exam_has_version_1_with_its_definition_frozen():
    exam = defined(YearFactory())
    assert (exam.version, exam.name, exam.family.code, exam.divisor) == (1, "LGS-2021", "LGS", 3)
    assert ExamVersion.objects.get().definition == {
        "family": "LGS",
        "kind": "central",
        "level": "middle",
        "date": "2021-06-06",
        "divisor": 3,
        "subjects": [["Türkçe", 20], ["Matematik", 20]],
    }
    assert AuditEntry.objects.get(action="exam.define").after["divisor"] == 3


def test_the_same_definition_again_changes_nothing():
    year = YearFactory()
    defined(year)
    exam = defined(year, family="lgs", subjects=[(" Türkçe ", 20), ("Matematik", 20)])
    assert (exam.version, ExamVersion.objects.count(), ExamFamily.objects.count()) == (1, 1, 1)
    assert AuditEntry.objects.filter(action__startswith="exam.").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"subjects": [("Türkçe", 19), ("Matematik", 20)]},
        {"subjects": [("Matematik", 20), ("Türkçe", 20)]},
        {"subjects": [("Türkçe", 20), ("Matematik", 20), ("Fen Bilimleri", 20)]},
        {"subjects": [("Matematik", 20)]},
        {"divisor": 4},
        {"date": datetime.date(2021, 6, 13)},
        {"family": "LGS-DENEME"},
        {"level": "high"},
        {"kind": "monitoring"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_results_are_computed_from_makes_a_new_version(change):
    year = YearFactory()
    defined(year)
    exam = defined(year, **change)
    assert (exam.version, Exam.objects.get().version) == (2, 2)
    assert list(ExamVersion.objects.order_by("number").values_list("number", "source")) == [
        (1, "definition"),
        (2, "definition"),
    ]
    assert subjects_of(exam) == change.get("subjects", LGS["subjects"])
    assert AuditEntry.objects.filter(action="exam.redefine").count() == 1


def test_a_new_name_makes_no_new_version():
    year = YearFactory()
    defined(year)
    exam = defined(year, name="Liselere Geçiş Sınavı")
    assert (exam.version, Exam.objects.get().name) == (1, "Liselere Geçiş Sınavı")
    assert defined(year).name == "Liselere Geçiş Sınavı"


def test_a_subject_with_results_stays_and_one_that_nobody_took_may_go():
    year = YearFactory()
    exam = defined(year)
    turkish, mathematics = exam.subjects.order_by("order")
    result = StudentResult.objects.create(exam=exam, student=StudentFactory())
    SubjectResult.objects.create(result=result, subject=turkish, correct=12, wrong=3)
    SubjectResult.objects.create(result=result, subject=mathematics)
    with pytest.raises(UserError, match="Türkçe dersinin sonuçları kayıtlı"):
        defined(year, subjects=[("Matematik", 20)])
    assert (Exam.objects.get().version, ExamSubject.objects.count()) == (1, 2)
    defined(year, subjects=[("TÜRKÇE", 20)])
    assert list(SubjectResult.objects.values_list("subject__name", "correct", "wrong")) == [("TÜRKÇE", 12, 3)]


def test_a_subject_that_comes_later_is_not_taken_by_those_who_are_there():
    year = YearFactory()
    exam = defined(year)
    StudentResult.objects.create(exam=exam, student=StudentFactory())
    defined(year, subjects=[*LGS["subjects"], ("Fen Bilimleri", 20)])
    assert list(SubjectResult.objects.values_list("subject__name", "correct", "wrong")) == [
        ("Fen Bilimleri", None, None)
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"subjects": []}, "en az bir"),
        ({"subjects": [("Türkçe", 20), ("TÜRKCE", 20)]}, "iki kez"),
        ({"subjects": [("Türkçe", 0)]}, "soru sayısı 1 ile 500"),
        ({"subjects": [("Ağız, Diş", 10)]}, "virgül"),
        ({"divisor": -1}, "0 ile 20 arasında"),
        ({"code": "LGS 2021"}, "boşluksuz"),
        ({"family": ""}, "sınav ailesi kodu olamaz"),
        ({"kind": "merkezi"}, "central, monitoring, eba"),
        ({"date": datetime.date(2012, 6, 6)}, "06.06.2012 günü 2020-2021"),
    ],
)
def test_a_definition_that_can_not_be_is_refused(change, sentence):
    with pytest.raises(UserError, match=sentence):
        defined(YearFactory(), **change)
    assert not Exam.objects.exists()


def test_the_command_defines_and_says_the_same_thing_twice():
    YearFactory()
    line = (
        "LGS-2021 --family LGS --kind central --level middle --year 2020-2021 --divisor 3 --province 10 --json".split()
    )
    first = json.loads(command(*line, "--date", "06.06.2021", "--subjects", "Türkçe:20,T.C. İnkılap Tarihi:10"))
    assert first == {
        "province": 10,
        "year": "2020-2021",
        "code": "LGS-2021",
        "family": "LGS",
        "kind": "central",
        "level": "middle",
        "date": "2021-06-06",
        "divisor": 3,
        "subjects": [["Türkçe", 20], ["T.C. İnkılap Tarihi", 10]],
        "name": "LGS-2021",
        "version": 1,
        "state": "created",
    }
    again = json.loads(command(*line, "--date", "2021-06-06", "--subjects", " Türkçe : 20 ,T.C. İnkılap Tarihi:10"))
    assert again == first | {"state": "unchanged"}


LINE = ("X", "--family", "DENEME", "--year", "2020-2021", "--date", "2021-03-01")
REST = ("--kind", "monitoring", "--level", "middle", "--divisor", "3", "--subjects", "Türkçe:20")


def test_the_only_province_need_not_be_named_but_one_of_two_must():
    YearFactory()
    assert "X (2020-2021, 1. sürüm) tanımlandı: Türkçe 20" in command(*LINE, *REST)
    ProvinceFactory(plate_code=63)
    with pytest.raises(CommandError, match="--province") as wrong:
        command(*LINE, *REST)
    assert wrong.value.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (LINE, "--kind, --level, --divisor, --subjects"),
        ((*LINE, *REST[:-1], "Türkçe"), "Türkçe:20,Matematik:20"),
        ((*LINE, *REST, "--date", "6 Haziran"), "bir tarih değil"),
        ((*LINE, *REST, "--kind", "merkezi"), "merkezi"),
    ],
)
def test_wrong_use(arguments, said):
    YearFactory()
    with pytest.raises(CommandError, match=said):
        command(*arguments)


def test_a_refusal_ends_with_1_and_one_sentence(capsys):
    YearFactory()
    with pytest.raises(SystemExit) as ended:
        command(*LINE[:4], "2021-2022", *LINE[5:], *REST)
    assert ended.value.code == 1
    assert capsys.readouterr().err.strip() == "10 plaka kodlu ilde 2021-2022 yılı açılmamış; önce yılı açınız."
