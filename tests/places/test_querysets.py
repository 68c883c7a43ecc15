from datetime import date, timedelta

import pytest
from django.utils import translation

from places.models import District, Holiday

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def test_in_force_counts_the_first_and_the_last_day():
    District.objects.filter(code="upper-swat").update(starts_on=date(2026, 1, 10), ends_on=date(2026, 1, 20))

    def stands(day):
        return District.objects.in_force(on=day).filter(code="upper-swat").exists()

    assert {day: stands(date(2026, 1, day)) for day in (9, 10, 20, 21)} == {9: False, 10: True, 20: True, 21: False}


def test_for_choices_groups_the_districts_by_province_in_one_query(django_assert_num_queries):
    with translation.override("en"), django_assert_num_queries(1):
        groups = District.objects.in_force(on=TODAY).for_choices()

    assert [(province, len(districts)) for province, districts in groups] == [
        ("Punjab", 41),
        ("Sindh", 30),
        ("Khyber Pakhtunkhwa", 40),
        ("Balochistan", 37),
        ("Islamabad Capital Territory", 1),
        ("Azad Jammu & Kashmir", 10),
        ("Gilgit-Baltistan", 14),
    ]
    assert groups[5][1][:4] == [
        ("bagh", "Bagh"),
        ("bhimber", "Bhimber"),
        ("haveli", "Haveli"),
        ("jhelum-valley", "Jhelum Valley (Hattian Bala)"),
    ]


def test_for_choices_follows_the_urdu_alphabet_in_urdu():
    with translation.override("ur"):
        groups = dict(District.objects.filter(division__code__in=["multan", "sahiwal"]).for_choices())

    assert groups == {
        "پنجاب": [
            ("okara", "اوکاڑہ"),
            ("pakpattan", "پاکپتن"),
            ("khanewal", "خانیوال"),
            ("sahiwal", "ساہیوال"),
            ("lodhran", "لودھراں"),
            ("multan", "ملتان"),
            ("vehari", "وہاڑی"),
        ]
    }


def test_closing_takes_the_kinds_and_calendars_that_close():
    Holiday.objects.all().delete()
    pairs = [(calendar, kind) for calendar in Holiday.Calendar.values for kind in Holiday.Kind.values]
    for step, (calendar, kind) in enumerate(pairs):
        day = TODAY + timedelta(days=step)
        Holiday.objects.create(on=day, name="Day", name_ur="دن", calendar=calendar, kind=kind)

    closing = Holiday.objects.closing("office").values_list("calendar", "kind")

    assert set(closing) == {(calendar, kind) for calendar in ("all", "office") for kind in ("fixed", "lunar", "bank")}
