"""Two terms of EBA in the demo's year: what staff did there, and how long students stayed."""

from __future__ import annotations

from collections import defaultdict
from random import Random

from common.imports.bulk import Target, insert
from eba.models import PLATFORM, SCALE, Criterion, Platform, StaffUse, StaffUseValue, StudentUse
from schools.models import AcademicYear, Enrolment, Posting

TERMS = (1, 2)
MINUTE = SCALE // 60
STAFF_PERCENT, STUDENT_PERCENT = 84, 90
"""Of so many there is a record in a term."""
MOST = {
    "WORK_SENT": 40,
    "QUESTIONS_WRITTEN": 12,
    "EXAMS_CREATED": 6,
    "CONTENT_SHARED": 8,
    "COURSES_ATTENDED": 4,
    "TOP10_STUDENTS": 10,
}
"""Pieces that an eager member of staff reaches in a term."""


def build_eba(*, year: AcademicYear, rng: Random) -> tuple[int, int]:
    """Records of both terms; returns how many of staff and of students."""
    platform = Platform.objects.get(code=PLATFORM)
    return _staff(year, platform, rng), _students(year, platform, rng)


def _staff(year: AcademicYear, platform: Platform, rng: Random) -> int:
    staff = list(Posting.objects.filter(year=year).order_by("pk").values_list("staff_id", flat=True))
    eagerness = [rng.random() ** 2 for _ in staff]
    criteria = list(platform.criteria.order_by("order"))
    written = 0
    for term in TERMS:
        present = [place for place in range(len(staff)) if rng.randrange(100) < STAFF_PERCENT]
        scope = {"platform_id": platform.pk, "year_id": year.pk, "term": term}
        uses = insert(Target(StaffUse, ("staff_id",), (), (), scope=scope), [(staff[place],) for place in present]).ids
        eager = [eagerness[place] * (0.6 + 0.5 * rng.random() + 0.15 * term) for place in present]
        insert(
            Target(StaffUseValue, ("use_id", "criterion_id", "value_units"), (), ()),
            [
                (use, criterion.pk, _value(criterion, share, rng))
                for use, share in zip(uses, eager, strict=True)
                for criterion in criteria
            ],
        )
        written += len(uses)
    return written


def _value(criterion: Criterion, share: float, rng: Random) -> int:
    if criterion.unit == Criterion.Unit.HOUR:
        return (10 + int(share * rng.randrange(1200, 4200))) * MINUTE
    return int(share * MOST.get(criterion.code, 5) * (0.4 + rng.random())) * SCALE


def _students(year: AcademicYear, platform: Platform, rng: Random) -> int:
    rows = Enrolment.objects.filter(year=year, grade__gte=1).order_by("pk")
    columns = ("student_id", "institution_id", "grade", "section_name")
    by_class: dict[tuple[int, int, str], list[tuple[int, float]]] = defaultdict(list)
    for student, *place in rows.values_list(*columns).iterator():
        by_class[place[0], place[1], place[2]].append((student, rng.random()))
    written = 0
    for term in TERMS:
        scope = {"platform_id": platform.pk, "year_id": year.pk, "term": term}
        target = Target(StudentUse, ("student_id", "time_units", "class_rank"), (), (), scope=scope)
        lines = [line for students in by_class.values() for line in _class(students, term, rng)]
        written += len(insert(target, lines).ids)
    return written


def _class(students: list[tuple[int, float]], term: int, rng: Random) -> list[tuple[int, int, int]]:
    """A class with the time of each in it and the rank by time, equal times sharing it."""
    times = [
        (int((5 + 40 * share * share + 4 * term) * 60 * (0.5 + rng.random())), student)
        for student, share in students
        if rng.randrange(100) < STUDENT_PERCENT
    ]
    lines: list[tuple[int, int, int]] = []
    for place, (minutes, student) in enumerate(sorted(times, key=lambda time: (-time[0], time[1])), start=1):
        tied = lines and lines[-1][1] == minutes * MINUTE
        lines.append((student, minutes * MINUTE, lines[-1][2] if tied else place))
    return lines
