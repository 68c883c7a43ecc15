"""Celery is the doorbell, PostgreSQL the ledger: every task here may run twice or not at all without harm."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Two beats may both ring: what a task does is claimed in PostgreSQL first.
app.conf.beat_schedule = {
    "messaging.plan": {"task": "messaging.plan", "schedule": 60.0, "options": {"expires": 55}},
    "messaging.deliver": {"task": "messaging.deliver", "schedule": 10.0, "options": {"expires": 9}},
    "journal.run_jobs": {"task": "journal.run_jobs", "schedule": 60.0, "options": {"expires": 55}},
}
