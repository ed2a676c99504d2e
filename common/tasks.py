"""Celery doors of the foundations. Messages carry ids; they are acknowledged early because the row is the truth.

A late acknowledgement would redeliver the message of a killed worker for ever; here the lease runs out and the sweep
counts the attempt.
"""

from celery import shared_task

from common import deliveries, jobs


@shared_task(name="common.tasks.run_job", acks_late=False, reject_on_worker_lost=False)
def run_job(job_id: str) -> None:
    jobs.run_job(job_id)


@shared_task(name="common.tasks.sweep_jobs", acks_late=False, reject_on_worker_lost=False)
def sweep_jobs() -> None:
    jobs.sweep()


@shared_task(name="common.tasks.send_notifications", acks_late=False, reject_on_worker_lost=False)
def send_notifications() -> None:
    tried = 1
    while tried:
        tried, _sent = deliveries.send_due()


@shared_task(name="common.tasks.discard_old_mails", acks_late=False, reject_on_worker_lost=False)
def discard_old_mails() -> None:
    deliveries.discard_old()
