"""Where the people of a rule come from: which rankings answer which ``source`` and ``partition`` of the catalogue.

A rule without an entry here stays in the catalogue and is reported as not computable by every round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from awards.models import AwardRule
from awards.precedence import Candidate, Partition, Place, Rule, parse_take
from common.errors import UserError
from common.text import sort_key
from eba.models import StaffUse
from exams.models import Exam, ExamSubject
from schools import year_settings
from schools.models import AcademicYear
from schools.models.units import Category
from scoring.models import RankingRow, RankingRun
from scoring.workflow import RunStatus

LATEST = "latest"
PROPOSED = 3
"""A school proposes everybody with this rank or a better one to its district."""


@dataclass(frozen=True)
class RankingSource:
    """A ranking in the terms of ``scoring``: measure, partition, and how wide its partitions are.

    ``family_setting`` names the year's setting with the central exam's family. ``term`` ``LATEST`` takes the later
    term that is published. With ``nominees`` only who has this rank or a better one in the ranking is a candidate, and
    these are ranked again by district.
    """

    measure: str
    partition: str
    place: Place
    family_setting: str = ""
    term: str = ""
    nominees: int = 0

    def key_of(self, partition_key: str, district: int | None) -> str:
        """The group in which a row of the ranking competes for this rule."""
        return f"{district}" if self.nominees else partition_key


def _progress(setting: str) -> tuple[RankingSource, ...]:
    return (
        RankingSource("teacher_exam_progress", "subject", Place.PROVINCE, setting),
        RankingSource("teacher_exam_progress", "district,subject", Place.DISTRICT, setting),
    )


SOURCES: Mapping[tuple[str, str], tuple[RankingSource, ...]] = {
    ("ranking:teacher_project_points", "district+institution category"): (
        RankingSource("teacher_project_points", "district,category", Place.DISTRICT),
    ),
    ("ranking:teacher_exam_progress:middle", "province+branch AND district+branch"): _progress("central_exam_middle"),
    ("ranking:teacher_exam_progress:high", "province+branch AND district+branch"): _progress("central_exam_high"),
    ("ranking:teacher_exam_success", "district+branch+level"): (
        RankingSource("teacher_exam_success", "district,subject", Place.DISTRICT, "central_exam_middle"),
        RankingSource("teacher_exam_success", "district,subject", Place.DISTRICT, "central_exam_high"),
    ),
    ("ranking:teacher_eba_points over T-EB-1 nominees", "district+term"): (
        RankingSource("teacher_eba_points", "institution", Place.DISTRICT, term=LATEST, nominees=PROPOSED),
    ),
    ("ranking:teacher_eba_progress", "province+level"): (
        RankingSource("teacher_eba_progress", "category", Place.PROVINCE),
    ),
}

REASONS: Mapping[str, str] = {
    "ranking:teacher_eba_points": "Okulun ilçeye önerisidir, ödül değildir; EBA ödül zinciri sayfasında görünür.",
    "ranking:school_exam_progress": "Ödül, sıralanan okulların görevlilerine verilir; bu listeler henüz kurulmuyor.",
    "ranking:school_monitoring_progress": "Ödül, sıralanan okulların yöneticilerine verilir; bu listeler henüz "
    "kurulmuyor.",
    "ranking:school_eba_points": "Ödül, sıralanan okulların yöneticilerine verilir; bu listeler henüz kurulmuyor.",
    "ranking:student": "Öğrenci ödüllerinin listeleri henüz kurulmuyor; sıralaması yayımlanabilir.",
    "nomination:": "Kişinin önerilmesine dayanır; sıralamadan hesaplanmaz.",
}
"""Beginning of a rule's source -> why no round computes it."""

NO_MEASURE = "Bu kuralın ölçüsü modülde henüz yok."

_CATEGORIES = {category: order for order, category in enumerate(Category.values)}


def sources_of(rule: AwardRule) -> tuple[RankingSource, ...]:
    """The rankings that a rule reads; empty where the module has none that answers it."""
    return SOURCES.get((rule.source, rule.partition), ())


def why_not(rule: AwardRule) -> str:
    """Why no round computes the rule."""
    return next((words for start, words in REASONS.items() if rule.source.startswith(start)), NO_MEASURE)


def parameters_of(source: RankingSource, year: AcademicYear) -> dict[str, Any]:
    """The term or exam of the ranking, as runs store it. ``UserError`` while the year has none."""
    if source.family_setting:
        family = year_settings.get(year, source.family_setting)
        exam = Exam.objects.filter(year=year, family__code=family).order_by("-date", "-code", "-pk").first()
        if exam is None:
            raise UserError(
                _("Bu yılın merkezi sınavı (%(family)s) tanımlanmamış; önce sınavı tanımlayıp sonuçlarını aktarınız.")
                % {"family": family}
            )
        return {"exam": exam.code}
    if source.measure.startswith("teacher_eba"):
        return _terms_with_use(source, year)
    return {}


