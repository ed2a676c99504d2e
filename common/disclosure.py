"""Figures of few people: which of them a reader without a seat over these people may see.

A figure tells about few people when it is of few, and also when the reader can take away from its group those whose
figures they see anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SMALLEST_GROUP = 10
"""A figure of fewer people is hidden from whoever has no seat over them."""


def is_small(people: int) -> bool:
    return 0 < people < SMALLEST_GROUP


def is_open(people: int, known: int = 0) -> bool:
    """Whether neither the group nor what is left of it without the ``known`` people in it is small."""
    return not is_small(people) and not is_small(people - known)


def nested(groups: Iterable[tuple[int, bool]]) -> list[bool]:
    """Which of these groups may be shown; each is (people, whether the reader has a seat over it) inside the next."""
    known, shown = 0, []
    for people, sees in groups:
        shown.append(sees or is_open(people, known))
        if shown[-1]:
            known = people
    return shown


def parts(groups: Sequence[tuple[int, int]]) -> list[bool]:
    """Which of these groups, the parts of a whole, may be shown; each is (people, over how many of them the reader has
    a seat).

    As long as all hidden people together are few, the next smallest part is hidden too: the whole minus what is shown
    would tell about them.
    """
    unseen = [people - seen for people, seen in groups]
    shown = [not left or is_open(people, seen) for left, (people, seen) in zip(unseen, groups, strict=True)]
    while is_small(sum(left for left, seen in zip(unseen, shown, strict=True) if not seen)):
        others = [place for place, left in enumerate(unseen) if shown[place] and left]
        if not others:
            break
        shown[min(others, key=lambda place: (unseen[place], place))] = False
    return shown
