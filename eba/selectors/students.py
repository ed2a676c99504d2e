"""Students' time on a platform, by grade and as a distribution; names only on the page for the own school."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from django.db.models import F, QuerySet

from common.text import turkish_order
from eba.models import PLATFORM, SCALE, StudentUse
from schools.models import AcademicYear, Enrolment, Institution

EDGES = (0, 1, 5, 10, 20, 40, 80)
"""Ends, in hours, of the steps in which time is counted; the last step reaches to the longest time."""


@dataclass(frozen=True)
class GradeUse:
    """A grade's use in a term: how many have a record of how many enrolled, and their hours together."""

    grade: int
    enrolled: int
    people: int
    units: int

    @property
    def mean(self) -> Fraction | None:
        """Hours; over those with a record."""
        return Fraction(self.units, SCALE * self.people) if self.people else None


@dataclass(frozen=True)
class StudentsOfSchool:
    """All of a school's students: by term the grades, and how many fall into each step of hours."""

    grades: dict[int, list[GradeUse]]
    steps: dict[int, list[tuple[int, int, int]]]

    def people(self, term: int) -> int:
        return sum(row.people for row in self.grades[term])


def students_of(institution: Institution, year: AcademicYear) -> StudentsOfSchool:
    """Use by the students enrolled at the school in the year; two queries."""
    grades = dict(
        Enrolment.objects.filter(institution=institution, year=year).order_by().values_list("student_id", "grade")
    )
    enrolled = Counter(grades.values())
    times: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for term, student, units in _use(year, grades).values_list("term", "student_id", "time_units"):
        times[term, grades[student]].append(units)
    return StudentsOfSchool(
        grades={
            term: [
                GradeUse(grade, enrolled[grade], len(times[term, grade]), sum(times[term, grade]))
                for grade in sorted(enrolled)
            ]
            for term in (1, 2)
        },
        steps={
            term: _steps([units for (number, _), own in times.items() if number == term for units in own])
            for term in (1, 2)
        },
    )


def _use(year: AcademicYear, students: Iterable[int], terms: Iterable[int] = (1, 2)) -> QuerySet[StudentUse]:
    """Their use, found by the keys of the students: a school's are few among the province's."""
    return StudentUse.objects.filter(
        year=year, term__in=list(terms), platform__code=PLATFORM, student__in=list(students)
    ).order_by()


def _steps(units: list[int]) -> list[tuple[int, int, int]]:
    """Lower end, upper end and how many fall between them, the lower end included."""
    longest = max(units, default=0)
    ends = (*EDGES, max(2 * EDGES[-1], longest // SCALE + 1))
    return [(low, high, sum(low * SCALE <= own < high * SCALE for own in units)) for low, high in pairwise(ends)]


def named_students(institution: Institution, year: AcademicYear, term: int) -> QuerySet[StudentUse]:
    """The school's students with a record in the term, longest time first, then by name; each with
    ``grade``, ``section_name`` and ``school_number``."""
    own = Enrolment.objects.filter(institution=institution, year=year).order_by().values_list("student_id", flat=True)
    return (
        _use(year, own, (term,))
        .filter(student__enrolments__year=year)
        .annotate(
            grade=F("student__enrolments__grade"),
            section_name=F("student__enrolments__section_name"),
            school_number=F("student__enrolments__school_number"),
        )
        .select_related("student")
        .order_by("-time_units", turkish_order("student__last_name"), turkish_order("student__first_name"), "pk")
    )