def _terms_with_use(source: RankingSource, year: AcademicYear) -> dict[str, Any]:
    """The later term with a published ranking, else with data; nothing for progress, which needs both terms."""
    runs = RankingRun.objects.filter(year=year, measure=source.measure, partition=source.partition)
    out = runs.filter(status=RunStatus.PUBLISHED).values_list("parameters", flat=True)
    published = [parameters["term"] for parameters in out if parameters.get("term")]
    used = list(StaffUse.objects.filter(year=year).order_by().values_list("term", flat=True).distinct())
    if not used or (source.term != LATEST and len(used) < 2):
        raise UserError(_("Bu yılın EBA kullanımı aktarılmamış; önce dönemlerin verisini aktarınız."))
    return {"term": max(published or used)} if source.term == LATEST else {}


@dataclass(frozen=True)
class Part:
    """A ranking that a rule reads, with the run that answers it."""

    source: RankingSource
    run: RankingRun

    def name_of(self, key: str) -> str:
        """A partition's name among all partitions of the rule."""
        return f"{self.run.pk}:{key}"


def rule_with_candidates(rule: AwardRule, parts: Sequence[Part], standing: Set[int | None] = frozenset()) -> Rule:
    """A rule of the catalogue with everybody ranked in its runs, as ``awards.precedence`` takes it.

    One query a run, one more where subjects have an order. ``standing`` are the districts (None: the province) whose
    list a board has already decided; they are left out.
    """
    return Rule(
        code=rule.code,
        group=rule.group,
        document=rule.document,
        order=rule.order,
        take=parse_take(rule.take),
        partitions=tuple(
            partition for number, part in enumerate(parts) for partition in _partitions(part, number, standing)
        ),
    )


def _partitions(part: Part, number: int, standing: Set[int | None]) -> list[Partition]:
    source, run = part.source, part.run
    rows = RankingRow.objects.filter(run=run, staff__isnull=False).order_by("position")
    if source.place is Place.PROVINCE:
        rows = rows.none() if None in standing else rows
    elif standing:
        rows = rows.exclude(district__in=[unit for unit in standing if unit is not None])
    if source.nominees:
        rows = rows.filter(rank__lte=source.nominees)
    subjects = _subject_order(run)
    found: dict[str, tuple[tuple[Any, ...], list[tuple[int, int, str]]]] = {}
    for key, district, name, category, subject, staff, rank, value in rows.values_list(
        "partition_key", "district_id", "district__name", "category", "subject", "staff_id", "rank", "value_exact"
    ):
        order = (
            sort_key(name or "") if source.place is not Place.PROVINCE else "",
            number,
            _CATEGORIES.get(category, len(_CATEGORIES)) if not subject and not source.nominees else 0,
            subjects.get(subject, len(subjects)),
        )
        found.setdefault(source.key_of(key, district), (order, []))[1].append((staff, rank, value))
    return [
        Partition(part.name_of(key), source.place, order, _candidates(own, again=bool(source.nominees)))
        for key, (order, own) in found.items()
    ]


def _candidates(rows: Sequence[tuple[int, int, str]], *, again: bool) -> tuple[Candidate, ...]:
    """The candidates with their rank in the ranking, or ranked ``again`` by their exact values among themselves."""
    if not again:
        return tuple(Candidate(staff, rank) for staff, rank, _value in rows)
    ranks = ranked_again({staff: value for staff, _rank, value in rows})
    return tuple(Candidate(staff, rank) for staff, rank in ranks.items())


def ranked_again(values: Mapping[int, str]) -> dict[int, int]:
    """Competition ranks (1, 2, 2, 4) of exact values ("9.5", "32/3"), the highest first, equals by key."""
    ordered = sorted(((Fraction(value), key) for key, value in values.items()), key=lambda pair: (-pair[0], pair[1]))
    amounts = [value for value, _key in ordered]
    return {key: amounts.index(value) + 1 for value, key in ordered}


def _subject_order(run: RankingRun) -> dict[str, int]:
    """The subjects of the run's exam by their place in it; empty for other measures."""
    code = run.parameters.get("exam")
    if not code:
        return {}
    found = ExamSubject.objects.filter(exam__year=run.year_id, exam__code=code).order_by("order", "pk")
    return {name: place for place, name in enumerate(found.values_list("name", flat=True))}
