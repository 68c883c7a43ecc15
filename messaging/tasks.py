from celery import shared_task
from django.utils import timezone


@shared_task(name="messaging.plan", acks_late=True)
def plan() -> None:
    from messaging import outbox

    outbox.plan(timezone.now())


@shared_task(name="messaging.deliver", acks_late=True)
def deliver() -> None:
    from messaging import outbox

    outbox.drain(timezone.now())
