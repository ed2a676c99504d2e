"""Jobs against a real broker and real worker processes that are killed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from common import jobs
from common.jobs.service import send_wake_up
from common.models import Job, Notification
from tests.common import job_kinds  # noqa: F401
from tests.conftest import Process
from tests.conftest import _send_tasks_to as send_tasks_to
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def own_worker(child_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Two processes that know the test kinds, without a beat: the tests sweep themselves."""
    command = [sys.executable, "-m", "celery", "-A", "bigep", "worker", "--concurrency", "2", "--loglevel", "INFO"]
    command += ["--include", "tests.common.job_kinds", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = Process("worker", command, child_environment, tmp_path_factory.mktemp("worker"))
    yield process
    process.kill()


@pytest.fixture
def broker_client(broker: str, transactional_db: None) -> Iterator[redis.Redis]:
    client = redis.Redis(unix_socket_path=broker.removeprefix("redis+socket://").split("?")[0])
    client.flushall()
    yield client
    client.flushall()


def ready(worker: Process) -> None:
    if worker.process is None or worker.process.poll() is not None:
        seen = worker.output().count(" ready.") if worker.log.exists() else 0
        worker.start()
        worker.wait_until(lambda: worker.output().count(" ready.") > seen)


def start(kind: str, **params: Any) -> Job:
    return jobs.create_job(kind=kind, params=params, by=UserFactory())


def wait_for(condition: Callable[[], bool], worker: Process, seconds: float = 20, sweeping: bool = False) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, worker.output()[-4000:]
        if sweeping:
            Job.objects.filter(state="queued").update(wake_at="2000-01-01T00:00:00Z")
            jobs.sweep()
        time.sleep(0.2)


def state(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def effects(job: Job) -> list[str]:
    return list(
        Notification.objects.filter(recipient=job.owner, kind="effect").order_by("id").values_list("subject", flat=True)
    )


def test_woken_job_is_done(broker_client: redis.Redis, own_worker: Process) -> None:
    ready(own_worker)
    job = start("test.effect")
    jobs.wake(job)
    wait_for(lambda: state(job) == "done", own_worker)
    assert effects(job) == ["etki"]


def test_lost_message_is_found_by_the_sweep(broker_client: redis.Redis, own_worker: Process) -> None:
    own_worker.kill()
    job = start("test.effect")
    jobs.wake(job)
    assert broker_client.llen("celery") == 1
    broker_client.flushall()
    ready(own_worker)
    time.sleep(1)
    assert state(job) == "queued"

    wait_for(lambda: state(job) == "done", own_worker, sweeping=True)

    assert (effects(job), Job.objects.get(pk=job.pk).attempt) == (["etki"], 1)


def test_killed_worker_s_job_is_run_again_with_each_effect_once(
    broker_client: redis.Redis, own_worker: Process
) -> None:
    ready(own_worker)
    job = start("test.two_steps", seconds=60)
    jobs.wake(job)
    wait_for(lambda: Job.objects.get(pk=job.pk).progress_done == 1, own_worker)
    own_worker.kill()
    assert (state(job), effects(job)) == ("running", ["birinci"])

    began = time.monotonic()
    ready(own_worker)
    wait_for(lambda: state(job) == "done", own_worker, sweeping=True)

    assert time.monotonic() - began < 60
    assert effects(job) == ["birinci", "ikinci"]
    assert Job.objects.get(pk=job.pk).attempt == 2


def test_message_delivered_five_times_has_one_effect(broker_client: redis.Redis, own_worker: Process) -> None:
    ready(own_worker)
    job, last = start("test.effect"), start("test.effect")
    for _copy in range(5):
        assert send_wake_up(job)
    send_wake_up(last)
    wait_for(lambda: state(last) == "done" and broker_client.llen("celery") == 0, own_worker)
    assert (state(job), effects(job), Job.objects.get(pk=job.pk).attempt) == ("done", ["etki"], 1)


def test_poison_is_dead_after_three_attempts_and_the_others_go_on(
    broker_client: redis.Redis, own_worker: Process
) -> None:
    ready(own_worker)
    killer = start("test.poison")
    jobs.wake(killer)
    others = [start("test.effect", subject=f"etki {number}") for number in range(20)]
    for job in others:
        jobs.wake(job)

    wait_for(lambda: state(killer) == "dead", own_worker, seconds=40, sweeping=True)

    wait_for(lambda: not Job.objects.filter(state__in=Job.UNFINISHED).exists(), own_worker, sweeping=True)
    assert Job.objects.get(pk=killer.pk).attempt == 3
    assert [effects(job) for job in others] == [[f"etki {number}"] for number in range(20)]


def test_job_above_its_time_limit_is_stopped(broker_client: redis.Redis, own_worker: Process) -> None:
    ready(own_worker)
    job = start("test.late")
    jobs.wake(job)
    wait_for(lambda: state(job) == "dead", own_worker)
    assert "süre sınırını aştığı için durduruldu" in Job.objects.get(pk=job.pk).error


def test_absent_broker_costs_neither_the_job_nor_a_long_wait(broker: str, tmp_path: Path) -> None:
    send_tasks_to(f"redis+socket://{tmp_path}/nobody?virtual_host=0")
    try:
        job = start("test.effect")
        began = time.monotonic()
        jobs.wake(job)
        assert time.monotonic() - began < 3
        assert state(job) == "queued"
        assert send_wake_up(job) is False
    finally:
        send_tasks_to(broker)
