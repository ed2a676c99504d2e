"""Answers that may be a minute old, in the shared cache; parts of pages that follow from figures, in the process.

Without a working cache everything is simply made anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from functools import lru_cache
from hashlib import sha256
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from redis.exceptions import RedisError

T = TypeVar("T")

logger = logging.getLogger(__name__)

ANSWERS = 8
"""How many answers to one person's addresses are kept at a time."""


def remembered(key: str, make: Callable[[], T], *, seconds: int = 60) -> T:
    """The value under ``key``, made and kept for ``seconds`` where it is missing; never None.

    Put into the key whatever must make it new at once, such as the number of the last event.
    """
    return _remembered(key, make, lambda _known: True, seconds)


def remembered_answer(place: str, asked: Hashable, make: Callable[[], T], *, seconds: int = 60) -> T:
    """As `remembered`, for what an address asks for: ``place`` is the page and its reader, ``asked`` all the rest.

    Addresses can be made up without end: each place keeps at most ``ANSWERS`` of them, where a later one takes an
    earlier one's room, so that nobody fills the cache.
    """
    digest = sha256(repr(asked).encode()).digest()
    key = f"{place}:{digest[0] % ANSWERS}"
    return _remembered(key, lambda: (digest, make()), lambda known: known[0] == digest, seconds)[1]


def _remembered(key: str, make: Callable[[], T], fits: Callable[[T], bool], seconds: int) -> T:
    try:
        known: T | None = cache.get(key)
    except (RedisError, OSError) as error:
        logger.warning("the cache is away: %s", type(error).__name__)
        return make()
    if known is not None and fits(known):
        return known
    value = make()
    try:
        cache.set(key, value, seconds)
    except (RedisError, OSError) as error:
        logger.warning("the cache is away: %s", type(error).__name__)
    return value


def drawn(template: str, **figures: Hashable) -> SafeString:
    """The template with these figures and nothing else, drawn again by a process only when a figure differs.

    Queries are not saved, drawing is, which is most of a page's time. Figures are plain values or frozen dataclasses
    of such, tuples for lists; whatever else the template looks at, such as today's date, must be one of them.
    """
    return render_to_string(template, figures) if settings.DEBUG else _drawn(template, **figures)


@lru_cache(maxsize=1024)
def _drawn(template: str, **figures: Hashable) -> SafeString:
    return render_to_string(template, figures)
