"""How much of a ranking somebody sees: what is not published yet, figures of few students, a student's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from common.disclosure import is_open, is_small
from schools.authority import Scope, scope_of, seats_over
from schools.models import AcademicYear, Enrolment
from schools.models.commissions import CommissionKind
from schools.selectors.teaching import coaching_in_force
from scoring.inputs import MEASURES
from scoring.models import RankingRow, RankingRun
from scoring.workflow import RunStatus

Evidence = Mapping[str, Any]


def answered_by(user: Any, year: AcademicYear) -> frozenset[str]:
    """The measures whose rankings the user reads before they are published and compares: those of their own board, all
    for the executive board, and for the technical team, which proposes the award lists, all but those of students."""
    kinds = {seat.commission.kind for seat in seats_over(user, year)}
    if CommissionKind.EXECUTIVE in kinds:
        return frozenset(MEASURES)
    team = CommissionKind.TECHNICAL in kinds
    return frozenset(
        measure.code
        for measure in MEASURES.values()
        if measure.board in kinds or (team and measure.holder != "student")
    )


class Facts(NamedTuple):
    """What decides about a row: its working, its place, and whose row it is (keys)."""

    evidence: Evidence
    district: int | None
    institution: int | None
    staff: int | None
    student: int | None


def facts_of(row: RankingRow) -> Facts:
    return Facts(row.evidence, row.district_id, row.institution_id, row.staff_id, row.student_id)


@dataclass(frozen=True)
class Reader:
    """Somebody before the rows of a run."""

    user: Any
    scope: Scope
    run: RankingRun

    @cached_property
    def is_over_all(self) -> bool:
        """A seat over the whole province."""
        return self.run.year.province_id in self.scope.provinces

    @cached_property
    def _answers_for_it(self) -> bool:
        return self.run.measure in answered_by(self.user, self.run.year)

    @cached_property
    def _own_record(self) -> int | None:
        person = getattr(self.user, "staff_member", None)
        return None if person is None else person.pk

    @cached_property
    def _own_students(self) -> frozenset[int]:
        """Students enrolled in the run's year where the reader sits on the commission, and those whom they coach."""
        enrolled = Enrolment.objects.filter(year=self.run.year_id, institution__in=self.scope.institutions)
        coached = coaching_in_force().filter(year=self.run.year_id, teacher__user=self.user.pk)
        rows = enrolled.order_by().values_list("student").union(coached.order_by().values_list("student"))
        return frozenset(student for (student,) in rows)

    def is_over(self, district: int | None, institution: int | None) -> bool:
        return self.is_over_all or district in self.scope.districts or institution in self.scope.institutions

    def is_over_section(self, section: Evidence) -> bool:
        """Whether the reader has a seat over a section of a working. Workings of old do not say where it is."""
        return self.is_over(section.get("district_id"), section.get("institution_id"))

    def sees_whole(self, facts: Facts) -> bool:
        """Whether nothing of the row's working is hidden from them: their own, or a seat over the province."""
        return self.is_over_all or (facts.staff is not None and facts.staff == self._own_record)

    def sees_figures(self, facts: Facts) -> bool:
        """Whether the row's figures are theirs to see: neither a group of students nor what is left of it without those
        over whom the reader has a seat is small."""
        return self.sees_whole(facts) or all(self._is_open(group, facts) for group in facts.evidence.get("years", ()))

    def sees_figures_of(self, row: RankingRow) -> bool:
        return self.sees_figures(facts_of(row))

    def sees_answers(self, facts: Facts) -> bool:
        """Whether a student's answers, ranks and percentile behind the value are theirs to see."""
        if "subjects" not in facts.evidence or self._answers_for_it:
            return True
        return facts.student in self._own_students

    def _is_open(self, group: Evidence, facts: Facts) -> bool:
        sections = group.get("sections")
        if sections is None:
            sizes = [group.get(size) or 0 for size in ("students", "sat")]
            known = sizes if self.is_over(facts.district, facts.institution) else [0, 0]
            return all(self._tells_nobody(people, seen) for people, seen in zip(sizes, known, strict=True))
        if any("institution_id" not in section and is_small(section["sat"]) for section in sections):
            return False
        covered = sum(section["sat"] for section in sections if self.is_over_section(section))
        return self._tells_nobody(group.get("sat") or 0, covered)

    def _tells_nobody(self, people: int, known: int) -> bool:
        """Whether a figure of these people may be shown; beside a newer one only if nobody else is in it, because two
        totals would tell of who was added."""
        return people == known or (is_open(people, known) and self._is_newest)

    @cached_property
    def _is_newest(self) -> bool:
        """Whether no ranking of the measure, by whatever groups, was published from other data computed later."""
        run = self.run
        if run.status == RunStatus.SUPERSEDED:
            return False
        later = RankingRun.objects.filter(
            year=run.year_id, measure=run.measure, parameters=run.parameters, computed_at__gt=run.computed_at
        )
        return not later.exclude(status=RunStatus.COMPUTED).exclude(input_digest=run.input_digest).exists()


def reader_of(user: Any, run: RankingRun) -> Reader:
    """The user before the run; costs what ``scope_of`` does, and one query where rows of students are asked for."""
    return Reader(user, scope_of(user), run)
