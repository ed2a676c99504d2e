"""Reminders: what is due and has not been told yet.

A rule looks at how things stand now, never at what happened yesterday: a missed night tells later, and once. What was
told is known by the notice's ``dedupe`` key (rule, object, stage); where several stages have passed only the latest is
told. Days are counted by the calendar of the site's time zone. Every rule costs a fixed number of statements, that of
long waiting claims a few more for each reviewer, whose own queue is counted.

Nothing a school can read here depends on a decision that has not been announced: a claim with a staged decision is
reminded of as if there were none.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.models import Notification
from common.outbox import Notice, notify_each
from projects.models import Claim, ClaimQuestion, Project, SecondOpinion, StagedDecision, TeamTeacher
from projects.selectors.queue import QueueFilter, in_view, review_queue
from projects.selectors.submission import deadline_sentence
from projects.workflow import AWAITING_REVIEW, ClaimStatus, ProjectStatus
from schools.authority import in_office
from schools.models import AcademicYear, Posting, Seat
from schools.models.commissions import CommissionKind, SeatRole

DRAFT_DAYS = (7, 1)
"""Days before the last day of sending on which schools are told of their drafts."""
LEFT_DRAFT_DAYS = 14
"""For so many days after the end of sending schools are still told, once, of the drafts that it left behind."""
RETURNED_DAYS = (7, 14, 21)
"""Days after a return on which the school is told again."""
RETURNED_LEVEL_DAYS = 21
"""Days after a return from which the district's board is told, weekly."""
QUESTION_DAYS = (3, 7)
WAITING_DAYS = 14
"""Claims that wait for longer are told to the technical team, weekly."""
WAITING_LEVEL_DAYS = 30
"""Claims that wait for longer are told to the executive board too."""
STAGED_DAYS = 2
OPINION_DAYS = 3

TOLD_AT_ONCE = 5000
"""So many reminders are compared with what was told before in one statement."""


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
    rules = (due_drafts, due_left_drafts, due_returned, due_questions, due_waiting, due_staged, due_opinions)
    return sum(_tell(list(rule(today))) for rule in rules)


@transaction.atomic
def _tell(due: Sequence[Reminder]) -> int:
    told: set[tuple[int, str]] = set()
    for start in range(0, len(due), TOLD_AT_ONCE):
        part = due[start : start + TOLD_AT_ONCE]
        known = Notification.objects.filter(
            recipient__in={reminder.person for reminder in part}, dedupe__in={reminder.dedupe for reminder in part}
        )
        told.update(known.order_by().values_list("recipient", "dedupe"))
    new = [reminder for reminder in due if (reminder.person, reminder.dedupe) not in told]
    people = User.objects.filter(is_active=True).in_bulk({reminder.person for reminder in new})
    notices = [Notice(people[r.person], r.kind, r.subject, r.body, r.url, r.dedupe) for r in new if r.person in people]
    notify_each(notices)
    return len(notices)


def due_drafts(today: dt.date) -> Iterator[Reminder]:
    """Drafts before the year's last day of sending: one reminder for each person and stage, with their number."""
    stages: dict[int, tuple[AcademicYear, dt.date, int]] = {}
    for year in AcademicYear.objects.filter(is_current=True, submission_deadline__gt=timezone.now()).order_by("pk"):
        last = timezone.localdate(year.submission_deadline)
        passed = [days for days in DRAFT_DAYS if today >= last - dt.timedelta(days=days)]
        if passed:
            stages[year.pk] = (year, last, passed[-1])
    if not stages:
        return
    drafts = Project.objects.filter(year__in=stages, status=ProjectStatus.DRAFT)
    for (person, year_pk), count in _counted(drafts, today):
        year, last, days = stages[year_pk]
        yield Reminder(
            person,
            "deadline.drafts" if days <= 1 else "reminder.drafts",
            _("Gönderilmemiş %(count)s taslağınız var; son gün %(day)s") % {"count": count, "day": _day(last)},
            _("%(year)s yılının projeleri %(moment)s saatine kadar gönderilebilir; sonra taslaklar gönderilemez.")
            % {"year": year, "moment": timezone.localtime(year.submission_deadline).strftime("%d.%m.%Y %H:%M")},
            _list_of(ProjectStatus.DRAFT),
            f"drafts:{year.pk}:{last:%Y%m%d}:{days}",
        )


