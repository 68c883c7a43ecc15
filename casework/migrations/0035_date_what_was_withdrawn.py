import datetime as dt

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

A_WEEK = dt.timedelta(days=7)
BATCH = 1000


def date_withdrawn(apps, schema_editor):
    """What was withdrawn from the lender before anybody was to talk of it gets a week from today.

    From the day on which the lender was to answer, all of them would be late on the first morning.
    """
    referrals = apps.get_model("casework", "Referral").objects
    events = apps.get_model("journal", "Event").objects.filter(name="loans.withdrawn")
    answered = Q(state="answered", answering_event_id__in=events.values("pk"))
    wanted = referrals.exclude(case__state="closed").filter(Q(state="withdrawn") | answered)
    in_a_week, last = timezone.localdate() + A_WEEK, 0
    while batch := list(wanted.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        referrals.filter(pk__in=batch).update(due_on=in_a_week)
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casework", "0034_load_trades"), ("journal", "0004_event_has_the_version")]

    operations = [migrations.RunPython(date_withdrawn, migrations.RunPython.noop)]
