"""What waits after exams, by seat; and what somebody has by themselves: students whom they coach, certificates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import CharField, Count, DateField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.models import Certificate
from exams.models import Exam, ExamAnalysis, StudentResult
from exams.models.exams import ExamKind
from exams.selectors.deadlines import ANALYSIS_DAYS, LEVEL_CATEGORIES, PUBLICATION_DAYS
from portal.selectors.reading import Reading
from portal.selectors.task import Task
from schools.models import Coaching, InstitutionYear
from schools.models.commissions import CommissionKind, SeatRole

LOOK_BACK_DAYS = 60
"""After so many days an exam is no task any more, unless its results are there and wait to be published."""

PUBLISHERS = {CommissionKind.TECHNICAL, CommissionKind.MONITORING_ACADEMIC}
SENDERS = {SeatRole.CHAIR, SeatRole.COORDINATOR}
PUBLISH, ANALYSIS, LATE, COACHED, CERTIFICATES = "publish", "analysis", "late", "coached", "certificates"


class Fact(NamedTuple):
    """One thing that waits; ``code`` is a kurum kodu, ``number`` how many."""

    kind: str
    exam: int
    name: str
    date: dt.date
    code: str
    number: int


def exam_tasks(reading: Reading) -> Iterator[Task]:
    """Monitoring results to publish, a school's analyses, a district's late schools; students and certificates."""
    for fact in sorted(Fact(*row) for row in _facts(reading)):
        if task := _task_of(fact):
            yield task


def _task_of(fact: Fact) -> Task | None:
    named = {"exam": fact.name}
    match fact.kind:
        case "publish":
            return Task(
                _("Sonuçları yayımlayınız: %(exam)s") % named, reverse("exams:detail", args=[fact.exam]),
                _("Okullar sonuçları yayımdan sonra görür."),
                due=fact.date + dt.timedelta(days=PUBLICATION_DAYS), icon="file-text", tone="warning",
            )  # fmt: skip
        case "analysis":
            return Task(
                _("Sınav analizini gönderiniz: %(exam)s") % named,
                reverse("exams:analysis", args=[fact.exam, fact.code]),
                _("Bulgular ve alınacak önlemler; sonuçlar formun yanında gösterilir."),
                due=fact.date + dt.timedelta(days=ANALYSIS_DAYS), icon="file-text", tone="warning",
            )  # fmt: skip
        case "late":
            return Task(
                _("Analizini göndermeyen okullar: %(exam)s") % named,
                reverse("exams:analyses", args=[fact.exam]) + "?durum=gonderilmeyen",
                _("Okullara hatırlatıldı."), fact.number, icon="file-text", tone="info",
                since=fact.date + dt.timedelta(days=ANALYSIS_DAYS),
            )  # fmt: skip
    if not fact.number:
        return None
    if fact.kind == COACHED:
        return Task(
            _("Danışmanı olduğunuz öğrenciler"), reverse("exams:my_students"),
            _("Her birinin sınav kartını açabilirsiniz."), fact.number, icon="users", tone="info",
        )  # fmt: skip
    return Task(
        _("Belgeleriniz"), reverse("awards:own"), _("Adınıza düzenlenen belgeleri indirebilirsiniz."),
        fact.number, icon="certificate", tone="success",
    )  # fmt: skip


def _facts(reading: Reading) -> QuerySet[Any, Any]:
    """Everything of this page in one statement."""
    today = timezone.localdate()
    held = (today - dt.timedelta(days=LOOK_BACK_DAYS), today)
    parts: list[QuerySet[Any, Any]] = [
        _counted(CERTIFICATES, Certificate.objects.filter(line__staff__user=reading.user), today, "line__staff__user"),
        _counted(COACHED, Coaching.objects.filter(year=reading.year, teacher__user=reading.user), today, "year"),
    ]
    if reading.kinds & PUBLISHERS:
        stored = Exists(StudentResult.objects.filter(exam=OuterRef("pk")))
        waiting = Exam.objects.filter(
            Q(date__gte=held[0]) | stored,
            year=reading.year, kind=ExamKind.MONITORING, published_at=None, date__lte=today,
        )  # fmt: skip
        parts.append(waiting.order_by().values_list(_text(PUBLISH), "pk", "name", "date", _text(""), _number(0)))
    senders = [seat for seat in reading.seats if seat.commission.institution_id and seat.role in SENDERS]
    if senders:
        own = _unsent(reading, held).filter(institution__in=[seat.commission.institution_id for seat in senders])
        parts.append(
            own.values_list(_text(ANALYSIS), "exam_pk", "exam_name", "exam_date", "institution__code", _number(0))
        )
    if CommissionKind.DISTRICT in reading.kinds:
        over = (held[0], today - dt.timedelta(days=ANALYSIS_DAYS + 1))
        near = _unsent(reading, over).filter(institution__district__in=reading.districts)
        counted = near.values("exam_pk", "exam_name", "exam_date").annotate(schools=Count("pk"))
        parts.append(counted.values_list(_text(LATE), "exam_pk", "exam_name", "exam_date", _text(""), "schools"))
    found: QuerySet[Any, Any] = parts[0].union(*parts[1:], all=True)
    return found


def _counted(kind: str, rows: QuerySet[Any, Any], today: dt.date, by: str) -> QuerySet[Any, Any]:
    """How many, as a fact; no row where there is nothing."""
    grouped: QuerySet[Any, Any] = rows.order_by().values(by).annotate(found=Count("pk"))
    day = Value(today, output_field=DateField())
    facts: QuerySet[Any, Any] = grouped.values_list(_text(kind), _number(0), _text(""), day, _text(""), "found")
    return facts


def _text(words: str) -> Value:
    return Value(words, output_field=CharField())


def _number(value: int) -> Value:
    return Value(value, output_field=IntegerField())


def _unsent(reading: Reading, held: tuple[dt.date, dt.date]) -> QuerySet[Any, Any]:
    """Institutions of the year and, with each, an exam of its level held then whose analysis it has not sent."""
    levels = Q()
    for level, categories in LEVEL_CATEGORIES.items():
        levels |= Q(year__exams__level=level, category__in=categories)
    sent = ExamAnalysis.objects.filter(
        exam=OuterRef("exam_pk"), institution=OuterRef("institution"), sent_at__isnull=False
    )
    return (
        InstitutionYear.objects.filter(
            levels, year=reading.year, year__exams__kind=ExamKind.EBA, year__exams__date__range=held
        )
        .annotate(exam_pk=F("year__exams__pk"), exam_name=F("year__exams__name"), exam_date=F("year__exams__date"))
        .filter(~Exists(sent))
        .order_by()
    )
