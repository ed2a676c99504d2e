"""One thing that waits for somebody."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone


@dataclass(frozen=True)
class Task:
    """One line of the list of what waits; ``due`` is a day, ``tone`` a status tone.

    ``since`` is the day on which it began to wait, where that is known.
    """

    title: str
    url: str
    text: str = ""
    count: int | None = None
    due: datetime.date | None = None
    icon: str = "checklist"
    tone: str = "neutral"
    since: datetime.date | None = None

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.due < timezone.localdate()

    @property
    def age(self) -> int | None:
        """Whole days since it waits; None where nobody knows."""
        return None if self.since is None else (timezone.localdate() - self.since).days
