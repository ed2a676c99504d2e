from projects.models.catalogue import ItemAlias, Programme, ProgrammeItem
from projects.models.claims import Claim, ClaimEvent, ReviewReason
from projects.models.projects import Evidence, Project, TeamStudent, TeamTeacher

__all__ = [
    "Claim",
    "ClaimEvent",
    "Evidence",
    "ItemAlias",
    "Programme",
    "ProgrammeItem",
    "Project",
    "ReviewReason",
    "TeamStudent",
    "TeamTeacher",
]
