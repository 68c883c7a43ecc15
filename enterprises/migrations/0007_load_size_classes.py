"""What counts as micro, small and medium, by yearly sales: as published, to be confirmed by SMEDA."""

import csv
from pathlib import Path

from django.db import migrations

ROWS = Path(__file__).resolve().parent.parent / "data" / "size_classes.csv"


def rows_of():
    with ROWS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(apps, schema_editor):
    SizeClass = apps.get_model("enterprises", "SizeClass")
    for row in rows_of():
        SizeClass.objects.create(**row | {"is_verified": row["is_verified"] == "1"})


def unload(apps, schema_editor):
    SizeClass = apps.get_model("enterprises", "SizeClass")
    for row in rows_of():
        SizeClass.objects.filter(code=row["code"], from_on=row["from_on"]).delete()


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0006_details_asked_later")]

    operations = [migrations.RunPython(load, unload)]
