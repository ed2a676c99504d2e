"""One step for many claims: looked at before it is taken, and taken row by row by the services of the single step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.errors import Conflict
from projects.models import Claim, ClaimQuestion, Evidence, ReviewReason, TeamTeacher
from projects.rules import may
from projects.selectors.queue import QueueFilter, review_queue
from projects.selectors.scope import visible_to
from projects.services.review import claim_for_review, release
from projects.services.staging import stage_decision
from projects.services.transition import locked_claim_of, true_state
from projects.workflow import AWAITING_REVIEW, REVIEWER, ClaimStatus, Decision
from schools.models import AcademicYear

LIMIT = 500
"""The most rows of one run: more than that nobody reads through before taking the step."""

ACTIONS = {
    "claim": gettext_lazy("İncelemeye al"),
    "release": gettext_lazy("Sıraya bırak"),
    "approve": gettext_lazy("Onayla"),
    "return": gettext_lazy("Düzeltme iste"),
    "reject": gettext_lazy("Reddet"),
}
_IN = {
    ClaimStatus.SUBMITTED: gettext_lazy("Talep henüz incelemeye alınmamış."),
    ClaimStatus.APPROVED: gettext_lazy("Talep onaylanmış."),
    ClaimStatus.RETURNED: gettext_lazy("Talep düzeltilmek üzere okulda."),
    ClaimStatus.REJECTED: gettext_lazy("Talep reddedilmiş."),
    ClaimStatus.WITHDRAWN: gettext_lazy("Okul talebi geri çekmiş."),
}


@dataclass(frozen=True)
class BulkRow:
    """A claim of the selection. ``problem`` says why the step can't be taken for it, ``warning`` what to think of.

    ``mark`` changes whenever the claim moves or a decision about it is staged or taken back.
    """

    claim: int
    mark: str
    title: str
    school: str
    district: str
    item: str
    stage: str
    submitted_at: dt.datetime | None
    problem: str
    warning: str


@dataclass(frozen=True)
class Preview:
    """What a step would do to a selection; ``missing`` rows don't exist for the person."""

    action: str
    rows: list[BulkRow]
    missing: int

    @property
    def ready(self) -> list[BulkRow]:
        return [row for row in self.rows if not row.problem]

    @property
    def refused(self) -> list[BulkRow]:
        return [row for row in self.rows if row.problem]


def preview(*, claims: Collection[int], action: str, by: User, year: AcademicYear) -> Preview:
    """Look at the selected claims, oldest first, in a fixed number of queries; changes nothing."""
    seen = Claim.objects.filter(pk__in=claims, year=year, project__in=visible_to(by))
    rows = _looked_at(seen, action, by, year)
    return Preview(action, rows, len(set(claims)) - len(rows))


@transaction.atomic
def run_row(
    *, claim_id: int, mark: str, action: str, by: User, reason: ReviewReason | None = None, text: str = ""
) -> Claim:
    """Take the step for one claim by the service of the single step, if the claim still is as the preview saw it.

    ``Conflict`` with the true state when it has moved meanwhile or doesn't qualify, ``PermissionDenied`` for people who
    may not review it.
    """
    claim = locked_claim_of(claim_id)
    if not may(by, REVIEWER, claim):
        raise PermissionDenied
    (row,) = _looked_at(Claim.objects.filter(pk=claim_id), action, by, claim.project.year)
    if row.mark != mark:
        raise Conflict(_changed(claim, by))
    if row.problem:
        raise Conflict(row.problem)
    if action == "claim":
        return claim_for_review(claim=claim, by=by)
    if action == "release":
        return release(claim=claim, by=by)
    return stage_decision(claim=claim, action=action, by=by, reason=reason, text=text).claim


def _changed(claim: Claim, by: User) -> str:
    if claim.status not in AWAITING_REVIEW or claim.reviewer_id not in (None, by.pk):
        return true_state(claim)
    return _("Talep ön izlemeden sonra değişti; açıp yeniden inceleyiniz. %(state)s") % {"state": true_state(claim)}


