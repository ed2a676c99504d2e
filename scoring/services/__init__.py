from scoring.services.objections import answer_objection, raise_objection
from scoring.services.points_tables import approve_table, change_draft, discard_draft, new_version
from scoring.services.publishing import publish_run
from scoring.services.runs import RunDraft, compute_run, draft_run, request_run, store_run

__all__ = [
    "RunDraft",
    "answer_objection",
    "approve_table",
    "change_draft",
    "compute_run",
    "discard_draft",
    "draft_run",
    "new_version",
    "publish_run",
    "raise_objection",
    "request_run",
    "store_run",
]
