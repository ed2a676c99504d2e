"""What a door says after it has done one thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from common.errors import UserError


@contextmanager
def told(request: HttpRequest, done: object) -> Iterator[None]:
    """Around one service call: afterwards the page says ``done``, or the sentence with which it was refused."""
    try:
        yield
    except UserError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, str(done))
