"""What a run was computed from, in which version, and whether anything newer has come since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from common.models import ImportBatch
from eba.models import CriteriaTable
from exams.models import ExamVersion
from schools.models import AcademicYear
from scoring.inputs import MEASURES
from scoring.models import PointsTable, RankingRun
from scoring.models.points import PointsTableStatus
from scoring.selectors.files import changing_files, newer_files, runs_with_newer_files
from scoring.workflow import RunStatus

EXAM_VERSIONS = ExamVersion.objects.select_related("exam__year").order_by("-exam__date", "exam__code", "-number")


@dataclass(frozen=True)
class Source:
    """Something that a run read in a version; ``kind`` is exam, points or criteria, ``pk`` the exam or the table."""

    kind: str
    pk: int
    name: str
    version: int
    newest: int

    @property
    def is_outdated(self) -> bool:
        return self.newest > self.version

    @property
    def sentence(self) -> str:
        """What is newer than what the run read; empty while nothing is."""
        if not self.is_outdated:
            return ""
        words = {
            "exam": _("Bu sıralama %(name)s sonuçlarının %(old)s. sürümüyle hesaplandı; %(new)s. sürüm var."),
            "points": _("Bu sıralama puan tablosunun %(old)s. sürümüyle hesaplandı; %(new)s. sürüm yürürlükte."),
            "criteria": _("Bu sıralama EBA ölçüt tablosunun %(old)s. sürümüyle hesaplandı; %(new)s. sürüm yürürlükte."),
        }
        return words[self.kind] % {"name": self.name, "old": self.version, "new": self.newest}


def with_sources(runs: QuerySet[RankingRun]) -> QuerySet[RankingRun]:
    """The runs with all that ``sources_of`` looks at, in one query more."""
    return runs.select_related("points_table", "criteria_table", "year__province").prefetch_related(
        Prefetch("exam_versions", queryset=EXAM_VERSIONS)
    )


@dataclass(frozen=True)
class InForce:
    """The versions of the year's tables that are approved now (0 where none is), and the files that changed data."""

    points: int
    criteria: int
    files: Sequence[ImportBatch] = ()


def in_force(year: AcademicYear) -> InForce:
    """Three queries."""
    points = PointsTable.objects.filter(year=year, status=PointsTableStatus.APPROVED).aggregate(newest=Max("version"))
    criteria = CriteriaTable.objects.filter(year=year, status=CriteriaTable.Status.APPROVED)
    return InForce(
        points["newest"] or 0, criteria.aggregate(newest=Max("version"))["newest"] or 0, changing_files(year)
    )


def sources_of(run: RankingRun, now: InForce) -> list[Source]:
    """The exams, newest first, and the table that the run read; give it runs of ``with_sources``."""
    found = []
    codes = Counter(read.exam.code for read in run.exam_versions.all())
    for read in run.exam_versions.all():
        exam = read.exam
        name = exam.code if codes[exam.code] == 1 else f"{exam.code} ({exam.year.name})"
        found.append(Source("exam", exam.pk, name, read.number, exam.version))
    if run.points_table is not None:
        table = run.points_table
        found.append(Source("points", table.pk, _("Puan tablosu"), table.version, now.points))
    if run.criteria_table is not None:
        criteria = run.criteria_table
        found.append(Source("criteria", criteria.pk, _("Ölçüt tablosu"), criteria.version, now.criteria))
    return found


def outdated_by(run: RankingRun, now: InForce) -> list[str]:
    """Why the run no longer stands on the newest data, in sentences; empty for a run whose place another one took."""
    if run.status == RunStatus.SUPERSEDED:
        return []
    return _newer(run, now)


def _newer(run: RankingRun, now: InForce) -> list[str]:
    return [source.sentence for source in sources_of(run, now) if source.is_outdated] + newer_files(run, now.files)


def outdated_published(runs: QuerySet[RankingRun]) -> QuerySet[RankingRun]:
    """Published ones of a province's runs that read an exam, a points table or criteria of which there is a newer
    version, or files after which others came (up to three queries to find the latter)."""
    of_files = [code for code, measure in MEASURES.items() if measure.files]
    candidates = runs.filter(status=RunStatus.PUBLISHED, measure__in=of_files).order_by("pk")
    read = RankingRun.exam_versions.through.objects.filter(
        rankingrun=OuterRef("pk"), examversion__number__lt=F("examversion__exam__version")
    )
    return runs.filter(
        Exists(read)
        | Q(points_table__status=PointsTableStatus.SUPERSEDED)
        | Q(criteria_table__status=CriteriaTable.Status.SUPERSEDED)
        | Q(pk__in=runs_with_newer_files(list(with_sources(candidates)))),
        status=RunStatus.PUBLISHED,
    )


def outdated_runs(keys: Iterable[int | None]) -> dict[int, list[str]]:
    """By run why what was built on it no longer stands on the newest: another run took its place, or its sources have
    newer versions. Only those of the given runs that are so (two queries, and three a year)."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    runs = with_sources(RankingRun.objects.filter(pk__in=wanted)).order_by("pk")
    tables: dict[int, InForce] = {}
    found: dict[int, list[str]] = {}
    for run in runs:
        if run.year_id not in tables:
            tables[run.year_id] = in_force(run.year)
        sentences = _newer(run, tables[run.year_id])
        if run.status == RunStatus.SUPERSEDED:
            sentences.insert(0, _("Bu sıralamanın yerine yenisi yayımlandı."))
        if sentences:
            found[run.pk] = sentences
    return found
