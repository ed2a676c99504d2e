"""Writes of the foundations that a person starts; the rest lives with its noun (jobs, outbox, files, audit)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from common.models import Notification
from common.selectors import unread_notifications_of


def mark_read(*, notification: Notification, by: Any) -> None:
    """Mark one of the person's own notices as read; a second time changes nothing."""
    unread_notifications_of(by).filter(pk=notification.pk).update(read_at=timezone.now())


def mark_all_read(*, by: Any) -> int:
    """Mark every notice of the person as read; returns how many were unread."""
    return unread_notifications_of(by).update(read_at=timezone.now())
