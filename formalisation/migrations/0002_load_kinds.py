"""The registrations of the usual ladder of a micro enterprise; what is not verified is marked so."""

import csv
from pathlib import Path

from django.db import migrations

ROWS = Path(__file__).resolve().parent.parent / "data" / "kinds.csv"


def rows():
    with ROWS.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def load(apps, schema_editor):
    RegistrationKind = apps.get_model("formalisation", "RegistrationKind")
    RegistrationKind.objects.bulk_create(
        RegistrationKind(**row | {"is_verified": row["is_verified"] == "1"}) for row in rows()
    )


def unload(apps, schema_editor):
    codes = [row["code"] for row in rows()]
    apps.get_model("formalisation", "RegistrationKind").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("formalisation", "0001_initial")]
    operations = [migrations.RunPython(load, unload)]
