"""Permissions of awards: who follows, computes, decides, grants, issues, reads.

Ask through ``may``: the system administrator, who passes every ``has_perm``, reads but neither decides nor grants.
"""

from __future__ import annotations

from typing import Any

import rules

from awards.models import AwardLine, AwardList, AwardRound, Certificate
from awards.models.rules import AREA_BOARDS, Area
from awards.workflow import AuthorityKind, ListStatus
from schools.authority import MONITORING_KINDS, seats_over
from schools.rules import (
    is_district_board,
    is_district_governor,
    is_executive,
    is_executive_chair,
    is_project_monitor,
    is_signed_in,
    is_technical,
)


def list_of(target: object) -> AwardList | None:
    """The list that a line, a certificate or a list belongs to."""
    if isinstance(target, Certificate):
        target = target.line
    if isinstance(target, AwardLine):
        target = target.list
    return target if isinstance(target, AwardList) else None


def place_of(target: object) -> object:
    """Where the target belongs: the district of a list, else the year."""
    award_list = list_of(target)
    if award_list is not None:
        return award_list.district or award_list.round.year
    return target.year if isinstance(target, AwardRound) else target


@rules.predicate
def decides_awards(user: Any, target: object = None) -> bool:
    """A seat on the province's executive board."""
    return bool(is_executive(user, place_of(target)))


@rules.predicate
def prepares_awards(user: Any, target: object = None) -> bool:
    """The technical team or the monitoring board of projects."""
    place = place_of(target)
    return bool(is_technical(user, place) or is_project_monitor(user, place))


@rules.predicate
def runs_awards(user: Any, target: object = None) -> bool:
    """The executive board or the technical team."""
    place = place_of(target)
    return bool(is_executive(user, place) or is_technical(user, place))


@rules.predicate
def follows_area(user: Any, target: object = None) -> bool:
    """A seat on the monitoring board of the rule's area; any monitoring board for rounds and rules of any area."""
    award_list = list_of(target)
    board = AREA_BOARDS.get(Area(award_list.rule.area)) if award_list is not None else None
    return bool(seats_over(user, place_of(target), {board} if board else MONITORING_KINDS))


@rules.predicate
def follows_from_district(user: Any, target: object = None) -> bool:
    """A seat on the board of the list's district, once the province's board has decided."""
    if target is None:
        return bool(is_district_board(user))
    award_list = list_of(target)
    if award_list is None or award_list.district is None:
        return False
    seen = award_list.status not in {ListStatus.PROPOSED, ListStatus.DISCARDED}
    return bool(seen and is_district_board(user, award_list.district))


@rules.predicate
def is_granting_authority(user: Any, target: object = None) -> bool:
    """The mülki amir in office of the list's district or province; of any when no list is given."""
    if target is None:
        return bool(is_district_governor(user) or is_executive_chair(user))
    award_list = list_of(target)
    if award_list is None:
        return False
    if award_list.authority == AuthorityKind.DISTRICT_GOVERNOR:
        return award_list.district is not None and bool(is_district_governor(user, award_list.district))
    return bool(is_executive_chair(user, award_list.round.year))


@rules.predicate
def is_holder(user: Any, target: object = None) -> bool:
    """The person whom the certificate honours."""
    staff = target.line.staff if isinstance(target, Certificate) else None
    return staff is not None and staff.user_id is not None and staff.user_id == user.pk


follows_list = runs_awards | follows_area | follows_from_district

PERMISSIONS: dict[str, Any] = {
    "awards.view_awards": is_signed_in & follows_list,
    "awards.view_round": runs_awards | follows_area,
    "awards.view_list": follows_list,
    "awards.view_catalogue": is_signed_in,
    "awards.view_eba_chain": is_signed_in,
    "awards.compute_round": prepares_awards,
    "awards.decide_list": decides_awards,
    "awards.offer_list": decides_awards,
    "awards.grant_list": is_granting_authority,
    "awards.issue_certificates": runs_awards,
    "awards.record_delivery": runs_awards | follows_from_district,
    "awards.upload_signed_copy": runs_awards | follows_from_district,
    "awards.revoke_certificate": decides_awards,
    "awards.view_certificate": is_holder | follows_list,
    "awards.view_own_certificates": is_signed_in,
}

for _name, _predicate in PERMISSIONS.items():
    rules.add_perm(_name, _predicate)


def may(user: Any, permission: str, target: object = None) -> bool:
    """Whether this permission follows from the user's seats; knows no administrator's shortcut."""
    return bool(rules.has_perm(permission, user, target))
