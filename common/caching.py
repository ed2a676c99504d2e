"""Answers that may be a minute old, kept in the shared cache; without a working cache they are simply made anew."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

T = TypeVar("T")

logger = logging.getLogger(__name__)


def remembered(key: str, make: Callable[[], T], *, seconds: int = 60) -> T:
    """The value under ``key``, made and kept for ``seconds`` where it is missing; never None.

    Put into the key whatever must make it new at once, such as the number of the last event.
    """
    try:
        known: T | None = cache.get(key)
    except (RedisError, OSError) as error:
        logger.warning("the cache is away: %s", type(error).__name__)
        return make()
    if known is not None:
        return known
    value = make()
    try:
        cache.set(key, value, seconds)
    except (RedisError, OSError) as error:
        logger.warning("the cache is away: %s", type(error).__name__)
    return value
