"""The portal's own actor, and SMEDA's offices as printed in its guides of 2017 and 2018 (to be confirmed)."""

import csv
import datetime
from pathlib import Path

from django.db import migrations

ROWS = Path(__file__).resolve().parent.parent / "data" / "offices.csv"
FROM_ON = datetime.date(2020, 1, 1)


def load(apps, schema_editor):
    apps.get_model("accounts", "User").objects.create(username="system", kind="system", password="!")
    Office = apps.get_model("accounts", "Office")
    Cover = apps.get_model("accounts", "OfficeDistrict")
    District = apps.get_model("places", "District")
    offices = {}
    with ROWS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            provinces, districts = row.pop("provinces"), row.pop("districts")
            parent = offices.get(row.pop("parent"))
            office = offices[row["code"]] = Office.objects.create(parent=parent, **row)
            covered = District.objects.filter(province__code__in=provinces.split("|"))
            covered |= District.objects.filter(code__in=districts.split("|"))
            Cover.objects.bulk_create(
                Cover(office=office, district=district, from_on=FROM_ON) for district in covered.distinct()
            )


def unload(apps, schema_editor):
    with ROWS.open(encoding="utf-8", newline="") as lines:
        codes = [row["code"] for row in csv.DictReader(lines)]
    apps.get_model("accounts", "OfficeDistrict").objects.filter(office__code__in=codes).delete()
    for code in reversed(codes):
        apps.get_model("accounts", "Office").objects.filter(code=code).delete()
    apps.get_model("accounts", "User").objects.filter(username="system").delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("places", "0002_load_districts")]
    operations = [migrations.RunPython(load, unload)]
