from celery import shared_task
from django.utils import timezone


@shared_task(name="journal.run_jobs", acks_late=True)
def run_jobs() -> None:
    from journal import jobs

    now = timezone.now()
    jobs.ensure(now)
    jobs.run_due(now)
