"""Students in one exam: by score, by rank, and in a monitoring exam."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from exams.models import UNITS, StudentResult, SubjectResult
from exams.nets import net_of, net_unit, net_units
from schools import year_settings
from schools.models.commissions import CommissionKind
from scoring.engine.exact import as_text, turkish
from scoring.engine.exam_working import net_facts, shown, sum_sentence
from scoring.inputs.holders import student_holders, students_without_place
from scoring.inputs.measures import Amount, Holder, Query, Reading, measure, not_read, place_lines
from scoring.inputs.partitions import places_of
from scoring.inputs.sittings import (
    ENROLMENT,
    Sitting,
    central_sitting,
    has_score,
    monitoring_sitting,
    not_enrolled,
    overall,
    tallies,
    versions,
)

PARTS = ("province", "district", "institution", "category", "level")
OF_STUDENT = f"result__{ENROLMENT}"

SCORE, NET = "score", "net"


class Row(NamedTuple):
    """A student's result, and where the student was enrolled in the exam's year."""

    student: int
    institution: int
    grade: int
    section: str
    score: int | None
    national_rank: int | None
    province_rank: int | None
    percentile: int | None
    first_name: str
    last_name: str


COLUMNS = (
    "student_id",
    f"{ENROLMENT}institution_id",
    f"{ENROLMENT}grade",
    f"{ENROLMENT}section_name",
    "score_units",
    "national_rank",
    "province_rank",
    "percentile_units",
    "student__first_name",
    "student__last_name",
)


@dataclass
class StudentRead:
    """The results of those who count in a sitting; ``values`` are the ones that were asked for."""

    query: Query
    sitting: Sitting
    rows: list[Row]
    values: dict[int, int]
    denominator: int
    sentence: Callable[[Row, list[dict[str, Any]]], str]

    @cached_property
    def holders(self) -> dict[int, Holder]:
        """Everybody with a value, at the institution of their enrolment; without a category there is no place."""
        rows = ((*row[:4], *row[8:]) for row in self.rows)
        return student_holders(rows, self.values, places_of(self.query.year))

    def reading(self, used_settings: Mapping[str, Any]) -> Reading:
        holders, values = self.holders, self.values
        counts: dict[str, int] = {"results": len(self.rows), "people": len(values)}
        notes: list[dict[str, Any]] = []
        if self.query.with_evidence:
            counts |= overall(tallies(self.sitting, "institution_id"))
            notes = students_without_place((values.keys() - holders.keys()) | not_enrolled(self.sitting))
        return Reading(
            amounts=[Amount(key, value) for key, value in values.items() if key in holders],
            denominator=self.denominator,
            holders=holders,
            used_settings=used_settings,
            canonical=self.canonical,
            evidence=self.explainer() if self.query.with_evidence else not_read,
            counts=counts,
            notes=notes,
            exam_versions=versions(self.sitting),
            level=self.sitting.exam.level,
        )

    def canonical(self) -> list[str]:
        lines = [f"denominator {self.denominator}", *self.sitting.lines()]
        lines += [f"value {key} {value}" for key, value in sorted(self.values.items())]
        return lines + place_lines(self.holders)

    def explainer(self) -> Callable[[int, str], dict[str, Any]]:
        """A function from a student to the working: the subjects, the score and the ranks of the file."""
        by_student = {row.student: row for row in self.rows}
        answers = self._answers()
        head = self.sitting.facts()
        values, denominator = self.values, self.denominator

        def explain(student: int, _subject: str) -> dict[str, Any]:
            row = by_student[student]
            subjects = self._subjects(answers.get(student, {}))
            return head | {
                "value": as_text(Fraction(values[student], denominator)),
                "working": self.sentence(row, subjects),
                "section": f"{row.grade}/{row.section}" if row.grade else row.section,
                "subjects": subjects,
                "score": _units_text(row.score),
                "national_rank": row.national_rank,
                "province_rank": row.province_rank,
                "percentile": _units_text(row.percentile),
            }

        return explain

    def _answers(self) -> dict[int, dict[int, tuple[int, int]]]:
        """Correct and wrong answers of each student by subject taken (one query)."""
        found: defaultdict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
        results = SubjectResult.objects.filter(correct__isnull=False, result__exam=self.sitting.exam).order_by()
        for student, subject, correct, wrong in results.values_list(
            "result__student_id", "subject_id", "correct", "wrong"
        ):
            found[student][subject] = correct or 0, wrong or 0
        return found

    def _subjects(self, answers: Mapping[int, tuple[int, int]]) -> list[dict[str, Any]]:
        """A student's subjects in the exam's order; what was not taken has no numbers."""

        def facts(correct: int, wrong: int) -> dict[str, Any]:
            return net_facts(correct, wrong, net_of(correct, wrong, self.sitting.exam.divisor))

        return [
            {"subject": subject.name, "taken": True, **facts(*answers[subject.id])}
            if subject.id in answers
            else {"subject": subject.name, "taken": False}
            for subject in self.sitting.subjects
        ]


def read_rows(sitting: Sitting) -> list[Row]:
    """Results of everybody who counts (one query)."""
    rows = StudentResult.objects.filter(exam=sitting.exam, **sitting.counted()).order_by()
    return [Row(*row) for row in rows.values_list(*COLUMNS)]


def total_nets(sitting: Sitting) -> dict[int, int]:
    """Sum of the nets of each student's taken subjects, in units of the exam's divisor (one query)."""
    divisor = sitting.exam.divisor
    rows = SubjectResult.objects.filter(correct__isnull=False, result__exam=sitting.exam).order_by()
    summed = rows.values_list("result__student_id").annotate(Sum("correct"), Sum("wrong"))
    return {student: net_units(correct, wrong, divisor) for student, correct, wrong in summed}


def basis_of(sitting: Sitting) -> str:
    """``score`` where the exam has one, otherwise ``net``."""
    return SCORE if has_score(sitting) else NET


def _by_score(query: Query, sitting: Sitting) -> Reading:
    rows = read_rows(sitting)
    if basis_of(sitting) == SCORE:
        values = {row[0]: row[4] for row in rows if row[4] is not None}
        return StudentRead(query, sitting, rows, values, UNITS, _score_sentence).reading({})
    totals = total_nets(sitting)
    values = {row[0]: totals[row[0]] for row in rows if row[0] in totals}
    return StudentRead(query, sitting, rows, values, net_unit(sitting.exam.divisor), _net_sentence).reading({})


def _score_sentence(row: Row, _subjects: list[dict[str, Any]]) -> str:
    return f"{turkish(Fraction(row.score or 0, UNITS))} puan"


def _net_sentence(_row: Row, subjects: list[dict[str, Any]]) -> str:
    nets = [Fraction(subject["net"]) for subject in subjects if subject["taken"]]
    return sum_sentence(nets, sum(nets, Fraction(0)), "net")


def _units_text(units: int | None) -> str | None:
    return None if units is None else as_text(Fraction(units, UNITS))


@measure(
    code="student_exam_score",
    label=_("Öğrencilerin merkezi sınav puanı"),
    area="academic",
    holder="student",
    partitions=PARTS,
    default_partition="province",
    unit=_("puan"),
    board=CommissionKind.MONITORING_ACADEMIC,
    needs="exam",
    files=("students",),
)
def student_exam_score(query: Query) -> Reading:
    """The score of each final-year student; where the exam has no score at all, the sum of the nets."""
    return _by_score(query, central_sitting(query))


@measure(
    code="student_monitoring_exam",
    label=_("Öğrencilerin izleme ve değerlendirme sınavı puanı"),
    area="academic",
    holder="student",
    partitions=PARTS,
    default_partition="province",
    unit=_("puan"),
    board=CommissionKind.MONITORING_ACADEMIC,
    needs="exam",
    files=("students",),
)
def student_monitoring_exam(query: Query) -> Reading:
    """As ``student_exam_score`` for one monitoring exam, of all grades."""
    return _by_score(query, monitoring_sitting(query))


@measure(
    code="student_exam_rank",
    label=_("Öğrencilerin merkezi sınav sırası"),
    area="academic",
    holder="student",
    partitions=PARTS,
    default_partition="province",
    unit=_("sıra"),
    board=CommissionKind.MONITORING_ACADEMIC,
    needs="exam",
    descending=False,
    files=("students",),
)
def student_exam_rank(query: Query) -> Reading:
    """The rank in the country or the province (``tier_scope``) of each final-year student; lower is better."""
    sitting = central_sitting(query)
    rows = read_rows(sitting)
    scope = year_settings.get(query.year, "tier_scope")
    national = scope == "national"
    ranks = ((row[0], row[5] if national else row[6]) for row in rows)
    values = {student: rank for student, rank in ranks if rank is not None}
    words = _("Genel Sıra") if national else _("İl Sırası")

    def sentence(row: Row, _subjects: list[dict[str, Any]]) -> str:
        return f"{words}: {shown(values[row.student])}"

    return StudentRead(query, sitting, rows, values, 1, sentence).reading({"tier_scope": scope})
