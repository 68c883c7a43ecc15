"""The sectors of Pakistan's microfinance figures, and the lines of trade that forms offer under each."""

import csv
from pathlib import Path

from django.db import migrations

ROWS = Path(__file__).resolve().parent.parent / "data" / "sectors.csv"


def rows_of():
    with ROWS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(apps, schema_editor):
    Sector = apps.get_model("enterprises", "Sector")
    sectors = {}
    for row in rows_of():
        parent = sectors.get(row.pop("parent"))
        is_open = row.pop("is_open") == "1"
        sectors[row["code"]] = Sector.objects.create(parent=parent, is_open=is_open, **row)


def unload(apps, schema_editor):
    Sector = apps.get_model("enterprises", "Sector")
    for row in reversed(rows_of()):
        Sector.objects.filter(code=row["code"]).delete()


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0002_number_references")]

    operations = [migrations.RunPython(load, unload)]
