"""The job row and its rules, without a broker: claims, fencing, retries, sweep."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from common import jobs
from common.checks import check_job_limits
from common.errors import Conflict, UserError
from common.jobs import registry, runner
from common.models import AuditEntry, Job, Notification
from tests.common import job_kinds
from tests.factories.accounts import UserFactory
from tests.factories.common import JobFactory, failing_transaction

pytestmark = pytest.mark.django_db


def effects(job: Job) -> list[str]:
    return list(
        Notification.objects.filter(recipient=job.owner, kind="effect").order_by("id").values_list("subject", flat=True)
    )


def start(kind: str, **params: object) -> Job:
    return jobs.create_job(kind=kind, params=params, by=UserFactory())


def test_a_job_runs_once_and_keeps_its_result() -> None:
    job = start("test.effect", subject="merhaba")
    assert (job.state, job.label, job.attempt, job.max_attempts) == ("queued", "Etki", 0, 3)

    ended = jobs.run_now(job)

    assert (ended.state, ended.result, ended.attempt, ended.token) == ("done", {"subject": "merhaba"}, 1, None)
    assert ended.finished_at is not None
    assert jobs.run_job(job.pk) is False
    assert effects(job) == ["merhaba"]


def test_rolled_back_creation_leaves_no_job() -> None:
    with failing_transaction():
        start("test.effect")
    assert not Job.objects.exists()


def test_unknown_kind_can_not_be_created() -> None:
    with pytest.raises(KeyError):
        jobs.create_job(kind="test.nothing", params={}, by=None)


def test_once_key_gives_the_unfinished_job_back() -> None:
    owner = UserFactory()
    first = jobs.create_job(kind="test.effect", params={}, by=owner, once_key="2025:2")
    assert jobs.create_job(kind="test.effect", params={}, by=owner, once_key="2025:2").pk == first.pk
    assert jobs.create_job(kind="test.effect", params={}, by=owner, once_key="2025:3").pk != first.pk
    jobs.run_now(first)
    assert jobs.create_job(kind="test.effect", params={}, by=owner, once_key="2025:2").pk != first.pk


def test_user_error_fails_the_job_with_its_sentence_and_without_retry() -> None:
    ended = jobs.run_now(start("test.refused"))
    assert (ended.state, ended.attempt) == ("failed", 1)
    assert ended.error == "Dosyada satır yok; dolu bir dosya yükleyiniz."


def test_other_errors_are_retried_then_the_job_is_dead_and_its_owner_told() -> None:
    job = start("test.broken")
    states = []
    for _attempt in range(4):
        states.append((jobs.run_now(job).state, job.attempt))
    assert states == [("queued", 1), ("queued", 2), ("dead", 3), ("dead", 3)]
    assert job.error == "İş 3 denemede de tamamlanamadı (ZeroDivisionError); biraz sonra yeniden başlatınız."
    told = Notification.objects.get(recipient=job.owner, kind="job.dead")
    assert (told.subject, told.url) == ("Tamamlanamayan iş: Arıza", f"/isler/{job.pk}/")


@pytest.mark.django_db(transaction=True)
def test_error_outside_a_transaction_leaves_the_committed_part_to_once() -> None:
    job = start("test.effect")
    claimed = runner.claim(job.pk)
    assert claimed is not None
    running = runner.RunningJob(claimed)

    def work() -> dict[str, object]:
        job_kinds.effect(running, "yarım")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        running.once("effect", work)
    assert effects(job) == []


def test_recorded_step_is_not_done_again() -> None:
    job = start("test.effect")
    jobs.run_now(job)
    Job.objects.filter(pk=job.pk).update(state="queued", result=None)

    ended = jobs.run_now(job)

    assert (ended.state, ended.result, ended.attempt) == ("done", {"subject": "etki"}, 2)
    assert effects(job) == ["etki"]


@pytest.mark.django_db(transaction=True)
def test_heartbeat_carries_progress_and_renews_the_lease() -> None:
    assert jobs.run_now(start("test.watching")).result == {"seen": "Üçüncü"}


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_changes_nothing() -> None:
    ended = jobs.run_now(start("test.robbed"))
    assert (ended.state, ended.result, ended.steps, ended.progress_text) == ("running", None, {}, "yeni sahibi")
    assert effects(ended) == []


def test_progress_tells_a_handler_that_the_lease_is_lost() -> None:
    claimed = runner.claim(start("test.effect").pk)
    assert claimed is not None
    running = runner.RunningJob(claimed)
    Job.objects.filter(pk=claimed.pk).update(token=uuid4())
    running.flush()
    with pytest.raises(registry.LeaseLost):
        running.progress(1, 2)


def test_deactivated_owner_is_denied() -> None:
    job = start("test.effect")
    job.owner.is_active = False
    job.owner.save()
    ended = jobs.run_now(job)
    assert (ended.state, ended.error) == ("denied", "Bu işlem için yetkiniz kalmadığından iş yapılmadı.")
    assert effects(job) == []


@pytest.mark.parametrize(("allow", "state"), [(True, "done"), (False, "denied")])
def test_right_of_the_owner_is_asked_when_the_job_runs(allow: bool, state: str) -> None:
    assert jobs.run_now(start("test.guarded", allow=allow)).state == state


def test_running_job_is_claimed_only_after_its_lease() -> None:
    job = start("test.effect")
    first = runner.claim(job.pk)
    assert first is not None
    assert runner.claim(job.pk) is None
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    second = runner.claim(job.pk)
    assert second is not None
    assert (second.attempt, second.token == first.token) == (2, False)


@pytest.mark.django_db(transaction=True)
def test_of_workers_at_the_same_moment_one_claims() -> None:
    for _round in range(10):
        job = JobFactory()
        barrier = threading.Barrier(6)

        def take(_worker: int, job: Job = job, barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            try:
                return runner.claim(job.pk) is not None
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as workers:
            assert list(workers.map(take, range(6))).count(True) == 1
        job.refresh_from_db()
        assert job.attempt == 1


@pytest.mark.django_db(transaction=True)
def test_same_once_key_at_the_same_moment_makes_one_job() -> None:
    owner, barrier = UserFactory(), threading.Barrier(6)

    def create(_click: int) -> object:
        barrier.wait()
        try:
            with transaction.atomic():
                return jobs.create_job(kind="test.effect", params={}, by=owner, once_key="2025").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as clicks:
        assert len(set(clicks.map(create, range(6)))) == 1
    assert Job.objects.count() == 1


def test_sweep_requeues_expired_leases_and_buries_the_exhausted() -> None:
    past = timezone.now() - timedelta(seconds=1)
    lost = JobFactory(state="running", attempt=1, token=uuid4(), lease_until=past)
    spent = JobFactory(state="running", attempt=3, token=uuid4(), lease_until=past)
    alive = JobFactory(state="running", attempt=1, token=uuid4(), lease_until=timezone.now() + timedelta(minutes=1))

    swept = jobs.sweep()

    assert swept.buried == 1
    for job in (lost, spent, alive):
        job.refresh_from_db()
    assert (lost.state, lost.token) == ("queued", None)
    assert (spent.state, spent.error) == ("dead", "İş 3 denemede de tamamlanamadı; biraz sonra yeniden başlatınız.")
    assert alive.state == "running"
    assert Notification.objects.filter(kind="job.dead").get().recipient == spent.owner


def test_sweep_wakes_each_waiting_job_once_a_minute() -> None:
    JobFactory()
    JobFactory(wake_at=timezone.now() + timedelta(seconds=15))
    JobFactory(state="done")
    assert [jobs.sweep().woken, jobs.sweep().woken] == [1, 0]


def test_rerun_of_a_dead_job_starts_afresh_and_keeps_finished_steps() -> None:
    job = JobFactory(state="dead", attempt=3, steps={"effect": {"subject": "önceki"}}, error="Olmadı.")

    jobs.rerun(job=job, by=job.owner)

    assert (job.state, job.attempt, job.error) == ("queued", 0, "")
    assert AuditEntry.objects.get(action="job.rerun").target_id == str(job.pk)
    assert jobs.run_now(job).result == {"subject": "önceki"}
    assert effects(job) == []
    with pytest.raises(Conflict):
        jobs.rerun(job=job, by=job.owner)


def test_rerun_needs_the_right() -> None:
    job = JobFactory(kind="test.guarded", state="dead", params={"allow": False})
    with pytest.raises(UserError):
        jobs.rerun(job=job, by=job.owner)
    job.refresh_from_db()
    assert job.state == "dead"


def test_check_refuses_limits_that_let_a_job_run_twice(settings: object) -> None:
    assert check_job_limits(None) == []
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 360}  # type: ignore[attr-defined]
    refused = {problem.id for problem in check_job_limits(None)}
    assert refused == {"common.E001"}


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, None), (1, 3, 33), (3, 3, 100), (5, 3, 100)])
def test_percent_is_whole_and_bounded(done: int, total: int, percent: int | None) -> None:
    assert Job(progress_done=done, progress_total=total).percent == percent
