"""Until now a phone was said to be read alone, and loans to be named there, before anybody had asked.

Whom the release before registers while it gives way is looked at in the nights after: see `phones.forget_presumed`.
"""

from django.db import migrations, models, transaction
from django.db.models import Exists, OuterRef

BATCH = 1000


def forget_what_nobody_asked(apps, schema_editor):
    """Each batch in a transaction of its own, asked under a lock: what somebody says meanwhile stands."""
    Event = apps.get_model("journal", "Event")
    Person = apps.get_model("enterprises", "Person")
    described = Event.objects.filter(name="enterprises.phone_described", person_id=OuterRef("pk"))
    # What was said in a record holds in the one that it was joined with.
    joined = Person.objects.filter(Exists(described), merged_into=OuterRef("pk"))
    read_alone, last = Person.objects.filter(phone_reader="self").order_by("pk"), 0
    while last is not None:
        with transaction.atomic():
            held = read_alone.select_for_update(no_key=True).filter(pk__gt=last)
            batch = list(held.values_list("pk", flat=True)[:BATCH])
            unasked = Person.objects.filter(~Exists(described), ~Exists(joined), pk__in=batch)
            unasked.update(phone_reader="unsaid", loans_may_be_named=False)
        last = batch[-1] if batch else None


class Migration(migrations.Migration):
    atomic = False  # whoever says something about a phone meanwhile waits for one batch at most

    dependencies = [("enterprises", "0035_ask_of_every_paper_until_when_it_is_valid"), ("journal", "0004_event_has_the_version")]

    operations = [
        migrations.AlterField(
            "person",
            "phone_reader",
            models.CharField(
                choices=[
                    ("self", "The person reads messages alone"),
                    ("other", "Somebody reads them aloud"),
                    ("unsaid", "Not asked yet"),
                ],
                default="unsaid",
                max_length=10,
            ),
        ),
        migrations.AlterField("person", "loans_may_be_named", models.BooleanField(default=False)),
        migrations.RunPython(forget_what_nobody_asked, migrations.RunPython.noop),
    ]
