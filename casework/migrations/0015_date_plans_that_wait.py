import datetime as dt

from django.db import migrations
from django.db.models import F
from django.utils import timezone

A_WEEK = dt.timedelta(days=7)


def date_plans(apps, schema_editor):
    """What was sent back or approved before it had a day gets one: from when it lay there, and a week from then on."""
    plans = apps.get_model("casework", "BusinessPlan").objects
    plans.filter(state="returned", returned_at__isnull=True).update(
        returned_at=F("submitted_at"), due_on=timezone.localdate() + A_WEEK
    )
    for plan in plans.filter(state="approved").iterator():
        plan.due_on = timezone.localdate(plan.approved_at) + A_WEEK
        plan.save(update_fields=["due_on"])


class Migration(migrations.Migration):
    dependencies = [("casework", "0014_plans_wait_for_somebody")]

    operations = [migrations.RunPython(date_plans, migrations.RunPython.noop)]
