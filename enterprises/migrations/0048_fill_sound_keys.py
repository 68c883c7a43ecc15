"""People who are on file already are found by sound too."""

from django.db import migrations

from enterprises.likeness import sounds_of

BATCH = 1000


def fill(apps, schema_editor):
    Person = apps.get_model("enterprises", "Person")
    last = 0
    while batch := list(Person.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for person in batch:
            person.sound_keys = sounds_of(person.name, person.parent_name)
        Person.objects.bulk_update(batch, ["sound_keys"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0047_find_people_by_sound")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