def due_left_drafts(today: dt.date) -> Iterator[Reminder]:
    """Drafts that the end of sending left behind: to each person once for each such end, with what still can be done.

    Drafts that were begun later are left out: whoever began them read on the page that sending is over.
    """
    ended = AcademicYear.objects.filter(
        is_current=True,
        submission_deadline__lte=timezone.now(),
        submission_deadline__gte=_start_of(today, LEFT_DRAFT_DAYS),
    )
    years = {year.pk: year for year in ended.order_by("pk")}
    if not years:
        return
    drafts = Project.objects.filter(
        year__in=years, status=ProjectStatus.DRAFT, created_at__lte=F("year__submission_deadline")
    )
    for (person, year_pk), count in _counted(drafts, today):
        year = years[year_pk]
        assert year.submission_deadline is not None
        yield Reminder(
            person,
            "reminder.drafts_left",
            _("Gönderme süresi doldu; %(count)s taslağınız gönderilmedi, yazdıklarınız saklanıyor") % {"count": count},
            _(
                "%(over)s Ek süre verilmezse yeni yıl açıldığında “Geçen yılki projeden başla” ile bu taslaktan "
                "yeni bir proje açabilirsiniz."
            )
            % {"over": deadline_sentence(year)},
            _list_of(ProjectStatus.DRAFT),
            f"drafts.left:{year.pk}:{int(year.submission_deadline.timestamp())}",
        )


def _counted(drafts: QuerySet[Project], today: dt.date) -> list[tuple[tuple[int, int], int]]:
    """How many of these drafts each person answers for, by person and year, in order."""
    counts: Counter[tuple[int, int]] = Counter()
    year_of = dict(drafts.values_list("pk", "year"))
    for project, people in _people_at_schools(drafts, today).items():
        counts.update((person, year_of[project]) for person in people)
    return sorted(counts.items())


def due_returned(today: dt.date) -> Iterator[Reminder]:
    """Claims that were returned and not sent again: to the school at each stage, at last to the district weekly."""
    returned = Claim.objects.filter(
        status=ClaimStatus.RETURNED, year__is_current=True, decided_at__lt=_start_of(today, RETURNED_DAYS[0] - 1)
    )
    people = _people_at_schools(Project.objects.filter(claims__in=returned), today)
    rows = returned.order_by("pk").values_list(
        "pk", "decided_at", "project", "project__title", "year", "project__institution__district"
    )
    late: Counter[tuple[int, int]] = Counter()
    for claim, decided_at, project, title, year, district in rows:
        assert decided_at is not None
        days = (today - timezone.localdate(decided_at)).days
        stage = _latest(RETURNED_DAYS, days)
        if days >= RETURNED_LEVEL_DAYS:
            late[year, district] += 1
        for person in sorted(people.get(project, ())):
            yield Reminder(
                person,
                "reminder.returned",
                _("Düzeltilmesi istenen talep %(days)s gündür gönderilmedi: %(title)s")
                % {"days": days, "title": title},
                _("İstenen düzeltmeyi yapıp talebi yeniden gönderiniz; vazgeçtiyseniz geri çekiniz."),
                reverse("projects:detail", args=[project]),
                f"returned:{claim}:{int(decided_at.timestamp())}:{stage}",
            )
    yield from _to_districts(late, today)


def _to_districts(late: Mapping[tuple[int, int], int], today: dt.date) -> Iterator[Reminder]:
    if not late:
        return
    members = _members(CommissionKind.DISTRICT, today).filter(
        commission__year__in={year for year, _district in late},
        commission__district__in={district for _year, district in late},
    )
    counts: Counter[tuple[int, int]] = Counter()
    for person, year, district in members.values_list("staff__user", "commission__year", "commission__district"):
        counts[person, year] += late.get((year, district), 0)
    for (person, year), count in sorted(counts.items()):
        if count:
            yield Reminder(
                person,
                "reminder.returned_level",
                _("İlçenizde düzeltilmesi istenen %(count)s talep en az %(days)s gündür gönderilmedi")
                % {"count": count, "days": RETURNED_LEVEL_DAYS},
                _("Okullara hatırlatıldı; düzeltmesi süren talepleri projeler listesinde görebilirsiniz."),
                _list_of(ProjectStatus.RETURNED),
                f"returned.level:{year}:{_week(today)}",
            )


