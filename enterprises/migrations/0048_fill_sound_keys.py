"""People who are on file already are found by sound too, once the comparison has gone over them again.

It writes the keys, as it does for whom the release before registers while it gives way: see `look_alikes.compare`.
"""

from django.db import migrations

BATCH = 1000
NEVER = -1


def compare_again(apps, schema_editor):
    """Each batch is a statement of its own: whoever changes a person meanwhile waits for one batch at most."""
    people, last = apps.get_model("enterprises", "Person").objects, 0
    without_keys = people.filter(sound_keys=[], merged_into=None).order_by("pk")
    while batch := list(without_keys.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        people.filter(pk__in=batch, sound_keys=[]).update(compared_version=NEVER)
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("enterprises", "0047_find_people_by_sound")]

    operations = [migrations.RunPython(compare_again, migrations.RunPython.noop)]
