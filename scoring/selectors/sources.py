"""What a run was computed from, in which version, and whether anything newer has come since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, QuerySet, Value
from django.utils.translation import gettext as _

from common.models import ImportBatch
from eba.models import CriteriaTable
from exams.models import ExamVersion
from schools import year_settings
from schools.models import AcademicYear
from scoring.models import PointsTable, RankingRun
from scoring.selectors.files import changing_files, newer_files
from scoring.selectors.moved import moved_since, moved_words
from scoring.selectors.teaching import Taught, changed_teaching, marks_now, states_of
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
    """The versions of the year's tables that are approved now (0 where none is), its settings, the files that changed
    data; and, for the runs that are looked at, who teaches what and how many rows stand elsewhere by now."""

    points: int
    criteria: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[ImportBatch] = ()
    teaching: Mapping[Taught, str] = field(default_factory=dict)
    moved: Mapping[int, int] = field(default_factory=dict)


def in_force(year: AcademicYear, runs: Sequence[RankingRun]) -> InForce:
    """What runs of the year are held against. Three queries, one more where a run reads teaching assignments, up to
    three more in the first minutes after a file with people's places, however many runs."""
    versions = _approved_versions(year)
    files = changing_files(year)
    return InForce(
        points=versions.get("points", 0),
        criteria=versions.get("criteria", 0),
        settings=year_settings.all_of(year),
        files=files,
        teaching=marks_now(runs),
        moved=moved_since(runs, files),
    )


def _approved_versions(year: AcademicYear) -> dict[str, int]:
    """The version in force of each kind of table (one query)."""
    points = PointsTable.objects.filter(year=year, status=PointsTable.Status.APPROVED).order_by()
    criteria = CriteriaTable.objects.filter(year=year, status=CriteriaTable.Status.APPROVED).order_by()
    rows: Any = points.values_list(Value("points"), "version").union(
        criteria.values_list(Value("criteria"), "version"), all=True
    )
    return dict(sorted(rows))


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
    """Newer versions, files that came or went, and what people changed on pages; each told once."""
    versions = [source.sentence for source in sources_of(run, now) if source.is_outdated]
    return versions + _other_data(run, now) + _other_settings(run, now)


def _other_data(run: RankingRun, now: InForce) -> list[str]:
    """A file of teaching assignments counts only where it changed the run's own subjects, and then it is the reason."""
    taught = changed_teaching(run, now.teaching)
    told = newer_files(run, now.files, besides={"teaching"} if states_of(run) and not taught else ())
    by_file = [sentence for sentence in told if sentence not in newer_files(run, now.files, besides={"teaching"})]
    return told + ([] if by_file else taught) + moved_words(run, now.moved)


def _other_settings(run: RankingRun, now: InForce) -> list[str]:
    """Decisions of the year that are not what the run was computed with."""
    return [
        _("Yılın “%(label)s” ayarı bu hesaptan sonra değişti.") % {"label": year_settings.definition_of(key).label}
        for key, value in run.used_settings.items()
        if key in now.settings and now.settings[key] != value
    ]


def outdated_published(runs: QuerySet[RankingRun]) -> QuerySet[RankingRun]:
    """Published ones of these runs that no longer stand on the newest data (as ``outdated_by``)."""
    return runs.filter(pk__in=outdated_keys(runs))


def outdated_keys(runs: QuerySet[RankingRun]) -> list[int]:
    """Keys of the published ones of these runs that no longer stand on the newest data (two queries, and those of
    ``in_force`` for each year)."""
    return list(_outdated(with_sources(runs.filter(status=RunStatus.PUBLISHED)).order_by("year", "pk")))


def outdated_runs(keys: Iterable[int | None]) -> dict[int, list[str]]:
    """By run why what was built on it no longer stands on the newest: another run took its place, or its sources have
    newer versions. Only those of the given runs that are so (two queries, and those of ``in_force`` for each year)."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    return _outdated(with_sources(RankingRun.objects.filter(pk__in=wanted)).order_by("year", "pk"))


def _outdated(runs: QuerySet[RankingRun]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for _year, group in groupby(runs, key=lambda run: run.year_id):
        of_year = list(group)
        now = in_force(of_year[0].year, of_year)
        for run in of_year:
            sentences = _newer(run, now)
            if run.status == RunStatus.SUPERSEDED:
                sentences.insert(0, _("Bu sıralamanın yerine yenisi yayımlandı."))
            if sentences:
                found[run.pk] = sentences
    return found
