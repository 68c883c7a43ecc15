"""What people complain of, in both languages, and the numbers of complaints. Administrators change the kinds later."""

import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data" / "grievance_categories.csv"
BETWEEN = 10  # room to put a new row between two in the order


def rows():
    with DATA.open(encoding="utf-8", newline="") as lines:
        yield from enumerate(csv.DictReader(lines), start=1)


def load(apps, schema_editor):
    category = apps.get_model("casework", "GrievanceCategory")
    for place, row in rows():
        facts = row | {"days": int(row["days"]), "is_serious": row["is_serious"] == "1"}
        category.objects.get_or_create(code=row["code"], defaults={"order": place * BETWEEN, **facts})


class Migration(migrations.Migration):
    dependencies = [("casework", "0009_complaints")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE casework_grievance_number START WITH 1001", "DROP SEQUENCE casework_grievance_number"
        ),
        # Complaints may be of a kind by then; the tables go with the migration before.
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
