"""Job kinds that only the tests know; a test worker imports this module too.

Leases are short here, so that a lost worker is noticed within seconds. A notice is the effect that can be counted.
"""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from common.errors import UserError
from common.jobs import JobContext, job_handler, runner
from common.models import Job
from common.outbox import notify

runner.LEASE = timedelta(seconds=2)
runner.HEARTBEAT_SECONDS = 0.5
runner.PROGRESS_SECONDS = 0.1


def effect(job: JobContext, subject: str) -> dict[str, Any]:
    notify(recipient=job.by, kind="effect", subject=subject, body="")
    return {"subject": subject}


@job_handler("test.effect", label="Etki")
def leave_effect(job: JobContext) -> dict[str, Any]:
    return job.once("effect", lambda: effect(job, job.params.get("subject", "etki")))


@job_handler("test.two_steps", label="İki adım")
def two_steps(job: JobContext) -> dict[str, Any]:
    """The first attempt stops between its two steps until its worker is killed."""
    job.once("first", lambda: effect(job, "birinci"))
    job.progress(1, 2, "Birinci adım bitti")
    if Job.objects.get(pk=job.job_id).attempt == 1:
        time.sleep(job.params["seconds"])
    return job.once("second", lambda: effect(job, "ikinci"))


@job_handler("test.poison", label="Zehir")
def poison(job: JobContext) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@job_handler("test.refused", label="Ret")
def refused(job: JobContext) -> None:
    raise UserError("Dosyada satır yok; dolu bir dosya yükleyiniz.")


@job_handler("test.broken", label="Arıza")
def broken(job: JobContext) -> None:
    effect(job, "yarım")
    raise ZeroDivisionError


@job_handler("test.late", label="Yavaş", soft_seconds=1, hard_seconds=5)
def late(job: JobContext) -> None:
    time.sleep(4)


@job_handler("test.watching", label="Kendini izleyen")
def watching(job: JobContext) -> dict[str, Any]:
    """Waits until its own progress and a renewed lease stand in the database."""
    first = Job.objects.get(pk=job.job_id)
    job.progress(3, 7, "Üçüncü")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        now = Job.objects.get(pk=job.job_id)
        if now.progress_done == 3 and now.lease_until > first.lease_until and now.heartbeat_at > first.heartbeat_at:
            return {"seen": now.progress_text}
        time.sleep(0.05)
    return {"seen": ""}


@job_handler("test.robbed", label="Kirasını yitiren")
def robbed(job: JobContext) -> dict[str, Any]:
    """Another worker takes the job over in the middle of the work."""
    Job.objects.filter(pk=job.job_id).update(token=uuid.uuid4(), progress_text="yeni sahibi")
    return job.once("effect", lambda: effect(job, "etki"))


def _named_allowed(user: AbstractBaseUser, params: Mapping[str, Any]) -> bool:
    return params.get("allow", False)


@job_handler("test.guarded", label="Yetkili", allowed=_named_allowed)
def guarded(job: JobContext) -> dict[str, Any]:
    return job.once("effect", lambda: effect(job, "etki"))
