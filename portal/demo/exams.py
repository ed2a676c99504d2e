"""Results of the demo's exams: each school, teacher and student has a strength that carries over between sittings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from accounts.models import User
from common.imports.bulk import Target, insert
from common.text import plain_key
from exams.models import (
    UNITS,
    Exam,
    ExamAnalysis,
    ExamKind,
    ExamSubject,
    ExamTopic,
    ExamVersion,
    StudentResult,
    SubjectResult,
    TopicResult,
)
from exams.models.exams import FINAL_GRADES, ExamLevel
from exams.services.definition import define_exam, definition_of, template_of
from portal.demo.earlier import FINAL_GRADE
from portal.demo.sittings import SITTINGS, Sitting
from schools.models import AcademicYear, Enrolment, Institution, InstitutionYear, TeachingAssignment
from schools.models.units import Category

HARDNESS = {
    "turkce": 0.06,
    "matematik": -0.16,
    "fen bilimleri": -0.06,
    "fizik": -0.14,
    "kimya": -0.12,
    "biyoloji": -0.05,
}
HEAVY = {"turkce", "matematik", "fen bilimleri"}
"""Subjects that count four times in the LGS score."""
ABSENT_PERCENT, HALF_PERCENT, GIFTED_PERCENT = 3, 1, 6
SENT_PERCENT, SENT_AFTER = 40, 4
"""Schools that have sent their analysis of the EBA exam, so many days after it."""
NATIONAL = {"LGS": 1_000_000, "TYT": 2_500_000}
"""Candidates in the whole country."""
LOWEST = {"LGS": 1_943_000, "TYT": 1_000_000}
"""The puan of who knows nothing, in ten thousandths; the highest is 500."""
HIGHEST = 5_000_000


@dataclass(frozen=True)
class Pupil:
    """A student of a final grade; ``strength`` is the share of questions known, give or take the subject's."""

    student: int
    institution: int
    section: str
    strength: float


@dataclass(frozen=True)
class _Line:
    """A student's answers by subject (None: not taken) with what is reckoned from them."""

    pupil: Pupil
    answers: tuple[tuple[int, int] | None, ...]
    score: int | None
    topics: tuple[tuple[int, int] | None, ...]


