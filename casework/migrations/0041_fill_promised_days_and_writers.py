import datetime as dt

from django.db import migrations, models
from django.utils import timezone

DAY = dt.timedelta(days=1)
SATURDAY = 5
CLOSING_KINDS = ["fixed", "lunar", "bank"]
RE_DATED = [f"casework.grievance_{moved}" for moved in ("disputed", "directed", "handed_on", "passed_up")]


def say_what_was_promised(apps, schema_editor):
    """The day as it is, unless something moved it since: then that of the kind of complaint, counted anew."""
    grievances = apps.get_model("casework", "Grievance").objects
    moved = set(apps.get_model("journal", "Event").objects.filter(name__in=RE_DATED).values_list("target_id", flat=True))
    holidays = apps.get_model("places", "Holiday").objects.filter(calendar__in=["all", "office"], kind__in=CLOSING_KINDS)
    closed = set(holidays.values_list("on", flat=True))
    for one in grievances.filter(promised_on=None).select_related("category").order_by("pk").iterator():
        promised = working_days_after(one.received_at, one.category.days, closed) if one.pk in moved else one.due_on
        grievances.filter(pk=one.pk).update(promised_on=promised)


def working_days_after(moment, count, closed):
    day = timezone.localdate(moment)
    while count:
        day += DAY
        count -= day.weekday() < SATURDAY and day not in closed
    return day


def name_writers(apps, schema_editor):
    """Whoever sent a version of what is not approved yet, and whoever has it in hand."""
    plans = apps.get_model("casework", "BusinessPlan").objects
    for plan in plans.exclude(state="approved").filter(writers=[]).order_by("pk").iterator():
        writers = {plan.author_id, *(version["by"] for version in plan.versions)}
        plans.filter(pk=plan.pk).exclude(state="approved").update(writers=sorted(writers))


class Migration(migrations.Migration):
    atomic = False  # each row is a statement of its own

    dependencies = [
        ("casework", "0040_promised_days_and_writers"),
        ("journal", "0004_event_has_the_version"),
        ("places", "0003_load_holidays"),
    ]

    operations = [
        migrations.RunPython(say_what_was_promised, migrations.RunPython.noop),
        migrations.RunPython(name_writers, migrations.RunPython.noop),
        migrations.AlterField(model_name="grievance", name="promised_on", field=models.DateField()),
    ]
