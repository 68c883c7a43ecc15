"""Who puts obstacles in the way, in both languages. Administrators change the list later."""

import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data" / "authorities.csv"
BETWEEN = 10  # room to put a new row between two in the order


def load(apps, schema_editor):
    authority = apps.get_model("casework", "Authority")
    with DATA.open(encoding="utf-8", newline="") as lines:
        for place, row in enumerate(csv.DictReader(lines), start=1):
            authority.objects.get_or_create(code=row["code"], defaults={"order": place * BETWEEN, **row})


class Migration(migrations.Migration):
    dependencies = [("casework", "0030_obstacles_with_authorities")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
