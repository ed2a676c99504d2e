"""What the school is told about its project."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.outbox import notify_many
from projects.models import Claim, ProgrammeItem, Project
from schools.authority import in_office
from schools.models import Seat
from schools.models.commissions import CommissionKind, SeatRole

SUBJECTS = {
    "submit": gettext_lazy("Proje gönderildi: %(title)s"),
    "add_claim": gettext_lazy("Yeni puan talebi gönderildi: %(title)s"),
    "resubmit": gettext_lazy("Talep yeniden gönderildi: %(title)s"),
    "withdraw": gettext_lazy("Talep geri çekildi: %(title)s"),
    "approve": gettext_lazy("Talebiniz onaylandı: %(title)s"),
    "return": gettext_lazy("Talebiniz için düzeltme istendi: %(title)s"),
    "reject": gettext_lazy("Talebiniz reddedildi: %(title)s"),
    "question": gettext_lazy("Projeniz hakkında bir soru soruldu: %(title)s"),
    "good_example": gettext_lazy("Projeniz iyi örnek seçildi: %(title)s"),
}
"""The steps of which the school is told; taking into review and releasing show in the timeline alone."""


def people_to_tell(project: Project) -> list[User]:
    """The accounts of the school's principal and project coordinator, and of the project's coordinator teacher."""
    leaders = Seat.objects.filter(
        in_office(timezone.localdate()),
        commission__kind=CommissionKind.SCHOOL,
        commission__institution=project.institution_id,
        commission__year=project.year_id,
        role__in=[SeatRole.CHAIR, SeatRole.COORDINATOR],
    ).values("staff")
    teachers = project.team_teachers.filter(is_coordinator=True).values("staff")
    reached = Q(staff_member__in=leaders) | Q(staff_member__in=teachers)
    return list(User.objects.filter(reached, is_active=True).order_by("pk"))


def tell_school(claim: Claim, action: str, *, by: User, text: str = "") -> None:
    """Write the notice of a step to everybody at the school but the one who took it."""
    tell(claim.project, action, by=by, body=body_of(claim.item, claim.get_stage_display(), text))


def subject_of(project: Project, action: str) -> str:
    """The subject of the notice about a step."""
    return str(SUBJECTS[action]) % {"title": project.title}


def body_of(item: ProgrammeItem, stage: str, text: str) -> str:
    """What the notice about a step of a claim says: which claim, then the text of the decision word for word."""
    claim = _("Talep: %(item)s, %(stage)s aşaması.") % {"item": item, "stage": stage}
    return "\n\n".join(filter(None, (claim, text.strip())))


def tell(project: Project, action: str, *, by: User, body: str) -> None:
    if action not in SUBJECTS:
        return
    notify_many(
        recipients=[user for user in people_to_tell(project) if user.pk != by.pk],
        kind=f"project.{action}",
        subject=subject_of(project, action),
        body=body,
        url=reverse("projects:detail", args=[project.pk]),
    )
