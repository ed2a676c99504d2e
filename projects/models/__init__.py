from projects.models.catalogue import ItemAlias, Programme, ProgrammeItem
from projects.models.claims import Claim, ClaimEvent, ReviewReason
from projects.models.exports import ProjectExport
from projects.models.projects import Evidence, Project, TeamStudent, TeamTeacher
from projects.models.review import ClaimQuestion, ReviewNote, SavedFilter, SecondOpinion, StagedDecision

__all__ = [
    "Claim",
    "ClaimEvent",
    "ClaimQuestion",
    "Evidence",
    "ItemAlias",
    "Programme",
    "ProgrammeItem",
    "Project",
    "ProjectExport",
    "ReviewNote",
    "ReviewReason",
    "SavedFilter",
    "SecondOpinion",
    "StagedDecision",
    "TeamStudent",
    "TeamTeacher",
]
