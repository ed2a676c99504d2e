"""What the parts of a home page read in common: each thing once, when somebody first asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.utils import timezone

from common.caching import remembered
from projects.models import Claim
from projects.selectors import lists, waiting
from projects.selectors.queue import QueueFilter, last_change, review_queue
from projects.selectors.statistics import QueueFacts, queue_facts
from schools.models import AcademicYear, Seat
from schools.models.commissions import CommissionKind, SeatRole


class Reading:
    """One person's seats of a year, and what is read for them."""

    def __init__(self, user: Any, seats: Sequence[Seat], year: AcademicYear) -> None:
        self.user, self.seats, self.year = user, seats, year
        self.kinds: set[str] = {seat.commission.kind for seat in seats}

    @cached_property
    def schools(self) -> list[int]:
        """Institutions on whose commission the person sits."""
        return [seat.commission.institution_id for seat in self.seats if seat.commission.institution_id]

    @cached_property
    def districts(self) -> list[int]:
        """Districts on whose board the person sits."""
        return [seat.commission.district_id for seat in self.seats if seat.commission.district_id]

    @property
    def is_local(self) -> bool:
        """Whether all seats are at schools and on districts' boards."""
        return bool(self.kinds) and self.kinds <= {CommissionKind.SCHOOL, CommissionKind.DISTRICT}

    @property
    def grants(self) -> bool:
        """Whether the person chairs a district's board, and so is the mülki amir who grants its lists."""
        return any(
            seat.role == SeatRole.CHAIR and seat.commission.kind == CommissionKind.DISTRICT for seat in self.seats
        )

    @cached_property
    def stamp(self) -> str:
        """What the whole home page is remembered under: the person and their seats, the day, the deadline, and whatever
        changes with their projects or reviews. Empty for people who see more than that."""
        if self.is_local and not self.grants:
            changes = self._local_change
        elif self.kinds == {CommissionKind.TECHNICAL}:
            changes = self.review_stamp
        else:
            return ""
        seats = [seat.pk for seat in self.seats]
        known = (self.year.pk, self.user.pk, seats, timezone.localdate(), self.year.submission_deadline, changes)
        return sha256(repr(known).encode()).hexdigest()

    @property
    def _local_change(self) -> str:
        return lists.last_change(self.year) if self.districts else waiting.last_change(self.schools, self.year)

    @cached_property
    def returned(self) -> list[Claim]:
        """Returned claims of these schools and districts, longest first."""
        return list(waiting.returned_of(self.schools, self.districts, self.year))

    @cached_property
    def review_stamp(self) -> str:
        """What answers about the person's reviews are remembered under: changes with everything that they show."""
        return f"{self.year.pk}:{self.user.pk}:{last_change(self.user)}"

    @cached_property
    def queue(self) -> QueueFacts:
        """What waits in the person's review queue."""
        return remembered(
            f"queue-facts:{self.review_stamp}",
            lambda: queue_facts(review_queue(self.user, self.year, QueueFilter()), self.user),
        )
