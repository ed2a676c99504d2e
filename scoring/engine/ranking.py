"""Standard competition ranking (1, 2, 2, 4) by exact value within partitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


EntryTuple = tuple[Any, Value | None, Any, Any]
"""An ``Entry`` or a plain tuple of the same four things."""

Standing = tuple[int, int, bool, EntryTuple]


class Place(NamedTuple):
    """``position`` counts the rows of the whole list from 1; ``tied`` says that somebody else shares the rank."""

    position: int
    rank: int
    tied: bool
    entry: EntryTuple


class Cut(NamedTuple):
    """Everybody with rank <= N of each partition, and the partitions where a tie made them more than N."""

    places: list[Place]
    tied_at_cut: frozenset[Any]


def may_be_ranked(value: Value | None) -> bool:
    """Without data, or with a value of 0 (for progress: 0 or less), nobody is ranked."""
    return value is not None and value > 0


def ranked(entries: Iterable[EntryTuple], *, descending: bool = True) -> list[Place]:
    """Everybody who may be ranked, in display order: by partition, value, ``order``, holder.

    Equal values share a rank and the next rank is skipped; neither ``order`` nor the holder breaks a tie. The result
    does not depend on the order of ``entries``.
    """
    return [Place(*standing) for standing in standings(entries, descending=descending)]


def standings(entries: Iterable[EntryTuple], *, descending: bool = True) -> Iterator[Standing]:
    """``ranked`` for many entries: the same as plain tuples, each with its entry."""
    sign = -1 if descending else 1
    groups: dict[Any, list[tuple[Any, ...]]] = {}
    for entry in entries:
        partition, value, order, holder = entry
        if value is not None and value > 0:
            group = groups.get(partition)
            if group is None:
                group = groups[partition] = []
            group.append((sign * value, order, holder, entry))
    before = 0
    for partition in sorted(groups):
        group = groups[partition]
        group.sort()
        rank, last, tied = 0, None, False
        for index, (value, _order, _holder, entry) in enumerate(group, start=1):
            if value != last:
                rank, last = index, value
                tied = index < len(group) and group[index][0] == value
            yield before + index, rank, tied, entry
        before += len(group)


def top(places: Iterable[Standing], count: int) -> Cut:
    """``top N``: everybody with rank <= N; more than N people in a partition means a tie at the cut."""
    kept = [Place(*place) for place in places if place[1] <= count]
    sizes: dict[Any, int] = {}
    for place in kept:
        sizes[place.entry[0]] = sizes.get(place.entry[0], 0) + 1
    return Cut(kept, frozenset(partition for partition, size in sizes.items() if size > count))
