"""The only writers of units, people, commissions, seats and settings of the year."""

from schools.services.access import (
    accept_invitation,
    close_account,
    digest_of_token,
    find_invitation,
    invite,
    reopen_account,
    send_due_invitations,
)
from schools.services.assignments import assign_coach, assign_teacher, unassign_coach, unassign_teacher
from schools.services.commissions import (
    add_officer,
    end_seat,
    form_commission,
    seat_officer,
    seat_person,
    withdraw_seat,
)
from schools.services.sections import set_class_guide
from schools.services.year_settings import approve_year_settings, set_submission_deadline, set_year_setting

__all__ = [
    "accept_invitation",
    "add_officer",
    "approve_year_settings",
    "assign_coach",
    "assign_teacher",
    "close_account",
    "digest_of_token",
    "end_seat",
    "find_invitation",
    "form_commission",
    "invite",
    "reopen_account",
    "seat_officer",
    "seat_person",
    "send_due_invitations",
    "set_class_guide",
    "set_submission_deadline",
    "set_year_setting",
    "unassign_coach",
    "unassign_teacher",
    "withdraw_seat",
]
