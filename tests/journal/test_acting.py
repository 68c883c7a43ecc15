from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory

from journal.acting import act_once
from journal.models import RequestKey
from journal.moves import MoveRefused
from journal.once import FIELD
from journal.templatetags.once import request_key
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
KEY = "6f1c2a52-6c0e-4b8e-9d1b-000000000002"


class AmountForm(forms.Form):
    amount = forms.IntegerField()


@pytest.fixture
def request_sent():
    request = RequestFactory().post("/", {FIELD: KEY, "amount": "5"})
    request.user = UserFactory()
    request.resolver_match = SimpleNamespace(view_name="test:act")
    request._messages = CookieStorage(request)
    return request


@pytest.fixture
def form(request_sent):
    form = AmountForm(request_sent.POST)
    assert form.is_valid()
    return form


def said_on(request):
    return [str(message) for message in get_messages(request)]


def raising(error):
    def act():
        raise error

    return act


def test_what_was_done_is_said_and_leads_to_what_came_of_it(request_sent, form):
    answer = act_once(request_sent, form, lambda: "/made/", said="Saved.")

    assert (answer.url, said_on(request_sent)) == ("/made/", ["Saved."])


def test_the_page_to_go_to_may_be_another(request_sent, form):
    assert act_once(request_sent, form, HttpResponse, said="Saved.", to="/list/").url == "/list/"


CLOSED = MoveRefused(SimpleNamespace(get_state_display=lambda: "closed"))
BOTH = ValidationError({"amount": "Too much.", "place": "Too far."})


@pytest.mark.parametrize(
    ("refusal", "errors"),
    [
        (CLOSED, {"__all__": ["This cannot be done now: it is “closed”."]}),
        (ValidationError("Not today."), {"__all__": ["Not today."]}),
        (BOTH, {"amount": ["Too much."], "__all__": ["Too far."]}),
    ],
)
def test_a_refusal_stands_beside_what_was_typed_and_keeps_nothing(request_sent, form, refusal, errors):
    answer = act_once(request_sent, form, raising(refusal), said="Saved.")

    assert (answer, form.errors, said_on(request_sent)) == (None, errors, [])
    assert RequestKey.objects.count() == 0


def test_a_page_that_stood_open_twice_loses_no_words(request_sent, form):
    """The second window's are shown again, to be sent as a form of their own."""
    act_once(request_sent, form, lambda: "/made/", said="Saved.")
    second = AmountForm(QueryDict(f"{FIELD}={KEY}&amount=6"))
    request_sent.POST = second.data
    assert second.is_valid()

    answer = act_once(request_sent, second, lambda: "/made/again/", said="Saved.")

    said = "You sent this page once already, with other words: those are saved, these are not yet."
    assert (answer, second.errors) == (None, {"__all__": [said]})
    assert (second["amount"].value(), FIELD in second.data, KEY in request_key({"request": request_sent})) == (
        "6",
        False,
        False,
    )
