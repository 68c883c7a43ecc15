"""The 7 provinces, 38 divisions and 173 districts of November 2026."""

import csv
from datetime import date
from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).resolve().parent.parent / "data"


def rows_of(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(apps, schema_editor):
    Province, Division, District = (apps.get_model("places", name) for name in ("Province", "Division", "District"))
    Province.objects.bulk_create([Province(**row) for row in rows_of("provinces.csv")])
    provinces = {province.code: province for province in Province.objects.all()}
    Division.objects.bulk_create(
        [Division(**row | {"province": provinces[row["province"]]}) for row in rows_of("divisions.csv")]
    )
    divisions = {division.code: division for division in Division.objects.all()}
    districts, parents = {}, {}
    for row in rows_of("districts.csv"):
        parents[row["code"]] = row.pop("parent")
        division = divisions[row.pop("division")]
        starts_on = date.fromisoformat(row.pop("starts_on"))
        districts[row["code"]] = District(division=division, province_id=division.province_id, starts_on=starts_on, **row)
    District.objects.bulk_create(districts.values())
    split = [districts[code] for code, parent in parents.items() if parent]
    for district in split:
        district.parent = districts[parents[district.code]]
    District.objects.bulk_update(split, ["parent"])


def unload(apps, schema_editor):
    apps.get_model("places", "District").objects.update(parent=None)  # or its rows would protect one another
    for name, file in (("District", "districts.csv"), ("Division", "divisions.csv"), ("Province", "provinces.csv")):
        apps.get_model("places", name).objects.filter(code__in=[row["code"] for row in rows_of(file)]).delete()


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
