"""What is due after an exam and to whom: analyses that were not sent, monitoring results that were not published."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.models import Notification
from common.outbox import Notice, notify_each
from exams.models import Exam
from exams.models.exams import ExamKind
from exams.selectors.analyses import expected_schools, sent_by
from exams.selectors.deadlines import ANALYSIS_DAYS, PUBLICATION_DAYS, analysis_due, publication_due
from schools.authority import in_office
from schools.models import Seat
from schools.models.commissions import CommissionKind, SeatRole

BEFORE = 1
"""Days before the last day on which the people concerned are told; again when it has passed."""

LOOK_BACK_DAYS = 60
"""After so many days nothing is said of an exam any more."""


@dataclass(frozen=True)
class Reminder:
    """A reminder that is due; ``person`` is the key of an account."""

    person: int
    kind: str
    subject: str
    body: str
    url: str
    dedupe: str


def send_reminders() -> int:
    """Write every reminder that is due and not told yet; returns how many. Safe to run at any time and twice."""
    today = timezone.localdate()
    return _tell([*due_analyses(today), *due_publications(today)])


@transaction.atomic
def _tell(due: Sequence[Reminder]) -> int:
    known = Notification.objects.filter(dedupe__in={one.dedupe for one in due})
    told = set(known.order_by().values_list("recipient", "dedupe"))
    new = [one for one in due if (one.person, one.dedupe) not in told]
    people = User.objects.filter(is_active=True).in_bulk({one.person for one in new})
    notices = [
        Notice(people[one.person], one.kind, one.subject, one.body, one.url, one.dedupe)
        for one in new
        if one.person in people
    ]
    notify_each(notices)
    return len(notices)


def due_analyses(today: dt.date) -> Iterator[Reminder]:
    """Schools without a sent analysis: a day before the last day and once after it; then weekly their district."""
    for exam in _held(ExamKind.EBA, today, ANALYSIS_DAYS - BEFORE):
        due = analysis_due(exam)
        assert due is not None
        sent = sent_by(exam)
        missing = {
            school: (code, district)
            for school, code, district in expected_schools(exam).order_by("pk").values_list("pk", "code", "district")
            if school not in sent
        }
        seats = _members(CommissionKind.SCHOOL, exam, today).filter(role__in=[SeatRole.CHAIR, SeatRole.COORDINATOR])
        for person, school in sorted(set(seats.values_list("staff__user", "commission__institution"))):
            if school in missing:
                yield _analysis_reminder(exam, person, missing[school][0], due, today)
        if today > due:
            late = Counter(district for _code, district in missing.values())
            yield from _to_districts(exam, late, today)


def _analysis_reminder(exam: Exam, person: int, code: str, due: dt.date, today: dt.date) -> Reminder:
    named = {"exam": exam.name, "day": f"{due:%d.%m.%Y}"}
    if today > due:
        subject = _("%(exam)s analizinin süresi %(day)s günü doldu; analizi gönderiniz") % named
    else:
        subject = _("%(exam)s analizi için son gün %(day)s") % named
    stage = "late" if today > due else "before"
    return Reminder(
        person,
        "reminder.analysis" if today > due else "deadline.analysis",
        subject,
        _("Bulguları ve alınacak önlemleri yazıp gönderiniz; sınav sonuçları formun yanında gösterilir."),
        reverse("exams:analysis", args=[exam.pk, code]),
        f"analysis:{exam.pk}:{code}:{due:%Y%m%d}:{stage}",
    )


def _to_districts(exam: Exam, late: Counter[int], today: dt.date) -> Iterator[Reminder]:
    seats = _members(CommissionKind.DISTRICT, exam, today)
    counts: dict[int, int] = defaultdict(int)
    for person, district in sorted(set(seats.values_list("staff__user", "commission__district"))):
        counts[person] += late.get(district, 0)
    for person, count in sorted(counts.items()):
        if count:
            yield Reminder(
                person,
                "reminder.analysis_level",
                _("İlçenizde %(count)s okul %(exam)s analizini göndermedi") % {"count": count, "exam": exam.name},
                _("Okullara hatırlatıldı; göndermeyen okulları listede görebilirsiniz."),
                f"{reverse('exams:analyses', args=[exam.pk])}?durum=gonderilmeyen",
                f"analysis.level:{exam.pk}:{_week(today)}",
            )


def due_publications(today: dt.date) -> Iterator[Reminder]:
    """Unpublished monitoring results: the academic board before and after the last day, the executive after it."""
    for exam in _held(ExamKind.MONITORING, today, PUBLICATION_DAYS - BEFORE):
        due = publication_due(exam)
        if exam.published_at is not None or due is None:
            continue
        kinds = [CommissionKind.MONITORING_ACADEMIC]
        if today > due:
            kinds.append(CommissionKind.EXECUTIVE)
        named = {"exam": exam.name, "day": f"{due:%d.%m.%Y}"}
        if today > due:
            subject = _("%(exam)s sonuçlarının yayım süresi %(day)s günü doldu") % named
        else:
            subject = _("%(exam)s sonuçlarının yayımı için son gün %(day)s") % named
        stage = _week(today) if today > due else "before"
        seats = _members(kinds, exam, today)
        for person in sorted(set(seats.values_list("staff__user", flat=True))):
            yield Reminder(
                person,
                "reminder.publication",
                subject,
                _("Sonuçlar aktarıldıysa sınav sayfasından yayımlayınız; okullar sonuçları yayımdan sonra görür."),
                reverse("exams:detail", args=[exam.pk]),
                f"publication:{exam.pk}:{due:%Y%m%d}:{stage}",
            )


def _held(kind: str, today: dt.date, days: int) -> list[Exam]:
    """Exams of current years held at least so many days ago, and not very long ago."""
    rows = Exam.objects.filter(
        kind=kind,
        year__is_current=True,
        date__lte=today - dt.timedelta(days=days),
        date__gte=today - dt.timedelta(days=LOOK_BACK_DAYS),
    )
    return list(rows.select_related("year").order_by("date", "pk"))


def _members(kinds: str | Iterable[str], exam: Exam, today: dt.date) -> QuerySet[Seat]:
    """Seats in office of these commissions of the exam's year whose holders have an open account."""
    wanted = [kinds] if isinstance(kinds, str) else list(kinds)
    return Seat.objects.filter(
        in_office(today), commission__kind__in=wanted, commission__year=exam.year_id, staff__user__is_active=True
    ).order_by()


def _week(day: dt.date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-{week:02}"
