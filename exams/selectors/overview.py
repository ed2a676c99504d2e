"""Whole exams at a glance, remembered for each version: province, districts, and the schools of a district.

What a version's figures follow from changes with the version, but for enrolments: those count after a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Q, Sum

from common.caching import remembered
from exams.models import UNITS, Exam, ExamSubject, StudentResult, SubjectResult
from exams.nets import net_of
from exams.selectors.figures import (
    Figures,
    Scale,
    counted,
    figures_by,
    scale_of,
    subjects_of,
    total_of,
)
from schools.models import AcademicYear, Institution, InstitutionYear

SITTINGS_SHOWN = 6


@dataclass(frozen=True)
class Overview:
    """Figures of the province and of each district (by key) at one version of an exam."""

    subjects: tuple[ExamSubject, ...]
    scale: Scale
    province: Figures
    districts: dict[int, Figures]

    def of_district(self, district: int) -> Figures:
        return self.districts.get(district) or total_of((), self.subjects, self.province.divisor)


def overview_of(exam: Exam) -> Overview:
    """The whole exam; made by reading all results once, then remembered."""
    return remembered(_key(exam, "overview"), lambda: _make(exam))


def schools_of(exam: Exam, district: int, overview: Overview) -> dict[int, Figures]:
    """Figures of each institution (by key) of a district."""

    def make() -> dict[int, Figures]:
        found = figures_by(exam, ["institution"], subjects=overview.subjects, scale=overview.scale, district=district)
        return {school: figures for (school,), figures in found.items()}

    return remembered(_key(exam, f"district:{district}"), make)


def sections_of(exam: Exam, school: int, overview: Overview) -> dict[tuple[int, str], Figures]:
    """Figures of each section (grade, name) of one school, highest grade first; reads that school alone."""
    found = figures_by(
        exam, ["grade", "section_name"], subjects=overview.subjects, scale=overview.scale, institution=school
    )
    order = sorted(found, key=lambda group: (-group[0], group[1]))
    return {(grade, name): found[grade, name] for grade, name in order}


def codes_of(school: Institution, year: AcademicYear) -> list[int]:
    """Keys under which the school's earlier results stand: its own, and that of the institution it took the place of.

    The old one counts only where it has no category in the year any more.
    """
    old = school.predecessor_id
    if old is None or InstitutionYear.objects.filter(institution=old, year=year).exists():
        return [school.pk]
    return [school.pk, old]


def school_of(exam: Exam, codes: Sequence[int]) -> tuple[list[ExamSubject], Figures]:
    """Subjects and figures of one school (``codes_of``) in another sitting, without distribution."""
    subjects = subjects_of(exam)
    found = [figures_by(exam, ["institution"], subjects=subjects, institution=code) for code in codes]
    return subjects, total_of((one for part in found for one in part.values()), subjects, exam.divisor)


def sittings_until(exam: Exam, *, published_only: bool) -> list[Exam]:
    """The last sittings of the family and kind in the province up to this one, oldest first."""
    earlier = Q(date__lt=exam.date) | Q(date=exam.date, code__lte=exam.code)
    same = {"family": exam.family_id, "kind": exam.kind, "level": exam.level}
    rows = Exam.objects.filter(earlier, year__province=exam.year.province_id, **same)
    if published_only:
        rows = rows.filter(Q(published_at__isnull=False) | Q(pk=exam.pk))
    found = rows.select_related("family", "year__province").order_by("-date", "-code", "-pk")[:SITTINGS_SHOWN]
    return list(reversed(found))


@dataclass(frozen=True)
class Means:
    """A group's means in one sitting (None: nobody has one) and how many students each is of."""

    net: Fraction | None = None
    score: Fraction | None = None
    net_students: int = 0
    scored: int = 0


def means_of(
    sittings: Sequence[Exam], *, codes: Sequence[int] | None = None, district: int | None = None
) -> dict[int, Means]:
    """The means of a school (``codes_of``), a district or the province in each of these sittings; two queries."""
    if not sittings:
        return {}
    path = "student__enrolments__"
    here, there = Q(pk__in=()), Q(pk__in=())
    for exam in sittings:
        here |= Q(exam=exam.pk) & counted(exam, path)
        there |= Q(result__exam=exam.pk) & counted(exam, f"result__{path}")
    for field, value in (("institution__in", codes), ("institution__district", district)):
        if value is not None:
            here &= Q(**{f"{path}{field}": value})
            there &= Q(**{f"result__{path}{field}": value})
    scores = (
        StudentResult.objects.filter(here, score_units__isnull=False)
        .order_by()
        .values_list("exam")
        .annotate(students=Count("pk"), units=Sum("score_units"))
    )
    nets = (
        SubjectResult.objects.filter(there, correct__isnull=False)
        .order_by()
        .values_list("result__exam")
        .annotate(students=Count("result", distinct=True), right=Sum("correct"), missed=Sum("wrong"))
    )
    by_score = {exam: (students, Fraction(int(units), students * UNITS)) for exam, students, units in scores}
    divisors = {exam.pk: exam.divisor for exam in sittings}
    by_net = {
        exam: (students, net_of(right, missed, divisors[exam]) / students) for exam, students, right, missed in nets
    }
    made = {}
    for exam in sittings:
        net_students, net = by_net.get(exam.pk, (0, None))
        scored, score = by_score.get(exam.pk, (0, None))
        made[exam.pk] = Means(net, score, net_students, scored)
    return made


def known_means(sittings: Sequence[Exam], *, district: int | None = None) -> dict[int, Means]:
    """``means_of`` a district or the province, remembered for these sittings' versions; two queries."""
    key = f"exams:means:{district or ''}:" + ",".join(f"{exam.pk}.{exam.version}" for exam in sittings)
    return remembered(key, lambda: means_of(sittings, district=district))


def _make(exam: Exam) -> Overview:
    subjects = subjects_of(exam)
    scale = scale_of(exam, subjects)
    found = figures_by(exam, ["institution__district"], subjects=subjects, scale=scale)
    districts = {district: figures for (district,), figures in sorted(found.items())}
    return Overview(tuple(subjects), scale, total_of(districts.values(), subjects, exam.divisor), districts)


def _key(exam: Exam, part: str) -> str:
    return f"exams:{exam.pk}:{exam.version}:{part}"
