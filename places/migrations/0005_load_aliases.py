"""Towns, old names and short forms that lead to districts; those that no official list confirms are marked so."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "aliases.csv"


def rows():
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(apps, schema_editor):
    districts = {district.code: district for district in apps.get_model("places", "District").objects.all()}
    Alias = apps.get_model("places", "Alias")
    for row in rows():
        days = {name: date.fromisoformat(row.pop(name)) if row[name] else row.pop(name) or None for name in DAYS}
        facts = row | days | {"district": districts[row["district"]], "verified": row["verified"] == "yes"}
        Alias.objects.create(**facts)


def unload(apps, schema_editor):
    for row in rows():
        apps.get_model("places", "Alias").objects.filter(district__code=row["district"], name=row["name"]).delete()


DAYS = ("from_on", "until_on")


class Migration(migrations.Migration):
    dependencies = [("places", "0004_add_aliases")]

    operations = [migrations.RunPython(load, unload)]
