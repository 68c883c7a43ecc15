"""Whoever has a case today is taken to have it since it was opened: what came to them lately is counted from there."""

from django.db import migrations
from django.db.models import F

BATCH = 1000


def from_the_opening(apps, schema_editor):
    """Each batch is a statement of its own: whoever works on a case meanwhile waits for one batch at most."""
    cases, last = apps.get_model("casework", "Case").objects, 0
    while batch := list(cases.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        cases.filter(pk__in=batch).update(assigned_at=F("opened_at"))
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casework", "0011_say_whom_the_client_wants")]

    operations = [migrations.RunPython(from_the_opening, migrations.RunPython.noop)]
