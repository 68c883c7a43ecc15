"""What plans are made of, and what enquiries are about, in both languages. Administrators change them later."""

import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"
BETWEEN = 10  # room to put a new row between two in the order


def rows_of(name):
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from enumerate(csv.DictReader(lines), start=1)


def load(apps, schema_editor):
    StepKind = apps.get_model("casework", "StepKind")
    Topic = apps.get_model("casework", "Topic")
    for place, row in rows_of("step_kinds.csv"):
        row["closed_by_hand"] = row["closed_by_hand"] == "1"
        StepKind.objects.create(order=place * BETWEEN, **row)
    for place, row in rows_of("topics.csv"):
        Topic.objects.create(order=place * BETWEEN, **row)


def unload(apps, schema_editor):
    for model, name in (("StepKind", "step_kinds.csv"), ("Topic", "topics.csv")):
        codes = [row["code"] for _place, row in rows_of(name)]
        apps.get_model("casework", model).objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]
    operations = [migrations.RunPython(load, unload)]
