"""Promise 16: whatever is typed into a form of casework, the page answers, and what was refused is not stored."""

import uuid

import pytest
from django.urls import reverse

from accounts.roles import Role
from kit.fields import TypedField
from tests.factories.accounts import colleague
from tests.factories.casework import (
    BusinessPlanFactory,
    CalledFactory,
    StepFactory,
    SubmittedPlanFactory,
    ready_to_refer,
)
from tests.hostile import ask_with, throw_at

pytestmark = pytest.mark.django_db
FACTS = {"purpose": "Cloth", "sales": "9", "costs": "1", "own_share": "0", "loan_wanted": "9", "months": "3"}
# A page, what it is about, and its fields besides the version: with what is right where chance would never find it.
FORMS = {
    "contact-create": (CalledFactory, ["channel", "agreed", "next_on", "minutes"]),
    "note-create": (CalledFactory, {"text": "Called.", "readers": "internal"}),
    "plan-create": (CalledFactory, [f"{name}_{row}" for row in range(1, 5) for name in ("step", "due")]),
    "business-plan-create": (CalledFactory, FACTS),
    "business-plan-edit": (BusinessPlanFactory, FACTS),
    "business-plan-submit": (BusinessPlanFactory, []),
    "business-plan-approve": (SubmittedPlanFactory, []),
    "business-plan-return": (SubmittedPlanFactory, ["remark"]),
    "referral-create": (ready_to_refer, ["to_office"]),
    "consent-create": (CalledFactory, []),
    "case-close": (CalledFactory, {"outcome": "moved"}),
    "step-detail": (StepFactory, []),
}


def advisor_for(item):
    return colleague(Role.ADVISOR, office=getattr(item, "case", item).office)


@pytest.mark.parametrize("name", FORMS)
def test_whatever_is_typed_the_page_answers_and_keeps_nothing_refused(name, signed_in):
    make, fields = FORMS[name]
    item = make()

    client = signed_in(advisor_for(item))
    throw_at(reverse(f"casework:{name}", args=[item.pk]), client=client, fields=fields, app="casework")


ENQUIRY = {"channel": "phone", "topic": "loan", "district": "multan", "answer": "Yes.", "name": "", "phone": ""}


def test_whatever_is_asked_at_the_helpdesk_the_page_answers(signed_in):
    client = signed_in(advisor_for(CalledFactory()))

    throw_at(reverse("casework:enquiry-list"), client=client, fields=ENQUIRY, app="casework")


def test_control_without_cleaning_the_database_refuses(signed_in, monkeypatch):
    monkeypatch.setattr(TypedField, "cleaned", lambda _field, value, *, multiline=False: str(value or ""))
    client = signed_in(advisor_for(CalledFactory()))

    with pytest.raises(ValueError, match="NUL"):
        client.post(reverse("casework:enquiry-list"), ENQUIRY | {"answer": "\x00", "request_key": str(uuid.uuid4())})


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("case-list", ["q", "state", "whose", "after"]),
        ("case-detail", ["show", "after"]),
        ("enquiry-list", ["after"]),
    ],
)
def test_whatever_stands_in_the_address_the_page_answers(name, fields, signed_in):
    case = CalledFactory()
    path = reverse(f"casework:{name}", args=[case.pk] if name == "case-detail" else [])

    ask_with(path, client=signed_in(case.advisor), fields=fields)
