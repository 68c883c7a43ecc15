"""R4, R5: what is asked later, who stated each field, and the size class that is worked out from sales."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.roles import Role
from enterprises import details
from enterprises.actions import enterprises, names, people
from enterprises.actions.details import change
from enterprises.actions.people import find_or_register_person
from enterprises.actions.statements import state
from enterprises.detail_forms import BusinessForm, SizeForm
from enterprises.details import text_of
from enterprises.models import Enterprise, Sector, SizeClass, Statement
from journal.models import Event
from journal.moves import EditConflict
from tests.factories.accounts import colleague
from tests.factories.enterprises import (
    EnterpriseFactory,
    PersonFactory,
    SizeClassFactory,
    district,
    entrepreneur,
    system,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 25)


@pytest.fixture
def owned():
    return entrepreneur()


def stated(subject):
    return {row.field: (row.source, row.by) for row in subject.statements.all()}


def test_the_owner_states_something_about_the_business(owned):
    person, enterprise = owned.person, owned.enterprise

    changed = change(
        subject=enterprise, person=person, by=person.user, version=0, sales=4000, sales_per="day", what="", workers=None
    )

    enterprise.refresh_from_db()
    assert (changed, enterprise.sales, enterprise.version) == (["sales", "sales_per"], 4000, 1)
    assert stated(enterprise) == {"sales": ("self", person.user), "sales_per": ("self", person.user)}
    event = Event.objects.get(name="enterprises.details_changed")
    assert (event.enterprise_id, event.data) == (enterprise.pk, {"fields": ["sales", "sales_per"]})


def test_what_an_advisor_writes_down_is_marked_so(owned, advisor):
    change(subject=owned.person, person=owned.person, by=advisor, version=0, education="matric")

    assert stated(owned.person) == {"education": ("assisted", advisor)}


def test_a_later_statement_of_a_field_takes_the_place_of_the_first(owned, advisor):
    state(owned.person, ["name"], source="self", by=system())

    state(owned.person, ["name"], source="card", by=advisor)

    assert stated(owned.person) == {"name": ("card", advisor)}


def test_nothing_different_is_no_change(owned):
    assert change(subject=owned.person, person=owned.person, by=owned.person.user, version=0, education="") == []
    assert (owned.person.statements.count(), Event.objects.count()) == (0, 0)


def test_nobody_overwrites_anybody(owned, advisor):
    change(subject=owned.person, person=owned.person, by=advisor, version=0, education="matric")

    with pytest.raises(EditConflict):
        change(subject=owned.person, person=owned.person, by=owned.person.user, version=0, education="degree")


@pytest.mark.parametrize("subject", ["person", "enterprise"])
def test_others_change_nothing(owned, subject):
    stranger = colleague(Role.ADVISOR, districts=[district("lahore")])

    with pytest.raises(PermissionDenied):
        change(subject=getattr(owned, subject), person=owned.person, by=stranger, version=0, name="Other")


@pytest.mark.parametrize("subjects", [{}, {"person": True, "enterprise": True}])
def test_a_statement_is_about_a_person_or_an_enterprise(owned, subjects):
    both = {"person": owned.person, "enterprise": owned.enterprise}

    with pytest.raises(IntegrityError, match="person_or_enterprise"), transaction.atomic():
        Statement.objects.create(field="name", source="self", by=system(), **{name: both[name] for name in subjects})


def test_registering_says_who_stated_what(advisor):
    """R4: each field shows who typed it."""
    facts = {"cnic": "3630248291056", "name": "Nasreen Bibi", "sex": "woman", "phone": "+923000001234"}
    by_herself, _is_new = find_or_register_person(by=system(), **facts)
    for_her, _is_new = find_or_register_person(by=advisor, **facts | {"cnic": None, "parent_name": "Ali"})

    common = ["language", "name", "phone", "phone_owner", "sex"]
    assert stated(by_herself) == dict.fromkeys(sorted(["cnic", *common]), ("self", system()))
    assert stated(for_her) == dict.fromkeys(sorted([*common, "parent_name"]), ("assisted", advisor))


@pytest.mark.parametrize(
    ("sales", "on", "code"),
    [
        (30_000_000, TODAY, "micro"),
        (30_000_001, TODAY, "small"),
        (5_000_000, dt.date(2025, 8, 4), "small"),  # before micro was defined, small began at nought
        (800_000_000, TODAY, "medium"),
        (800_000_001, TODAY, None),
        (1, dt.date(2020, 1, 1), None),
    ],
)
def test_the_class_follows_from_sales_and_the_rule_of_the_day(sales, on, code):
    found = SizeClass.objects.of(sales, on=on)

    assert (found.code if found else None) == code


def test_a_rule_that_ended_counts_until_its_last_day():
    SizeClassFactory(code="tiny", up_to=10, from_on=dt.date(2026, 1, 1), until_on=dt.date(2026, 6, 30))

    found = [SizeClass.objects.of(10, on=day).code for day in (dt.date(2026, 6, 30), dt.date(2026, 7, 1))]

    assert found == ["tiny", "micro"]


@pytest.mark.parametrize(
    ("sales", "per", "a_year"),
    [
        (None, "", None),
        (4000, "day", 1_200_000),
        (4000, "week", 200_000),
        (4000, "month", 48_000),
        (4000, "year", 4000),
    ],
)
def test_yearly_sales_are_worked_out_from_what_was_said(sales, per, a_year):
    assert EnterpriseFactory.build(sales=sales, sales_per=per, registered_by=None).sales_a_year == a_year


@pytest.mark.parametrize("facts", [{"sales": 4000}, {"sales_per": "day"}, {"women": 1}, {"workers": 1, "women": 2}])
def test_what_makes_sense_only_together_stays_together(facts):
    with pytest.raises(IntegrityError, match=r"enterprises_(sales_and_per|women_among)"):
        EnterpriseFactory(**facts)


def size_rows(enterprise):
    owner = SimpleNamespace(is_entrepreneur=True, pk=0)
    sections = details.sections(PersonFactory(), enterprise, viewer=owner, on=TODAY, urls={})
    return {str(row["label"]): row for row in sections[-1]["rows"]}


def test_the_size_is_explained_and_never_typed():
    enterprise = EnterpriseFactory(sales=4000, sales_per="day")

    size = size_rows(enterprise)["Size"]

    assert (size["text"], size["small"]) == (
        "Micro enterprise",
        "About Rs 12 lakh a year. Up to Rs 3 crore counts as this, since 5 Aug 2025.",
    )


@pytest.mark.parametrize(("sales", "text"), [(None, ""), (900_000_000, "Larger than a medium enterprise")])
def test_without_sales_or_above_all_classes_it_says_so(sales, text):
    enterprise = EnterpriseFactory(sales=sales, sales_per="year" if sales else "")

    assert size_rows(enterprise)["Size"]["text"] == text


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, []),
        ({"sales": "۴۰۰۰", "sales_per": "day"}, []),
        ({"sales": "4000"}, ["sales_per"]),
        ({"sales": "4000", "sales_per": "hour"}, ["sales_per"]),
        ({"sales": "80,000,000", "sales_per": "day"}, []),
        ({"sales": "100,000,000", "sales_per": "day"}, ["sales"]),
        ({"sales": "2,000,000,000", "sales_per": "year"}, []),
        ({"workers": "3", "women": "2"}, []),
        ({"women": "2"}, ["women"]),
        ({"workers": "1", "women": "2"}, ["women"]),
        ({"workers": "many", "women": "2"}, ["workers"]),
    ],
)
def test_sales_and_workers_are_asked_sensibly(typed, errors):
    form = SizeForm({"version": "0"} | typed)

    assert sorted(form.errors) == errors


def test_a_period_without_sales_says_nothing():
    form = SizeForm({"version": "0", "sales_per": "day"})

    assert (form.is_valid(), form.cleaned_data["sales_per"]) == (True, "")


@pytest.mark.parametrize(
    ("started_on", "said"), [(dt.date(2021, 1, 1), "<bdi>2021</bdi>"), (dt.date(2021, 3, 1), "Mar <bdi>2021</bdi>")]
)
def test_a_year_that_was_given_alone_is_shown_alone(started_on, said):
    """R1: nobody reads a month that they never said."""
    assert text_of(Enterprise(started_on=started_on), "started_on", viewer=entrepreneur().person.user) == said


ABOUT = {"person": {"cnic", *people.FACTS, *names.FIELDS}, "enterprise": {*enterprises.FACTS}}


def unshown(fixed):
    """Fields of which it is written down who stated them, and that stand on no part of the page."""
    shown = {"person": set(), "enterprise": set()}
    for part in details.PARTS.values():
        shown[part.form.subject] |= {*fixed[part.key], *part.form.told()}
    return {kind: fields - shown[kind] for kind, fields in ABOUT.items()}


def test_every_stated_field_is_shown():
    """R4: each field shows who stated it; the second is the control, where one is left out."""
    fixed = {part: details.FIXED.get(part, ()) for part in details.PARTS}
    without = fixed | {"business": tuple(name for name in fixed["business"] if name != "stage")}

    assert unshown(fixed) == {"person": set(), "enterprise": set()}
    assert unshown(without) == {"person": set(), "enterprise": {"stage"}}


SENT = {"version": "0", "name": "", "what": ""}


@pytest.mark.parametrize(
    ("stage", "typed", "said"),
    [
        ("running", {}, ("tailoring", None, [])),
        ("running", {"sector": "grocery", "started_year": "۲۰۱۹"}, ("grocery", dt.date(2019, 1, 1), [])),
        ("running", {"started_month": "3", "started_year": "2019"}, ("tailoring", dt.date(2019, 3, 1), [])),
        ("idea", {"sector": "undecided", "help_wanted": ["loan", "course"]}, ("undecided", None, ["loan", "course"])),
        ("idea", {"started_year": "2019"}, ("tailoring", None, [])),
    ],
)
def test_what_the_business_does_since_when_and_which_help(stage, typed, said):
    """R5: asked later, each skippable; a kind of work that was said is not taken back by an empty box."""
    of = EnterpriseFactory(stage=stage, sector=Sector.objects.get(code="tailoring"))
    form = BusinessForm(SENT | typed, of=of)

    assert (form.is_valid(), form.errors) == (True, {})
    found = form.cleaned_data
    assert (found["sector"].code, found["started_on"], found["help_wanted"]) == said


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"sector": "undecided"}, ["sector"]),
        ({"started_month": "3"}, ["started_year"]),
        ({"started_year": "2999"}, ["started_year"]),
        ({"started_year": "19"}, ["started_year"]),
        ({"help_wanted": ["gold"]}, ["help_wanted"]),
    ],
)
def test_what_cannot_be_of_a_running_business(typed, errors):
    assert sorted(BusinessForm(SENT | typed, of=EnterpriseFactory(stage="running")).errors) == errors
