"""Giving waiting claims to members of the team: one to somebody, or many in balance."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.outbox import notify
from projects.models import Claim, Project
from projects.rules import may
from projects.selectors.assignment import Plan, Share, balanced, team_members
from projects.services.transition import transition
from projects.workflow import REVIEWER, ClaimStatus
from schools.models import AcademicYear, Commission
from schools.models.commissions import CommissionKind

MOST_AT_ONCE = 200
"""Claims that are shared out in one step: they are locked together."""


@dataclass(frozen=True)
class Assigned:
    """What sharing out came to: who got how many, and how many claims were left where they were."""

    shares: list[tuple[User, int]]
    skipped: int

    @property
    def given(self) -> int:
        return sum(count for _user, count in self.shares)


@transaction.atomic
def assign(*, claim: Claim, to: User, by: User) -> Claim:
    """Give a waiting claim to a member of the team who may review it; they are told unless they took it themselves."""
    if not (to.is_active and may(to, REVIEWER, claim)):
        raise UserError(_("Seçtiğiniz kişi bu talebi inceleyemez; ekipten başka birini seçiniz."))
    assigned = _give(claim, to, by)
    if to.pk != by.pk:
        notify(
            recipient=to,
            kind="claim.assign",
            subject=_("İncelemeniz için bir talep verildi: %(title)s") % {"title": assigned.project.title},
            body=_("%(name)s bu talebi size verdi.") % {"name": by.full_name},
            url=reverse("projects:review", args=[assigned.pk]),
        )
    return assigned


@transaction.atomic
def assign_balanced(
    *, year: AcademicYear, claims: Sequence[int], people: Collection[int] | None = None, by: User
) -> Assigned:
    """Share out waiting claims (keys, oldest first) among the team, or those of it who are named by key.

    The loads are read under a lock, so two people who share out at once do not load the same colleague twice; projects
    are locked in the order of their keys, so nobody who locks several waits for us in a circle. Claims
    that do not wait any more, or that nobody may review, are skipped and counted. Each colleague gets one notice.
    ``UserError`` for more than ``MOST_AT_ONCE`` claims or when nobody of the team is left.
    """
    if len(claims) > MOST_AT_ONCE:
        raise UserError(_("Tek seferde en çok %(most)d talep paylaştırılabilir.") % {"most": MOST_AT_ONCE})
    Commission.objects.select_for_update(of=("self",)).get(year=year, kind=CommissionKind.TECHNICAL)
    users = [user for user in team_members(year) if people is None or user.pk in people]
    if not users:
        raise UserError(_("Talepleri paylaştırmak için ekipten en az bir kişi seçiniz."))
    known = Claim.objects.filter(pk__in=claims, year=year)
    projects = Project.objects.filter(pk__in=set(known.values_list("project", flat=True))).order_by("pk")
    list(projects.select_for_update(of=("self",)).values_list("pk", flat=True))
    waiting = known.filter(status=ClaimStatus.SUBMITTED)
    rows = {claim.pk: claim for claim in waiting.select_related("project")}
    plan = balanced([key for key in claims if key in rows], users, year)
    shares = [_hand_out(share, rows, by) for share in plan.shares]
    done = Assigned([(user, count) for user, count in shares if count], len(claims) - sum(n for _u, n in shares))
    for user, count in done.shares:
        _tell(user, count, by)
    record(
        action="claim.assign_balanced",
        target=year,
        by=by,
        after={"shares": {str(user.pk): count for user, count in done.shares}, "skipped": done.skipped},
    )
    return done


def plan_of(*, year: AcademicYear, claims: Sequence[int], people: Collection[int] | None = None) -> Plan:
    """What ``assign_balanced`` would do now; changes nothing."""
    users = [user for user in team_members(year) if people is None or user.pk in people]
    return balanced(claims[:MOST_AT_ONCE], users, year)


def _hand_out(share: Share, rows: dict[int, Claim], by: User) -> tuple[User, int]:
    given = 0
    for key in share.claims:
        try:
            with transaction.atomic():
                _give(rows[key], share.user, by)
        except (Conflict, PermissionDenied):
            continue
        given += 1
    return share.user, given


def _give(claim: Claim, to: User, by: User) -> Claim:
    text = _("İnceleyen: %(name)s") % {"name": to.full_name}
    return transition(claim=claim, action="assign", by=by, text=text, fields={"reviewer": to})


def _tell(user: User, count: int, by: User) -> None:
    if user.pk == by.pk:
        return
    notify(
        recipient=user,
        kind="claim.assign",
        subject=ngettext("İncelemeniz için %(n)d talep verildi", "İncelemeniz için %(n)d talep verildi", count)
        % {"n": count},
        body=_("%(name)s bekleyen talepleri ekip arasında paylaştırdı.") % {"name": by.full_name},
        url=f"{reverse('projects:queue')}?durum=mine",
    )
