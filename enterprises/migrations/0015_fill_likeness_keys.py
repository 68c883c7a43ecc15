"""People who are on file already get the keys by which look-alikes are found; the first night compares them."""

from django.db import migrations

from enterprises.likeness import Facts, keys_of

BATCH = 1000


def fill(apps, schema_editor):
    Person = apps.get_model("enterprises", "Person")
    last = 0
    while batch := list(Person.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for person in batch:
            facts = Facts(name=person.name, parent_name=person.parent_name, birth_year=person.birth_year)
            person.likeness_keys = keys_of(facts)
        Person.objects.bulk_update(batch, ["likeness_keys"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0014_find_look_alikes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
