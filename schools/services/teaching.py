"""Writes of imported teaching assignments, class guides and coaching: in sets, inside the import's transaction.

The import batch is their audit row (``common.imports.services``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.imports.bulk import Outcome, Row, Show, Target, Written, upsert
from common.imports.kinds import Applied
from schools.models import AcademicYear, Coaching, Section, StaffMember, TeachingAssignment
from schools.subjects import subject_key


class TeachingLine(NamedTuple):
    """``subject`` None: the teacher is the class guide of the section."""

    institution_id: int
    grade: int
    section_name: str
    subject: str | None
    teacher_id: int


class CoachingLine(NamedTuple):
    teacher_id: int
    student_id: int


def write_teaching(*, year: AcademicYear, lines: Sequence[TeachingLine]) -> Applied:
    """Write teaching assignments and class guides; sections that are missing are made.

    Assignments that the file does not name stay. Sections stay when the import is taken back: others may have been put
    into them.
    """
    sections = _write_sections(year, lines)
    taught: dict[Row, tuple[Row, int]] = {}
    guided: dict[Row, tuple[Row, int]] = {}
    for place, line in enumerate(lines):
        if line.subject is None:
            row: Row = (*line[:3], line.teacher_id)
            guided.setdefault(row, (row, place))
        else:
            row = (sections[line[:3]], subject_key(line.subject), line.teacher_id, line.subject)
            taught.setdefault(row[:3], (row, place))
    written = [_write_assignments(year, taught.values()), _write_guides(year, guided.values())]
    line_of = [[place for _row, place in rows.values()] for rows in (taught, guided)]
    outcomes = [Outcome.UNCHANGED] * len(lines)
    for table, places in zip(written, line_of, strict=True):
        for outcome, place in zip(table.outcomes, places, strict=True):
            outcomes[place] = outcome
    for change in written[1].changes:
        if change.before == (None,):
            outcomes[line_of[1][change.place]] = Outcome.CREATED
    return Applied(outcomes, [*written], [], list(line_of))


def write_coaching(*, year: AcademicYear, lines: Sequence[CoachingLine]) -> Applied:
    """Write who coaches whom in the year; pairs that the file does not name stay."""
    pairs: dict[Row, int] = {}
    for place, line in enumerate(lines):
        pairs.setdefault((line.student_id, line.teacher_id), place)
    written = upsert(
        Target(
            model=Coaching,
            scope={"year_id": year.pk},
            columns=("student_id", "teacher_id"),
            key=("student_id", "teacher_id"),
            update=(),
        ),
        list(pairs),
    )
    outcomes = [Outcome.UNCHANGED] * len(lines)
    for outcome, place in zip(written.outcomes, pairs.values(), strict=True):
        outcomes[place] = outcome
    return Applied(outcomes, [written], [], [list(pairs.values())])


def _write_sections(year: AcademicYear, lines: Sequence[TeachingLine]) -> dict[tuple[int, int, str], int]:
    """Ids of the lines' sections by institution, grade and name."""
    rows = sorted({(line.institution_id, line.grade, line.section_name) for line in lines})
    written: Written = upsert(
        Target(
            model=Section,
            scope={"year_id": year.pk},
            columns=("institution_id", "grade", "name"),
            key=("institution_id", "grade", "name"),
            update=(),
        ),
        list(rows),
    )
    return dict(zip(rows, written.ids, strict=True))


def _write_assignments(year: AcademicYear, rows: Iterable[tuple[Row, int]]) -> Written:
    return upsert(
        Target(
            model=TeachingAssignment,
            columns=("section_id", "subject_key", "teacher_id", "subject"),
            key=("section_id", "subject_key", "teacher_id"),
            update=(),
            condition=Q(section__year=year),
        ),
        [row for row, _place in rows],
    )


def _write_guides(year: AcademicYear, rows: Iterable[tuple[Row, int]]) -> Written:
    return upsert(
        Target(
            model=Section,
            scope={"year_id": year.pk},
            columns=("institution_id", "grade", "name", "class_guide_id"),
            key=("institution_id", "grade", "name"),
            update=("class_guide_id",),
            labels={"class_guide_id": (_("Sınıf Rehberliği"), _name_shower(year))},
        ),
        [row for row, _place in rows],
    )


def _name_shower(year: AcademicYear) -> Show:
    names: dict[int | None, str] = {}

    def show(pk: int | None) -> str:
        if not names:
            people = StaffMember.objects.filter(province=year.province_id)
            names.update(
                {
                    person: f"{first} {last}"
                    for person, first, last in people.values_list("pk", "first_name", "last_name")
                }
            )
            names[None] = "–"
        return names[pk]

    return show
