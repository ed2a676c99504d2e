"""Use of EBA: points of teachers and schools, progress of teachers, time of students."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from eba.models import PLATFORM, SCALE, StaffUse, StudentUse
from eba.selectors.criteria import Tariff
from schools import year_settings
from schools.models import Enrolment, Posting
from schools.models.commissions import CommissionKind
from scoring.engine.exact import as_text
from scoring.engine.exam_working import difference_sentence, shown
from scoring.engine.means import Group, on_one_denominator
from scoring.inputs.eba_points import (
    approved_tariff,
    canonical_lines,
    denominator_of,
    facts_of_term,
    points_of_term,
    table_facts,
)
from scoring.inputs.holders import (
    school_holders,
    schools_without_place,
    staff_holders,
    staff_without_place,
    student_holders,
    students_without_place,
)
from scoring.inputs.measures import Amount, Holder, Query, Reading, measure, not_read, place_lines
from scoring.inputs.partitions import Place, places_of

PARTS = ("province", "district", "institution", "category", "level")


def _staff_holders(tariff: Tariff, wanted: Mapping[int, Any], places: Mapping[int, Place]) -> dict[int, Holder]:
    """Who is wanted, where their posting of the year is (one query)."""
    recorded = StaffUse.objects.filter(
        staff=OuterRef("staff"), year=tariff.table.year_id, platform=tariff.table.platform_id
    )
    return staff_holders(Posting.objects.filter(Exists(recorded), year=tariff.table.year_id), wanted, places)


def _staff_reading(
    query: Query,
    tariff: Tariff,
    values: dict[int, int],
    counts: dict[str, int],
    explainer: Callable[[], Callable[[int, str], dict[str, Any]]],
) -> Reading:
    """A reading of staff with points over ``denominator_of`` the tariff."""
    holders = _staff_holders(tariff, values, places_of(query.year))
    return Reading(
        amounts=[Amount(staff, value) for staff, value in values.items() if staff in holders],
        denominator=denominator_of(tariff),
        holders=holders,
        used_settings={"time_unit": tariff.time_unit},
        canonical=lambda: [
            *canonical_lines(tariff),
            *(f"points {staff} {value}" for staff, value in sorted(values.items())),
            *place_lines(holders),
        ],
        evidence=explainer() if query.with_evidence else not_read,
        counts=counts,
        notes=staff_without_place(values.keys() - holders.keys()) if query.with_evidence else (),
        criteria_table=tariff.table,
        level="category",
    )


@measure(
    code="teacher_eba_points",
    label=_("Öğretmenlerin EBA puanı"),
    area="eba",
    holder="staff",
    partitions=PARTS,
    default_partition="institution",
    unit=_("puan"),
    board=CommissionKind.MONITORING_INNOVATION_EBA,
    needs="term",
    files=("eba_staff",),
)
def teacher_eba_points(query: Query) -> Reading:
    """Sum of value x coefficient over the criteria of one term; of a capped criterion at most the cap counts."""
    term = query.term or 1
    tariff = approved_tariff(query.year)
    values = points_of_term(tariff, term)

    def explainer() -> Callable[[int, str], dict[str, Any]]:
        facts_of, head = facts_of_term(tariff, term), table_facts(tariff)

        def explain(staff: int, _subject: str) -> dict[str, Any]:
            facts = facts_of(staff)
            return head | facts | {"value": facts["points"]}

        return explain

    return _staff_reading(query, tariff, values, {"records": len(values)}, explainer)


@measure(
    code="teacher_eba_progress",
    label=_("Öğretmenlerin EBA kullanımında ilerlemesi"),
    area="eba",
    holder="staff",
    partitions=PARTS,
    default_partition="category",
    unit=_("puan"),
    board=CommissionKind.MONITORING_INNOVATION_EBA,
    files=("eba_staff",),
)
def teacher_eba_progress(query: Query) -> Reading:
    """Points of the second term minus those of the first; who has no record in one of them has no value."""
    tariff = approved_tariff(query.year)
    first, second = (points_of_term(tariff, term) for term in (1, 2))
    values = {staff: points - first[staff] for staff, points in second.items() if staff in first}

    def explainer() -> Callable[[int, str], dict[str, Any]]:
        terms = [facts_of_term(tariff, term) for term in (1, 2)]
        head = table_facts(tariff)

        def explain(staff: int, _subject: str) -> dict[str, Any]:
            facts = [facts_of(staff) for facts_of in terms]
            before, after = (Fraction(one["points"]) for one in facts)
            return head | {
                "value": as_text(after - before),
                "working": difference_sentence(after, before, "puan"),
                "terms": facts,
            }

        return explain

    counts = {"records": len(second), "first_term": len(first), "both_terms": len(values)}
    return _staff_reading(query, tariff, values, counts, explainer)


@measure(
    code="school_eba_points",
    label=_("Okulların EBA puanı"),
    area="eba",
    holder="institution",
    partitions=("province", "district", "category", "level"),
    default_partition="category",
    unit=_("puan"),
    board=CommissionKind.MONITORING_INNOVATION_EBA,
    needs="term",
    files=("eba_staff", "staff"),
)
def school_eba_points(query: Query) -> Reading:
    """Mean points of a school's staff in a term: of those with a record, or of everybody (``school_eba``)."""
    tariff = approved_tariff(query.year)
    rule = year_settings.get(query.year, "school_eba")
    points = points_of_term(tariff, query.term or 1)
    places = places_of(query.year)
    posted = Posting.objects.filter(year=query.year).order_by().values_list("staff_id", "institution_id")
    totals: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    placed = 0
    for staff, institution in posted:
        known = points.get(staff)
        school = totals[institution]
        school[2] += 1
        if known is not None:
            placed += 1
            school[0] += known
            school[1] += 1
    size, unit = 2 if rule == "mean_all_staff" else 1, denominator_of(tariff)
    groups = {
        school: Group(numbers[0], numbers[size], unit)
        for school, numbers in totals.items()
        if school in places and numbers[1]
    }
    values, denominator = on_one_denominator(
        {school: (group.total, group.divided_by) for school, group in groups.items()}
    )
    holders = school_holders(groups, places)
    head = table_facts(tariff) | {"term": query.term}

    def explain(school: int, _subject: str) -> dict[str, Any]:
        group = groups[school]
        total = Fraction(group.total, group.unit)
        return head | {
            "rules": {"time_unit": tariff.time_unit, "school_eba": rule},
            "value": as_text(group.mean),
            "sum": as_text(total),
            "records": totals[school][1],
            "staff": totals[school][2],
            "working": f"{shown(total)} / {group.size} = {shown(group.mean)} puan",
        }

    return Reading(
        amounts=[Amount(school, value) for school, value in values.items()],
        denominator=denominator,
        holders=holders,
        used_settings={"time_unit": tariff.time_unit, "school_eba": rule},
        canonical=lambda: [
            *canonical_lines(tariff),
            f"rule {rule}",
            *(f"school {key} {group.total} {group.size}" for key, group in sorted(groups.items())),
            *place_lines(holders),
        ],
        evidence=explain if query.with_evidence else not_read,
        counts={"records": len(points), "without_place": len(points) - placed, "schools": len(groups)},
        notes=schools_without_place([key for key in totals if totals[key][1] and key not in places]),
        criteria_table=tariff.table,
        level="category",
    )


