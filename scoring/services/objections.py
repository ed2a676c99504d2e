"""Objections (itiraz) against rows of a published run, and the board's answers."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.outbox import notify, notify_many
from common.versions import lock_version
from schools.authority import in_office, institutions_led_by
from schools.models import Institution, Posting, Seat
from scoring.inputs import MEASURES
from scoring.models import Objection, RankingRow, RankingRun
from scoring.rules import may
from scoring.selectors.runs import is_window_open
from scoring.workflow import OBJECTION_TRANSITIONS, ObjectionStatus, RunStatus


@transaction.atomic
def raise_objection(*, row: RankingRow, text: str, by: User) -> Objection:
    """A school's objection to a row of its staff, while the window is open; one unanswered objection a row and school.

    ``PermissionDenied`` unless ``by`` sits on the commission of the row's school or of the person's school.
    """
    run = RankingRun.objects.select_for_update(no_key=True, of=("self",)).select_related("year").get(pk=row.run_id)
    row.run = run
    if not may(by, "scoring.object", row):
        raise PermissionDenied
    if run.status != RunStatus.PUBLISHED:
        raise Conflict(_("Bu sıralamanın yerine yenisi yayımlandı; itirazınızı yeni sıralamanın satırına yazınız."))
    if not is_window_open(run):
        raise UserError(_("İtiraz süresi doldu; düzeltme için il izleme ve değerlendirme kuruluna yazınız."))
    if not text.strip():
        raise UserError(_("İtirazınızı, neyin neden yanlış olduğunu belirterek yazınız."))
    institution = _speaking_for(row, by)
    if Objection.objects.filter(row=row, institution=institution, status=ObjectionStatus.OPEN).exists():
        raise Conflict(_("Okulunuzun bu satıra cevap bekleyen bir itirazı var; cevabını bekleyiniz."))
    objection = Objection.objects.create(row=row, institution=institution, text=text.strip(), made_by=by)
    record(action="objection.raise", target=objection, by=by, after={"row": row.pk, "institution": institution.pk})
    _tell_board(objection, run)
    return objection


@transaction.atomic
def answer_objection(*, objection: Objection, action: str, text: str, version: object, by: User) -> Objection:
    """Answer with ``keep`` (the row stands) or ``correct`` (the data are put right and the ranking computed again).

    Raises ``StaleForm`` when somebody else answered meanwhile, ``PermissionDenied`` for people outside the board and
    for members of the objecting school.
    """
    step = OBJECTION_TRANSITIONS[action]
    rows = Objection.objects.select_related("row__run__year", "institution", "made_by")
    current = lock_version(rows, objection.pk, version)
    if not may(by, step.permission, current):
        raise PermissionDenied
    if current.status not in step.sources:
        raise Conflict(_("Bu itiraz cevaplanmış; cevabı görmek için sayfayı yenileyiniz."))
    if not text.strip():
        raise UserError(_("Cevabınızı gerekçesiyle yazınız; okul bu metni görecektir."))
    current.status = step.target
    current.answer = text.strip()
    current.answered_by = by
    current.answered_at = timezone.now()
    current.save()
    record(
        action=f"objection.{action}",
        target=current,
        by=by,
        before={"status": ObjectionStatus.OPEN},
        after={"status": current.status},
        note=current.answer,
    )
    notify(
        recipient=current.made_by,
        kind="objection.answered",
        subject=_("İtirazınız cevaplandı: %(status)s") % {"status": current.get_status_display()},
        body=current.answer,
        url=reverse("scoring:objection", args=[current.pk]),
        dedupe=f"objection.answered:{current.pk}",
    )
    return current


def _speaking_for(row: RankingRow, by: User) -> Institution:
    """The school in whose name the person objects: the row's, else the one where the row's person is posted."""
    led = {institution.pk: institution for institution in institutions_led_by(by)}
    if row.institution_id in led:
        return led[row.institution_id]
    posted = Posting.objects.filter(staff=row.staff_id, year=row.run.year_id).values_list("institution_id", flat=True)
    return next(led[key] for key in posted if key in led)


def _tell_board(objection: Objection, run: RankingRun) -> None:
    seats = Seat.objects.filter(
        in_office(timezone.localdate()), commission__year=run.year, commission__kind=MEASURES[run.measure].board
    )
    notify_many(
        recipients=User.objects.filter(is_active=True, staff_member__seats__in=seats).distinct().order_by("pk"),
        kind="objection.raised",
        subject=_("Sıralamaya itiraz: %(school)s") % {"school": objection.institution.name},
        body=objection.text,
        url=reverse("scoring:objection", args=[objection.pk]),
        dedupe=f"objection.raised:{objection.pk}",
    )
