import datetime as dt

from django.db import migrations
from django.db.models import F
from django.utils import timezone

A_WEEK = dt.timedelta(days=7)
BATCH = 1000


def date_plans(apps, schema_editor):
    """What was sent back, or approved and not referred, before it had a day gets a week from today.

    From the day of the approval, all of them would be late on the first morning.
    """
    plans, in_a_week = apps.get_model("casework", "BusinessPlan").objects, timezone.localdate() + A_WEEK
    returned = plans.filter(state="returned", returned_at__isnull=True)
    in_batches(returned, returned_at=F("submitted_at"), due_on=in_a_week)
    in_batches(plans.filter(state="approved", referrals=None), due_on=in_a_week)


def in_batches(wanted, **facts):
    """Each batch is a statement of its own: whoever reads a plan meanwhile waits for one batch at most."""
    last = 0
    while batch := list(wanted.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        wanted.filter(pk__in=batch).update(**facts)
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casework", "0014_plans_wait_for_somebody")]

    operations = [migrations.RunPython(date_plans, migrations.RunPython.noop)]
