import sys
from datetime import date, timedelta

import pytest
from django import forms
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from places.forms import DistrictField
from places.models import District

pytestmark = pytest.mark.django_db


class Where(forms.Form):
    district = DistrictField()


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_district_field_returns_the_district():
    form = Where({"district": "multan"})

    assert form.is_valid()
    assert form.cleaned_data == {"district": District.objects.get(code="multan")}


@pytest.mark.parametrize(
    ("typed", "sentence"), [("", "Choose a district."), ("atlantis", "Choose a district from the list.")]
)
def test_district_field_says_what_to_do(typed, sentence):
    assert Where({"district": typed}).errors == {"district": [sentence]}


def test_district_field_lets_its_form_say_it_otherwise():
    assert DistrictField(error_messages={"required": "Where?"}).error_messages["required"] == "Where?"


def test_district_field_offers_what_exists_today():
    yesterday = timezone.localdate() - timedelta(days=1)
    District.objects.filter(code="murree").update(ends_on=yesterday)
    District.objects.filter(code="talagang").update(starts_on=date(2100, 1, 1))

    groups = dict(list(Where().fields["district"].choices)[1:])

    codes = {code for districts in groups.values() for code, _ in districts}
    assert len(codes) == 171
    assert codes & {"murree", "talagang"} == set()
    assert Where({"district": "murree"}).errors == {"district": ["Choose a district from the list."]}


def test_district_field_draws_its_select_with_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        page = str(Where()["district"])

    assert page.count("<optgroup") == 7
    assert page.count("<option") == 174


@given(typed=st.text(st.characters(min_codepoint=0, max_codepoint=sys.maxunicode, exclude_categories=())))
def test_district_field_survives_anything(typed):
    form = Where({"district": typed})

    assert form.is_valid() is False
