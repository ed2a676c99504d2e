"""What a person may see of jobs and notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from common.models import Job, Notification

QUEUE_LATE_AFTER = timedelta(minutes=5)


def jobs_visible_to(user: Any) -> QuerySet[Job]:
    """The person's own jobs; all of them for the system administrator."""
    jobs = Job.objects.select_related("owner").order_by("-created_at", "id")
    return jobs if user.is_superuser else jobs.filter(owner=user)


def notifications_of(user: Any) -> QuerySet[Notification]:
    """The person's notices, newest first."""
    return Notification.objects.filter(recipient=user).order_by("-created_at", "-id")


def unread_notifications_of(user: Any) -> QuerySet[Notification]:
    return notifications_of(user).filter(read_at=None)


def queue_is_late() -> bool:
    """Whether a job has been waiting for a worker for more than five minutes."""
    return Job.objects.filter(
        state=Job.State.QUEUED, attempt=0, created_at__lt=timezone.now() - QUEUE_LATE_AFTER
    ).exists()
