"""Promise 16: whatever is typed, a page answers in words, stores nothing that it refused, and never breaks."""

import datetime as dt
import json
import sys

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from enterprises import business_questions, claim_forms, detail_forms, forms, permission_forms, reach_forms
from enterprises.models import Draft
from places.models import District
from tests.enterprises.walk import IDEA, PAGES, begin
from tests.factories.enterprises import ClaimFactory, DraftFactory, EnterpriseFactory, entrepreneur
from tests.thorough import examples

pytestmark = pytest.mark.django_db
STEPS = [forms.WhoForm, reach_forms.ReachForm, forms.WhatForm, reach_forms.WhereForm, permission_forms.PermissionForm]
OTHERS = [
    forms.StartForm,
    forms.PhoneCodeForm,
    forms.ResumeForm,
    forms.DraftCallForm,
    detail_forms.AboutYouForm,
    detail_forms.BusinessForm,
    detail_forms.SizeForm,
    forms.SignInForm,
    permission_forms.ConsentForm,
    claim_forms.ClaimForm,
    claim_forms.GiveBackForm,
]
ANY = st.characters(min_codepoint=0, max_codepoint=sys.maxunicode, exclude_categories=())
ATTACKS = [
    "\ud800",
    "\0",
    "\u202eabc",
    "\U000e0041",
    "۱۲۳",
    "9" * 5000,
    "a" * 1_000_000,
    "'; DROP TABLE",
    "{{ 7|add:1 }}",
]
TYPED = st.one_of(st.text(ANY, max_size=40), st.sampled_from(ATTACKS), st.integers().map(str))
LONG_RUN = settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Seven pages each.
SHORT_RUN = settings(LONG_RUN, max_examples=examples(6))


def fitting(form):
    """Values that the form would take, so that the others get past them."""
    found = {name: value for pages in (PAGES, IDEA) for page in pages.values() for name, value in page.items()}
    return {name: found.get(name, "on") for name in form.base_fields}


def typed_into(form):
    names = list(form.base_fields)
    wild = st.dictionaries(st.sampled_from(names), st.lists(TYPED, max_size=3), max_size=len(names))
    return wild.map(lambda some: {name: [value] for name, value in fitting(form).items()} | some)


def sent(values):
    data = QueryDict(mutable=True)
    for name, each in values.items():
        data.setlist(name, each)
    return data


@pytest.mark.parametrize("form", STEPS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("is_idea", [False, True])
@LONG_RUN
@given(data=st.data())
def test_a_step_takes_it_cleaned_or_says_what_to_do(form, is_idea, data):
    bound = form(sent(data.draw(typed_into(form))), is_idea=is_idea)

    if bound.is_valid():
        kept = json.dumps(bound.answers())
        assert "\\u0000" not in kept
        draft = DraftFactory()
        draft.answers["step"] = json.loads(kept)
        draft.save()
    with translation.override("ur"):
        render_crispy_form(bound).encode()


@pytest.mark.parametrize("form", OTHERS, ids=lambda form: form.__name__)
@LONG_RUN
@given(data=st.data())
def test_other_forms_take_it_or_say_what_to_do(form, data):
    bound = form(sent(data.draw(typed_into(form))))

    bound.is_valid()

    assert all(str(error) for errors in bound.errors.values() for error in errors)
    if hasattr(bound, "helper"):
        render_crispy_form(bound).encode()


@LONG_RUN
@given(data=st.data())
def test_the_page_of_a_colleague_takes_it_or_says_what_to_do(data):
    typed = data.draw(typed_into(forms.AssistedForm))

    bound = forms.AssistedForm(sent(typed), districts=District.objects.values("pk"))

    if bound.is_valid():
        json.dumps(bound.facts())
    render_crispy_form(bound).encode()


RAW = st.binary(max_size=60) | st.sampled_from(
    [b"%00", b"%ED%A0%80", b"%FF%FE", b"%E2%80%AE", b"a" * 100_000, b"%F3%A0%81%81"]
)


@LONG_RUN
@given(page=st.sampled_from([*PAGES, "check", "code"]), raw=RAW)
@example(page="who", raw=b"name=%00%ED%A0%80&cnic=" + b"9" * 5000)
@example(page="reach", raw=b"district=%00")
def test_no_page_breaks_on_any_bytes(page, raw):
    client = Client()
    begin(client)
    Draft.objects.update(answers=DraftFactory().answers)

    answer = client.post(
        f"/register/{page}/", b"name=" + raw + b"&" + raw, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code in {200, 302, 400}


@SHORT_RUN
@given(raw=RAW)
def test_no_page_of_those_signed_in_breaks_either(raw):
    client = Client()
    client.force_login(entrepreneur().person.user, backend="accounts.backends.StaffBackend")
    claim = ClaimFactory()
    kind = "application/x-www-form-urlencoded"

    answers = [
        Client().post("/sign-in/", b"cnic=" + raw, content_type=kind),
        Client().post("/sign-in/code/", b"code=" + raw, content_type=kind),
        Client().post("/register/resume/", b"phone=" + raw, content_type=kind),
        Client().post("/register/", b"stage=running&request_key=" + raw, content_type=kind),
        client.post("/my/consents/", b"kind=share&verb=give&request_key=" + raw, content_type=kind),
        client.post(f"/desk/claims/{claim.pk}/", b"outcome=" + raw, content_type=kind),
        client.get(f"/desk/claims/{10**30}/"),
    ]

    assert [answer.status_code < 500 for answer in answers] == [True] * 7


NO_SUCH = "No card has this number. Copy"


def who(**changes):
    return forms.WhoForm(PAGES["who"] | changes)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, {}),
        ({"cnic": ""}, {"cnic": ["Enter all 13 digits of your CNIC, or tick “I have no card with me”."]}),
        ({"cnic": "", "no_card": "on"}, {}),
        ({"cnic": "1" * 13}, {"cnic": [f"{NO_SUCH} it from your card, or tick “I have no card with me”."]}),
        ({"cnic": "12345-1234567-1", "no_card": "on"}, {}),
        (
            {"cnic": "12", "no_card": "on"},
            {"cnic": ["Part of a number stands here. Empty the field, or untick “I have no card with me”."]},
        ),
        ({"cnic": "12"}, {"cnic": ["Enter all 13 digits of the CNIC. There are 2 here."]}),
        ({"name": ""}, {"name": ["Write your full name."]}),
        ({"sex": "none"}, {"sex": ["Choose one from the list."]}),
        ({"parent_name": "Ali"}, {"parent_relation": ["Say whether this is your father or your husband."]}),
        ({"parent_name": "Ali", "parent_relation": "father"}, {}),
    ],
)
def test_who_somebody_is(typed, errors):
    assert who(**typed).errors == errors


