from awards.services.certificates import (
    issue_certificates,
    print_file_of,
    replace_certificate,
    require_replaceable,
    revoke_certificate,
)
from awards.services.decisions import (
    DecisionResult,
    add_line,
    confirm_list,
    decide_list,
    decide_lists,
    restore_line,
    strike_line,
)
from awards.services.delivery import attach_signed_copy, mark_handed_over, mark_recorded
from awards.services.grants import decline_list, grant_list, offer_list, offer_lists, set_grant_number
from awards.services.reports import make_list_report
from awards.services.rounds import compute_round

__all__ = [
    "DecisionResult",
    "add_line",
    "attach_signed_copy",
    "compute_round",
    "confirm_list",
    "decide_list",
    "decide_lists",
    "decline_list",
    "grant_list",
    "issue_certificates",
    "make_list_report",
    "mark_handed_over",
    "mark_recorded",
    "offer_list",
    "offer_lists",
    "print_file_of",
    "replace_certificate",
    "require_replaceable",
    "restore_line",
    "revoke_certificate",
    "set_grant_number",
    "strike_line",
]
