import re
import sys
from datetime import date, timedelta

import pytest
from django import forms
from django.http import QueryDict
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from places.forms import DistrictField, TownOrDistrictField
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


class Home(forms.Form):
    where = TownOrDistrictField()


def test_the_box_to_type_in_draws_its_list_with_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        page = str(Home()["where"])

    assert (page.count("<select"), page.count("<option")) == (7, 173 + 7)


def meant(data):
    """The district's code, or what the form says."""
    form = Home(data)
    return form.cleaned_data["where"].code if form.is_valid() else form.errors["where"][0]


WHICH = "Which district is it? Choose one."


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ({"where": "multan"}, "multan"),
        ({"where_town": "Nawabshah"}, "shaheed-benazirabad"),
        ({"where_town": "نوابشاہ", "where": ""}, "shaheed-benazirabad"),
        # Both new: they agree, or the form asks.
        ({"where_town": "Gojra", "where": "toba-tek-singh"}, "toba-tek-singh"),
        ({"where_town": "Gojra", "where": "multan"}, WHICH),
        # Words that may mean several, with one of them chosen; and words that nobody knows, beside a choice.
        ({"where_town": "Karachi", "where": "malir"}, "malir"),
        ({"where_town": "zzzzqq", "where": "malir"}, "malir"),
        # An old choice gives way to new words, and old words to a new choice.
        ({"where_town": "Lahore", "where": "multan", "where_shown": "multan"}, "lahore"),
        ({"where_town": "Karachi", "where_shown_town": "Karachi", "where_offered": "malir"}, "malir"),
        ({"where_town": "Karachi", "where_shown_town": "Karachi", "where": "swat"}, "swat"),
        ({"where_town": "Karachi", "where_shown_town": "Karachi"}, WHICH),
        ({"where_town": "zzzzqq"}, "We do not find this name. Choose your district from the list."),
        ({"where_town": "Fasalabad"}, WHICH),
        ({"where_town": "x" * 101}, "This is too long. Look at it again."),
        ({"where_town": "Lahore", "where": "atlantis"}, "Choose a district from the list."),
        ({}, "Type a district or town, or choose the district from the list."),
    ],
)
def test_town_or_district_takes_what_is_certain_and_asks_otherwise(data, answer):
    assert meant(data) == answer


def test_town_or_district_offers_what_it_may_be_and_keeps_what_was_typed():
    form = Home({"where_town": "Swat"})

    page = str(form["where"])

    assert form.errors == {"where": [WHICH]}
    assert [district.code for district in form.fields["where"].widget.offered] == ["swat", "upper-swat"]
    assert "Upper Swat (new, was in Swat)" in page
    assert page.count('type="radio"') == 2
    assert 'name="where_town" value="Swat"' in page


def test_town_or_district_shows_again_which_one_was_picked():
    form = Home({"where_town": "Lahore", "where_offered": "kasur", "where_shown_town": "Swat"})

    page = str(form["where"])

    assert 'value="kasur" id="id_where_1" checked' in page
    assert 'name="where_shown" value=""' in page


@pytest.mark.parametrize("picked", ["multan", "lahore"])
def test_of_words_and_a_choice_that_disagree_the_one_picked_afterwards_holds(picked):
    page = str(Home({"where_town": "ملتان", "where": "lahore"})["where"])
    fields = dict(re.findall(r'<input type="(?:hidden|text)" name="(\w+)" value="([^"]*)"', page))
    listed = re.findall(r'<option value="([^"]*)" selected', page)

    again = Home(fields | {"where_offered": picked, "where": "".join(listed)})

    assert (again.is_valid(), again.cleaned_data["where"].code) == (True, picked)


def sent_from(page, **changed):
    """What the page sends as it stands, but for what somebody changes on it."""
    fields = dict(re.findall(r'<input type="(?:hidden|text)" name="(\w+)" value="([^"]*)"', page))
    listed = "".join(re.findall(r'<option value="([^"]*)" selected', page))
    return fields | {"where": listed} | changed


