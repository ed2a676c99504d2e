"""A project follows its coordinator teacher to another school, or stays with another coordinator."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import UserError
from common.outbox import notify, notify_many
from common.text import clean_lines, fold
from projects.models import Claim, Project
from projects.rules import may
from projects.selectors.earlier import free_title, only_principal
from projects.selectors.handover import place_of_coordinator
from projects.services.drafts import HAND_OVER_ACTION, save_named
from projects.services.notices import people_to_tell
from projects.services.transition import locked_project, log, transition
from projects.workflow import EDITABLE, ClaimStatus
from schools.models import Institution, Posting

HAND_OVER = "projects.hand_over"


@transaction.atomic
def hand_over(*, project: Project, to_institution: Institution, by: User, text: str = "") -> Project:
    """Give the project to the school where its coordinator teacher has this year's posting.

    Claims stay as they are; one that is in review with somebody of the new school goes back to the queue, for nobody
    reviews their own school. A title that the new school uses gets the old school's name behind it. ``UserError``
    when the coordinator's posting is not at ``to_institution``; both schools are told.
    """
    current = locked_project(project.pk)
    if not may(by, HAND_OVER, current):
        raise PermissionDenied
    place = place_of_coordinator(current)
    if place is None or place.institution_id != to_institution.pk or to_institution.pk == current.institution_id:
        raise UserError(
            _("Proje yalnız koordinatör öğretmenin bu yılki okuluna devredilebilir; personel kaydını denetleyiniz.")
        )
    before, told = current.institution, people_to_tell(current)
    _free_from_new_school(current, to_institution, by)
    current = locked_project(project.pk)
    changes = _move(current, to_institution)
    line = _("%(old)s okulundan %(new)s okuluna devredildi.") % {"old": before.name, "new": to_institution.name}
    text = clean_lines(text).strip()
    log(current, "hand_over", by, text="\n".join(filter(None, (line, text))), changes=changes)
    record(
        action=HAND_OVER_ACTION,
        target=current,
        by=by,
        before={"institution": before.code} | {name: old for name, (old, _new) in changes.items()},
        after={"institution": to_institution.code, "version": current.version, "fields": list(changes)}
        | {name: new for name, (_old, new) in changes.items()},
        note=text,
    )
    _tell_both(current, told, line, text, by)
    return current


@transaction.atomic
def name_coordinator(*, project: Project, staff_id: int, by: User, text: str = "") -> Project:
    """Let another teacher of the team, posted at the project's school this year, coordinate it from now on.

    Possible at any time, also after sending: who coordinates changes no points.
    """
    current = locked_project(project.pk)
    if not may(by, HAND_OVER, current):
        raise PermissionDenied
    team = current.team_teachers
    here = Posting.objects.filter(year=current.year_id, institution=current.institution_id, staff=staff_id)
    if not team.filter(staff=staff_id).exists() or not here.exists():
        raise UserError(_("Ekipteki öğretmenlerden, bu yıl okulunuzda görevli birini seçiniz."))
    before = list(team.filter(is_coordinator=True).values_list("staff", flat=True))
    if before == [staff_id]:
        return current
    team.filter(is_coordinator=True).update(is_coordinator=False)
    team.filter(staff=staff_id).update(is_coordinator=True)
    current.bump()
    current.save(update_fields=["version", "updated_at"])
    text = clean_lines(text).strip()
    log(current, "coordinator", by, text=text, changes={"coordinator": [before, [staff_id]]})
    record(
        action="project.coordinator",
        target=current,
        by=by,
        before={"coordinator": before},
        after={"coordinator": [staff_id]},
        note=text,
    )
    return current


def _tell_both(project: Project, old: list[User], line: str, text: str, by: User) -> None:
    """A notice to the people of both schools; those who see the project no longer are sent to their list."""
    new = {user.pk: user for user in people_to_tell(project) if user.pk != by.pk}
    gone = [user for user in old if user.pk not in new and user.pk != by.pk]
    subject = _("Proje devredildi: %(title)s") % {"title": project.title}
    body = "\n\n".join(filter(None, (line, text)))
    detail = reverse("projects:detail", args=[project.pk])
    for people, address in ((list(new.values()), detail), (gone, reverse("projects:list"))):
        notify_many(recipients=people, kind="project.hand_over", subject=subject, body=body, url=address)


def _free_from_new_school(project: Project, to_institution: Institution, by: User) -> None:
    """Send claims back to the queue whose reviewer may not review a project of the new school."""
    in_review = Claim.objects.filter(project=project, status=ClaimStatus.IN_REVIEW).select_related("reviewer")
    future = Project(pk=project.pk, year=project.year, institution=to_institution)
    for claim in in_review.order_by("pk"):
        reviewer = claim.reviewer
        if reviewer is None:
            continue
        if may(reviewer, "projects.review_claim", future):
            continue
        transition(claim=claim, action="free", by=by)
        notify(
            recipient=reviewer,
            kind="claim.free",
            subject=_("Üzerinizdeki inceleme sıraya döndü: %(title)s") % {"title": project.title},
            body=_("Proje, görevli olduğunuz %(school)s okuluna devredildiği için talebi başka bir üye inceleyecek.")
            % {"school": to_institution.name},
            url=reverse("projects:queue"),
        )


def _move(project: Project, to_institution: Institution) -> dict[str, list[Any]]:
    """Write the new school and what it makes different; gives these differences as the timeline keeps them."""
    changes: dict[str, list[Any]] = {}
    title = free_title(to_institution, project.year, project.title, note=project.institution.name)
    if title != project.title:
        changes["title"] = [project.title, title]
        project.title, project.title_key = title, fold(title)
    if project.status in EDITABLE:
        principal = only_principal(to_institution, project.year)
        changes["responsible_manager"] = [project.responsible_manager_id, None if principal is None else principal.pk]
        project.responsible_manager = principal
    project.institution = to_institution
    project.bump()
    save_named(project)
    project.partner_institutions.remove(to_institution)
    return changes
