"""Two people who act at the same moment, a hundred times; and the control in which nothing is locked."""

from __future__ import annotations

import copy
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from projects.models import Claim
from projects.services import bulk

Call = Callable[[], Any]

TRANSITION = "projects.services.transition"
_seen = threading.local()
_one_at_a_time = threading.Lock()
_looked_at = bulk._looked_at


def race(rounds: Sequence[Sequence[Call]], *, locked: bool = True) -> list[list[Any]]:
    """Run the calls of each round in a thread each, started together; their results or errors, round by round.

    Without ``locked``, what a service reads under its lock is read before the other one writes, and it writes whatever
    it finds: this is what the lock prevents.
    """
    workers = len(rounds[0])
    barrier = threading.Barrier(workers)
    outcomes: list[list[Any]] = [[None] * workers for _ in rounds]

    def work(index: int) -> None:
        try:
            for number, calls in enumerate(rounds):
                if not locked:
                    _look_first(calls[index])
                barrier.wait(60)
                outcomes[number][index] = _outcome(calls[index])
                _seen.rows = None
                barrier.wait(60)
        except BaseException:
            barrier.abort()
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not barrier.broken
    return outcomes


def _outcome(call: Call) -> Any:
    try:
        return call()
    except Exception as error:
        return error


def _look_first(call: Call) -> None:
    """Run the call, keep what it read under its lock, and undo all that it wrote."""
    _seen.rows, _seen.looking = {}, True
    try:
        with _one_at_a_time, transaction.atomic():
            call()
            transaction.set_rollback(True)
    finally:
        _seen.looking = False


@contextmanager
def without_locks() -> Iterator[None]:
    """No service locks, and none asks whether the claim has moved since it was read."""
    with (
        patch.object(sys.modules[TRANSITION], "locked", _read),
        patch.object(sys.modules[TRANSITION], "_written", _write_anyway),
        patch.object(bulk, "_looked_at", _look),
    ):
        yield


def _remembered(key: Any, read: Call) -> Any:
    rows = getattr(_seen, "rows", None)
    if rows is None:
        return read()
    if _seen.looking:
        rows.setdefault(key, copy.copy(read()))
    elif key not in rows:
        return read()
    return copy.copy(rows[key])


def _read(rows: QuerySet[Any], pk: int) -> Model:
    return _remembered((rows.model, pk), lambda: rows.get(pk=pk))


def _look(claims: QuerySet[Claim], *args: Any) -> Any:
    return _remembered("looked at", lambda: _looked_at(claims, *args))


def _write_anyway(claim: Claim, values: dict[str, Any]) -> bool:
    return bool(Claim.objects.filter(pk=claim.pk).update(**values, version=claim.version + 1))
