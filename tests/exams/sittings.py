"""A small province whose figures are counted by hand in the tests: two schools in two districts, one LGS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client

from exams.models import Exam
from schools.models import Institution, Student
from tests.factories.exams import make_exam, make_result
from tests.factories.schools import DistrictFactory, InstitutionFactory, StudentFactory, YearFactory

SUBJECTS = (("Türkçe", 20), ("Matematik", 20))


@dataclass
class Place:
    year: Any
    exam: Exam
    light: Institution
    sea: Institution
    students: dict[str, Student]


def build(**values: Any) -> Place:
    """Işık (Edremit): a1, a2, a3 in 8/A, b1, b2 in 8/B, g7 in 7/A; Deniz (Havran): c1 in 8/A.

    a1 has 14 and 8 net, a2 10 and no Matematik, a3 applied only, b1 9 and -2/3, b2 is not in the file, c1 has all
    right; g7 has all of Türkçe right.
    """
    year = YearFactory()
    light = InstitutionFactory(district=DistrictFactory(name="Edremit"), name="Edremit Işık Ortaokulu", code="712345")
    sea = InstitutionFactory(district=DistrictFactory(name="Havran"), name="Havran Deniz Ortaokulu", code="712346")
    students = {name: StudentFactory(institution=light, section_name=name[0].upper()) for name in ("a1", "a2", "a3")}
    students |= {name: StudentFactory(institution=light, section_name="B") for name in ("b1", "b2")}
    students["g7"] = StudentFactory(institution=light, grade=7)
    students["c1"] = StudentFactory(institution=sea)
    exam = make_exam(year, subjects=SUBJECTS, **values)
    make_result(exam, students["a1"], {"Türkçe": (15, 3), "Matematik": (10, 6)})
    make_result(exam, students["a2"], {"Türkçe": (12, 6)})
    make_result(exam, students["a3"])
    make_result(exam, students["b1"], {"Türkçe": (9, 0), "Matematik": (2, 8)})
    make_result(exam, students["g7"], {"Türkçe": (20, 0)})
    make_result(exam, students["c1"], {"Türkçe": (20, 0), "Matematik": (20, 0)})
    return Place(year, exam, light, sea, students)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client
