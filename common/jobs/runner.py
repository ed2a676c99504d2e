"""The worker's side: claim, work under a lease that a thread renews, write the end only while the token is ours."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import UserError
from common.jobs.registry import JobHandler, LeaseLost, Result, handler_of
from common.models import Job
from common.outbox import notify
from common.request_context import request_context

LEASE = timedelta(seconds=30)
HEARTBEAT_SECONDS = 5.0
PROGRESS_SECONDS = 1.0
RETRY_STEP = timedelta(seconds=5)

logger = logging.getLogger(__name__)


def run_job(job_id: uuid.UUID | str) -> bool:
    """Run the job if it is free; False when somebody else has it or it is over. Safe to call any number of times."""
    job = claim(uuid.UUID(str(job_id)))
    if job is None:
        return False
    with request_context(ip=None, request_id=f"job:{job.pk}"):
        _work(job)
    return True


def claim(job_id: uuid.UUID) -> Job | None:
    """Take the job with a new token, counting the attempt before any work; None when it is not free."""
    now = timezone.now()
    token = uuid.uuid4()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=job_id, attempt__lt=F("max_attempts")).update(
        state=Job.State.RUNNING,
        attempt=F("attempt") + 1,
        token=token,
        lease_until=now + LEASE,
        heartbeat_at=now,
        started_at=now,
        error="",
    )
    return Job.objects.select_related("owner").get(pk=job_id) if taken else None


def _work(job: Job) -> None:
    try:
        handler = handler_of(job.kind)
    except KeyError:
        _end(job, Job.State.DEAD, error=_("Bu iş türü artık yok; işlemi yeniden başlatınız."))
        return
    if not handler.permits(job.owner, job.params):
        _end(job, Job.State.DENIED, error=_("Bu işlem için yetkiniz kalmadığından iş yapılmadı."))
        return
    running = RunningJob(job)
    try:
        with ExitStack() as stack:
            if not connection.in_atomic_block:
                stack.enter_context(Heartbeat(running))
            result = handler.run(running) or {}
        running.flush()
        _end(job, Job.State.DONE, result=result)
    except LeaseLost:
        logger.warning("job %s (%s) was taken over by another worker", job.pk, job.kind)
    except UserError as refusal:
        _end(job, Job.State.FAILED, error=str(refusal))
    except SoftTimeLimitExceeded:
        logger.error("job %s (%s) ran into its time limit", job.pk, job.kind)
        _end(job, Job.State.DEAD, error=_too_slow(handler))
    except Exception as error:
        logger.exception("job %s (%s) failed at attempt %s", job.pk, job.kind, job.attempt)
        _retry_or_bury(job, type(error).__name__)


def _retry_or_bury(job: Job, reason: str) -> None:
    if job.attempt >= job.max_attempts:
        _end(job, Job.State.DEAD, error=exhausted_sentence(job, reason))
        return
    _held(job).update(
        state=Job.State.QUEUED,
        token=None,
        lease_until=None,
        wake_at=timezone.now() + RETRY_STEP * job.attempt,
    )


def _end(job: Job, state: str, *, result: Mapping[str, Any] | None = None, error: str = "") -> None:
    """Write the end of the job, and tell its owner when it died, unless another worker has taken it over."""
    with transaction.atomic():
        written = _held(job).update(
            state=state,
            result=dict(result) if result is not None else None,
            error=error,
            finished_at=timezone.now(),
            token=None,
            lease_until=None,
        )
        if not written:
            logger.warning("job %s (%s) ended as %s after losing its lease; not written", job.pk, job.kind, state)
        elif state == Job.State.DEAD:
            tell_dead(job, error)


def _held(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, token=job.token)


def exhausted_sentence(job: Job, reason: str = "") -> str:
    detail = f" ({reason})" if reason else ""
    return _("İş %(count)s denemede de tamamlanamadı%(detail)s; biraz sonra yeniden başlatınız.") % {
        "count": job.max_attempts,
        "detail": detail,
    }


def tell_dead(job: Job, error: str) -> None:
    """The notice to the owner of a job that was given up."""
    if job.owner is not None:
        notify(
            recipient=job.owner,
            kind="job.dead",
            subject=_("Tamamlanamayan iş: %(label)s") % {"label": job.label},
            body=error,
            url=job.get_absolute_url(),
        )


def _too_slow(handler: JobHandler) -> str:
    minutes = max(1, handler.soft_seconds // 60)
    return _("İş %(minutes)s dakikalık süre sınırını aştığı için durduruldu; daha küçük parçalarla deneyiniz.") % {
        "minutes": minutes
    }


class RunningJob:
    """The job as its handler sees it (see ``JobContext``)."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._progress: tuple[int, int, str] | None = None
        self._lost = threading.Event()

    @property
    def job_id(self) -> uuid.UUID:
        return self._job.pk

    @property
    def params(self) -> Mapping[str, Any]:
        return self._job.params

    @property
    def by(self) -> Any:
        return self._job.owner

    def progress(self, done: int, total: int, text: str = "") -> None:
        if self._lost.is_set():
            raise LeaseLost
        self._progress = (done, total, text[:200])

    def once(self, step: str, work: Callable[[], Result]) -> Result:
        recorded: dict[str, Result] = Job.objects.values_list("steps", flat=True).get(pk=self._job.pk)
        if step in recorded:
            return recorded[step]
        with transaction.atomic():
            result = work()
            # The last statement of the transaction: a row lock held during the work would block the heartbeat.
            fenced = _held(self._job).update(
                steps={**recorded, step: result},
                lease_until=timezone.now() + LEASE,
            )
            if not fenced:
                raise LeaseLost
        return result

    def flush(self) -> None:
        """Renew the lease and write the latest progress; notes when the job is no longer ours."""
        now = timezone.now()
        fields: dict[str, Any] = {"lease_until": now + LEASE, "heartbeat_at": now}
        if self._progress is not None:
            done, total, text = self._progress
            fields |= {"progress_done": done, "progress_total": total, "progress_text": text}
        if not _held(self._job).update(**fields):
            self._lost.set()

    @property
    def reported(self) -> tuple[int, int, str] | None:
        return self._progress


class Heartbeat:
    """A thread with its own connection that renews the lease and carries the progress while the handler works."""

    def __init__(self, running: RunningJob) -> None:
        self._running = running
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{running.job_id}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        written: tuple[int, int, str] | None = None
        last: datetime = timezone.now()
        try:
            while not self._stop.wait(PROGRESS_SECONDS):
                due = (timezone.now() - last).total_seconds() >= HEARTBEAT_SECONDS
                if not due and self._running.reported == written:
                    continue
                written = self._running.reported
                try:
                    self._running.flush()
                    last = timezone.now()
                except DatabaseError as error:
                    logger.info("heartbeat of job %s postponed: %s", self._running.job_id, type(error).__name__)
        finally:
            connections.close_all()