def due_questions(today: dt.date) -> Iterator[Reminder]:
    """Questions that the school has not answered, while the claim is under review."""
    waiting = ClaimQuestion.objects.filter(
        answered_at=None,
        claim__status__in=AWAITING_REVIEW,
        claim__year__is_current=True,
        asked_at__lt=_start_of(today, QUESTION_DAYS[0] - 1),
    )
    people = _people_at_schools(Project.objects.filter(claims__questions__in=waiting), today)
    rows = waiting.order_by("pk").values_list("pk", "asked_at", "claim__project", "claim__project__title")
    for question, asked_at, project, title in rows:
        days = (today - timezone.localdate(asked_at)).days
        for person in sorted(people.get(project, ())):
            yield Reminder(
                person,
                "reminder.question",
                _("Okulunuza sorulan soru %(days)s gündür cevap bekliyor: %(title)s") % {"days": days, "title": title},
                _("Soruyu proje sayfasında cevaplayınız; cevabınız incelemede okunur."),
                reverse("projects:detail", args=[project]),
                f"question:{question}:{_latest(QUESTION_DAYS, days)}",
            )


def due_waiting(today: dt.date) -> Iterator[Reminder]:
    """Claims that wait for a decision too long: weekly, to the technical team, and from a month on to the executive.

    A reviewer is told of those that wait in their own queue, as the link shows them; the executive of the province's,
    without a link, for no list shows exactly these.
    """
    old = Q(submitted_at__lt=_start_of(today, WAITING_LEVEL_DAYS))
    waiting = Claim.objects.filter(
        status__in=AWAITING_REVIEW, year__is_current=True, submitted_at__lt=_start_of(today, WAITING_DAYS)
    )
    counts = dict(waiting.order_by().values_list("year").annotate(older=Count("pk", filter=old)))
    if not counts:
        return
    seats = _members((CommissionKind.TECHNICAL, CommissionKind.EXECUTIVE), today).filter(commission__year__in=counts)
    people = sorted(set(seats.values_list("staff__user", "commission__kind", "commission__year")))
    users = User.objects.in_bulk({person for person, _kind, _year in people})
    years = AcademicYear.objects.in_bulk(counts)
    for person, kind, year in people:
        if kind == CommissionKind.TECHNICAL:
            name, days, url = "reminder.waiting", WAITING_DAYS, f"{reverse('projects:queue')}?bekleme={WAITING_DAYS}"
            count = _waiting_for(users[person], years[year])
        else:
            name, days, url = "reminder.waiting_level", WAITING_LEVEL_DAYS, ""
            count = counts[year]
        if count:
            yield Reminder(
                person,
                name,
                _("%(count)s talep %(days)s günden uzun süredir karar bekliyor") % {"count": count, "days": days},
                _("En eski talepten başlanarak incelenmesi gerekir."),
                url,
                f"{name}:{year}:{_week(today)}",
            )


def _waiting_for(user: User, year: AcademicYear) -> int:
    """How many claims the reminder's link shows to this reviewer."""
    wanted = QueueFilter(older_than=WAITING_DAYS)
    return in_view(review_queue(user, year, wanted), wanted, user).count()


