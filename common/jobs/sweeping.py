"""Finds jobs whose message was lost, whose worker died, or whose attempts are used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from common.jobs.registry import handlers
from common.jobs.runner import exhausted_sentence, tell_dead
from common.jobs.service import send_wake_up
from common.models import Job

WAKE_AGAIN_AFTER = timedelta(seconds=60)
SWEEP_LIMIT = 500


@dataclass(frozen=True)
class Swept:
    woken: int
    buried: int


def sweep() -> Swept:
    """Wake queued jobs that nobody took up and running jobs whose lease is over; bury those without attempts left."""
    buried = sum(_bury(job) for job in _expired().filter(attempt__gte=F("max_attempts"))[:SWEEP_LIMIT])
    _expired().filter(attempt__lt=F("max_attempts")).update(
        state=Job.State.QUEUED, token=None, lease_until=None, wake_at=timezone.now()
    )
    return Swept(woken=_wake_waiting(), buried=buried)


def _expired() -> models.QuerySet[Job]:
    return Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=timezone.now()).order_by("lease_until", "id")


def _bury(job: Job) -> bool:
    sentence = exhausted_sentence(job)
    with transaction.atomic():
        written = Job.objects.filter(
            pk=job.pk, state=Job.State.RUNNING, token=job.token, lease_until__lt=timezone.now()
        ).update(state=Job.State.DEAD, error=sentence, finished_at=timezone.now(), token=None, lease_until=None)
        if written:
            tell_dead(job, sentence)
    return bool(written)


def _wake_waiting() -> int:
    known = list(handlers())
    now = timezone.now()
    due = Job.objects.filter(state=Job.State.QUEUED, wake_at__lte=now, kind__in=known).order_by("wake_at", "id")
    woken = 0
    for job in due[:SWEEP_LIMIT]:
        mine = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED, wake_at=job.wake_at)
        if not mine.update(wake_at=now + WAKE_AGAIN_AFTER):
            continue
        if not send_wake_up(job):
            break
        woken += 1
    return woken
