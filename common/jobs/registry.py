"""What kinds of jobs there are, and what a handler is given."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib.auth.base_user import AbstractBaseUser

Result = dict[str, Any]


class LeaseLost(Exception):
    """Another worker owns the job by now; this one must stop and may write nothing."""


class JobContext(Protocol):
    """What a handler sees of its job."""

    @property
    def job_id(self) -> uuid.UUID: ...

    @property
    def params(self) -> Mapping[str, Any]: ...

    @property
    def by(self) -> Any:
        """The owner, freshly read; None for jobs of the system."""

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Report how far the work is; cheap, may be called for every row. Raises ``LeaseLost``."""

    def once(self, step: str, work: Callable[[], Result]) -> Result:
        """Do ``work`` in one transaction that also records the step as done: it takes effect exactly once.

        A later attempt gets the recorded result back and does not call ``work``. Raises ``LeaseLost`` (and rolls
        ``work`` back) when another worker took over meanwhile.
        """


Handler = Callable[[JobContext], "Result | None"]
Permission = Callable[[AbstractBaseUser, Mapping[str, Any]], bool]


@dataclass(frozen=True)
class JobHandler:
    kind: str
    label: str
    run: Handler
    soft_seconds: int
    hard_seconds: int
    max_attempts: int
    allowed: Permission | None

    def permits(self, user: AbstractBaseUser | None, params: Mapping[str, Any]) -> bool:
        """Whether the owner may (still) have this done; asked again each time the job runs."""
        if user is None:
            return True
        if not user.is_active:
            return False
        return self.allowed is None or self.allowed(user, params)


_handlers: dict[str, JobHandler] = {}


def job_handler(
    kind: str,
    *,
    label: str,
    soft_seconds: int = 300,
    hard_seconds: int | None = None,
    max_attempts: int = 3,
    allowed: Permission | None = None,
) -> Callable[[Handler], Handler]:
    """Register the function as the worker's side of ``kind``.

    After ``soft_seconds`` the work is interrupted and the job ends as dead; after ``hard_seconds`` (default: 60 more)
    the process is killed. ``allowed(user, params)`` is asked again when the job runs.
    """

    def register(function: Handler) -> Handler:
        known = _handlers.get(kind)
        if known is not None and known.run.__qualname__ != function.__qualname__:
            raise ValueError(f"two handlers for the job kind {kind}")
        _handlers[kind] = JobHandler(
            kind=kind,
            label=label,
            run=function,
            soft_seconds=soft_seconds,
            hard_seconds=hard_seconds or soft_seconds + 60,
            max_attempts=max_attempts,
            allowed=allowed,
        )
        return function

    return register


def handler_of(kind: str) -> JobHandler:
    """Raises ``KeyError`` for a kind that no installed app declares."""
    return _handlers[kind]


def handlers() -> dict[str, JobHandler]:
    return dict(sorted(_handlers.items()))