def due_staged(today: dt.date) -> Iterator[Reminder]:
    """Decisions that were taken and not announced: to who took them, once for each day on which some were taken.

    Only while that person reviews: nobody of the claim's school, or of a partner of the project, is ever told.
    """
    at_school = Q(commission__institution=OuterRef("claim__project__institution")) | Q(
        commission__institution__partner_projects=OuterRef("claim__project")
    )
    works_there = Q(institution=OuterRef("claim__project__institution")) | Q(
        institution__partner_projects=OuterRef("claim__project")
    )
    person = Q(staff__user=OuterRef("by"))
    old = (
        StagedDecision.objects.filter(at__lt=_start_of(today, STAGED_DAYS - 1), claim__year__is_current=True)
        .filter(
            Exists(_members(CommissionKind.TECHNICAL, today).filter(person, commission__year=OuterRef("claim__year"))),
            ~Exists(_members(CommissionKind.SCHOOL, today).filter(person, at_school)),
            ~Exists(Posting.objects.filter(person, works_there, year=OuterRef("claim__year"))),
            ~Exists(TeamTeacher.objects.filter(person, project=OuterRef("claim__project"))),
            ~Exists(Project.objects.filter(pk=OuterRef("claim__project"), responsible_manager__user=OuterRef("by"))),
        )
        .order_by("pk")
    )
    taken: dict[int, list[dt.date]] = defaultdict(list)
    for by, at in old.values_list("by", "at"):
        taken[by].append(timezone.localdate(at))
    for by, days in sorted(taken.items()):
        yield Reminder(
            by,
            "reminder.staged",
            _("Duyurulmayı bekleyen %(count)s kararınız var") % {"count": len(days)},
            _("En eskisi %(days)s gündür bekliyor; duyurulana kadar okullar karardan haberli olmaz.")
            % {"days": (today - min(days)).days},
            reverse("projects:outbox"),
            f"staged:{max(days):%Y%m%d}",
        )


def due_opinions(today: dt.date) -> Iterator[Reminder]:
    """Second opinions that were asked for and not given, to the colleague who was asked, while in the team."""
    team = _members(CommissionKind.TECHNICAL, today).filter(
        staff__user=OuterRef("asked_of"), commission__year=OuterRef("claim__year")
    )
    waiting = SecondOpinion.objects.filter(
        Exists(team),
        answered_at=None,
        claim__status__in=AWAITING_REVIEW,
        claim__year__is_current=True,
        asked_at__lt=_start_of(today, OPINION_DAYS - 1),
    )
    rows = waiting.order_by("pk").values_list("pk", "asked_of", "asked_at", "claim", "claim__project__title")
    for opinion, person, asked_at, claim, title in rows:
        days = (today - timezone.localdate(asked_at)).days
        yield Reminder(
            person,
            "reminder.opinion",
            _("İkinci görüşünüz %(days)s gündür bekleniyor: %(title)s") % {"days": days, "title": title},
            _("Görüşünüzü inceleme sayfasında yazınız."),
            reverse("projects:review", args=[claim]),
            f"opinion:{opinion}",
        )


def _people_at_schools(projects: QuerySet[Project], today: dt.date) -> dict[int, set[int]]:
    """For each project the accounts of its school's principal and coordinator and of its coordinator teacher."""
    leaders: dict[tuple[int, int], set[int]] = defaultdict(set)
    seats = _members(CommissionKind.SCHOOL, today).filter(
        role__in=[SeatRole.CHAIR, SeatRole.COORDINATOR],
        commission__institution__in=projects.order_by().values("institution"),
        commission__year__in=projects.order_by().values("year"),
    )
    for school, year, person in seats.values_list("commission__institution", "commission__year", "staff__user"):
        leaders[school, year].add(person)
    people: dict[int, set[int]] = defaultdict(set)
    for project, school, year in projects.order_by().values_list("pk", "institution", "year"):
        people[project] |= leaders.get((school, year), set())
    teachers = TeamTeacher.objects.filter(
        project__in=projects.order_by().values("pk"), is_coordinator=True, staff__user__is_active=True
    )
    for project, person in teachers.order_by().values_list("project", "staff__user"):
        people[project].add(person)
    return people


def _members(kinds: str | Iterable[str], today: dt.date) -> QuerySet[Seat]:
    """Seats in office of these commissions whose holders have an open account."""
    wanted = [kinds] if isinstance(kinds, str) else list(kinds)
    return Seat.objects.filter(in_office(today), commission__kind__in=wanted, staff__user__is_active=True).order_by()


def _latest(stages: Sequence[int], days: int) -> int:
    """The last stage that has passed; the first has, or the row would not have been asked for."""
    return max(stage for stage in stages if stage <= days)


def _start_of(today: dt.date, days: int) -> dt.datetime:
    """The first moment of the day ``days`` ago: what lies before it is more than so many calendar days old."""
    day = today - dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())


def _list_of(status: ProjectStatus) -> str:
    return f"{reverse('projects:list')}?durum={status}"


def _day(day: dt.date) -> str:
    return day.strftime("%d.%m.%Y")


def _week(day: dt.date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-{week:02}"