def _looked_at(claims: QuerySet[Claim], action: str, by: User, year: AcademicYear) -> list[BulkRow]:
    found = claims.annotate(
        asked=Exists(ClaimQuestion.objects.filter(claim=OuterRef("pk"), answered_at=None)),
        proven=Exists(Evidence.objects.filter(Q(claim=None) | Q(claim=OuterRef("pk")), project=OuterRef("project"))),
        led=Exists(TeamTeacher.objects.filter(project=OuterRef("project"), is_coordinator=True)),
        staged_key=F("staged__pk"),
        staged_by=F("staged__by__full_name"),
        staged_at=F("staged__at"),
    ).select_related("item__programme", "reviewer", "project__institution__district")
    allowed = set(review_queue(by, year, QueueFilter()).filter(pk__in=claims.values("pk")).values_list("pk", flat=True))
    return [
        _row(claim, _problem(claim, action, by) if claim.pk in allowed else _not_yours(), _warning(claim, action, by))
        for claim in found.order_by("submitted_at", "pk")
    ]


def _row(claim: Any, problem: str, warning: str) -> BulkRow:
    return BulkRow(
        claim=claim.pk,
        mark=f"{claim.version}:{claim.staged_key or 0}",
        title=claim.project.title,
        school=claim.project.institution.name,
        district=claim.project.institution.district.name,
        item=str(claim.item),
        stage=claim.get_stage_display(),
        submitted_at=claim.submitted_at,
        problem=problem,
        warning="" if problem else warning,
    )


def _not_yours() -> str:
    return _("Bu proje sizin okulunuzun ya da ekibinde olduğunuz bir proje; talebini bir başkası incelemelidir.")


def _problem(claim: Any, action: str, by: User) -> str:
    """Why the step can't be taken for the claim; empty when it can."""
    if action == "claim":
        return _why_not_free(claim, by)
    if action == "release":
        return "" if claim.status == ClaimStatus.IN_REVIEW else str(_IN[claim.status])
    if claim.status not in AWAITING_REVIEW:
        return str(_IN[claim.status])
    if claim.reviewer_id not in (None, by.pk):
        return _taken(claim)
    if claim.staged_key is not None:
        return _("Bu talep için duyurulmayı bekleyen bir kararınız var; değiştirmek için talebi açınız.")
    return _why_not_approved(claim) if action == Decision.APPROVE else ""


def _why_not_free(claim: Any, by: User) -> str:
    if claim.status == ClaimStatus.IN_REVIEW:
        return _("Talep zaten sizin incelemenizde.") if claim.reviewer_id == by.pk else _taken(claim)
    return "" if claim.status == ClaimStatus.SUBMITTED else str(_IN[claim.status])


def _why_not_approved(claim: Any) -> str:
    if claim.item.is_local_level:
        return _("Yerel projenin düzeyi (Düzey 1-3) tek tek belirlenir; talebi açıp karar veriniz.")
    if claim.item.independent:
        return _("Bu kalem bağımsız puan ister; talebi açıp puanını ve gerekçesini yazınız.")
    if not claim.proven:
        return _("Projenin kanıt dosyası yok; talebi açıp inceleyiniz.")
    if not claim.led:
        return _("Projenin koordinatör öğretmeni yok; talebi açıp inceleyiniz.")
    return ""


def _taken(claim: Any) -> str:
    return _("%(name)s incelemeye almış; karar verebilmeniz için talebin sıraya bırakılması gerekir.") % {
        "name": claim.reviewer.full_name
    }


def _warning(claim: Any, action: str, by: User) -> str:
    if action == "claim":
        return ""
    if action == "release":
        return _what_release_ends(claim, by)
    if claim.asked:
        return _("Okula sorulan soru henüz cevaplanmadı.")
    return ""


def _what_release_ends(claim: Any, by: User) -> str:
    if claim.staged_key is not None:
        return _("%(name)s tarafından verilen ve duyurulmayan karar silinir (%(at)s).") % {
            "name": claim.staged_by,
            "at": timezone.localtime(claim.staged_at).strftime("%d.%m.%Y %H:%M"),
        }
    if claim.reviewer_id not in (None, by.pk):
        return _("Talebi %(name)s inceliyor.") % {"name": claim.reviewer.full_name}
    return ""
