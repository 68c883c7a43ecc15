"""Is it alive, is it ready, and how is it: for load balancers, for deployments, and for whoever is on duty."""

import shutil
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from journal.models import JobRun
from messaging.models import Message

LABELS = {
    "outbox_waiting": _("Messages that wait, those held for the night too"),
    "outbox_held": _("Of these, held until the quiet hours end"),
    "outbox_oldest_seconds": _("Seconds since the oldest of the others should have gone"),
    "outbox_dead": _("Messages given up: somebody has to call"),
    "outbox_sent_last_day": _("Messages sent in the last 24 hours"),
    "jobs_open": _("Jobs that are due or run"),
    "jobs_given_up": _("Jobs given up"),
    "broker": _("The bell between the processes (broker)"),
    "disk_free_percent": _("Free space on the disk, percent"),
}


@require_safe
@never_cache
def livez(request):
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request):
    """The database answers and has this release's migrations."""
    try:
        applied = set(MigrationRecorder(connection).migration_qs.values_list("app", "name"))
    except DatabaseError:
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    if not of_this_release() <= applied:
        return HttpResponse("migrations are waiting\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


@cache
def of_this_release():
    """The migrations in the code: read once, because other code is another process."""
    return frozenset(MigrationLoader(None).graph.nodes)


@require_safe
@never_cache
def statusz(request):
    """Outbox, jobs, broker and disk, for colleagues on duty."""
    status = gather(now=timezone.now())
    if request.GET.get("format") == "json":
        return JsonResponse(status)
    lines = [{"label": label, "text": status[name]} for name, label in LABELS.items()]
    return TemplateResponse(request, "portal/statusz.html", {"lines": lines})


def gather(*, now):
    """The figures by name. What quiet hours hold back waits too, but is not behind."""
    waiting = Message.objects.open()
    oldest = waiting.filter(due_at__lte=now).order_by("due_at").values_list("due_at", flat=True).first()
    disk = shutil.disk_usage(settings.BASE_DIR)
    return {
        "outbox_waiting": waiting.count(),
        "outbox_held": waiting.filter(due_at__gt=now).count(),
        "outbox_oldest_seconds": int((now - oldest).total_seconds()) if oldest else 0,
        "outbox_dead": Message.objects.dead().count(),
        "outbox_sent_last_day": Message.objects.filter(sent_at__gte=now - timedelta(days=1)).count(),
        "jobs_open": JobRun.objects.filter(state__in=["waiting", "running"], due_at__lte=now).count(),
        "jobs_given_up": JobRun.objects.filter(state="dead").count(),
        "broker": broker_answers(),
        "disk_free_percent": round(100 * disk.free / disk.total),
    }


def broker_answers():
    """Whether the broker takes a connection within a second; nothing that must happen depends on it."""
    from portal.celery import app

    try:
        with app.connection_for_write(connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except Exception as fault:  # noqa: BLE001, kombu's transports raise errors of many libraries
        return type(fault).__name__
    return "ok"
