"""Who is asking and from where, for the audit rows written while a request or a job is served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestContext:
    ip: str | None = None
    request_id: str = ""


NOBODY = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request_context", default=NOBODY)


def current_request() -> RequestContext:
    """The context of the request or job being served; empty outside both."""
    return _current.get()


@contextmanager
def request_context(*, ip: str | None, request_id: str) -> Iterator[None]:
    token = _current.set(RequestContext(ip=ip, request_id=request_id[:64]))
    try:
        yield
    finally:
        _current.reset(token)
