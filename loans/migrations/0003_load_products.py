"""Akhuwat Islamic Microfinance, its products, and the reasons for a refusal.

Amounts and months are not confirmed by the lender yet: every product says so until an administrator ticks it.
"""

import csv
from pathlib import Path

from django.db import migrations

ROWS = Path(__file__).resolve().parent.parent / "data"
AIM, HEAD = "aim", "aim-head"
NAME, NAME_UR = "Akhuwat Islamic Microfinance", "اخوت اسلامک مائیکروفنانس"
FLAGS = ("requires_course", "is_open", "needs_text")


def rows_of(name):
    with (ROWS / name).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield {key: value == "1" if key in FLAGS else value for key, value in row.items()}


def load(apps, schema_editor):
    head, _is_new = apps.get_model("accounts", "Office").objects.get_or_create(
        code=HEAD, defaults={"name": NAME, "name_ur": NAME_UR, "organisation": "lender", "depth": 0}
    )
    partner = apps.get_model("loans", "FinancingPartner").objects.create(
        code=AIM, name=NAME, name_ur=NAME_UR, office=head
    )
    Product = apps.get_model("loans", "Product")
    Product.objects.bulk_create(Product(partner=partner, **row) for row in rows_of("products.csv"))
    Reason = apps.get_model("loans", "RefusalReason")
    Reason.objects.bulk_create(
        Reason(order=order, **row) for order, row in enumerate(rows_of("refusal_reasons.csv"), start=1)
    )


def unload(apps, schema_editor):
    """Rows that an application points to stop this, as they should."""
    for name in ("RefusalReason", "Product", "FinancingPartner"):
        apps.get_model("loans", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("loans", "0002_append_only"), ("accounts", "0002_load_offices")]
    operations = [migrations.RunPython(load, unload)]
