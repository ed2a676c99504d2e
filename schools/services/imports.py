"""Writes of imported institutions, staff and students: in sets, inside the import's transaction.

The import batch is their audit row (``common.imports.services``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from common.identity import Identity
from common.imports.bulk import Row, Show, Target, upsert
from common.imports.kinds import Applied
from common.text import fold
from schools.models import (
    AcademicYear,
    District,
    Enrolment,
    Institution,
    InstitutionYear,
    Posting,
    Section,
    StaffMember,
    Student,
)
from schools.models.people import Employment, Title
from schools.models.units import Category

PERSON_COLUMNS = ("identity_digest", "identity_kind", "identity_mask", "first_name", "last_name", "name_key")


class InstitutionLine(NamedTuple):
    code: str
    name: str
    district_id: int
    category: str
    is_private: bool
    is_vocational: bool


class StaffLine(NamedTuple):
    identity: Identity
    first_name: str
    last_name: str
    email: str
    institution_id: int
    title: str
    branch: str
    employment: str


class StudentLine(NamedTuple):
    identity: Identity
    first_name: str
    last_name: str
    institution_id: int
    grade: int
    section_name: str
    school_number: str


def write_institutions(*, year: AcademicYear, lines: Sequence[InstitutionLine]) -> Applied:
    """Write institutions by code and their category in the year. The key of a line is its code."""
    districts = dict(District.objects.filter(province=year.province_id).values_list("pk", "name"))
    units = upsert(
        Target(
            model=Institution,
            scope={"province_id": year.province_id},
            columns=("code", "name", "name_key", "district_id", "is_private", "is_vocational"),
            key=("code",),
            update=("name", "name_key", "district_id"),
            labels={"name": (_("Kurum Adı"), str), "district_id": (_("İlçe"), lambda pk: districts[pk])},
        ),
        [
            (line.code, line.name, fold(line.name), line.district_id, line.is_private, line.is_vocational)
            for line in lines
        ],
    )
    of_year = upsert(
        Target(
            model=InstitutionYear,
            scope={"year_id": year.pk},
            columns=("institution_id", "category"),
            key=("institution_id",),
            update=("category",),
            labels={"category": (_("Kategori"), lambda code: str(Category(code).label))},
        ),
        [(pk, line.category) for pk, line in zip(units.ids, lines, strict=True)],
    )
    return Applied.of(units, of_year, keys=[line.code for line in lines])


def write_staff(
    *, year: AcademicYear, lines: Sequence[StaffLine], with_email: bool, with_branch: bool, with_employment: bool
) -> Applied:
    """Write people by number and their posting in the year. The key of a line is the person's id.

    What the file has no column for, and an e-mail address that it leaves empty, stays as it is known.
    """
    people = upsert(
        Target(
            model=StaffMember,
            scope={"province_id": year.province_id},
            columns=(*PERSON_COLUMNS, "email"),
            key=("identity_digest",),
            update=("first_name", "last_name", "name_key", *(("email",) if with_email else ())),
            keep_if_empty=frozenset({"email"}),
            labels={**_name_labels(), "email": (_("E-posta"), str)},
        ),
        [(*row, line.email) for row, line in zip(_person_rows(lines), lines, strict=True)],
    )
    update = ["institution_id", "title"]
    update += ["branch"] if with_branch else []
    update += ["employment"] if with_employment else []
    postings = upsert(
        Target(
            model=Posting,
            scope={"year_id": year.pk},
            columns=("staff_id", "institution_id", "title", "branch", "employment"),
            key=("staff_id",),
            update=tuple(update),
            labels={
                "institution_id": (_("Kurum Kodu"), _code_shower(year)),
                "title": (_("Unvan"), lambda code: str(Title(code).label)),
                "branch": (_("Branş"), str),
                "employment": (_("İstihdam"), lambda code: str(Employment(code).label)),
            },
        ),
        [
            (pk, line.institution_id, line.title, line.branch, line.employment)
            for pk, line in zip(people.ids, lines, strict=True)
        ],
    )
    return Applied.of(people, postings, keys=[str(pk) for pk in people.ids])


def write_students(*, year: AcademicYear, lines: Sequence[StudentLine], with_number: bool) -> Applied:
    """Write pupils by number, their enrolment in the year, and the sections that are new. The key is the pupil's id.

    Sections stay when the import is taken back: others may have been put into them.
    """
    people = upsert(
        Target(
            model=Student,
            scope={"province_id": year.province_id},
            columns=PERSON_COLUMNS,
            key=("identity_digest",),
            update=("first_name", "last_name", "name_key"),
            labels=_name_labels(),
        ),
        _person_rows(lines),
    )
    enrolments = upsert(
        Target(
            model=Enrolment,
            scope={"year_id": year.pk},
            columns=("student_id", "institution_id", "grade", "section_name", "school_number"),
            key=("student_id",),
            update=("institution_id", "grade", "section_name", *(("school_number",) if with_number else ())),
            keep_if_empty=frozenset({"school_number"}),
            labels={
                "institution_id": (_("Kurum Kodu"), _code_shower(year)),
                "grade": (_("Sınıf"), str),
                "section_name": (_("Şube"), str),
                "school_number": (_("Okul No"), str),
            },
        ),
        [
            (pk, line.institution_id, line.grade, line.section_name, line.school_number)
            for pk, line in zip(people.ids, lines, strict=True)
        ],
    )
    upsert(
        Target(
            model=Section,
            scope={"year_id": year.pk},
            columns=("institution_id", "grade", "name"),
            key=("institution_id", "grade", "name"),
            update=(),
        ),
        sorted({(line.institution_id, line.grade, line.section_name) for line in lines}),
    )
    return Applied.of(people, enrolments, keys=[str(pk) for pk in people.ids])


def _person_rows(lines: Sequence[StaffLine] | Sequence[StudentLine]) -> list[Row]:
    keys = {name: fold(name) for name in {name for line in lines for name in (line.first_name, line.last_name)}}
    return [
        (digest, kind, mask, first, last, f"{keys[first]} {keys[last]}")
        for (kind, digest, mask), first, last in [(line.identity, line.first_name, line.last_name) for line in lines]
    ]


def _name_labels() -> dict[str, tuple[Any, Show]]:
    return {"first_name": (_("Ad"), str), "last_name": (_("Soyad"), str)}


def _code_shower(year: AcademicYear) -> Show:
    codes: dict[int, str] = {}

    def show(pk: int) -> str:
        if not codes:
            codes.update(Institution.objects.filter(province=year.province_id).values_list("pk", "code"))
        return codes[pk]

    return show
