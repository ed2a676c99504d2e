"""What a school changed between two versions of a claim, in words and marked word by word."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from projects.models import Claim, ClaimEvent
from projects.selectors.detail import changes_in_words
from projects.workflow import Decision

SAME, GONE, NEW, CUT = "same", "gone", "new", "cut"
CONTEXT = 12
"""Words that stay around a change; what lies further away is cut out of the picture."""
LONG_TEXT = 60
"""Characters from which on two versions are shown in one text instead of one after the other."""
MOST_WORDS = 3000


@dataclass(frozen=True)
class Piece:
    """A stretch of a marked text: ``kind`` is one of same, gone, new, cut."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """A field before and after; ``pieces`` marks the words of a long text and is empty for a short one."""

    label: str
    before: str
    after: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Resubmission:
    """What has changed since a decision: the reviewer's own (``is_mine``), else the last return.

    ``asked`` are the words of that decision.
    """

    is_mine: bool
    decided_at: dt.datetime
    decided_by: str
    asked: str
    at: dt.datetime
    changes: list[Change]


def resubmission_of(claim: Claim, events: Sequence[ClaimEvent], user: Any) -> Resubmission | None:
    """What the school changed since the user's last decision on the claim, else since its last return.

    ``events`` is the history of the project, newest first. None for a claim that has not been sent again since.
    """
    steps = {"resubmit", *Decision.values}
    events = [event for event in reversed(events) if event.claim_id == claim.pk and event.action in steps]
    start = _last(events, lambda event: event.by_id == user.pk and event.action != "resubmit")
    is_mine = start is not None
    if start is None:
        start = _last(events, lambda event: event.action == "return")
    if start is None:
        return None
    later = [event for event in events[start + 1 :] if event.action == "resubmit"]
    if not later:
        return None
    decided = events[start]
    changes = [
        Change(row["label"], row["before"], row["after"], marked(row["before"], row["after"]))
        for row in changes_in_words(_merged(later))
    ]
    asked = ". ".join(filter(None, (decided.reason.label if decided.reason else "", decided.text)))
    return Resubmission(is_mine, decided.at, decided.by.full_name, asked, later[-1].at, changes)


def marked(before: str, after: str) -> list[Piece]:
    """Two versions of a long text as one, word by word; empty where they are short or have too little in common."""
    if not before or not after or max(len(before), len(after)) < LONG_TEXT:
        return []
    old, new = _words(before), _words(after)
    if len(old) + len(new) > MOST_WORDS:
        return []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if not _have_much_in_common(matcher, old, new):
        return []
    pieces: list[Piece] = []
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece(SAME, "".join(old[old_from:old_to])))
            continue
        pieces += [
            Piece(name, text)
            for name, text in ((GONE, "".join(old[old_from:old_to])), (NEW, "".join(new[new_from:new_to])))
            if text
        ]
    return _shortened(pieces)


def _have_much_in_common(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> bool:
    """Whether at least two of five words stand in both; spaces do not count."""
    same = sum(
        not word.isspace() for block in matcher.get_matching_blocks() for word in old[block.a : block.a + block.size]
    )
    words = sum(not word.isspace() for word in (*old, *new))
    return 5 * 2 * same >= 2 * words


def _last(events: Sequence[ClaimEvent], wanted: Any) -> int | None:
    found = [place for place, event in enumerate(events) if wanted(event)]
    return found[-1] if found else None


def _merged(events: Sequence[ClaimEvent]) -> dict[str, list[Any]]:
    """The changes of several resubmissions as one: the first value before, the last after; files add up."""
    merged: dict[str, list[Any]] = {}
    for event in events:
        for key, (before, after) in event.changes.items():
            if key not in merged:
                merged[key] = [before, after]
            elif key == "files":
                merged[key][1] = merged[key][1] + after
            else:
                merged[key][1] = after
    return {key: values for key, values in merged.items() if values[0] != values[1]}


def _words(text: str) -> list[str]:
    """Words and the spaces between them: joined, they are the text again."""
    return re.findall(r"\s+|[^\s]+", text)


def _shortened(pieces: list[Piece]) -> list[Piece]:
    """Cut unchanged stretches down to the words around the changes (every second of ``_words`` is a space)."""
    shown: list[Piece] = []
    keep, last = 2 * CONTEXT, len(pieces) - 1
    for place, piece in enumerate(pieces):
        words = _words(piece.text)
        head = "" if place == 0 else "".join(words[:keep])
        tail = "" if place == last else "".join(words[-keep:])
        if piece.kind != SAME or len(words) <= 2 * keep:
            shown.append(piece)
            continue
        shown += [one for one in (Piece(SAME, head), Piece(CUT, "…"), Piece(SAME, tail)) if one.text]
    return shown
