"""The reference data that the migrations load, and their way back."""

from collections import Counter
from datetime import date
from importlib import import_module

import pytest
from django.apps import apps

from kit.text import clean
from places.models import Alias, District, Division, Holiday, Province

pytestmark = pytest.mark.django_db
districts = import_module("places.migrations.0002_load_districts")
holidays = import_module("places.migrations.0003_load_holidays")
aliases = import_module("places.migrations.0005_load_aliases")


def test_provinces_divisions_and_districts_are_all_there():
    assert (Province.objects.count(), Division.objects.count(), District.objects.count()) == (7, 38, 173)
    assert dict(Counter(District.objects.values_list("standing", flat=True))) == {"established": 153, "recent": 20}


def test_every_district_lies_in_the_province_of_its_division():
    pairs = District.objects.values_list("province", "division__province")

    assert [(district, division) for district, division in pairs if district != division] == []


def test_every_loaded_row_is_valid_and_clean():
    for model in (Province, Division, District, Alias, Holiday):
        for row in model.objects.all():
            row.full_clean()
            assert (row.name, row.name_ur) == (clean(row.name), clean(row.name_ur))


def test_new_districts_name_their_parents():
    pairs = District.objects.filter(standing="recent").values_list("code", "parent__code")

    assert dict(pairs) == {
        "murree": "rawalpindi",
        "talagang": "chakwal",
        "wazirabad": "gujranwala",
        "kot-addu": "muzaffargarh",
        "taunsa": "dera-ghazi-khan",
        "keamari": "karachi-west",
        "central-dir": "upper-dir",
        "upper-swat": "swat",
        "allai": "battagram",
        "paharpur": "dera-ismail-khan",
        "lower-south-waziristan": None,  # South Waziristan itself is no more
        "upper-south-waziristan": None,
        "chaman": "killa-abdullah",
        "karezat": "pishin",
        "hub": "lasbela",
        "usta-muhammad": "jafarabad",
        "gupis-yasin": "ghizer",
        "roundu": "skardu",
        "darel": "diamer",
        "tangir": "diamer",
    }
    assert District.objects.filter(standing="established", parent__isnull=False).count() == 0


def test_renamed_districts_keep_their_other_names():
    assert dict(District.objects.exclude(alias="").values_list("name", "alias")) == {
        "Jhelum Valley": "Hattian Bala",
        "Poonch": "Rawalakot",
        "Qambar Shahdadkot": "Kamber Shahdadkot",
        "Shaheed Benazirabad": "Nawabshah",
        "Surab": "Shaheed Sikandarabad",
    }
    assert District.objects.filter(alias="").exclude(alias_ur="").count() == 0


def test_holidays_of_three_years_are_there_and_guesses_are_marked():
    by_year = Counter(day.year for day in Holiday.objects.values_list("on", flat=True))
    guessed = {row.kind for row in Holiday.objects.filter(on__year__in=(2025, 2027), verified=False)}
    certain = {row.kind for row in Holiday.objects.filter(on__year__in=(2025, 2027), verified=True)}

    assert dict(by_year) == {2025: 21, 2026: 17, 2027: 20}
    assert guessed == {"lunar", "bank"}
    assert "lunar" not in certain


def test_migrations_go_back_and_forth_and_leave_other_rows_alone():
    Holiday.objects.create(on=date(2026, 11, 24), name="Day", name_ur="دن")
    apps.get_model("accounts", "OfficeDistrict").objects.all().delete()  # its migration goes back first

    aliases.unload(apps, None)
    holidays.unload(apps, None)
    districts.unload(apps, None)

    assert [model.objects.count() for model in (Province, Division, District, Alias, Holiday)] == [0, 0, 0, 0, 1]

    districts.load(apps, None)
    holidays.load(apps, None)
    aliases.load(apps, None)

    assert [model.objects.count() for model in (Province, Division, District, Alias, Holiday)] == [7, 38, 173, 439, 59]


def test_names_that_no_official_list_confirms_are_marked():
    confirmed = set(Alias.objects.filter(verified=True).values_list("name", flat=True))

    assert confirmed == {"Bahrain", "Hattian", "Kamber", "Khwazakhela", "Matta", "Nawabshah", "Shaheed Sikandarabad"}


def test_every_province_has_names_of_towns():
    by_province = Counter(Alias.objects.filter(kind="town").values_list("district__province__code", flat=True))

    assert {code for code, count in by_province.items() if count >= 4} == {"PB", "SD", "KP", "BA", "JK", "GB"}
    assert by_province["IS"] == 3
