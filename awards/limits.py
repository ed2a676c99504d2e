"""How often a visitor may ask for certificates. Addresses are kept as a keyed digest, for a minute."""

from __future__ import annotations

import logging
import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

CHECKS_PER_MINUTE = 20

logger = logging.getLogger(__name__)


def too_many_checks(address: str | None) -> bool:
    """Count one question of this visitor; True above ``CHECKS_PER_MINUTE``.

    Without a working cache nobody is refused: a code of 100 random bits is not found by trying.
    """
    window = int(time.time()) // 60
    digest = salted_hmac("awards.limits", f"{address}:{window}", algorithm="sha256").hexdigest()
    key = f"certificate-check:{digest}"
    try:
        cache.add(key, 0, timeout=120)
        return cache.incr(key) > CHECKS_PER_MINUTE
    except (RedisError, OSError, ValueError) as error:
        logger.warning("certificate checks are not limited: %s", type(error).__name__)
        return False
