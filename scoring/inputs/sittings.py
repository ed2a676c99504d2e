"""What every measure of an exam reads: the sitting, its version and subjects, and who counts in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from common.errors import UserError
from exams.models import FINAL_GRADES, Exam, ExamSubject, ExamVersion, StudentResult, SubjectResult
from exams.models.exams import ExamKind, ExamLevel
from exams.selectors import exam_of, last_year_exam, previous_sitting
from schools.models import Enrolment
from scoring.engine.means import Group
from scoring.inputs.measures import Query

ENROLMENT = "student__enrolments__"
"""From a student's result to where the student is enrolled."""

Unit = tuple[Any, ...]


class WrongExam(UserError):
    """The exam is of another kind than the measure reads, or has no sitting to be compared with."""


class Subject(NamedTuple):
    id: int
    name: str
    key: str
    questions: int


class Tally(NamedTuple):
    """How many of a unit sat the exam, applied (are in its file), and are enrolled."""

    sat: int
    applied: int
    enrolled: int


@dataclass(frozen=True)
class Sitting:
    """An exam as measures read it. ``grade``: only its students count; None where all grades do."""

    exam: Exam
    version: ExamVersion | None
    subjects: tuple[Subject, ...]
    grade: int | None

    def counted(self, path: str = ENROLMENT) -> dict[str, Any]:
        """The filter of those who count, by their enrolment in the exam's year; one call, so that one join is used."""
        narrowed: dict[str, Any] = {f"{path}year": self.exam.year_id}
        return narrowed if self.grade is None else narrowed | {f"{path}grade": self.grade}

    @property
    def final_grade(self) -> int:
        """The grade of a central exam's students."""
        return FINAL_GRADES[ExamLevel(self.exam.level)]

    def facts(self) -> dict[str, Any]:
        """The exam in a row's working."""
        return {
            "exam": self.exam.code,
            "name": self.exam.name,
            "year": self.exam.year.name,
            "version": self.exam.version,
        }

    def lines(self) -> list[str]:
        """The exam in the canonical input."""
        exam = self.exam
        head = f"exam {exam.pk} {exam.version} {exam.kind} {exam.level} {exam.divisor}"
        return [head, *(f"subject {exam.pk} {subject.key} {subject.questions}" for subject in self.subjects)]


def sitting_of(exam: Exam) -> Sitting:
    """The sitting as it stands now (two queries)."""
    subjects = ExamSubject.objects.filter(exam=exam).order_by("order")
    version = ExamVersion.objects.filter(exam=exam, number=exam.version).first()
    if version is not None:
        version.exam = exam
    return Sitting(
        exam,
        version,
        tuple(Subject(*row) for row in subjects.values_list("pk", "name", "key", "questions")),
        FINAL_GRADES[ExamLevel(exam.level)] if exam.kind == ExamKind.CENTRAL else None,
    )


def central_sitting(query: Query) -> Sitting:
    """The central exam that is asked for; ``WrongExam`` when it is of another kind."""
    return _sitting_of_kind(query, ExamKind.CENTRAL)


def monitoring_sitting(query: Query) -> Sitting:
    """The monitoring exam that is asked for; ``WrongExam`` when it is of another kind."""
    return _sitting_of_kind(query, ExamKind.MONITORING)


def _sitting_of_kind(query: Query, kind: ExamKind) -> Sitting:
    exam = exam_of(query.year, query.exam)
    if exam.kind != kind:
        raise WrongExam(
            _("%(code)s sınavının türü “%(kind)s”; bu ölçü için türü “%(wanted)s” olan bir sınav seçiniz.")
            % {"code": exam.code, "kind": exam.get_kind_display(), "wanted": kind.label}
        )
    return sitting_of(exam)


def year_before(sitting: Sitting) -> Sitting:
    """Last year's exam of the family; ``WrongExam`` when there is none."""
    found = last_year_exam(sitting.exam)
    if found is None:
        raise WrongExam(
            _(
                "%(code)s sınavının bir önceki yıldaki sınavı (%(family)s) yok; ilerleme için geçen yılın sınavını "
                "tanımlayıp sonuçlarını aktarınız."
            )
            % {"code": sitting.exam.code, "family": sitting.exam.family.code}
        )
    return sitting_of(found)


