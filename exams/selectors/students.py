"""Named results: the students of a school in one exam, and a student's own line over all exams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from common.charts import Chart, line_chart
from common.disclosure import is_open
from common.text import turkish_order
from exams.models import Exam, ExamSubject, StudentResult, SubjectResult
from exams.nets import net_of
from exams.selectors.figures import Tally, counted
from schools.models import Enrolment, Institution, Student

PLACES = 2


@dataclass(frozen=True)
class StudentLine:
    """A student's whole result in one exam; ``net`` is None for who took no subject."""

    enrolment: Enrolment
    result: StudentResult
    net: Fraction | None


def results_of_school(exam: Exam, institution: Institution) -> QuerySet[Enrolment]:
    """Enrolments of the school whose student is in the exam's file, by section and name."""
    return (
        Enrolment.objects.filter(counted(exam), institution=institution, student__exam_results__exam=exam)
        .select_related("student")
        .order_by("-grade", turkish_order("section_name"), turkish_order("student__first_name"), "student_id")
    )


def student_lines(exam: Exam, enrolments: Sequence[Enrolment]) -> list[StudentLine]:
    """The results behind a page of ``results_of_school``; two queries."""
    rows = StudentResult.objects.filter(exam=exam, student__in=[one.student_id for one in enrolments])
    results = {row.student_id: row for row in rows}
    sums = (
        SubjectResult.objects.filter(result__in=[row.pk for row in results.values()], correct__isnull=False)
        .order_by()
        .values_list("result")
        .annotate(right=Sum("correct"), missed=Sum("wrong"))
    )
    nets = {result: net_of(right, missed, exam.divisor) for result, right, missed in sums}
    return [
        StudentLine(one, results[one.student_id], nets.get(results[one.student_id].pk))
        for one in enrolments
        if one.student_id in results
    ]


@dataclass(frozen=True)
class CardSubject:
    """A subject on the card: the student's answers and net (None: not taken) and the section's mean net."""

    name: str
    questions: int
    correct: int | None
    wrong: int | None
    net: Fraction | None
    section: Fraction | None
    section_is_hidden: bool


@dataclass(frozen=True)
class CardExam:
    exam: Exam
    result: StudentResult
    enrolment: Enrolment | None
    net: Fraction | None
    subjects: tuple[CardSubject, ...]


@dataclass(frozen=True)
class Card:
    """A student over all exams, newest first; a line for each family sat more than once."""

    exams: tuple[CardExam, ...]
    lines: tuple[Chart, ...]

    @property
    def has_hidden(self) -> bool:
        return any(subject.section_is_hidden for one in self.exams for subject in one.subjects)


def card_of(student: Student, *, schools: Collection[int], coached: QuerySet[Any] | Collection[int] = ()) -> Card:
    """Published results of the student; five queries.

    The reader has a seat over the sections of ``schools`` and sees the cards of the students ``coached`` (keys): a
    section's mean is theirs to see as long as those others in it whose nets they don't know are not few.
    """
    results = list(
        StudentResult.objects.filter(student=student, exam__published_at__isnull=False)
        .select_related("exam__family", "exam__year")
        .order_by("-exam__date", "-exam__code", "-pk")
    )
    enrolments = {
        row.year_id: row for row in Enrolment.objects.filter(student=student).select_related("institution", "year")
    }
    subjects: dict[int, list[ExamSubject]] = defaultdict(list)
    for subject in ExamSubject.objects.filter(exam__in=[one.exam_id for one in results]).order_by("exam", "order"):
        subjects[subject.exam_id].append(subject)
    answers = {
        (row.result_id, row.subject_id): row
        for row in SubjectResult.objects.filter(result__in=[one.pk for one in results], correct__isnull=False)
    }
    beside = _section_tallies([one.exam for one in results], enrolments, Q(result__student__in=coached))
    made = []
    for one in results:
        enrolment = enrolments.get(one.exam.year_id)
        sees_section = enrolment is not None and enrolment.institution_id in schools
        lines = []
        for subject in subjects[one.exam_id]:
            own = answers.get((one.pk, subject.pk))
            section, known = beside.get(subject.pk, (Tally(), 0))
            is_hidden = not sees_section and not is_open(section.taken, max(known, int(own is not None)))
            lines.append(_card_subject(one.exam, subject, own, None if is_hidden else section))
        nets = [line.net for line in lines if line.net is not None]
        total = sum(nets, Fraction(0)) if nets else None
        made.append(CardExam(one.exam, one, enrolment, total, tuple(lines)))
    return Card(tuple(made), tuple(_lines(made)))


def _card_subject(exam: Exam, subject: ExamSubject, own: SubjectResult | None, section: Tally | None) -> CardSubject:
    """``section`` is None where it is hidden."""
    net = None
    if own is not None and own.correct is not None and own.wrong is not None:
        net = net_of(own.correct, own.wrong, exam.divisor)
    return CardSubject(
        subject.name,
        subject.questions,
        own.correct if own else None,
        own.wrong if own else None,
        net,
        None if section is None else section.mean_net(exam.divisor),
        section is None,
    )


def _section_tallies(exams: Sequence[Exam], enrolments: dict[int, Enrolment], known: Q) -> dict[int, tuple[Tally, int]]:
    """By subject the tally of the section in which the student was when each exam was held, and how many of it are
    ``known``."""
    path = "result__student__enrolments__"
    groups = Q(pk__in=())
    for exam in exams:
        mine = enrolments.get(exam.year_id)
        if mine is not None:
            groups |= Q(result__exam=exam.pk) & Q(
                **{
                    f"{path}year": mine.year_id,
                    f"{path}institution": mine.institution_id,
                    f"{path}grade": mine.grade,
                    f"{path}section_name": mine.section_name,
                }
            )
    rows = (
        SubjectResult.objects.filter(groups, correct__isnull=False)
        .order_by()
        .values_list("subject")
        .annotate(taken=Count("pk"), right=Sum("correct"), missed=Sum("wrong"), seen=Count("pk", filter=known))
    )
    return {subject: (Tally(taken, right, missed), seen) for subject, taken, right, missed, seen in rows}


def _lines(exams: Sequence[CardExam]) -> list[Chart]:
    families: dict[str, list[CardExam]] = defaultdict(list)
    for one in reversed(exams):
        families[one.exam.family.code].append(one)
    charts = []
    for code, sat in sorted(families.items()):
        if len(sat) < 2:
            continue
        by_score = all(one.result.score is not None for one in sat)
        unit = _("Puan") if by_score else _("Toplam net")
        values = [Fraction(one.result.score) if by_score and one.result.score is not None else one.net for one in sat]
        points = [f"{one.exam.code} {one.exam.date:%d.%m.%Y}" for one in sat]
        charts.append(line_chart(f"{code}: {unit}", points, [(unit, values)], unit, PLACES))
    return charts