@measure(
    code="student_eba_usage",
    label=_("Öğrencilerin EBA kullanım süresi"),
    area="eba",
    holder="student",
    partitions=PARTS,
    default_partition="institution",
    unit=_("saat"),
    board=CommissionKind.MONITORING_INNOVATION_EBA,
    needs="term",
    files=("eba_students", "students"),
)
def student_eba_usage(query: Query) -> Reading:
    """Hours that a student spent on the platform in a term, ranked at the school of enrolment."""
    term = query.term or 1
    uses = StudentUse.objects.filter(year=query.year, term=term, platform__code=PLATFORM).order_by()
    rows = {row[0]: row[1:] for row in uses.values_list("student_id", "time_units", "class_rank")}
    used = StudentUse.objects.filter(student=OuterRef("student"), year=query.year, term=term, platform__code=PLATFORM)
    enrolled = (
        Enrolment.objects.filter(Exists(used), year=query.year)
        .order_by()
        .values_list(
            "student_id", "institution_id", "grade", "section_name", "student__first_name", "student__last_name"
        )
    )
    holders = student_holders(enrolled, rows, places_of(query.year))

    def explain(student: int, _subject: str) -> dict[str, Any]:
        units, class_rank = rows[student]
        hours = Fraction(units, SCALE)
        return {
            "platform": PLATFORM,
            "term": term,
            "section": holders[student].description,
            "value": as_text(hours),
            "class_rank": class_rank,
            "working": f"{shown(hours)} saat",
        }

    return Reading(
        amounts=[Amount(student, row[0]) for student, row in rows.items() if student in holders],
        denominator=SCALE,
        holders=holders,
        used_settings={},
        canonical=lambda: [
            f"term {term}",
            *(f"use {student} {row[0]} {row[1]}" for student, row in sorted(rows.items())),
            *place_lines(holders),
        ],
        evidence=explain if query.with_evidence else not_read,
        counts={"records": len(rows), "people": len(holders)},
        notes=students_without_place(rows.keys() - holders.keys()) if query.with_evidence else (),
        level="category",
    )
