"""Whose results the rows of a file are: students by number, compared with what else the row says of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.imports.columns import Columns
from common.text import fold
from exams.importers import headers
from exams.models import FINAL_GRADES, Exam
from exams.models.exams import ExamKind, ExamLevel
from schools.importers.scope import code_of
from schools.models import AcademicYear, Enrolment, Student

SHOWN_ROWS = 5
FEWEST_OF_SHIFTED = 3
SHARE_OF_SHIFTED = 20
"""One in so many rows with another name makes a shift of the rows likely."""


class Person(NamedTuple):
    """A student at a place of the file; ``grade`` None: not enrolled in the year."""

    place: int
    pk: int
    grade: int | None
    name_key: str


def students_of(columns: Columns, exam: Exam) -> tuple[list[int | None], list[str]]:
    """Ids of the students by number, and sentences about those whom the file may not mean.

    Refused: wrong and repeated numbers, unknown students, students of another school than the one the row names.
    """
    digests = columns.digests("identity")
    columns.unique("identity", digests, _("Bu numara %(row)s. satırda da var; birini siliniz."))
    names = _names(columns)
    people = _people_of(exam.year, digests, with_names=bool(names))
    students: list[int | None] = [None] * len(digests)
    absent: set[int] = set()
    younger: set[int] = set()
    final = FINAL_GRADES[ExamLevel(exam.level)] if exam.kind == ExamKind.CENTRAL else None
    for place, pk, grade, _name_key in people:
        students[place] = pk
        if grade is None:
            absent.add(pk)
        elif final is not None and grade != final:
            younger.add(pk)
    if None in students:
        for place, (digest, student) in enumerate(zip(digests, students, strict=True)):
            if student is None and digest is not None:
                columns.fail(place, "identity", _("Bu numarayla kayıtlı öğrenci yok; önce öğrencileri aktarınız."))
    if headers.INSTITUTION.name in columns.table.present:
        _check_schools(columns, students, exam.year)
    notices = [_other_names_sentence(columns, names, people) if names else ""]
    notices += [_younger_sentence(len(younger), final) if final and younger else ""]
    notices += [_absent_sentence(len(absent), exam) if absent else ""]
    return students, [sentence for sentence in notices if sentence]


def _names(columns: Columns) -> list[str]:
    """The names in the file, one a row; none where it has no column of them."""
    table = columns.table
    there = [
        spec.name
        for spec in headers.NAMES
        if spec.name in table.present
        and not any(headers.is_of_others(title.text) for title in table.titles.get(spec.name, ()))
    ]
    if not there:
        return []
    return [" ".join(parts) for parts in zip(*(columns[name] for name in there), strict=True)]


def _other_names_sentence(columns: Columns, names: Sequence[str], people: Sequence[Person]) -> str:
    """Says where the file's name and the one on record share no word; a name with stars was hidden by its sender."""
    other = [
        columns.table.row_numbers[person.place]
        for person in people
        if "*" not in names[person.place] and _is_another(names[person.place], person.name_key)
    ]
    if not other:
        return ""
    shown = ", ".join(map(str, sorted(other)[:SHOWN_ROWS]))
    if len(other) >= FEWEST_OF_SHIFTED and len(other) * SHARE_OF_SHIFTED > len(people):
        sentence = _(
            "%(count)s satırda ad, numaranın sahibinin adından farklı (ilk satırlar: %(rows)s); satırlar kaymış "
            "olabilir, onaylamadan önce numaralarla adları karşılaştırınız."
        )
    else:
        sentence = ngettext(
            "%(count)s satırda ad, numaranın sahibinin adından farklı (satır: %(rows)s); numarayı kontrol ediniz.",
            "%(count)s satırda ad, numaranın sahibinin adından farklı (satırlar: %(rows)s); numaraları kontrol ediniz.",
            len(other),
        )
    return sentence % {"count": len(other), "rows": shown}


def _is_another(name: str, name_key: str) -> bool:
    words = set(fold(name).replace("-", " ").split())
    return bool(words) and words.isdisjoint(name_key.replace("-", " ").split())


def _younger_sentence(younger: int, final: int) -> str:
    return ngettext(
        "%(count)s öğrenci %(grade)s. sınıfta değil; sonucu okulun merkezi sınav ölçütlerinde sayılmaz, numarayı ve "
        "seçtiğiniz sınavı kontrol ediniz.",
        "%(count)s öğrenci %(grade)s. sınıfta değil; sonuçları okulun merkezi sınav ölçütlerinde sayılmaz, numaraları "
        "ve seçtiğiniz sınavı kontrol ediniz.",
        younger,
    ) % {"count": younger, "grade": final}


def _absent_sentence(absent: int, exam: Exam) -> str:
    return ngettext(
        "%(count)s öğrencinin %(year)s yılında okul kaydı yok; o yılın öğrenci dosyası aktarılana kadar sonucu "
        "sıralamalarda sayılmaz.",
        "%(count)s öğrencinin %(year)s yılında okul kaydı yok; o yılın öğrenci dosyası aktarılana kadar sonuçları "
        "sıralamalarda sayılmaz.",
        absent,
    ) % {"count": absent, "year": exam.year.name}


def _check_schools(columns: Columns, students: Sequence[int | None], year: AcademicYear) -> None:
    name = headers.INSTITUTION.name
    codes = {text: code_of(text) for text in set(columns[name])}
    enrolled = dict(Enrolment.objects.filter(year=year).order_by().values_list("student_id", "institution__code"))
    for place, (text, student) in enumerate(zip(columns[name], students, strict=True)):
        school = enrolled.get(student) if student is not None else None
        if text and school is not None and codes[text] != school:
            columns.fail(
                place,
                name,
                _("Bu öğrenci bu yıl %(school)s kodlu kurumda kayıtlı; kodu ya da numarayı düzeltiniz.")
                % {"school": school},
            )


def _people_of(year: AcademicYear, digests: Sequence[str | None], *, with_names: bool) -> list[Person]:
    """The province's students among these digests, in one statement whose text does not grow with them; asked in the
    order of the index."""
    table, enrolments = (connection.ops.quote_name(model._meta.db_table) for model in (Student, Enrolment))
    asked = {place: digest for place, digest in enumerate(digests) if digest is not None}
    places = sorted(asked, key=asked.__getitem__)
    wanted: Any = [asked[place] for place in places]
    listed, join = "unnest(%s::text[]) WITH ORDINALITY AS wanted(value, key)", "JOIN"
    if connection.vendor != "postgresql":
        # SQLite takes the tables of a cross join in the order written.
        listed, join, wanted = "json_each(%s) AS wanted", "CROSS JOIN", json.dumps(wanted)
    name = "s.name_key" if with_names else "''"
    first = 1 if connection.vendor == "postgresql" else 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT wanted.key - {first:d}, s.id, (SELECT e.grade FROM {enrolments} e WHERE e.student_id = s.id "  # noqa: S608
            f"AND e.year_id = %s), {name} FROM {listed} {join} {table} s ON s.province_id = %s "
            f"AND s.identity_digest = wanted.value",
            [year.pk, wanted, year.province_id],
        )
        return [Person(places[number], *rest) for number, *rest in cursor.fetchall()]
