"""What the frame around every page asks about its reader."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from common.models import Notification
from schools.models import AcademicYear, Coaching, StaffMember


@dataclass(frozen=True)
class ReaderFacts:
    """How many notices are not read yet, and whether the person coaches students this year."""

    unread: int = 0
    coaches: bool = False


_SQL = (
    f"SELECT (SELECT count(*) FROM {Notification._meta.db_table} WHERE recipient_id = %s AND read_at IS NULL),"  # noqa: S608
    f" EXISTS (SELECT 1 FROM {StaffMember._meta.db_table} staff"
    f" JOIN {Coaching._meta.db_table} coaching ON coaching.teacher_id = staff.id"
    f" JOIN {AcademicYear._meta.db_table} year ON year.id = coaching.year_id"
    " WHERE staff.user_id = %s AND year.is_current)"
)


def facts_of(user_id: int) -> ReaderFacts:
    """Both in one statement of plain SQL, for every page asks it."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [user_id, user_id])
        unread, coaches = cursor.fetchone()
    return ReaderFacts(int(unread), bool(coaches))
