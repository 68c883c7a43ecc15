from django.db import migrations, models


def forget_what_nobody_asked(apps, schema_editor):
    """Until now a phone was said to be read alone, and loans to be named there, before anybody had asked."""
    Event = apps.get_model("journal", "Event")
    Person = apps.get_model("enterprises", "Person")
    described = Event.objects.filter(name="enterprises.phone_described", person_id__isnull=False).values("person_id")
    # What was said in a record holds in the one that it was joined with.
    joined = Person.objects.filter(pk__in=described, merged_into__isnull=False).values("merged_into_id")
    unasked = Person.objects.filter(phone_reader="self").exclude(pk__in=described).exclude(pk__in=joined)
    unasked.update(phone_reader="unsaid", loans_may_be_named=False)


class Migration(migrations.Migration):
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
