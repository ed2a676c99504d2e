"""What waits for a member of the technical team, and how reviewing goes in the province."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.caching import remembered
from portal.bars import Chart, bar_chart
from portal.selectors.reading import Reading
from portal.selectors.task import Task
from projects.models import ClaimQuestion, SecondOpinion
from projects.selectors.statistics import (
    AgeBand,
    ReasonTable,
    Timeliness,
    decided_within,
    reasons_by_programme,
)
from projects.workflow import AWAITING_REVIEW, Decision
from schools import year_settings

LISTED = 6
LATE_AFTER = 14
"""Days of waiting from which a task is marked."""

AGE_TONES = ("info", "info", "warning", "danger")
"""How the bands of waiting days look, the youngest first."""

KEPT = 300
"""Seconds for which figures of the province are kept."""


@dataclass(frozen=True)
class ReviewPanel:
    """How long claims wait, how soon they were decided, and why they came back."""

    ages: tuple[AgeBand, ...]
    timeliness: Timeliness
    reasons: ReasonTable

    @property
    def ages_chart(self) -> Chart:
        return bar_chart((_days(band), band.count, tone) for band, tone in zip(self.ages, AGE_TONES, strict=True))

    @property
    def reasons_chart(self) -> Chart:
        words = {Decision.RETURN: _("Düzeltme: %(reason)s"), Decision.REJECT: _("Ret: %(reason)s")}
        tones = {Decision.RETURN: "warning", Decision.REJECT: "danger"}
        return bar_chart(
            (words[Decision(row.decision)] % {"reason": row.label}, row.total, tones[Decision(row.decision)])
            for row in self.reasons.rows
        )


def _days(band: AgeBand) -> str:
    if band.last is None:
        return _("%(first)s gün ve daha çok") % {"first": band.first}
    return _("%(first)s–%(last)s gün") % {"first": band.first, "last": band.last}


def review_tasks(reading: Reading) -> Iterator[Task]:
    """The queue, what one took, decided and has not announced, opinions asked of one, questions that were answered."""
    facts, address = reading.queue, reverse("projects:queue")
    if facts.mine:
        yield Task(
            _("İncelemeye aldığınız talepler"), f"{address}?durum=mine",
            _("Karar vermediğiniz talepleri bırakabilirsiniz."),
            facts.mine, icon="eye", tone="progress", since=_day(facts.oldest_mine),
        )  # fmt: skip
    if facts.staged:
        yield Task(
            _("Duyurulacak kararlarınız"), reverse("projects:outbox"),
            _("Duyurulana kadar okullar bu kararları görmez."),
            facts.staged, icon="send", tone="progress", since=_day(facts.oldest_staged),
        )  # fmt: skip
    yield from _about_claims(reading)
    if facts.waiting:
        since = _day(facts.oldest_waiting)
        late = since is not None and (timezone.localdate() - since).days > LATE_AFTER
        yield Task(
            _("İnceleme sırası"), address, _("Kimsenin almadığı talepler; sayfada sizin aldıklarınız da görünür."),
            facts.waiting, icon="clipboard-check", tone="warning" if late else "info", since=since,
        )  # fmt: skip


def review_panel(reading: Reading) -> ReviewPanel:
    """The figures of the province; the ages are those of the person's own queue, the rest is kept for minutes."""
    year = reading.year

    def read() -> tuple[Timeliness, ReasonTable]:
        return decided_within(year, year_settings.get(year, "review_days")), reasons_by_programme(year)

    timeliness, reasons = remembered(f"reviewing:{year.pk}:{timezone.localdate()}", read, seconds=KEPT)
    return ReviewPanel(reading.queue.ages, timeliness, reasons)


def _about_claims(reading: Reading) -> Iterator[Task]:
    """Opinions asked of the person and answers to their questions, oldest first; one query."""
    rows = remembered(f"about-claims:{reading.review_stamp}", lambda: _opinions_and_answers(reading))
    for kind, at, claim, title in rows:
        asked = kind == "opinion"
        yield Task(
            _("İkinci görüşünüz isteniyor: %(title)s") % {"title": title} if asked
            else _("Sorunuz cevaplandı: %(title)s") % {"title": title},
            reverse("projects:review", args=[claim]),
            icon="users" if asked else "message-circle", tone="warning" if asked else "info", since=_day(at),
        )  # fmt: skip


def _opinions_and_answers(reading: Reading) -> list[tuple[str, dt.datetime, int, str]]:
    """Kind, moment, claim and project of the longest waiting ones."""
    waiting = {"claim__year": reading.year, "claim__status__in": AWAITING_REVIEW}
    opinions = SecondOpinion.objects.filter(**waiting, asked_of=reading.user.pk, answered_at=None)
    unread = Q(claim__staged=None) | Q(answered_at__gt=F("claim__staged__at"))
    answers = ClaimQuestion.objects.filter(unread, **waiting, asked_by=reading.user.pk, answered_at__isnull=False)
    found: Any = _marked(opinions, "opinion", "asked_at").union(_marked(answers, "answer", "answered_at"), all=True)
    return sorted(found, key=lambda row: (row[1], row[2]))[:LISTED]


def _marked(rows: Any, kind: str, moment: str) -> Any:
    return rows.order_by().values_list(
        Value(kind, output_field=CharField()), F(moment), "claim", "claim__project__title"
    )


def _day(moment: dt.datetime | None) -> dt.date | None:
    return timezone.localdate(moment) if moment else None
