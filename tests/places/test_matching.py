import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from places import matching
from places.models import District
from tests.factories.places import AliasFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
THE_DAY_BEFORE_UPPER_SWAT = date(2025, 12, 18)


def found(typed, on=TODAY):
    return [district.code for district in matching.find(typed, on=on).districts]


def certain(typed, on=TODAY):
    answer = matching.find(typed, on=on)
    return answer.districts[0].code if answer.is_certain else None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Multan", "multan"),
        ("  MULTAN district ", "multan"),
        ("ملتان", "multan"),
        ("Nawabshah", "shaheed-benazirabad"),
        ("nawab shah", "shaheed-benazirabad"),
        ("نوابشاہ", "shaheed-benazirabad"),
        ("نواب شاه", "shaheed-benazirabad"),  # Arabic heh, and a space
        ("Lyallpur", "faisalabad"),
        ("Montgomery", "sahiwal"),
        ("D.I. Khan", "dera-ismail-khan-and-paharpur"),
        ("فیصلاباد", "faisalabad"),
        ("dg-khan", "dera-ghazi-khan-and-taunsa"),
        ("گوجرہ", "toba-tek-singh"),
        ("ضلع گجرات", "gujrat"),
        ("Khyber Agency", "khyber"),
        ("Turbat", "kech"),
        ("Pindi", "rawalpindi"),  # the city, not what left its district
        ("راولپنڈی", "rawalpindi"),
        ("Murree", "murree"),
        ("Gujranwala", "gujranwala"),
    ],
)
def test_a_name_in_either_script_leads_to_its_district(typed, code):
    """R1: towns, old names, short forms and spellings; new parts of the district are offered beside it."""
    assert "-and-".join(found(typed)) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Fasalabad", "faisalabad"),
        ("Gujrawala", "gujranwala"),
        ("Muzafargarh", "muzaffargarh"),
        ("Pishawar", "peshawar"),
        ("Rawalpindy", "rawalpindi"),
        ("Abotabad", "abbottabad"),
        ("tehsil Depalpur, Okara", "okara"),
        ("Hasilpur mandi", "bahawalpur"),
    ],
)
def test_a_misspelling_is_offered_first_and_never_taken_as_certain(typed, code):
    assert (found(typed)[0], certain(typed)) == (code, None)


@pytest.mark.parametrize("typed", ["", " ", "...", "zzzzqq", "district", "\u200f", "😀"])
def test_what_is_no_name_finds_nothing(typed):
    assert matching.find(typed, on=TODAY) == matching.Found()


def test_a_town_of_several_districts_is_asked_about():
    assert (set(found("Karachi")), certain("کراچی")) == (
        {"karachi-central", "karachi-east", "karachi-south", "karachi-west", "keamari"} | {"korangi", "malir"},
        None,
    )


def test_at_most_so_many_misspellings_are_offered():
    assert len(found("pur")) <= matching.MOST


def test_a_town_goes_with_its_district_on_the_day_of_the_split():
    assert (certain("Matta", THE_DAY_BEFORE_UPPER_SWAT), certain("Matta")) == ("swat", "upper-swat")


def test_a_new_part_is_offered_beside_the_district_it_left():
    assert (found("Swat", THE_DAY_BEFORE_UPPER_SWAT), found("Swat")) == (["swat"], ["swat", "upper-swat"])


def test_a_district_that_ended_leads_to_its_successors():
    ended = District.objects.get(code="murree")
    ended.ends_on = TODAY - timedelta(days=1)
    ended.save()
    ended.successors.set(District.objects.filter(code__in=["attock", "bhakkar"]))

    assert (found("Murree"), certain("Murree", ended.ends_on)) == (["attock", "bhakkar"], "murree")


def test_without_successors_it_leads_to_its_parts_and_then_to_its_parent():
    gone = TODAY - timedelta(days=1)
    District.objects.filter(code__in=["swat", "murree"]).update(ends_on=gone)

    assert (found("Swat"), certain("Murree")) == (["upper-swat"], "rawalpindi")


def test_a_chain_of_successors_is_followed_and_a_circle_ends():
    one, two, three = (District.objects.get(code=code) for code in ("hunza", "nagar", "gilgit"))
    District.objects.filter(code__in=["hunza", "nagar"]).update(ends_on=TODAY - timedelta(days=1))
    one.successors.set([two])
    two.successors.set([three])

    assert certain("Hunza") == "gilgit"

    two.successors.set([one])

    assert found("Hunza") == []


def test_an_alias_of_the_future_leads_nowhere_yet():
    AliasFactory(district=District.objects.get(code="multan"), name="Nayashehr", from_on=TODAY + timedelta(days=1))

    assert (certain("Nayashehr"), certain("Nayashehr", TODAY + timedelta(days=1))) == (None, "multan")


def test_finding_takes_three_queries_and_is_quick(django_assert_num_queries):
    with django_assert_num_queries(3):
        begun = time.process_time()
        matching.find("Fasalabad", on=TODAY)

    assert time.process_time() - begun < 0.5


@given(st.text(max_size=60))
def test_folding_is_settled_after_once(text):
    once = matching.folded(text)

    assert matching.folded(once) in {once, matching.folded(matching.folded(once))}
    assert " " not in once


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_the_same_both_ways_and_full_only_for_one_set(one, other):
    a, b = matching.trigrams(one), matching.trigrams(other)

    assert matching.likeness(a, b) == matching.likeness(b, a)
    assert (matching.likeness(a, b) == 1) is (a == b)