class ExamBuilder:
    """Builds the exams of both years; the same random source gives the same results."""

    def __init__(self, *, year: AcademicYear, earlier: AcademicYear, rng: Random) -> None:
        self.rng = rng
        self.years = {True: earlier, False: year}
        self.school: dict[int, float] = {}
        self.teacher: dict[int, float] = {}
        self.cohorts: dict[tuple[bool, int], list[Pupil]] = {}
        self.taught: dict[tuple[bool, int], dict[tuple[int, str, str], float]] = {}
        for is_earlier in (True, False):
            for grade in FINAL_GRADES.values():
                self.cohorts[is_earlier, grade] = self._cohort(self.years[is_earlier], grade)
                self.taught[is_earlier, grade] = self._taught(self.years[is_earlier], grade)

    def build(self, *, author: User, silent: Institution) -> int:
        """Write all exams for whose grade there are students; returns how many results. ``silent`` has sent no analysis
        yet."""
        written = 0
        for sitting in SITTINGS:
            grade = FINAL_GRADES[ExamLevel(sitting.level)]
            if self.cohorts[sitting.earlier, grade]:
                written += self._sitting(sitting, grade)
                if sitting.kind == ExamKind.EBA:
                    self._analyses(sitting, self.cohorts[sitting.earlier, grade], author, silent)
        return written

    def _cohort(self, year: AcademicYear, grade: int) -> list[Pupil]:
        kinds = [category for category, final in FINAL_GRADE.items() if final == grade]
        schools = InstitutionYear.objects.filter(year=year, category__in=kinds).values("institution")
        selective = set(schools.filter(category=Category.PROJECT_HIGH).values_list("institution", flat=True))
        rows = Enrolment.objects.filter(year=year, grade=grade, institution__in=schools).order_by("pk")
        found = []
        for student, institution, section in rows.values_list("student_id", "institution_id", "section_name"):
            if institution not in self.school:
                self.school[institution] = self._spread(0.11) + (0.22 if institution in selective else 0.0)
            gift = 0.3 * self.rng.random() if self.rng.randrange(100) < GIFTED_PERCENT else 0.0
            strength = 0.40 + self.school[institution] + self._spread(0.48) + gift
            found.append(Pupil(student, institution, section, strength))
        return found

    def _taught(self, year: AcademicYear, grade: int) -> dict[tuple[int, str, str], float]:
        """What its teacher adds to a section in a subject, this year or last."""
        rows = TeachingAssignment.objects.filter(section__year=year, section__grade=grade).order_by("pk")
        found: dict[tuple[int, str, str], float] = {}
        drift: dict[int, float] = {}
        columns = ("section__institution_id", "section__name", "subject_key", "teacher_id")
        for institution, section, subject, teacher in rows.values_list(*columns):
            if teacher not in self.teacher:
                self.teacher[teacher] = self._spread(0.07)
            if teacher not in drift:
                drift[teacher] = self._spread(0.05)
            found[institution, section, subject] = self.teacher[teacher] + drift[teacher]
        return found

    def _spread(self, most: float) -> float:
        """A number between -most and most, small ones oftener."""
        draw = self.rng.random
        return (draw() + draw() + draw() - 1.5) / 1.5 * most

    def _sitting(self, sitting: Sitting, grade: int) -> int:
        exam = self._exam(sitting)
        subjects = list(exam.subjects.order_by("order"))
        lines = [
            self._line(sitting, subjects, pupil, self.taught[sitting.earlier, grade])
            for pupil in self.cohorts[sitting.earlier, grade]
            if self.rng.randrange(100) < sitting.taken
        ]
        _write(exam, subjects, lines, sitting)
        ExamVersion.objects.create(
            exam=exam,
            number=2,
            source=ExamVersion.Source.IMPORT,
            definition=definition_of(exam),
            counts={"created": len(lines), "updated": 0},
        )
        exam.version = 2
        if sitting.published is not None:
            exam.published_at = datetime.combine(sitting.date, time(9), UTC) + timedelta(days=sitting.published)
        exam.save(update_fields=["version", "published_at"])
        return len(lines)

    def _exam(self, sitting: Sitting) -> Exam:
        template = template_of(sitting.family)
        exam = define_exam(
            year=self.years[sitting.earlier],
            code=sitting.code,
            name=sitting.name,
            family=sitting.family,
            kind=sitting.kind,
            level=sitting.level,
            date=sitting.date,
            divisor=sitting.divisor,
            subjects=sitting.subjects or (template["subjects"] if template else ()),
            by=None,
        )
        if sitting.topics:
            subject = exam.subjects.get(key="matematik")
            ExamTopic.objects.bulk_create(
                ExamTopic(subject=subject, order=order, name=name, key=plain_key(name), questions=questions)
                for order, (name, questions) in enumerate(sitting.topics, start=1)
            )
        return exam

    def _line(
        self,
        sitting: Sitting,
        subjects: list[ExamSubject],
        pupil: Pupil,
        taught: dict[tuple[int, str, str], float],
    ) -> _Line:
        draw = self.rng.random
        fate = self.rng.randrange(100)
        answers: list[tuple[int, int] | None] = []
        for place, subject in enumerate(subjects):
            if fate < ABSENT_PERCENT or (fate < ABSENT_PERCENT + HALF_PERCENT and 2 * place >= len(subjects)):
                answers.append(None)
                continue
            share = pupil.strength + HARDNESS.get(subject.key, 0.02) + (draw() - 0.5) * 0.2
            share += taught.get((pupil.institution, pupil.section, subject.key), 0.0)
            correct = min(max(int(subject.questions * share + draw()), 0), subject.questions)
            wrong = int((subject.questions - correct + 1) * draw() * 0.95)
            answers.append((correct, wrong))
        score = _score(sitting, subjects, answers) if sitting.scale and None not in answers else None
        topics = self._topics(sitting, subjects, answers) if sitting.topics else ()
        return _Line(pupil, tuple(answers), score, topics)

    def _topics(
        self, sitting: Sitting, subjects: list[ExamSubject], answers: list[tuple[int, int] | None]
    ) -> tuple[tuple[int, int] | None, ...]:
        """The answers in Matematik dealt to its topics; the later a topic, the harder."""
        place = next(place for place, subject in enumerate(subjects) if subject.key == "matematik")
        given = answers[place]
        if given is None:
            return (None,) * len(sitting.topics)
        correct, wrong = given
        asked = sorted(
            (self.rng.random() + topic * 0.25, topic)
            for topic, (_name, questions) in enumerate(sitting.topics)
            for _ in range(questions)
        )
        right = [topic for _, topic in asked[:correct]]
        false = [topic for _, topic in asked[correct : correct + wrong]]
        return tuple((right.count(topic), false.count(topic)) for topic in range(len(sitting.topics)))

    def _analyses(self, sitting: Sitting, pupils: list[Pupil], author: User, silent: Institution) -> None:
        exam = Exam.objects.get(year=self.years[sitting.earlier], code=sitting.code)
        schools = dict.fromkeys(pupil.institution for pupil in pupils)
        ExamAnalysis.objects.bulk_create(
            ExamAnalysis(
                exam=exam,
                institution_id=school,
                findings="Matematikte üslü ifadeler, Türkçede paragraf soruları en çok yanlış yapılan konulardır.",
                measures="Haftada iki saat soru çözümü yapılacak; eksik konular destekleme kursunda yinelenecek.",
                sent_by=author,
                sent_at=datetime.combine(exam.date, time(9), UTC) + timedelta(days=SENT_AFTER),
            )
            for school in schools
            if self.rng.randrange(100) < SENT_PERCENT and school != silent.pk
        )