def test_a_number_that_was_typed_counts_beside_a_ticked_box():
    form = who(no_card="on")

    assert (form.is_valid(), form.answers()["cnic"], form.answers()["no_card"]) == (True, "3630248291056", False)


def test_nobody_registers_themselves_without_saying_whose_phone_it_is():
    assert "unsaid" not in dict(reach_forms.ReachForm().fields["phone_owner"].choices)


def test_whose_name_without_a_name_is_not_kept():
    form = who(parent_relation="father")

    assert (form.is_valid(), "parent_relation" in form.answers()) == (True, False)


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr(business_questions.timezone, "localdate", lambda: dt.date(2026, 11, 24))


@pytest.mark.parametrize(
    ("month", "year", "kept", "errors"),
    [
        ("", "", None, {}),
        ("", "۲۰۱۹", "2019-01-01", {}),
        ("3", "2019", "2019-03-01", {}),
        ("11", "2026", "2026-11-01", {}),
        ("12", "2026", None, {"started_year": ["This day has not come yet. Look at the year again."]}),
        ("", "2027", None, {"started_year": ["This day has not come yet. Look at the year again."]}),
        ("3", "", None, {"started_year": ["Write the year too, or leave both empty."]}),
        ("3", "20", None, {"started_year": ["Enter 1950 or more."]}),
        ("13", "2019", None, {"started_month": ["Choose one from the list."]}),
    ],
)
def test_since_when(today, month, year, kept, errors):
    form = forms.WhatForm(PAGES["what"] | {"started_month": month, "started_year": year})

    found = form.answers().get("started_on") if form.is_valid() else None
    assert (found, form.errors) == (kept, errors)


def test_only_an_idea_may_be_undecided():
    forms_ = [forms.WhatForm({"sector": "undecided"}, is_idea=is_idea) for is_idea in (False, True)]

    assert [form.is_valid() for form in forms_] == [False, True]


def test_lines_of_trade_stand_under_their_sector():
    groups = dict(forms.WhatForm().fields["sector"].choices[1:])

    assert [name for name, _lines in groups["Manufacturing"]] == [
        "tailoring",
        "handicrafts",
        "food-making",
        "workshop",
        "manufacturing-other",
    ]


def test_every_form_that_somebody_fills_in_is_tried_above():
    from django.forms import Form

    ours = {
        form
        for module in (forms, claim_forms, detail_forms, permission_forms, reach_forms)
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, Form) and form.__module__ == module.__name__
    }

    bases = {forms.StepForm, detail_forms.DetailsForm, detail_forms.SinceForm}
    assert ours - {*bases, forms.AssistedForm} == {*STEPS, *OTHERS}


def offered(form, name):
    return [value for value, _label in form.fields[name].widget.choices]


EVERY = ["loan", "course", "papers", "accounts", "customers", "start", "other"]


@pytest.mark.parametrize(
    ("opening", "ticked", "missing"),
    [
        ("running", [], {"start"}),
        ("running", ["start"], set()),
        ("idea", [], {"accounts"}),
        ("idea", ["accounts"], set()),
    ],
)
def test_each_opening_is_offered_the_help_that_makes_sense_and_keeps_what_was_ticked(opening, ticked, missing):
    """R1: whoever runs a business is not asked whether to start one; what stands in the record stays ticked."""
    of = EnterpriseFactory(stage=opening, help_wanted=ticked)
    at_first = forms.WhatForm(initial={"help": ticked}, is_idea=False)
    later = detail_forms.BusinessForm(initial={"help_wanted": ticked}, of=of)

    expected = [one for one in EVERY if one not in missing]
    assert offered(later, "help_wanted") == expected
    assert opening == "idea" or offered(at_first, "help") == expected


def test_help_that_was_ticked_before_the_idea_became_a_business_is_taken():
    """A page that was opened before, and a draft of before, are refused nothing."""
    form = forms.WhatForm(sent({"help": ["start", "loan"], "sector": [""]}))

    assert (form.is_valid(), form.cleaned_data["help"], offered(form, "help")) == (True, ["start", "loan"], EVERY)