def sitting_before(sitting: Sitting) -> Sitting:
    """The family's previous sitting; ``WrongExam`` when there is none."""
    found = previous_sitting(sitting.exam)
    if found is None:
        raise WrongExam(
            _(
                "%(code)s sınavından önce %(family)s ailesinde bir oturum yok; ilerleme için önceki oturumu tanımlayıp "
                "sonuçlarını aktarınız."
            )
            % {"code": sitting.exam.code, "family": sitting.exam.family.code}
        )
    return sitting_of(found)


def versions(*sittings: Sitting) -> list[ExamVersion]:
    return [sitting.version for sitting in sittings if sitting.version is not None]


def has_score(sitting: Sitting) -> bool:
    """Whether the exam has a score (puan): any result carries one."""
    return StudentResult.objects.filter(exam=sitting.exam, score_units__isnull=False).exists()


def summed(groups: Iterable[tuple[Unit, int, int]], unit: int) -> dict[Unit, Group]:
    """(unit, total, count) rows as groups; rows of one unit are pooled."""
    totals: defaultdict[Unit, list[int]] = defaultdict(lambda: [0, 0])
    for key, total, count in groups:
        pooled = totals[key]
        pooled[0] += total
        pooled[1] += count
    return {key: Group(total, count, unit) for key, (total, count) in totals.items()}


def taken() -> Exists:
    """Whether a student's result has a subject that was taken."""
    return Exists(SubjectResult.objects.filter(result=OuterRef("pk"), correct__isnull=False))


def tallies(sitting: Sitting, *columns: str) -> dict[Unit, Tally]:
    """Sat, applied and enrolled by columns of the enrolment (two queries).

    Where all grades count, only those of the unit count as enrolled from which somebody applied.
    """
    fields = (*columns, "grade")
    results = StudentResult.objects.filter(exam=sitting.exam, **sitting.counted()).order_by()
    applied: defaultdict[Unit, list[int]] = defaultdict(lambda: [0, 0])
    for *unit, count, sat in results.values_list(*(ENROLMENT + name for name in fields)).annotate(
        applied=Count("pk"), sat=Count("pk", filter=Q(score_units__isnull=False) | Q(taken()))
    ):
        applied[tuple(unit)] = [sat, count]
    enrolments = Enrolment.objects.filter(**sitting.counted("")).order_by().values_list(*fields)
    found: defaultdict[Unit, list[int]] = defaultdict(lambda: [0, 0, 0])
    for *unit, enrolled in enrolments.annotate(enrolled=Count("pk")):
        key = tuple(unit)
        if sitting.grade is not None or key in applied:
            sat, count = applied[key]
            for place, number in enumerate((sat, count, enrolled)):
                found[key[:-1]][place] += number
    return {key: Tally(*numbers) for key, numbers in found.items()}


def overall(tally: Mapping[Unit, Tally]) -> dict[str, int]:
    """The counts of the whole province."""
    return {name: sum(getattr(one, name) for one in tally.values()) for name in Tally._fields}


def not_enrolled(sitting: Sitting) -> set[int]:
    """Students in the exam's file without an enrolment in its year (one query)."""
    enrolled = Enrolment.objects.filter(student=OuterRef("student"), year=sitting.exam.year_id)
    missing = StudentResult.objects.filter(~Exists(enrolled), exam=sitting.exam).order_by()
    return set(missing.values_list("student_id", flat=True))


def without_enrolment(*sittings: Sitting) -> list[dict[str, Any]]:
    """For each sitting how many of its students nobody can count, for want of an enrolment in its year (one query a
    sitting); nothing for a sitting without such students."""
    notes = []
    for sitting in sittings:
        count = len(not_enrolled(sitting))
        if count:
            exam = sitting.exam
            sentence = _(
                "%(exam)s (%(year)s): sonucu olan %(count)s öğrencinin o yıl okul kaydı yok, sayılmadılar; o yılın "
                "öğrenci dosyasını aktarınız."
            ) % {"exam": exam.code, "year": exam.year.name, "count": count}
            notes.append({"exam": exam.pk, "name": sentence, "reason": "not_enrolled", "count": count})
    return notes
