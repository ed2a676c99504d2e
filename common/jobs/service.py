"""Creating, waking and re-running jobs: what a view or a command calls."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from celery import current_app
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from common import audit
from common.errors import Conflict, UserError
from common.jobs.registry import handler_of
from common.jobs.runner import run_job
from common.models import Job

RUN_TASK = "common.tasks.run_job"
WAKE_AFTER = timedelta(seconds=15)

logger = logging.getLogger(__name__)


def create_job(
    *,
    kind: str,
    params: Mapping[str, Any],
    by: AbstractBaseUser | None,
    label: str = "",
    once_key: str = "",
) -> Job:
    """Write the job in the caller's transaction; ``wake`` it afterwards (the sweep finds it if nobody does).

    ``params`` must be plain JSON values. With ``once_key``, an unfinished job of the same kind and key is returned
    instead of a second one.
    """
    handler = handler_of(kind)
    job = Job(
        kind=kind,
        label=label or str(handler.label),
        params=dict(params),
        owner=cast(Any, by),
        once_key=once_key,
        max_attempts=handler.max_attempts,
        wake_at=timezone.now() + WAKE_AFTER,
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        waiting = Job.objects.filter(kind=kind, once_key=once_key, state__in=Job.UNFINISHED).first()
        if not once_key or waiting is None:
            raise
        return waiting
    return job


def wake(job: Job) -> None:
    """Tell a worker after the commit. A broker that does not answer costs a log line: the sweep wakes the job later."""
    transaction.on_commit(lambda: send_wake_up(job))


def send_wake_up(job: Job) -> bool:
    """Send the message now; False when the broker did not take it."""
    handler = handler_of(job.kind)
    try:
        current_app.send_task(
            RUN_TASK,
            args=[str(job.pk)],
            soft_time_limit=handler.soft_seconds,
            time_limit=handler.hard_seconds,
            ignore_result=True,
        )
    except (BrokerError, OSError) as error:
        logger.warning("broker did not take the wake-up of job %s (%s); the sweep will", job.pk, type(error).__name__)
        return False
    return True


def run_now(job: Job) -> Job:
    """Run the job in this process (commands, tests) and return it as it ended."""
    run_job(job.pk)
    job.refresh_from_db()
    return job


def rerun(*, job: Job, by: AbstractBaseUser) -> Job:
    """Queue a dead job again with fresh attempts; recorded steps stay done. Raises ``Conflict``, ``UserError``."""
    if not handler_of(job.kind).permits(by, job.params):
        raise UserError(_("Bu işlem için yetkiniz kalmadı; kurulunuzun başkanına başvurunuz."))
    with transaction.atomic():
        changed = Job.objects.filter(pk=job.pk, state=Job.State.DEAD).update(
            state=Job.State.QUEUED,
            attempt=0,
            token=None,
            lease_until=None,
            wake_at=timezone.now() + WAKE_AFTER,
            progress_done=0,
            progress_total=0,
            progress_text="",
            error="",
            finished_at=None,
        )
        if not changed:
            raise Conflict(_("Bu iş yeniden başlatılmış; son durumunu görmek için sayfayı yenileyiniz."))
        audit.record(action="job.rerun", target=job, by=by)
    job.refresh_from_db()
    return job
