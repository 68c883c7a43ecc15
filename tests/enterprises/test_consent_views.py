"""The entrepreneur's own permissions (R9)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from enterprises.models import Consent
from tests.factories.enterprises import ConsentFactory, entrepreneur

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return entrepreneur().person


def press(client, verb, kind):
    return client.post("/my/consents/", {"verb": verb, "kind": kind, "request_key": str(uuid.uuid4())})


def test_the_page_says_what_is_given_and_what_follows(signed_in, person):
    ConsentFactory(person=person, kind="contact")

    page = signed_in(person.user).get("/my/consents/")

    assert [(row["kind"], bool(row["consent"])) for row in page.context["rows"]] == [
        ("contact", True),
        ("share", False),
        ("named", False),
        ("photos", False),
    ]
    shown = page.content.decode()
    assert (shown.count('value="withdraw"'), shown.count('value="give"')) == (1, 3)
    # What each means is said before it is given.
    for meaning in ("Your name and your business may stand in a report.", "Photographs of you and your business may"):
        assert f"With it: {meaning}" in shown
    # What ends and what goes on stands before the button.
    said = [shown.index(part) for part in ("What ends:", "Nobody calls, visits or writes", "What goes on:", "withdraw")]
    assert said == sorted(said)


def test_a_button_gives_and_another_takes_back(signed_in, person):
    client = signed_in(person.user)
    stood = []

    for verb in ("give", "withdraw"):
        assert press(client, verb, "share")["Location"] == "/my/consents/"
        stood.append(list(Consent.objects.standing().values_list("kind", "person_id")))

    assert stood == [[("share", person.pk)], []]


def test_what_was_taken_back_says_since_when_until_it_is_given_anew(signed_in, person):
    client, said, ended = signed_in(person.user), [], []
    ConsentFactory(person=person, kind="share", withdrawn_at=timezone.now() - timedelta(days=9))

    for verb in ("give", "withdraw", "give"):
        page = client.get(press(client, verb, "share")["Location"])
        said += [str(message) for message in page.context["messages"]]
        ended.append(page.context["rows"][1]["ended"])

    saved, back = "The permission is saved.", "The permission is taken back. This holds from now on."
    assert (said, [bool(at) for at in ended]) == ([saved, back, saved], [False, True, False])
    assert timezone.localdate(ended[1]) == timezone.localdate()


def test_what_ran_out_says_so_and_is_answered_with_yes_or_no(signed_in, person):
    at = timezone.now() - timedelta(days=9)
    ended = {"withdrawn_at": at, "lapsed_at": at, "until_on": timezone.localdate(at)}
    ConsentFactory(person=person, kind="share", **ended)
    client = signed_in(person.user)

    before = client.get("/my/consents/").text
    after = client.get(press(client, "refuse", "share")["Location"]).text

    words = ("Ran out", 'value="refuse"', "You said no", "The answer is saved: no.")
    shown = [(said in before, said in after) for said in words]
    assert shown == [(True, False), (True, False), (False, True), (False, True)]
    assert "taken back" not in after.lower()


def test_what_the_form_does_not_know_changes_nothing(signed_in, person):
    client = signed_in(person.user)

    answers = [press(client, "give", "everything").status_code, press(client, "sell", "share").status_code]

    assert (answers, Consent.objects.count()) == ([200, 200], 0)
