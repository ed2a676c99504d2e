"""Standard competition ranking (1, 2, 2, 4) by exact value within groups.

Values are put in order once (``best_first``); dealt out to the groups of a partition they stay in order, so that any
number of partitions costs one sort.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

Value = int | Decimal | Fraction
Item = TypeVar("Item")


def may_be_ranked(value: Value | None) -> bool:
    """Without data, or with a value of 0 (for progress: 0 or less), nobody is ranked."""
    return value is not None and value > 0


def best_first(
    items: Iterable[Item],
    value_of: Callable[[Item], Any],
    order_of: Callable[[Item], Any],
    *,
    descending: bool = True,
) -> list[Item]:
    """Everybody who may be ranked, best value first; equals by ``order_of``, which breaks no tie but sorts lists.

    The result does not depend on the order of ``items``, as long as no two have the same order.
    """
    found = [item for item in items if may_be_ranked(value_of(item))]
    found.sort(key=value_of, reverse=descending)
    values = [value_of(item) for item in found]
    start, count = 0, len(found)
    while start < count:
        end = start + 1
        while end < count and values[end] == values[start]:
            end += 1
        if end - start > 1:
            found[start:end] = sorted(found[start:end], key=order_of)
        start = end
    return found


class Standing(NamedTuple):
    """``tied``: somebody else shares the rank."""

    rank: int
    tied: bool


def standings(values: Sequence[Value]) -> list[Standing]:
    """Ranks of one group's values, given best first: equal values share a rank and the next rank is skipped."""
    found: list[Standing] = []
    start, count = 0, len(values)
    while start < count:
        value, end = values[start], start + 1
        while end < count and values[end] == value:
            end += 1
        found += [Standing(start + 1, end - start > 1)] * (end - start)
        start = end
    return found


class Cut(NamedTuple):
    """How many are within "top N" of a group, and whether a tie made them more than N."""

    size: int
    tied: bool


def top(group: Sequence[Standing], count: int) -> Cut:
    """``top N``: everybody with rank <= N."""
    size = sum(standing.rank <= count for standing in group)
    return Cut(size, size > count)
