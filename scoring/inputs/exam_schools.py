"""Schools by their students' mean in an exam: against last year's, and against the previous sitting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from exams.models import UNITS, StudentResult, SubjectResult
from exams.nets import net_unit, net_units
from schools import year_settings
from schools.models import Institution
from schools.models.commissions import CommissionKind
from scoring.engine.exact import as_text
from scoring.engine.exam_working import difference_sentence, mean_facts, spread_facts
from scoring.engine.means import Group, Spread, differences, distance, spread_of, standardised
from scoring.inputs.exam_students import NET, OF_STUDENT, SCORE, basis_of
from scoring.inputs.holders import school_holders, schools_without_place
from scoring.inputs.measures import Amount, Holder, Query, Reading, measure, not_read, place_lines
from scoring.inputs.partitions import Place, places_of
from scoring.inputs.sittings import (
    ENROLMENT,
    Sitting,
    Tally,
    central_sitting,
    monitoring_sitting,
    overall,
    sitting_before,
    tallies,
    versions,
    without_enrolment,
    year_before,
)

PARTS = ("province", "district", "category", "level")
UNIT_WORDS = {SCORE: "puan", NET: "net"}


@dataclass(frozen=True)
class SchoolYear:
    """One sitting by school: the pooled results, and those of the whole province where they are compared with it."""

    sitting: Sitting
    groups: dict[int, Group]
    spread: Spread | None = None

    @property
    def unit(self) -> int:
        return next((group.unit for group in self.groups.values()), 1)

    def lines(self) -> list[str]:
        lines = [*self.sitting.lines(), f"spread {self.spread}"]
        lines += [f"school {key} {group.total} {group.size}" for key, group in sorted(self.groups.items())]
        return lines


def read_schools(sitting: Sitting, basis: str, successors: Mapping[int, int], *, standard: bool) -> SchoolYear:
    """Results by school of enrolment (one query); a school of last year counts under its present code."""
    unit = UNITS if basis == SCORE else net_unit(sitting.exam.divisor)
    if standard:
        singles = [(school, value, 1) for school, value in _single_values(sitting, basis)]
        rows: Iterable[tuple[int, int, int]] = singles
        spread = spread_of(value for _school, value, _one in singles)
    else:
        rows, spread = _summed_values(sitting, basis), None
    pooled: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for school, total, count in rows:
        one = pooled[successors.get(school, school)]
        one[0] += total
        one[1] += count
    return SchoolYear(sitting, {school: Group(total, count, unit) for school, (total, count) in pooled.items()}, spread)


def _summed_values(sitting: Sitting, basis: str) -> Iterable[tuple[int, int, int]]:
    """(school, sum, how many students) in the database's order."""
    if basis == SCORE:
        scores = StudentResult.objects.filter(exam=sitting.exam, score_units__isnull=False, **sitting.counted())
        by_school = scores.order_by().values_list(f"{ENROLMENT}institution_id")
        return [
            (school, int(total), count) for school, total, count in by_school.annotate(Sum("score_units"), Count("pk"))
        ]
    divisor = sitting.exam.divisor
    nets = _nets(sitting).values_list(f"{OF_STUDENT}institution_id")
    summed = nets.annotate(Sum("correct"), Sum("wrong"), Count("result", distinct=True))
    return [(school, net_units(correct, wrong, divisor), count) for school, correct, wrong, count in summed]


def _single_values(sitting: Sitting, basis: str) -> Iterable[tuple[int, int]]:
    """(school, value) of every student: squares of scores do not fit into the database's integers."""
    if basis == SCORE:
        scores = StudentResult.objects.filter(exam=sitting.exam, score_units__isnull=False, **sitting.counted())
        return list(scores.order_by().values_list(f"{ENROLMENT}institution_id", "score_units"))
    divisor = sitting.exam.divisor
    nets = _nets(sitting).values_list(f"{OF_STUDENT}institution_id", "result_id")
    summed = nets.annotate(Sum("correct"), Sum("wrong"))
    return [(school, net_units(correct, wrong, divisor)) for school, _result, correct, wrong in summed]


def _nets(sitting: Sitting) -> Any:
    return SubjectResult.objects.filter(
        correct__isnull=False, result__exam=sitting.exam, **sitting.counted(OF_STUDENT)
    ).order_by()


def successors_of(query: Query, places: Mapping[int, Place]) -> dict[int, int]:
    """Institutions that go on under another code: old key -> the one that has a place in the year (one query)."""
    rows = Institution.objects.filter(province=query.year.province_id, predecessor__isnull=False).order_by()
    following = {old: new for old, new in rows.values_list("predecessor_id", "pk") if old is not None}
    found = {}
    for old in following:
        school, steps = old, 0
        while school not in places and school in following and steps < len(following):
            school, steps = following[school], steps + 1
        if school != old:
            found[old] = school
    return found


