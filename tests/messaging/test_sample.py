from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from messaging import outbox
from messaging.sample import whole
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.messaging import hello

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, fake, settings):
    """A function: the sample phone page for this query."""
    settings.SAMPLE_DATA = True

    def look(**query):
        return client.get(reverse("portal:sample-phone"), query)

    return look


@pytest.fixture
def two_phones(fake):
    fake.store.put(key="1", phone="+923000001111", text="Code 111111")
    fake.store.put(key="2", phone="+923000002222", text="کوڈ 222222")


def test_all_messages_are_shown_newest_first(page, two_phones):
    response = page()

    shown = [(row["phone"], row["text"]) for row in response.context["messages_shown"]]
    assert (response.status_code, shown) == (
        200,
        [("+923000002222", "کوڈ 222222"), ("+923000001111", "Code 111111")],
    )
    assert [text in response.content.decode() for text in ("0300-0001111", "کوڈ 222222")] == [True, True]


@pytest.mark.parametrize("typed", ["03000001111", "0300-0001111", "+92 300 0001111", "۰۳۰۰۰۰۰۱۱۱۱", "٠٣٠٠ ٠٠٠١١١١"])
def test_a_phone_is_found_however_its_digits_are_typed(page, two_phones, typed):
    response = page(phone=typed)

    assert [row["text"] for row in response.context["messages_shown"]] == ["Code 111111"]


def test_a_program_reads_it_as_json(page, two_phones):
    (row,) = page(phone="03000001111", format="json").json()["messages"]

    at = datetime.fromisoformat(row.pop("at"))
    assert (row, at.tzinfo is not None) == ({"id": 1, "phone": "+923000001111", "text": "Code 111111"}, True)


def test_a_program_may_ask_for_what_is_new(page, two_phones):
    assert [row["id"] for row in page(after="1", format="json").json()["messages"]] == [2]


@pytest.fixture
def held_until_tomorrow(install):
    broken = hello(name="test.broken", render=lambda _user, _language: 1 / 0)
    install([hello(), hello(name="test.over", still_due=lambda _user: False), broken])
    until = timezone.now() + timedelta(hours=9)
    for phone, kind in (
        ("+923000001111", "test.hello"),
        ("+923000002222", "test.hello"),
        ("+923000003333", "test.over"),
        ("+923000004444", "test.broken"),
    ):
        outbox.queue(kind, target=EntrepreneurUserFactory(phone=phone), due_at=until)
    return until


def test_what_is_held_is_shown_with_the_hour_at_which_it_comes(page, held_until_tomorrow):
    held = page().context["held"]

    assert [(row["phone"], row["until"]) for row in held] == [
        ("+923000001111", held_until_tomorrow),
        ("+923000002222", held_until_tomorrow),
    ]
    assert [row["phone"] for row in page(phone="03000002222", format="json").json()["held"]] == ["+923000002222"]


def test_what_is_due_already_is_not_held(page, install):
    """The failing control: the same message without the wait is the pump's next work."""
    install([hello()])
    outbox.queue("test.hello", target=EntrepreneurUserFactory(phone="+923000001111"))

    assert page().context["held"] == []


def test_a_wrong_number_is_said_and_kept(page):
    response = page(phone="12345")

    text = response.content.decode()
    assert response.status_code == 400
    assert ['value="12345"' in text, 'aria-invalid="true"' in text, "<title>Error:" in text] == [True, True, True]


def test_a_program_hears_of_a_wrong_number(page):
    response = page(phone="12345", format="json")

    assert (response.status_code, list(response.json())) == (400, ["error"])


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_message_yet_says_what_to_do(page, client, settings, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    response = page()

    assert (response.status_code, response.context["messages_shown"]) == (200, [])


@pytest.mark.parametrize("form", ["html", "json"])
def test_a_gateway_that_does_not_run_is_said(page, settings, form):
    settings.MESSAGE_GATEWAY_URL = "http://127.0.0.1:1"

    response = page(format=form)

    assert (response.status_code, "cannot be reached" in response.content.decode()) == (503, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"SAMPLE_DATA": False},
        {"MESSAGE_GATEWAY_URL": "https://sms.example"},
        {"MESSAGE_GATEWAY_URL": ""},
    ],
)
def test_without_sample_data_or_the_built_in_gateway_there_is_no_page(page, settings, changes):
    for name, value in changes.items():
        setattr(settings, name, value)

    assert page().status_code == 404


def test_another_gateway_on_this_machine_is_not_shown(page, fake, monkeypatch):
    monkeypatch.setattr("messaging.fake_gateway.Handler.server_version", "another")

    assert page().status_code == 404


def test_it_only_reads(page, settings):
    assert Client().post(reverse("portal:sample-phone")).status_code == 405


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("۷", 7), ("", 0), ("x", 0), ("-1", 0), ("9" * 30, 0)])
def test_after_is_a_number_or_nothing(text, number):
    assert whole(text) == number


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(
    phone=st.text(st.characters(codec="utf-8")) | st.from_regex(r"[0-9۰-۹+\- ]{0,20}"),
    after=st.text(st.characters(codec="utf-8"), max_size=30),
)
def test_nothing_typed_breaks_the_page(page, phone, after):
    statuses = {page(phone=phone, after=after).status_code, page(phone=phone, after=after, format="json").status_code}

    assert statuses <= {200, 400}
