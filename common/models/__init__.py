from common.models.audit import AuditEntry
from common.models.files import StoredFile
from common.models.imports import ImportBatch
from common.models.jobs import Job
from common.models.notifications import MailDelivery, MailFrequency, MailPreference, Notification

__all__ = [
    "AuditEntry",
    "ImportBatch",
    "Job",
    "MailDelivery",
    "MailFrequency",
    "MailPreference",
    "Notification",
    "StoredFile",
]
