"""The holidays of 2025 to 2027. Days that follow the moon are marked as not confirmed until the government says so."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "holidays.csv"


def rows():
    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            row | {"on": date.fromisoformat(row["on"]), "verified": row["verified"] == "yes"} for row in csv.DictReader(file)
        ]


def load(apps, schema_editor):
    Holiday = apps.get_model("places", "Holiday")
    Holiday.objects.bulk_create([Holiday(**row) for row in rows()])


def unload(apps, schema_editor):
    apps.get_model("places", "Holiday").objects.filter(on__in=[row["on"] for row in rows()]).delete()


class Migration(migrations.Migration):
    dependencies = [("places", "0002_load_districts")]

    operations = [migrations.RunPython(load, unload)]
