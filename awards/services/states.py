"""Locking a list and moving it on: the only place where a list's status changes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from awards.models import AwardList
from awards.workflow import LIST_TRANSITIONS
from common.errors import Conflict
from common.versions import lock_version


def locked_list(pk: int, version: object | None = None) -> AwardList:
    """The list, locked until the transaction ends; with ``version`` also checked and counted up.

    Raises ``StaleForm`` for an old version, ``AwardList.DoesNotExist``.
    """
    lists = AwardList.objects.select_related("rule", "round__year__province", "run", "district")
    if version is not None:
        return lock_version(lists, pk, version)
    award_list = lists.select_for_update(of=("self",)).get(pk=pk)
    award_list.bump()
    return award_list


def transition(award_list: AwardList, action: str) -> str:
    """Change the status of a locked list (the caller saves); returns the status before.

    Raises ``Conflict`` when the list is not where the action starts: somebody else was faster.
    """
    step = LIST_TRANSITIONS[action]
    before: str = award_list.status
    if before not in step.sources:
        raise Conflict(
            _("“%(list)s” listesi bu arada “%(status)s” durumuna geçti; sayfayı yenileyip son durumuna bakınız.")
            % {"list": award_list, "status": award_list.get_status_display()}
        )
    award_list.status = step.target
    return before


def require_status(award_list: AwardList, *statuses: str) -> None:
    """Raise ``Conflict`` unless the list is in one of these states."""
    if award_list.status not in statuses:
        raise Conflict(
            _("“%(list)s” listesi “%(status)s” durumunda olduğu için bu işlem yapılamaz; sayfayı yenileyiniz.")
            % {"list": award_list, "status": award_list.get_status_display()}
        )
