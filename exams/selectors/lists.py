"""The exams of a year as a list, and what became of an exam from version to version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.caching import remembered
from exams.models import Exam, ExamVersion, StudentResult, SubjectResult
from exams.selectors.deadlines import analysis_due, publication_due
from exams.selectors.figures import counted
from exams.selectors.sittings import exams_visible_to
from schools.models import AcademicYear


@dataclass(frozen=True)
class Counts:
    """Of a whole exam: in its file, with a result."""

    applied: int
    sat: int


@dataclass(frozen=True)
class ExamLine:
    """A row of the list. ``counts`` is None where the reader may not see results yet."""

    exam: Exam
    counts: Counts | None
    publication_due: dt.date | None
    analysis_due: dt.date | None
    today: dt.date

    @property
    def is_open(self) -> bool:
        """Whether the reader may open the exam's page."""
        return self.counts is not None

    @property
    def publication_is_late(self) -> bool:
        due = self.publication_due
        return self.exam.published_at is None and due is not None and due < self.today


def years_with_exams(year: AcademicYear) -> list[AcademicYear]:
    """The years of the province that have exams, and the given one; newest first."""
    rows = AcademicYear.objects.filter(Q(exams__isnull=False) | Q(pk=year.pk), province=year.province_id)
    return list(rows.distinct().order_by("-name", "pk"))


def exam_lines(user: Any, year: AcademicYear) -> list[ExamLine]:
    """Every exam of the year, newest first; a year has few of them."""
    exams = list(Exam.objects.filter(year=year).select_related("family", "year__province").order_by("-date", "code"))
    visible = set(exams_visible_to(user, year).values_list("pk", flat=True))
    counts = counts_of([exam for exam in exams if exam.pk in visible])
    today = timezone.localdate()
    return [ExamLine(exam, counts.get(exam.pk), publication_due(exam), analysis_due(exam), today) for exam in exams]


def counts_of(exams: list[Exam]) -> Mapping[int, Counts]:
    """Applied and sat of each exam among the students who count in it, remembered for these versions; one query."""
    if not exams:
        return {}
    key = "exams:counts:" + ",".join(f"{exam.pk}.{exam.version}" for exam in exams)

    def make() -> dict[int, Counts]:
        taken = SubjectResult.objects.filter(result=OuterRef("pk"), correct__isnull=False)
        counting = Q(pk__in=())
        for exam in exams:
            counting |= Q(exam=exam.pk) & counted(exam, "student__enrolments__")
        rows = (
            StudentResult.objects.filter(counting)
            .annotate(has_taken=Exists(taken))
            .order_by()
            .values_list("exam")
            .annotate(applied=Count("pk"), sat=Count("pk", filter=Q(has_taken=True) | Q(score_units__isnull=False)))
        )
        known = {exam: Counts(applied, sat) for exam, applied, sat in rows}
        return {exam.pk: known.get(exam.pk, Counts(0, 0)) for exam in exams}

    return remembered(key, make)


@dataclass(frozen=True)
class VersionLine:
    version: ExamVersion
    changes: tuple[str, ...]


def versions_of(exam: Exam) -> list[VersionLine]:
    """The exam's versions, newest first, with what each changed, in sentences."""
    rows = list(ExamVersion.objects.filter(exam=exam).select_related("created_by").order_by("number"))
    lines = []
    before: dict[str, Any] = {}
    for version in rows:
        lines.append(VersionLine(version, tuple(_changes(version, before))))
        before = version.definition or before
    return list(reversed(lines))


def _changes(version: ExamVersion, before: Mapping[str, Any]) -> list[str]:
    created, updated = version.counts.get("created", 0), version.counts.get("updated", 0)
    said = []
    if created:
        said.append(_("%(count)s öğrencinin sonucu eklendi.") % {"count": created})
    if updated:
        said.append(_("%(count)s öğrencinin sonucu değişti.") % {"count": updated})
    if version.source == ExamVersion.Source.UNDO:
        said.append(_("Son aktarım geri alındı."))
    if before and version.definition:
        said += _definition_changes(before, version.definition)
    elif not before and version.source == ExamVersion.Source.DEFINITION:
        said.append(_("Sınav tanımlandı."))
    return said


def _definition_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    said = []
    if before.get("date") != after.get("date"):
        said.append(_("Tarih %(day)s oldu.") % {"day": f"{dt.date.fromisoformat(after['date']):%d.%m.%Y}"})
    if before.get("divisor") != after.get("divisor"):
        said.append(_("Bir doğruyu götüren yanlış sayısı %(count)s oldu.") % {"count": after.get("divisor")})
    old, new = dict(before.get("subjects", ())), dict(after.get("subjects", ()))
    for name, questions in new.items():
        if name not in old:
            said.append(_("%(subject)s dersi eklendi (%(count)s soru).") % {"subject": name, "count": questions})
        elif old[name] != questions:
            named = {"subject": name, "old": old[name], "new": questions}
            said.append(_("%(subject)s: %(old)s soru yerine %(new)s soru.") % named)
    said += [_("%(subject)s dersi çıkarıldı.") % {"subject": name} for name in old if name not in new]
    return said
