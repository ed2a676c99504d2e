"""Publishing a run: it becomes the ranking that counts, and schools may object until a date."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.outbox import notify, notify_many
from exams.models import Exam
from schools import year_settings
from schools.authority import in_office
from schools.models import Seat
from schools.models.commissions import CommissionKind
from scoring.inputs import measure_of
from scoring.models import Objection, RankingRun
from scoring.rules import may
from scoring.selectors.rows import row_of_holder
from scoring.selectors.runs import had_window, is_fresh, latest_run
from scoring.workflow import RUN_TRANSITIONS, ObjectionStatus, RunStatus

FIXED_HOLIDAYS = frozenset({(1, 1), (4, 23), (5, 1), (5, 19), (7, 15), (8, 30), (10, 29)})
"""Public holidays with a fixed date, as (month, day). Religious holidays move and are not known here."""


class StaleRun(UserError):
    """The data changed after the run read them; it must be computed again."""


class UnpublishedExam(UserError):
    """Rows would show schools the results of an exam before the results themselves are published."""


@transaction.atomic
def publish_run(*, run: RankingRun, by: User, on: date | None = None) -> RankingRun:
    """Publish the newest run of its ranking and open the objection window.

    The run published before is superseded. Raises ``StaleRun`` when the inputs differ from what the run read,
    ``Conflict`` when it is not the newest or not waiting, ``UnpublishedExam`` while schools may not see the results it
    shows, ``PermissionDenied`` for people who do not sit on its board.
    """
    current = RankingRun.objects.select_for_update(of=("self",)).select_related("year__province").get(pk=run.pk)
    step = RUN_TRANSITIONS["publish"]
    if not may(by, step.permission, current):
        raise PermissionDenied
    if current.status not in step.sources:
        raise Conflict(
            _("Bu sıralama “%(status)s” durumunda; yeniden yayımlamak için önce yeniden hesaplayınız.")
            % {"status": current.get_status_display()}
        )
    newest = latest_run(current.year, current.measure, current.partition, current.parameters)
    if newest is None or newest.pk != current.pk:
        raise Conflict(_("Bu sıralamanın daha yeni bir hesabı var; onu yayımlayınız."))
    _require_published_exams(current)
    if not is_fresh(current):
        raise StaleRun(
            _("Hesaptan sonra veriler değişti; sıralamayı yeniden hesaplayıp farkları inceledikten sonra yayımlayınız.")
        )
    day = on or timezone.localdate()
    superseded = _supersede_published(current, by)
    current.status = step.target
    current.published_by = by
    current.published_at = timezone.now()
    current.objections_until = working_days_after(day, year_settings.get(current.year, "objection_days"))
    current.save(update_fields=["status", "published_by", "published_at", "objections_until"])
    record(
        action="ranking.publish",
        target=current,
        by=by,
        before={"status": RunStatus.COMPUTED},
        after={"status": current.status, "objections_until": current.objections_until.isoformat()},
    )
    _tell_schools(current)
    _tell_objectors(current, superseded)
    return current


def _require_published_exams(run: RankingRun) -> None:
    """Rows show schools what the run read, of central exams too: the province opens each of them first."""
    waiting = Exam.objects.filter(versions__ranking_runs=run, published_at=None)
    codes = waiting.order_by("-date", "code").values_list("code", flat=True).distinct()
    if codes:
        raise UnpublishedExam(
            _("%(codes)s sonuçları okullara yayımlanmadı; önce sınavın sayfasından sonuçları yayımlayınız.")
            % {"codes": ", ".join(codes)}
        )


def _supersede_published(run: RankingRun, by: User) -> list[int]:
    """Takes the place of the run published before; the keys of what was superseded (at most one)."""
    step = RUN_TRANSITIONS["supersede"]
    older = RankingRun.objects.select_for_update(of=("self",)).filter(
        year=run.year,
        measure=run.measure,
        partition=run.partition,
        parameters=run.parameters,
        status__in=step.sources,
    )
    keys = []
    for published in older.order_by("pk"):
        keys.append(published.pk)
        published.status = step.target
        published.save(update_fields=["status"])
        record(
            action="ranking.supersede",
            target=published,
            by=by,
            before={"status": RunStatus.PUBLISHED},
            after={"status": published.status, "by_run": run.pk},
        )
    return keys


def _tell_schools(run: RankingRun) -> None:
    """A notice to the commission members of every school that has a row in the run."""
    seats = Seat.objects.filter(
        in_office(timezone.localdate()),
        commission__kind=CommissionKind.SCHOOL,
        commission__institution__in=run.rows.order_by().values("institution"),
    )
    people = User.objects.filter(is_active=True, staff_member__seats__in=seats).distinct().order_by("pk")
    measure = measure_of(run.measure)
    words = {
        "staff": _("Okulunuzun personeli bu sıralamada yer alıyor."),
        "student": _("Okulunuzun öğrencileri bu sıralamada yer alıyor."),
        "institution": _("Okulunuz bu sıralamada yer alıyor."),
    }
    until = ""
    if run.objections_until and had_window(run):
        day = run.objections_until.strftime("%d.%m.%Y")
        until = _("İtirazınızı %(date)s tarihine kadar yazabilirsiniz.") % {"date": day}
    notify_many(
        recipients=people,
        kind="ranking.published",
        subject=_("Sıralama yayımlandı: %(label)s") % {"label": measure.label},
        body=f"{words[measure.holder]} {until}".strip(),
        url=reverse("scoring:run", args=[run.pk]),
        dedupe=f"ranking.published:{run.pk}",
    )


def _tell_objectors(run: RankingRun, superseded: list[int]) -> None:
    """Whose objection led to this computation learns that it is out, with the place of the row before and now."""
    corrected = Objection.objects.filter(row__run__in=superseded, status=ObjectionStatus.CORRECTED)
    for objection in corrected.select_related("row", "made_by").order_by("pk"):
        old = objection.row
        row = row_of_holder(run, old)
        now = _("artık sıralamada değil") if row is None else _("şimdi %(rank)s. sırada") % {"rank": row.rank}
        notify(
            recipient=objection.made_by,
            kind="objection.recomputed",
            subject=_("İtirazınız üzerine sıralama yeniden yayımlandı"),
            body=_("%(name)s önce %(rank)s. sıradaydı, %(now)s.")
            % {"name": old.holder_name, "rank": old.rank, "now": now},
            url=reverse("scoring:row", args=[row.pk]) if row else reverse("scoring:run", args=[run.pk]),
            dedupe=f"objection.recomputed:{objection.pk}:{run.pk}",
        )


def working_days_after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; with 0 the day before, so that no window opens."""
    if count == 0:
        return day - timedelta(days=1)
    left = count
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS:
            left -= 1
    return day
