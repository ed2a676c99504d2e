"""System checks: limits of jobs that would let one run twice or for ever stop the start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from common.jobs import handlers
from common.jobs.runner import HEARTBEAT_SECONDS, LEASE


@register()
def check_job_limits(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each job: soft < hard < the broker's visibility timeout; the lease outlives two missed heartbeats."""
    timeout = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    problems: list[CheckMessage] = [
        Error(
            f"the limits of the job kind {kind} must be soft < hard < visibility timeout, but are "
            f"{handler.soft_seconds}, {handler.hard_seconds}, {timeout} seconds",
            id="common.E001",
        )
        for kind, handler in handlers().items()
        if not 0 < handler.soft_seconds < handler.hard_seconds < timeout
    ]
    if LEASE.total_seconds() < 3 * HEARTBEAT_SECONDS:
        problems.append(Error("the lease of a job must outlive two missed heartbeats", id="common.E002"))
    return problems
