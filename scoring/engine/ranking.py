"""Standard competition ranking (1, 2, 2, 4) by exact value within partitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

Value = int | Decimal | Fraction


class Entry(NamedTuple):
    """Somebody with a value. ``partition`` sorts as partitions are listed; ``order`` sorts equals for display only."""

    partition: Any
    value: Value | None
    order: Any
    holder: Any


class Place(NamedTuple):
    """``position`` counts the rows of the whole list from 1; ``tied`` says that somebody else shares the rank."""

    position: int
    rank: int
    tied: bool
    entry: Entry


class Cut(NamedTuple):
    """Everybody with rank <= N of each partition, and the partitions where a tie made them more than N."""

    places: list[Place]
    tied_at_cut: frozenset[Any]


def may_be_ranked(value: Value | None) -> bool:
    """Without data, or with a value of 0 (for progress: 0 or less), nobody is ranked."""
    return value is not None and value > 0


def ranked(entries: Iterable[Entry], *, descending: bool = True) -> list[Place]:
    """Everybody who may be ranked, in display order: by partition, value, ``order``, holder.

    Equal values share a rank and the next rank is skipped; neither ``order`` nor the holder breaks a tie. The result
    does not depend on the order of ``entries``.
    """
    sign = -1 if descending else 1
    listed = sorted(
        (entry[0], sign * entry[1], entry[2], entry[3], entry)
        for entry in entries
        if entry[1] is not None and entry[1] > 0
    )
    places: list[Place] = []
    start = 0
    first_of_partition = 0
    total = len(listed)
    while start < total:
        partition, value = listed[start][0], listed[start][1]
        if start and listed[start - 1][0] != partition:
            first_of_partition = start
        end = start + 1
        while end < total and listed[end][1] == value and listed[end][0] == partition:
            end += 1
        rank, tied = start - first_of_partition + 1, end - start > 1
        places.extend(Place(index + 1, rank, tied, listed[index][4]) for index in range(start, end))
        start = end
    return places


def top(places: Sequence[Place], count: int) -> Cut:
    """``top N``: everybody with rank <= N; more than N people in a partition means a tie at the cut."""
    kept = [place for place in places if place.rank <= count]
    sizes: dict[Any, int] = {}
    for place in kept:
        sizes[place.entry.partition] = sizes.get(place.entry.partition, 0) + 1
    return Cut(kept, frozenset(partition for partition, size in sizes.items() if size > count))
