"""The papers that registrations, steps and loans ask for; which of them the lender may see."""

import csv
from pathlib import Path

from django.db import migrations

ROWS = Path(__file__).resolve().parent.parent / "data" / "document_kinds.csv"
FLAGS = ("is_shared", "is_card", "has_expiry", "keeps_several")


def rows():
    with ROWS.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def load(apps, schema_editor):
    DocumentKind = apps.get_model("enterprises", "DocumentKind")
    DocumentKind.objects.bulk_create(
        DocumentKind(**row | {name: row[name] == "1" for name in FLAGS}) for row in rows()
    )


def unload(apps, schema_editor):
    codes = [row["code"] for row in rows()]
    apps.get_model("enterprises", "DocumentKind").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0016_documents_and_passports")]
    operations = [migrations.RunPython(load, unload)]
