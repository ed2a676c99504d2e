"""How a value of an exam came about, in words and as data that a frozen row keeps."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from scoring.engine.exact import Number, as_text, rounded, turkish
from scoring.engine.means import PLACES, Group, Spread, deviation


def shown(value: Number) -> str:
    """In Turkish notation, at most four decimals."""
    return turkish(rounded(value))


def difference_sentence(this: Number, before: Number, unit: str) -> str:
    """``12,45 − 11,2 = 1,25 net``."""
    then = shown(before)
    if then.startswith("−"):
        then = f"({then})"
    return f"{shown(this)} − {then} = {shown(Fraction(this) - Fraction(before))} {unit}"


def rate_sentence(mean: Fraction, questions: int) -> str:
    """``12,45 / 20 × 100 = 62,25``."""
    return f"{shown(mean)} / {questions} × 100 = {shown(mean * 100 / questions)}"


def sum_sentence(parts: Sequence[Number], total: Number, unit: str) -> str:
    """``12 + 8,3333 = 20,3333 net``; a negative part stands in brackets."""
    if len(parts) < 2:
        return f"{shown(total)} {unit}"
    words = [shown(part) for part in parts]
    listed = [words[0], *(f"({word})" if word.startswith("−") else word for word in words[1:])]
    return f"{' + '.join(listed)} = {shown(total)} {unit}"


def mean_facts(group: Group) -> dict[str, Any]:
    """A group's size and mean: exact, and as shown."""
    return {"students": group.size, "mean": as_text(group.mean), "shown": shown(group.mean)}


def net_facts(correct: int, wrong: int, net: Fraction) -> dict[str, Any]:
    return {"correct": correct, "wrong": wrong, "net": as_text(net), "shown": shown(net)}


def spread_facts(spread: Spread, unit: int, distance: Fraction) -> dict[str, Any]:
    """The province beside a group: its mean, its standard deviation, and how far from it the group stands."""
    mean = Fraction(spread.total, unit * spread.size)
    return {
        "province": {
            "students": spread.size,
            "mean": as_text(mean),
            "shown": shown(mean),
            "deviation": shown(deviation(spread, unit)),
        },
        "distance": str(rounded(distance, PLACES)),
        "distance_shown": shown(distance),
    }
