"""Writes of imported use: in sets, inside the import's transaction; the import batch is their audit row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.imports.bulk import Outcome, Target, Written, chunks, remove, upsert
from common.imports.kinds import Applied
from common.numbers import format_number
from eba.models import SCALE, Criterion, Platform, StaffUse, StaffUseValue, StudentUse
from schools.models import AcademicYear


class StaffUseLine(NamedTuple):
    """``values`` in 1/``SCALE`` of the unit, one for each of the file's criteria; None: no data."""

    staff_id: int
    values: tuple[int | None, ...]


class StudentUseLine(NamedTuple):
    """``time_units`` in 1/``SCALE`` hours; None: no data, and the student has no record then."""

    student_id: int
    time_units: int | None
    class_rank: int | None


def write_staff_use(
    *, year: AcademicYear, term: int, platform: Platform, criteria: Sequence[Criterion], lines: Sequence[StaffUseLine]
) -> Applied:
    """Write what the staff did in a term, for these criteria; those that the file lacks and other people stay.

    A value without data goes, and so does a record that holds no value any more.
    """
    scope = {"year_id": year.pk, "term": term, "platform_id": platform.pk}
    known = set(StaffUse.objects.filter(**scope).values_list("staff_id", flat=True))
    places = [place for place, line in enumerate(lines) if line.staff_id in known or _has_data(line)]
    uses = upsert(
        Target(model=StaffUse, scope=scope, columns=("staff_id",), key=("staff_id",), update=()),
        [(lines[place].staff_id,) for place in places],
    )
    of_term = Q(use__year=year, use__term=term, use__platform=platform)
    line_of_use = dict(zip(uses.ids, places, strict=True))
    written, line_of = [uses], [places]
    for column, criterion in enumerate(criteria):
        target = _values_of(criterion, of_term)
        given = [(use, lines[place].values[column]) for use, place in line_of_use.items()]
        with_data = [row for row in given if row[1] is not None]
        written += [upsert(target, with_data), _remove_values(target, [use for use, value in given if value is None])]
        line_of += [[line_of_use[use] for use, _value in with_data], []]
    removed = [use for table in written for _pk, (use, *_rest) in table.removed]
    written.append(_remove_empty(scope, sorted(set(removed))))
    line_of.append([])
    outcomes = [Outcome.UNCHANGED] * len(lines)
    for table, table_lines in zip(written, line_of, strict=True):
        for outcome, place in zip(table.outcomes, table_lines, strict=False):
            outcomes[place] = max(outcomes[place], outcome)
    for use in removed:
        outcomes[line_of_use[use]] = Outcome.UPDATED
    for place in places:
        if outcomes[place] and lines[place].staff_id not in known:
            outcomes[place] = Outcome.CREATED
        elif outcomes[place]:
            outcomes[place] = Outcome.UPDATED
    return Applied(outcomes, [*written], [], list(line_of))


def write_student_use(
    *, year: AcademicYear, term: int, platform: Platform, lines: Sequence[StudentUseLine], with_rank: bool
) -> Applied:
    """Write the students' time in a term; a record of a student who has no data in the file goes, others stay."""
    scope = {"year_id": year.pk, "term": term, "platform_id": platform.pk}
    places = [place for place, line in enumerate(lines) if line.time_units is not None]
    columns = ("student_id", "time_units", "class_rank")
    uses = upsert(
        Target(
            model=StudentUse,
            scope=scope,
            columns=columns,
            key=("student_id",),
            update=("time_units", "class_rank") if with_rank else ("time_units",),
            labels={
                "time_units": (_("Sistemde Kalma Süresi"), _shown),
                "class_rank": (_("Sınıf Sırası"), lambda rank: format_number(rank)),
            },
        ),
        [tuple(lines[place]) for place in places],
    )
    without = {line.student_id: place for place, line in enumerate(lines) if line.time_units is None}
    known = dict(StudentUse.objects.filter(**scope).values_list("student_id", "pk")) if without else {}
    gone = remove(
        Target(model=StudentUse, scope=scope, columns=(*columns, *scope), key=(), update=()),
        [known[student] for student in without if student in known],
    )
    outcomes = [Outcome.UNCHANGED] * len(lines)
    for outcome, place in zip(uses.outcomes, places, strict=True):
        outcomes[place] = outcome
    for _pk, (student, *_rest) in gone.removed:
        outcomes[without[student]] = Outcome.UPDATED
    return Applied(outcomes, [uses, gone], [], [places, []])


def _has_data(line: StaffUseLine) -> bool:
    return any(value is not None for value in line.values)


def _values_of(criterion: Criterion, of_term: Q) -> Target:
    return Target(
        model=StaffUseValue,
        scope={"criterion_id": criterion.pk},
        columns=("use_id", "value_units"),
        key=("use_id",),
        update=("value_units",),
        condition=of_term,
        labels={"value_units": (criterion.name, _shown)},
    )


def _remove_values(target: Target, uses: Sequence[int]) -> Written:
    ids: list[int] = []
    for chunk in chunks(uses):
        ids += StaffUseValue.objects.filter(use__in=chunk, **target.scope).order_by("pk").values_list("pk", flat=True)
    return remove(replace(target, columns=(*target.columns, *target.scope), scope={}), ids)


def _remove_empty(scope: Mapping[str, Any], uses: Sequence[int]) -> Written:
    """Remove those of the records that hold no value any more."""
    ids: list[int] = []
    for chunk in chunks(uses):
        ids += StaffUse.objects.filter(pk__in=chunk, values=None).order_by("pk").values_list("pk", flat=True)
    return remove(Target(model=StaffUse, columns=("staff_id", *scope), key=(), update=()), ids)


def _shown(units: int) -> str:
    return format_number(Fraction(units, SCALE))
