"""Celery door: sends the invitation mails that are due. The invitation's row is the truth; twice is harmless."""

from celery import shared_task

from schools.services import send_due_invitations


@shared_task(name="schools.tasks.send_invitations", acks_late=False, reject_on_worker_lost=False)
def send_invitations() -> None:
    send_due_invitations()
