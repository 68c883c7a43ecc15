"""Identity that survives life (R11, N4), in a browser: two on one phone, a printed code, a number that changes."""

import os
from pathlib import Path

import pytest

from accounts.models import User
from casework.models import Case
from enterprises.models import Person
from tests.browser.parts.company import Journey, sign_in_as_colleague
from tests.browser.walking import Walk, fill, follow, path_of, press

pytestmark = pytest.mark.browser
PHONE, NEW = "+923019990001", "+923019990002"
COMBINATIONS = (("en", "desktop", False), ("ur", "phone", False), ("en", "phone", True), ("ur", "desktop", True))


def family(journey):
    """Husband and wife of Multan on his phone; their advisor, and a colleague of the same office."""
    with journey.world.inside():
        cases = Case.objects.open().filter(advisor__email__contains=".multan@").order_by("id")
        case, other = cases[0], cases[1]
        for who, name, owner in ((case.person, "نسرین بی بی", "spouse"), (other.person, "محمد رمضان", "self")):
            Person.objects.filter(pk=who.pk).update(phone=PHONE, phone_owner=owner, name=name, language="ur")
        colleagues = User.objects.filter(email__startswith="advisor", email__contains=".multan@")
        people = [(one.person.pk, one.person.cnic) for one in (case, other)]
        return people, case.pk, case.advisor.email, colleagues.exclude(pk=case.advisor_id).get().email


def come_in(journey, who, cnic, code_of, *, look=False):
    page = journey.pages[who] = journey.walk.somebody()
    page.goto("/sign-in/")
    if look:
        journey.see(who, "sign-in")
    fill(page, cnic=cnic)
    press(page, "send")
    if look:
        journey.see(who, "sign-in-code")
    fill(page, code=code_of())
    press(page, "enter")
    assert path_of(page) == "/my/"
    return page


def newest_code(journey, phone):
    journey.world.deliver()
    text = journey.world.received(phone)[-1]
    return "".join(char for char in text if char.isdigit())[:6], text


def two_on_one_phone(journey, people):
    """Each gets a code that says for whom it is, and comes to their own page."""
    texts = []

    def code():
        digits, text = newest_code(journey, PHONE)
        texts.append(text)
        return digits

    for who, (_pk, cnic) in zip(("wife", "husband"), people, strict=True):
        come_in(journey, who, cnic, code, look=who == "wife")
    assert ["نسرین" in texts[0], "محمد رمضان" in texts[1]] == [True, True]
    pages = [journey.pages[who].locator("main").inner_text() for who in ("wife", "husband")]
    assert pages[0] != pages[1]


def a_printed_code(journey, people, case_id):
    """The advisor saw the card, prints a sheet and hands it over; its first code opens the page."""
    page = journey.go("advisor", f"/desk/cases/{case_id}/")
    follow(page, f"/desk/people/{people[0][0]}/access/")
    journey.see("advisor", "access")
    follow(page, "/access/sheet/")
    journey.see("advisor", "sheet-create")
    fill(page, card_seen=True)
    press(page, "issue")
    journey.see("advisor", "sheet")
    code = page.locator(".codes li b").first.inner_text()
    with page.expect_navigation():
        page.locator("form[action$='/hand-over/'] button").click()
    journey.see("advisor", "access-with-sheet")
    come_in(journey, "wife", people[0][1], lambda: code)


def a_pin(journey, people):
    page = journey.go("advisor", f"/desk/people/{people[0][0]}/access/pin/")
    fill(page, card_seen=True, pin="123456", again="123456")
    press(page, "set_pin")
    journey.see("advisor", "pin-easy")
    fill(page, card_seen=True, pin="482915", again="482915")
    press(page, "set_pin")
    come_in(journey, "wife", people[0][1], lambda: "482915")


def a_new_number(journey, people):
    """She asks on her page; the advisor sees the card, a colleague approves, and the old number opens nothing."""
    wife = journey.go("wife", "/my/phone/")
    journey.see("wife", "my-phone")
    follow(wife, "/my/phone/number/")
    fill(wife, phone="0301-9990002", owner="self", reason="own")
    journey.see("wife", "my-number")
    press(wife, "ask")
    journey.see("wife", "my-number-code")
    fill(wife, code=newest_code(journey, NEW)[0])
    press(wife, "prove")
    journey.see("wife", "my-phone-waiting")
    page = journey.go("advisor", f"/desk/people/{people[0][0]}/access/")
    follow(page, "/desk/phone-changes/")
    journey.see("advisor", "change-asked")
    fill(page, card_seen=True)
    press(page, "attest")
    journey.see("advisor", "change-attested")
    address = page.url
    page = sign_in_as_colleague(journey, "colleague", journey.colleague, first_page="/desk/")
    journey.see("colleague", "desk-with-change")
    page.goto(address)
    journey.see("colleague", "change-to-approve")
    with page.expect_navigation():
        page.locator("form[action$='/approve/'] button").click()
    journey.see("colleague", "change-approved")
    journey.world.deliver()
    assert [len(journey.world.received(phone)) for phone in (PHONE, NEW)] == [5, 2]
    assert path_of(journey.go("wife", "/my/")) == "/sign-in/"


@pytest.mark.parametrize(("language", "size", "has_script"), COMBINATIONS)
def test_identity_survives_life(world, chromium, language, size, has_script):
    pictures = os.environ.get("IDENTITY_PICTURES")
    folder = Path(pictures) / f"{language}-{size}" if pictures else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    walk = Walk(world, chromium, language, size, has_script, pictures=folder)
    journey = Journey(walk)
    try:
        people, case_id, advisor, journey.colleague = family(journey)
        sign_in_as_colleague(journey, "advisor", advisor, first_page="/desk/")
        two_on_one_phone(journey, people)
        a_printed_code(journey, people, case_id)
        a_pin(journey, people)
        a_new_number(journey, people)
    finally:
        walk.close()

    assert walk.wrong() == {}