@pytest.mark.parametrize(
    ("before", "changed", "answer", "words"),
    [
        ({"where": "multan"}, {"where_town": "Lahore"}, "lahore", "Lahore"),
        ({"where_town": "Lahore"}, {"where": "multan"}, "multan", ""),
        ({"where_town": "Karachi"}, {"where_offered": "malir"}, "malir", "Karachi"),
    ],
)
def test_after_a_new_choice_box_and_list_show_it_and_the_old_one_does_not_come_back(before, changed, answer, words):
    first = Home(before)
    first.is_valid()
    second = Home(sent_from(str(first["where"]), **changed))
    second.is_valid()
    sent = sent_from(str(second["where"]))

    assert (second.cleaned_data["where"].code, sent["where"], sent["where_town"]) == (answer, answer, words)
    assert meant(sent) == answer


def of_lists(*codes, **data):
    """What comes back of seven lists with one name."""
    found = QueryDict(mutable=True)
    found.update(data)
    found.setlist("where", [*codes, *[""] * (7 - len(codes))])
    return found


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (of_lists("multan"), "multan"),
        (of_lists("multan", "swat", where_shown="multan"), "swat"),
        (of_lists("multan", where_shown="multan"), "multan"),
        (of_lists("multan", "swat"), WHICH),
        (of_lists("multan", "atlantis"), "Choose a district from the list."),
        (of_lists(), "Type a district or town, or choose the district from the list."),
    ],
)
def test_of_a_list_for_each_province_what_is_newly_picked_counts(data, answer):
    assert meant(data) == answer


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, (False, None)),
        ({"where": "multan"}, (False, "Multan")),
        ({"where_town": "Lahore"}, (False, "Lahore")),
        ({"where_town": "Karachi"}, (False, None)),
        ({"where_town": "zzzzqq"}, (True, None)),
    ],
)
def test_the_lists_are_folded_and_say_what_holds_until_they_are_what_is_left(data, expected):
    form = Home(data)
    form.is_valid()
    page = str(form["where"])

    holds = re.search(r'<span class="mute">· (.*?)</span></summary>', page)
    assert ("<details open>" in page, holds and holds.group(1)) == expected


def test_of_words_that_mean_several_the_one_picked_holds_and_not_the_old_choice():
    first = Home({"where_town": "Karachi", "where": "multan", "where_shown": "multan"})
    first.is_valid()
    page = str(first["where"])

    assert meant(sent_from(page)) == WHICH
    assert meant(sent_from(page, where_offered="malir")) == "malir"
    assert (
        meant(
            {
                "where_town": "Karachi",
                "where_shown_town": "Karachi",
                "where": "multan",
                "where_shown": "multan",
                "where_offered": "malir",
            }
        )
        == "malir"
    )


def test_town_or_district_shows_what_stands_and_notices_a_change():
    form = Home(initial={"where": "multan"})
    field = form.fields["where"]

    assert '<option value="multan" selected>' in str(form["where"])
    assert {
        "same": Home({"where": "multan"}, initial={"where": "multan"}).has_changed(),
        "other": Home({"where": "lahore"}, initial={"where": "multan"}).has_changed(),
        "typed": Home({"where_town": "x", "where": "multan"}, initial={"where": "multan"}).has_changed(),
        "plain": field.has_changed("multan", "multan"),
    } == {"same": False, "other": True, "typed": True, "plain": False}


def test_town_or_district_may_be_left_empty_where_it_is_not_asked():
    class Filter(forms.Form):
        where = TownOrDistrictField(required=False)

    form = Filter({})

    assert (form.is_valid(), form.cleaned_data) == (True, {"where": None})
    assert Filter.base_fields["where"].widget.value_omitted_from_data({}, {}, "where") is True


def test_town_or_district_cleans_a_plain_code_too():
    assert TownOrDistrictField().clean("multan").code == "multan"


@given(
    typed=st.text(st.characters(min_codepoint=0, max_codepoint=sys.maxunicode, exclude_categories=()), max_size=120),
    chosen=st.text(max_size=20),
)
def test_town_or_district_survives_anything(typed, chosen):
    form = Home({"where_town": typed, "where": chosen})
    form.is_valid()

    str(form["where"]).encode()
