import datetime as dt

from django.db import migrations
from django.utils import timezone

BATCH = 1000
# What is a result by itself: a registration that was obtained, and a loan that was paid out.
NAMES = ("formalisation.obtained", "loans.disbursed")


def results_of(event):
    if event.name == "loans.disbursed":
        return {"loan": event.data["amount"]} if event.data.get("amount") else {}
    if not event.data.get("is_new", True):
        return {}
    return {"registrations": 1} | ({"bank": 1} if event.data.get("kind") == "bank" else {})


def day_of(event):
    on = event.data.get("on")
    return dt.date.fromisoformat(on) if on else timezone.localdate(event.at)


def measure(apps, schema_editor):
    """Registrations and loans from before the portal kept results are results too, each once."""
    cases = apps.get_model("casework", "Case").objects
    measures = apps.get_model("casework", "Measure").objects
    events = apps.get_model("journal", "Event").objects.filter(name__in=NAMES)
    last = 0
    while batch := list(events.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        found = cases.filter(enterprise_id__in={event.enterprise_id for event in batch})
        of = dict(found.order_by("-pk").values_list("enterprise_id", "pk"))
        made = [
            measures.model(
                case_id=of[event.enterprise_id], what=what, value=value, on=day_of(event), grade="documented",
                by_id=event.by_id, at=event.at, event_id=event.pk,
            )
            for event in batch
            if event.enterprise_id in of
            for what, value in results_of(event).items()
        ]  # fmt: skip
        measures.bulk_create(made, ignore_conflicts=True)


def mark(apps, schema_editor):
    """What was taken over from the details so far: said of the beginning, and no event says that somebody typed it."""
    typed = apps.get_model("journal", "Event").objects.filter(name="casework.measured").values("target_id")
    rows = apps.get_model("casework", "Measure").objects.filter(point="baseline", grade="said", is_taken_over=False)
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = batch[-1]
        rows.filter(pk__in=batch).exclude(pk__in=typed.filter(target_id__in=batch)).update(is_taken_over=True)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("casework", "0038_know_results_in_several_ways"),
        ("journal", "0004_event_has_the_version"),
    ]

    operations = [
        migrations.RunPython(measure, migrations.RunPython.noop),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
