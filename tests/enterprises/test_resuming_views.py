"""R2: a code sent to the phone resumes on another device, and no answer tells what was begun with which number."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client

from enterprises.models import Draft, OneTimeCode
from enterprises.views import resuming
from messaging.models import Message
from tests.enterprises.walk import PAGES, answer, digits
from tests.factories.enterprises import DraftFactory

pytestmark = pytest.mark.django_db
PHONE = "0300-0001234"


def ask(client, phone=PHONE):
    return client.post("/register/resume/", {"phone": phone})


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_another_device_goes_on_where_somebody_stopped(client):
    answer(Client(), {key: PAGES[key] for key in ("who", "reach")})

    asked = ask(client)
    proven = client.post("/register/resume/code/", {"code": digits()})

    assert (asked["Location"], proven["Location"]) == ("/register/resume/code/", "/register/what/")
    assert "Nasreen Bibi" in client.get("/register/who/").content.decode()
    assert Draft.objects.count() == 1


def reads(client, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language


def test_another_device_speaks_its_own_language_and_messages_stay_as_they_were_begun(client):
    """Only who chooses a language there, once they have come, is written to in it."""
    here, kept = Client(), []
    reads(here, "ur")
    reads(client, "en")
    answer(here, {key: PAGES[key] for key in ("who", "reach")})
    ask(client)
    client.post("/register/resume/code/", {"code": digits()})

    for language, key in (("en", "what"), ("ur", "reach"), ("en", "what")):
        reads(client, language)
        client.post(f"/register/{key}/", PAGES[key])
        kept.append(Draft.objects.get().language)

    assert kept == ["ur", "ur", "en"]


def test_a_permission_given_on_another_device_is_not_replaced_unseen(client):
    """Two pages are open; the second says that the first was sent, keeps its own ticks, and is sent once more."""
    answer(client)
    here, there = {"contact": "on", "seen": ""}, {"contact": "on", "share": "on", "seen": ""}
    given = []

    for sent in (there, there, here):
        client.post("/register/check/", sent)
        given.append(Draft.objects.get().answers["consents"])
    page = client.get("/register/check/")
    form = page.context["form"]
    client.post("/register/check/", here | {"seen": form["seen"].value()})

    both, one = {"contact": True, "share": True}, {"contact": True, "share": False}
    assert (given, Draft.objects.get().answers["consents"]) == ([both] * 3, one)
    assert (form.non_field_errors(), form["share"].value(), form["seen"].value()) == (
        ["You gave other answers on another device. Look at the ticks, and send it once more."],
        False,
        "contact share",
    )


def test_of_several_on_one_phone_each_finds_their_own(client):
    mother = DraftFactory(phone="+923000001234", answers={"start": {"stage": "idea"}, "who": {"name": "Zainab"}})
    DraftFactory(phone="+923000001234", answers={"start": {"stage": "running"}})
    DraftFactory(phone="+923009999999")
    ask(client)

    proven = client.post("/register/resume/code/", {"code": digits()})
    page = client.get(proven["Location"])
    chosen = client.post(proven["Location"], {"draft": str(mother.pk)})

    assert (proven["Location"], [row["name"] for row in page.context["rows"]]) == (
        "/register/resume/choose/",
        ["", "Zainab"],
    )
    assert (chosen["Location"], "Zainab" in client.get("/register/who/").content.decode()) == (
        "/register/reach/",
        True,
    )


@pytest.mark.parametrize("draft", ["0", "nonsense", "9" * 30])
def test_nobody_chooses_what_was_not_begun_on_their_phone(client, draft):
    for _time in range(2):
        DraftFactory(phone="+923000001234")
    foreign = DraftFactory(phone="+923009999999")
    ask(client)
    client.post("/register/resume/code/", {"code": digits()})

    answers = [client.post("/register/resume/choose/", {"draft": value}) for value in (draft, str(foreign.pk))]

    assert [(page.status_code, "registration" in client.cookies) for page in answers] == [(200, False)] * 2


def test_without_a_code_there_is_nothing_to_choose(client):
    DraftFactory(phone="+923000001234")

    assert client.get("/register/resume/choose/")["Location"] == "/register/"
    assert client.get("/register/resume/code/")["Location"] == "/register/resume/"


def test_a_wrong_code_opens_nothing(client):
    answer(Client())
    ask(client)

    page = client.post("/register/resume/code/", {"code": wrong(digits())}, follow=True)

    assert (list(page.context["form"].errors), "registration" in client.cookies) == (["code"], False)


def test_the_answer_is_the_same_whatever_was_begun(client):
    """Promises, security: no answer tells whether a number is with us."""
    answer(Client())
    seen = {}

    for name, phone in (("begun", PHONE), ("nothing", "0300-7654321")):
        visitor = Client()
        asked = ask(visitor, phone)
        page = visitor.get(asked["Location"]).content.decode()
        tried = visitor.post("/register/resume/code/", {"code": wrong(digits())}, follow=True).content.decode()
        seen[name] = [
            asked.status_code,
            *(re.sub(r'name="(csrfmiddlewaretoken|request_key)" value="[^"]*"', "", text) for text in (page, tried)),
        ]

    assert seen["begun"] == seen["nothing"]
    assert Message.objects.filter(kind="messaging.code").count() == 1


@pytest.mark.parametrize("phone", [PHONE, "0300-7654321"])
def test_a_button_sends_another_code_with_the_same_words_for_all(client, phone):
    """Within the minute only once the tries are used up."""
    answer(Client())
    ask(client, phone)
    said = []

    for tries in (0, 5):
        OneTimeCode.objects.update(tries=tries)
        led_to = client.post("/register/resume/code/again/")["Location"]
        said += [str(message) for message in client.get(led_to).context["messages"]]

    assert said == [
        "A code is on its way. It can take a minute.",
        "If a registration was begun with this number, another code is on its way.",
    ]
    assert (OneTimeCode.objects.count(), Message.objects.count()) == (2, 2 if phone == PHONE else 0)
    assert 'action="/register/resume/code/again/"' in client.get(led_to).text


def test_other_codes_are_limited_too_and_nobody_gets_one_who_did_not_ask(client, monkeypatch):
    monkeypatch.setattr(resuming, "BETWEEN_CODES", dt.timedelta(0))

    first = client.post("/register/resume/code/again/")["Location"]
    ask(client)

    assert first == "/register/resume/"
    assert [client.post("/register/resume/code/again/").status_code for _time in range(6)] == [302] * 5 + [429]


def test_codes_are_limited_by_number_and_address(client, monkeypatch):
    answers = [ask(client).status_code for _time in range(7)]
    monkeypatch.setattr(resuming, "FROM_ONE_ADDRESS", 1)

    assert (answers, ask(Client(), "0301-7654321").status_code) == ([302] * 6 + [429], 429)


def test_what_was_finished_meanwhile_is_not_begun_again(client):
    for _time in range(2):
        DraftFactory(phone="+923000001234")
    ask(client)
    client.post("/register/resume/code/", {"code": digits()})
    Draft.objects.update(state="erased", answers={}, phone="")

    assert client.get("/register/resume/choose/")["Location"] == "/register/"