@dataclass
class SchoolRead:
    """Two sittings by school with the differences that came out."""

    query: Query
    years: tuple[SchoolYear, SchoolYear]
    basis: str
    settings: Mapping[str, Any]
    places: dict[int, Place]
    successors: dict[int, int]

    @cached_property
    def pairs(self) -> dict[int, tuple[Group, Group]]:
        this, before = (year.groups for year in self.years)
        return {school: (group, before[school]) for school, group in this.items() if school in before}

    @property
    def spreads(self) -> tuple[Spread, Spread] | None:
        this, before = (year.spread for year in self.years)
        return None if this is None or before is None else (this, before)

    @cached_property
    def result(self) -> tuple[dict[int, int], int]:
        spreads = self.spreads
        if spreads is None:
            return differences(self.pairs)
        return standardised(self.pairs, dict.fromkeys(self.pairs, spreads))

    @cached_property
    def holders(self) -> dict[int, Holder]:
        return school_holders(self.result[0], self.places)

    def reading(self) -> Reading:
        values, denominator = self.result
        holders = self.holders
        counts = {"schools": len(values)}
        notes: list[dict[str, Any]] = []
        explain: Callable[[int, str], dict[str, Any]] = not_read
        if self.query.with_evidence:
            counted = [self._tally(year) for year in self.years]
            counts |= overall(counted[0])
            explain = self.explainer(counted)
            notes = schools_without_place(values.keys() - holders.keys())
        if self.query.with_evidence or not values:
            notes += without_enrolment(*(year.sitting for year in self.years))
        return Reading(
            amounts=[Amount(school, value) for school, value in values.items() if school in holders],
            denominator=denominator,
            holders=holders,
            used_settings=self.settings,
            canonical=self.canonical,
            evidence=explain,
            counts=counts,
            notes=notes,
            exam_versions=versions(*(year.sitting for year in self.years)),
            level=self.years[0].sitting.exam.level,
        )

    def canonical(self) -> list[str]:
        lines = [f"basis {self.basis}", *(f"setting {key} {value}" for key, value in sorted(self.settings.items()))]
        for year in self.years:
            lines += year.lines()
        return lines + place_lines(self.holders)

    def _tally(self, year: SchoolYear) -> dict[Any, Tally]:
        """Sat, applied and enrolled by school, a school of another code under its present one."""
        found: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        school: int
        for (school,), tally in tallies(year.sitting, "institution_id").items():
            known = found[self.successors.get(school, school)]
            for place, number in enumerate(tally):
                known[place] += number
        return {school: Tally(*numbers) for school, numbers in found.items()}

    def explainer(self, counted: list[dict[Any, Tally]]) -> Callable[[int, str], dict[str, Any]]:
        """A function from a school to the working: both means, and how many sat, applied and are enrolled."""
        values, denominator = self.result
        head = self.years[0].sitting.facts() | {"basis": self.basis, "rules": dict(self.settings)}
        spreads = self.spreads

        def explain(school: int, _subject: str) -> dict[str, Any]:
            rows = []
            for place, (year, tally, group) in enumerate(zip(self.years, counted, self.pairs[school], strict=True)):
                facts = {
                    **year.sitting.facts(),
                    **mean_facts(group),
                    "sum": as_text(Fraction(group.total, group.unit)),
                    **tally.get(school, Tally(0, 0, 0))._asdict(),
                }
                if spreads is not None:
                    spread = spreads[place]
                    facts |= spread_facts(spread, group.unit, distance(group, spread) or Fraction(0))
                rows.append(facts)
            return head | {
                "value": as_text(Fraction(values[school], denominator)),
                "working": self._sentence(school),
                "years": rows,
            }

        return explain

    def _sentence(self, school: int) -> str:
        this, before = self.pairs[school]
        if self.spreads is None:
            return difference_sentence(this.mean, before.mean, UNIT_WORDS[self.basis])
        one, other = (
            distance(group, spread) or Fraction(0) for group, spread in zip((this, before), self.spreads, strict=True)
        )
        return difference_sentence(one, other, "standart puan")


def _progress(query: Query, this: Sitting, before: Sitting) -> Reading:
    """The mean score of each school's students, or the mean total net where either sitting has no score."""
    basis = SCORE if basis_of(this) == basis_of(before) == SCORE else NET
    settings = {"progress": year_settings.get(query.year, "progress")}
    places = places_of(query.year)
    successors = successors_of(query, places)
    standard = settings["progress"] == "standardised"
    one, other = (read_schools(sitting, basis, successors, standard=standard) for sitting in (this, before))
    return SchoolRead(query, (one, other), basis, settings, places, successors).reading()


@measure(
    code="school_exam_progress",
    label=_("Okulların merkezi sınavda ilerlemesi"),
    area="academic",
    holder="institution",
    partitions=PARTS,
    default_partition="province",
    unit=_("puan"),
    board=CommissionKind.MONITORING_ACADEMIC,
    needs="exam",
    files=("students",),
)
def school_exam_progress(query: Query) -> Reading:
    """Mean score of a school's final-year students with a result, this year minus last year."""
    sitting = central_sitting(query)
    return _progress(query, sitting, year_before(sitting))


@measure(
    code="school_monitoring_progress",
    label=_("Okulların izleme ve değerlendirme sınavında ilerlemesi"),
    area="academic",
    holder="institution",
    partitions=PARTS,
    default_partition="district",
    unit=_("puan"),
    board=CommissionKind.MONITORING_ACADEMIC,
    needs="exam",
    files=("students",),
)
def school_monitoring_progress(query: Query) -> Reading:
    """Mean score of a school's students of all grades with a result, this sitting minus the previous one."""
    sitting = monitoring_sitting(query)
    return _progress(query, sitting, sitting_before(sitting))
