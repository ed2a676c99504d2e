"""Writes of the foundations that a person starts; the rest lives with its noun (jobs, outbox, files, audit)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from common.models import Notification
from common.selectors import notifications_of


def mark_read(*, notification: Notification, by: Any) -> None:
    """Mark one of the person's own notices as read; a second time changes nothing."""
    notifications_of(by).unread().filter(pk=notification.pk).update(read_at=timezone.now())


def mark_all_read(*, by: Any) -> int:
    """Mark every notice of the person as read; returns how many were unread."""
    return notifications_of(by).unread().update(read_at=timezone.now())
