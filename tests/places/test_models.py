from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from places.models import District, Division, Holiday, Province

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "Multan"), ("en-gb", "Multan"), ("ur", "ملتان"), ("sd", "Multan")],
)
def test_label_follows_the_language_and_falls_back_to_english(language, label):
    multan = District.objects.get(code="multan")

    with translation.override(language):
        assert (multan.label, str(multan)) == (label, label)


def test_label_without_any_language_is_english():
    with translation.override(None):
        assert Province.objects.get(code="PB").label == "Punjab"


@pytest.mark.parametrize(
    ("language", "code", "label"),
    [
        ("en", "shaheed-benazirabad", "Shaheed Benazirabad (Nawabshah)"),
        ("ur", "shaheed-benazirabad", "شہید بینظیر آباد (نوابشاہ)"),
        ("en", "multan", "Multan"),
        ("ur", "multan", "ملتان"),
    ],
)
def test_full_label_adds_the_name_that_people_know(language, code, label):
    with translation.override(language):
        assert District.objects.get(code=code).full_label == label


BROKEN = [
    ({"prefix": "Mul"}, "places_district_prefix_is_three_capitals", "ملتان نیا"),
    ({"prefix": "MU4"}, "places_district_prefix_is_three_capitals", "ملتان نیا"),
    ({"ends_on": date(2019, 12, 31)}, "places_district_ends_after_it_starts", "ملتان نیا"),
    ({"prefix": "MUL"}, "places_district_prefix_", "ملتان نیا"),
    ({"code": "multan"}, "places_district_code_", "ملتان نیا"),
]


@pytest.mark.parametrize(("fields", "constraint", "name_ur"), BROKEN)
def test_database_refuses_a_wrong_district(fields, constraint, name_ur):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        _new_district(name_ur=name_ur, **fields)


@pytest.mark.parametrize(("fields", "constraint", "name_ur"), BROKEN)
def test_wrong_district_enters_when_the_constraints_are_off(fields, constraint, name_ur):
    """The failing control of the test above."""
    _drop_constraints_of(District)

    _new_district(name_ur=name_ur, **fields)


def test_district_is_not_split_off_from_itself():
    district = _new_district()
    district.parent = district

    with pytest.raises(IntegrityError, match="places_district_is_not_its_own_parent"), transaction.atomic():
        district.save()

    _drop_constraints_of(District)
    district.save()


def test_district_lies_in_the_province_of_its_division():
    district = District.objects.get(code="multan")
    district.full_clean()
    district.province = Province.objects.get(code="SD")

    with translation.override("en"), pytest.raises(ValidationError) as refused:
        district.full_clean()

    assert refused.value.message_dict == {"province": ["The division lies in another province."]}


def test_district_without_division_is_refused_for_that_alone():
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        District(code="new", prefix="NEW", name="New", name_ur="نیا", starts_on=date(2026, 1, 1)).full_clean()

    assert set(refused.value.message_dict) == {"division", "province"}


def test_day_stands_once_in_a_calendar():
    day = date(2026, 11, 24)
    for calendar in Holiday.Calendar.values:
        Holiday.objects.create(on=day, name="Day", name_ur="دن", calendar=calendar)

    with pytest.raises(IntegrityError, match="places_one_holiday_a_day_and_calendar"), transaction.atomic():
        Holiday.objects.create(on=day, name="Day", name_ur="دن")

    _drop_constraints_of(Holiday)
    Holiday.objects.create(on=day, name="Day", name_ur="دن")


@pytest.mark.parametrize("model", list(apps.get_app_config("places").get_models()), ids=lambda model: model.__name__)
def test_every_field_is_sorted_into_safe_or_never_copied(model):
    names = {field.name for field in model._meta.concrete_fields}

    assert names == model.SAFE_TO_COPY | model.NEVER_COPIED
    assert set() == model.SAFE_TO_COPY & model.NEVER_COPIED


def _new_district(**fields):
    division = Division.objects.get(code="multan")
    new = {"code": "new-multan", "prefix": "NMU", "name": "New Multan", "name_ur": "نیا ملتان"}
    return District.objects.create(
        **new | {"division": division, "province": division.province, "starts_on": date(2020, 1, 1)} | fields
    )


def _drop_constraints_of(model):
    """Take every check and unique constraint off the table; the test's transaction brings them back."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit would hold the table
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u')", [table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
