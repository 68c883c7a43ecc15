"""Is it alive, is it ready, and how is it: for load balancers, for deployments, and for whoever is on duty."""

import shutil
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from journal.models import JobRun
from messaging.models import Message


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
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    if waiting:
        return HttpResponse("migrations are waiting\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


@require_safe
@never_cache
def statusz(request):
    """Outbox, jobs, broker and disk, for colleagues on duty."""
    now = timezone.now()
    waiting = Message.objects.filter(state__in=["waiting", "leased"], due_at__lte=now)
    oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    disk = shutil.disk_usage(settings.BASE_DIR)
    status = {
        "outbox_waiting": waiting.count(),
        "outbox_oldest_seconds": int((now - oldest).total_seconds()) if oldest else 0,
        "outbox_dead": Message.objects.filter(state="dead").count(),
        "outbox_sent_last_day": Message.objects.filter(sent_at__gte=now - timedelta(days=1)).count(),
        "jobs_open": JobRun.objects.filter(state__in=["waiting", "running"], due_at__lte=now).count(),
        "jobs_given_up": JobRun.objects.filter(state="dead").count(),
        "broker": broker_answers(),
        "disk_free_percent": round(100 * disk.free / disk.total),
    }
    if request.GET.get("format") == "json":
        return JsonResponse(status)
    return TemplateResponse(request, "portal/statusz.html", {"status": status})


def broker_answers():
    """Whether the broker takes a connection within a second; nothing that must happen depends on it."""
    from portal.celery import app

    try:
        with app.connection_for_write(connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except Exception as fault:  # noqa: BLE001, kombu's transports raise errors of many libraries
        return type(fault).__name__
    return "ok"