def _score(sitting: Sitting, subjects: list[ExamSubject], answers: list[tuple[int, int] | None]) -> int:
    """The puan in ten thousandths, by the formula that the exam's results are known by, exact."""
    reached = most = 0
    for subject, given in zip(subjects, answers, strict=True):
        correct, wrong = given or (0, 0)
        weight = 4 if sitting.scale == "TYT" or subject.key in HEAVY else 1
        reached += weight * (sitting.divisor * correct - wrong)
        most += weight * sitting.divisor * subject.questions
    lowest = LOWEST[sitting.scale]
    return lowest + max(reached, 0) * (HIGHEST - lowest) // most


def _write(exam: Exam, subjects: list[ExamSubject], lines: list[_Line], sitting: Sitting) -> None:
    standing = _standing(lines, sitting)
    target = Target(
        StudentResult,
        ("student_id", "score_units", "national_rank", "province_rank", "percentile_units"),
        (),
        (),
        scope={"exam_id": exam.pk},
    )
    ids = insert(target, [(line.pupil.student, *standing(line.score)) for line in lines]).ids
    insert(
        Target(SubjectResult, ("result_id", "subject_id", "correct", "wrong"), (), ()),
        [
            (result, subject.pk, *(given or (None, None)))
            for result, line in zip(ids, lines, strict=True)
            for subject, given in zip(subjects, line.answers, strict=True)
        ],
    )
    topics = list(ExamTopic.objects.filter(subject__exam=exam).order_by("order").values_list("pk", flat=True))
    insert(
        Target(TopicResult, ("result_id", "topic_id", "correct", "wrong"), (), ()),
        [
            (result, topic, *(given or (None, None)))
            for result, line in zip(ids, lines, strict=True)
            for topic, given in zip(topics, line.topics, strict=True)
        ],
    )


def _standing(lines: list[_Line], sitting: Sitting) -> Callable[[int | None], tuple[int | None, ...]]:
    """From a puan to the columns: puan, national rank, province rank, percentile; equal puan, equal ranks."""
    places: dict[int, int] = {}
    for place, score in enumerate(sorted((line.score for line in lines if line.score is not None), reverse=True), 1):
        places.setdefault(score, place)

    def columns(score: int | None) -> tuple[int | None, ...]:
        if score is None:
            return (None, None, None, None)
        candidates = NATIONAL[sitting.scale]
        gap, most = HIGHEST - score, HIGHEST - LOWEST[sitting.scale]
        national = max(1 + (candidates - 1) * gap * gap // (most * most), places[score])
        percentile = national * 100 * UNITS // candidates if sitting.scale == "LGS" else None
        return (score * UNITS // 10_000, national, places[score], percentile)

    return columns
