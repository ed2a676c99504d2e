"""Reasons of other apps against taking a file back: what they built on it shows in no foreign key."""

from __future__ import annotations

from collections.abc import Callable

from common.errors import Conflict
from common.models import ImportBatch

Guard = Callable[[ImportBatch], str]
"""Gives the sentence that says why the batch must stay, or an empty text."""

_guards: dict[str, Guard] = {}


def undo_guard(guard: Guard) -> Guard:
    """Have the function asked before a file is taken back."""
    _guards[f"{guard.__module__}.{guard.__qualname__}"] = guard
    return guard


def refuse_if_guarded(batch: ImportBatch) -> None:
    """Raise ``Conflict`` with the first guard's sentence."""
    for _name, guard in sorted(_guards.items()):
        if sentence := guard(batch):
            raise Conflict(sentence)
