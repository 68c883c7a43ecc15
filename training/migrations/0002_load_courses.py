"""Ten courses to begin with, in both languages. They are samples of SMEDA's catalogue, and marked as not confirmed."""

import csv
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "courses.csv"


def rows():
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(apps, schema_editor):
    Course = apps.get_model("training", "Course")
    Course.objects.bulk_create([Course(order=place, **row) for place, row in enumerate(rows(), start=1)])


def unload(apps, schema_editor):
    """Take the ten away again; a course that has dates stays."""
    Course = apps.get_model("training", "Course")
    Course.objects.filter(code__in=[row["code"] for row in rows()], runs__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
