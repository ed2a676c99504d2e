"""Forms of units, people, commissions, settings and tables of the year."""

from schools.forms.access import AcceptInvitationForm, CloseAccountForm, InvitationForm
from schools.forms.commissions import BoardSeatForm, CommissionForm, EndSeatForm, SchoolSeatForm, SeatForm
from schools.forms.lists import CommissionFilter, InstitutionFilter, StaffFilter, StudentFilter
from schools.forms.staff import ClassGuideForm, CoachForm, TeachingForm
from schools.forms.year_settings import SettingForm, SubmissionDeadlineForm
from schools.forms.year_tables import DraftForm, NewVersionForm

__all__ = [
    "AcceptInvitationForm",
    "BoardSeatForm",
    "ClassGuideForm",
    "CloseAccountForm",
    "CoachForm",
    "CommissionFilter",
    "CommissionForm",
    "DraftForm",
    "EndSeatForm",
    "InstitutionFilter",
    "InvitationForm",
    "NewVersionForm",
    "SchoolSeatForm",
    "SeatForm",
    "SettingForm",
    "StaffFilter",
    "StudentFilter",
    "SubmissionDeadlineForm",
    "TeachingForm",
]
