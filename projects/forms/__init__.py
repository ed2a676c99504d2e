"""What people type about projects and claims, cleaned."""

from projects.forms.filters import (
    LONGEST_SEARCH,
    FilterForm,
    KeyField,
    MissingFilterForm,
    PlainSelect,
    ProjectFilterForm,
    QueueFilterForm,
)
from projects.forms.records import (
    CopyForm,
    CorrectionForm,
    CreateForm,
    DateField,
    ItemField,
    LaterClaimForm,
    ProjectForm,
)
from projects.forms.review import BulkForm, DecisionForm

__all__ = [
    "LONGEST_SEARCH",
    "BulkForm",
    "CopyForm",
    "CorrectionForm",
    "CreateForm",
    "DateField",
    "DecisionForm",
    "FilterForm",
    "ItemField",
    "KeyField",
    "LaterClaimForm",
    "MissingFilterForm",
    "PlainSelect",
    "ProjectFilterForm",
    "ProjectForm",
    "QueueFilterForm",
]
