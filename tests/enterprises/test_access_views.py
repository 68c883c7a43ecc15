"""The pages of phone, printed codes, PIN and new numbers (R11, R12, N4), as advisor and entrepreneur walk them."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.roles import Role
from enterprises.actions import access, codes
from enterprises.models import CodeSheet, Person, PhoneChange, Pin, SignInLock
from journal.models import RequestKey
from messaging.models import Message
from messaging.sealing import unseal
from tests.factories.accounts import colleague
from tests.factories.enterprises import (
    AttestedChangeFactory,
    CodeSheetFactory,
    PhoneChangeFactory,
    PinFactory,
    RefusedChangeFactory,
    SignInLockFactory,
    district,
    entrepreneur,
)

pytestmark = pytest.mark.django_db
NEW = "0333-9999999"


@pytest.fixture
def person():
    return entrepreneur().person


@pytest.fixture
def desk(signed_in, advisor):
    return signed_in(advisor)


@pytest.fixture
def second(signed_in):
    return signed_in(colleague(Role.ADVISOR, districts=[district()]))


def send(client, url, **answers):
    return client.post(url, answers | {"request_key": str(uuid.uuid4())})


def of(person, page=""):
    return f"/desk/people/{person.pk}/access/{page}"


def facts(person, **changes):
    said = {"phone_owner": "spouse", "phone_reader": "other", "loans_may_be_named": "no"}
    return said | {"version": person.version, "safe_from": "10:00", "safe_until": "13:00"} | changes


def digits():
    return re.search("[0-9]{6}", unseal(Message.objects.latest("id").secret)["text"])[0]


def test_the_page_shows_phone_sheet_pin_lock_and_change(desk, person, advisor):
    access.issue_sheet(person=person, by=advisor)
    PinFactory(person=person)
    SignInLockFactory(subject=codes.subject_of(person.cnic), locked_until=timezone.now() + dt.timedelta(minutes=9))
    PhoneChangeFactory(person=person, enterprise=person.ownerships.get().enterprise)

    page = strip_tags(desk.get(of(person)).content.decode())

    shown = ["Own phone", "10 codes left", "chosen on", "are locked until", "A new number waits."]
    assert [part in page for part in shown] == [True] * 5


@pytest.mark.parametrize(
    ("asked", "back"),
    [("/desk/clients/7/", "/desk/clients/7/"), ("", "/desk/"), ("//elsewhere.example/", "/desk/")],
)
def test_the_page_leads_back_to_where_the_advisor_came_from(desk, person, asked, back):
    assert f'<a class="back" href="{back}">' in desk.get(of(person), {"next": asked}).text


def test_the_page_costs_the_same_whatever_there_is(desk, person, django_assert_num_queries):
    for _sheet in range(3):
        CodeSheetFactory(person=person, ended_at=timezone.now())
    desk.get(of(person))

    with django_assert_num_queries(14):
        desk.get(of(person))


def test_elsewhere_it_does_not_exist_and_a_reader_changes_nothing(signed_in, person, desk):
    elsewhere = signed_in(colleague(Role.ADVISOR, districts=[district("lahore")]))
    auditor = signed_in(colleague(Role.AUDITOR))
    sheet = CodeSheetFactory(person=person)
    change = PhoneChangeFactory(person=person, enterprise=person.ownerships.get().enterprise)
    pages = [of(person), of(person, "sheet/"), f"/desk/sheets/{sheet.pk}/", f"/desk/phone-changes/{change.pk}/"]

    assert [elsewhere.get(page).status_code for page in pages] == [404] * 4
    assert [auditor.get(page).status_code for page in pages] == [200, 403, 403, 200]
    assert "New sheet" not in auditor.get(of(person)).content.decode()
    assert desk.post(of(person, "no-such-verb/"), {"request_key": str(uuid.uuid4())}).status_code == 404


def test_what_nobody_asked_of_a_phone_is_asked_and_presumed_nowhere(desk, signed_in, person):
    Person.objects.filter(pk=person.pk).update(phone_reader="unsaid", loans_may_be_named=False)

    pages = [desk.get(of(person, "phone/")), signed_in(person.user).get("/my/phone/")]

    ticked = [[page.context["form"][name].value() for name in ("phone_reader", "loans_may_be_named")] for page in pages]
    assert ticked == [["unsaid", ""]] * 2
    assert [page.content.decode().count(" checked") for page in pages] == [1, 1]  # whose it is, which was said
    assert "Not asked yet. Until then none does." in desk.get(of(person)).content.decode()


def test_whose_phone_it_is_is_written_down_once(desk, person):
    answer = send(desk, of(person, "phone/"), **facts(person))

    person.refresh_from_db()
    assert (answer["Location"], person.phone_owner, f"{person.safe_from}", person.loans_may_be_named) == (
        of(person),
        "spouse",
        "10:00:00",
        False,
    )


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"safe_until": ""}, {"safe_until": ["Choose both hours, or neither."]}),
        ({"safe_from": ""}, {"safe_from": ["Choose both hours, or neither."]}),
        ({"safe_from": "15:00"}, {"safe_until": ["Choose an hour after the first one."]}),
        ({"safe_from": "03:00"}, {"safe_from": ["Choose one from the list."]}),
        ({"phone_owner": "cat"}, {"phone_owner": ["Choose one from the list."]}),
    ],
)
def test_slips_are_said_beside_their_field(desk, person, changes, errors):
    page = send(desk, of(person, "phone/"), **facts(person, **changes))

    assert (page.status_code, page.context["form"].errors) == (200, errors)


def test_a_sheet_is_made_printed_and_handed_over(desk, person):
    page = desk.get(of(person, "sheet/"))
    unseen = send(desk, of(person, "sheet/"))
    made = send(desk, of(person, "sheet/"), card_seen="on")
    sheet = CodeSheet.objects.get()
    printed = desk.get(made["Location"])
    paper = desk.get(f"/desk/sheets/{sheet.pk}/codes.pdf")
    handed = desk.post(f"/desk/sheets/{sheet.pk}/hand-over/")
    after = [desk.get(f"/desk/sheets/{sheet.pk}/{part}").status_code for part in ("", "codes.pdf")]

    assert (page.status_code, list(unseen.context["form"].errors)) == (200, ["card_seen"])
    assert len(printed.context["paper"]["codes"]) == 10
    assert (paper["Content-Type"], "no-store" in paper["Cache-Control"], paper.content[:4]) == (
        "application/pdf",
        True,
        b"%PDF",
    )
    assert (handed["Location"], after) == (of(person), [200, 404])


def test_a_sheet_whose_codes_cannot_be_read_any_more_is_handed_over_all_the_same(desk, person, advisor):
    sheet = access.issue_sheet(person=person, by=advisor)
    CodeSheet.objects.update(secret="")
    button = f'action="/desk/sheets/{sheet.pk}/hand-over/"'

    shown = [desk.get(of(person)).text, desk.get(f"/desk/sheets/{sheet.pk}/").text]
    desk.post(f"/desk/sheets/{sheet.pk}/hand-over/")
    after = [desk.get(of(person)).text, desk.get(f"/desk/sheets/{sheet.pk}/").text]

    said = ["not handed over yet: opens nothing", button]
    assert [text in page for text, page in zip(said, shown, strict=True)] == [True, True]
    assert [text in page for text, page in zip(said, after, strict=True)] == [False, False]


def test_a_void_sheet_is_not_handed_over_and_says_so(desk, person, advisor):
    sheet = access.issue_sheet(person=person, by=advisor)
    access.end_sheet(person=person, by=advisor)

    page = desk.post(f"/desk/sheets/{sheet.pk}/hand-over/", follow=True)

    assert "This sheet is void." in page.text


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_sheet_is_in_the_persons_language(desk, person, language):
    Person.objects.update(language=language)
    made = send(desk, of(person, "sheet/"), card_seen="on")

    page = desk.get(made["Location"]).content.decode()

    assert f'lang="{language}" dir="{"rtl" if language == "ur" else "ltr"}"' in page


def test_the_sheet_says_where_whose_office_and_which_reference(desk, person, advisor):
    Person.objects.update(language="en")
    office = advisor.appointments.get().office
    office.phone = "042-35950000"
    office.save()
    made = send(desk, of(person, "sheet/"), card_seen="on")

    page = desk.get(made["Location"])

    paper = page.context["paper"]
    reference = person.ownerships.get().enterprise.reference
    assert (paper["address"], paper["reference"]) == ("testserver", f"Reference {reference}")
    assert paper["office"] == f"{office.label} · 042-35950000"
    assert [word in strip_tags(page.text) for word in ("testserver", office.label, reference)] == [True] * 3


def test_sent_twice_it_is_one_sheet(desk, person):
    answers = {"card_seen": "on", "request_key": str(uuid.uuid4())}

    found = {desk.post(of(person, "sheet/"), answers)["Location"] for _time in range(2)}

    assert (len(found), CodeSheet.objects.count()) == (1, 1)


def test_another_officer_sees_no_codes(desk, second, person):
    made = send(desk, of(person, "sheet/"), card_seen="on")

    assert second.get(made["Location"]).context["paper"] is None


def test_without_a_card_the_page_says_so(desk, person):
    Person.objects.update(cnic=None, cnic_standing="none")

    said = send(desk, of(person, "sheet/"), card_seen="on").context["form"].errors
    pin = send(desk, of(person, "pin/"), card_seen="on", pin="482915", again="482915").context["form"].errors

    assert said == pin == {"__all__": ["Without a CNIC nobody can sign in. You serve them in person."]}
    assert "Without a CNIC" in desk.get(of(person)).content.decode()


def test_a_pin_is_chosen_and_stands_in_no_request(desk, person):
    answer = send(desk, of(person, "pin/"), card_seen="on", pin="۴۸۲۹۱۵", again="482915")

    assert (answer["Location"], Pin.objects.get().person) == (of(person), person)
    assert "482915" not in Pin.objects.get().secret
    digests = set(RequestKey.objects.values_list("digest", flat=True))
    send(desk, of(person, "pin/"), card_seen="on", pin="907362", again="907362")
    assert set(RequestKey.objects.values_list("digest", flat=True)) == digests


@pytest.mark.parametrize(
    ("pin", "again", "field"), [("482915", "482916", "again"), ("123456", "123456", "pin"), ("48291", "48291", "pin")]
)
def test_a_pin_that_is_none_is_refused_and_never_sent_back(desk, person, pin, again, field):
    page = send(desk, of(person, "pin/"), card_seen="on", pin=pin, again=again)

    assert field in page.context["form"].errors
    assert f'value="{pin}"' not in page.content.decode()


def test_the_buttons_end_what_was_given(desk, person, advisor):
    access.issue_sheet(person=person, by=advisor)
    PinFactory(person=person)
    SignInLockFactory(subject=codes.subject_of(person.cnic))

    answers = [send(desk, of(person, f"{verb}/"))["Location"] for verb in ("void-sheet", "remove-pin", "unlock")]

    assert answers == [of(person)] * 3
    assert (CodeSheet.objects.good().count(), Pin.objects.count(), SignInLock.objects.count()) == (0, 0, 0)


def test_a_number_changes_by_two_officers(desk, second, person):
    made = send(desk, of(person, "number/"), phone=NEW, owner="self", reason="lost")
    url = made["Location"]
    desk.post(f"{url}send/")
    wrong = desk.post(f"{url}prove/", {"code": "000000"})
    proved = desk.post(f"{url}prove/", {"code": digits()})
    sent = send(desk, f"{url}attest/", version=1, card_seen="on", unproved_because="")
    own = desk.get(url)
    refused = send(desk, f"{url}approve/", version=2)
    approved = send(second, f"{url}approve/", version=2)

    person.refresh_from_db()
    assert list(wrong.context["proof"].errors) == ["code"]
    assert (proved["Location"], sent["Location"], approved["Location"]) == (url, url, url)
    assert (own.context["is_own"], own.context["decision"], refused.status_code) == (True, None, 403)
    assert (person.phone, second.get(url).context["refusal"]) == ("+923339999999", None)


def test_without_proof_and_reason_it_is_not_attested(desk, person):
    url = send(desk, of(person, "number/"), phone=NEW, owner="self", reason="lost")["Location"]

    unseen = send(desk, f"{url}attest/", version=0, unproved_because="Later")
    bare = send(desk, f"{url}attest/", version=0, card_seen="on")

    assert (list(unseen.context["attest"].errors), list(bare.context["attest"].errors)) == (
        ["card_seen"],
        ["unproved_because"],
    )


def test_a_refusal_needs_a_reason_and_reaches_the_person(second, signed_in, person):
    change = AttestedChangeFactory(person=person, enterprise=person.ownerships.get().enterprise)
    url = f"/desk/phone-changes/{change.pk}/"

    bare = send(second, f"{url}refuse/", version=0, refusal="")
    done = send(second, f"{url}refuse/", version=0, refusal="She did not ask for it.")
    again = send(second, f"{url}approve/", version=1)

    assert list(bare.context["refusal"].errors) == ["refusal"]
    assert (done["Location"], "This cannot be done now" in str(again.context["error_form"].errors)) == (url, True)
    assert "She did not ask for it." in signed_in(person.user).get("/my/phone/").content.decode()


@pytest.mark.parametrize(("owner", "is_told"), [("self", True), ("neighbour", False)])
def test_whoever_approves_reads_whether_the_old_number_is_told(second, owner, is_told):
    change = AttestedChangeFactory()
    type(change.person).objects.filter(pk=change.person_id).update(phone_owner=owner)

    page = second.get(f"/desk/phone-changes/{change.pk}/").text

    told = ("Both numbers are told." in page, "nobody is told there" in page)
    assert told == (is_told, not is_told)


def test_a_broken_form_shows_the_page_again(second):
    url = f"/desk/phone-changes/{AttestedChangeFactory().pk}/"

    assert [send(second, f"{url}{verb}/").status_code for verb in ("approve", "prove")] == [200, 200]


def test_codes_to_one_number_are_limited(desk):
    url = f"/desk/phone-changes/{PhoneChangeFactory(proved_at=None).pk}/"

    assert [desk.post(f"{url}send/").status_code for _time in range(7)] == [302] * 6 + [429]


def test_a_proved_number_gets_no_further_code(desk):
    desk.post(f"/desk/phone-changes/{PhoneChangeFactory().pk}/send/")

    assert Message.objects.count() == 0


@pytest.mark.parametrize("changes", [{"phone": "12"}, {"reason": ""}])
def test_a_number_that_is_none_is_refused(desk, person, changes):
    page = send(desk, of(person, "number/"), **{"phone": NEW, "owner": "self", "reason": "lost"} | changes)

    assert list(page.context["form"].errors) == list(changes)


def test_a_second_change_is_refused_on_the_page(desk):
    change = PhoneChangeFactory()

    page = send(desk, of(change.person, "number/"), phone=NEW, owner="self", reason="lost")

    assert page.context["form"].errors == {"__all__": ["A change of this number is open already."]}


def test_my_phone_is_described_by_me(signed_in, person):
    me = signed_in(person.user)

    answer = send(me, "/my/phone/", **facts(person))
    strangers = send(me, "/my/phone/", **facts(person, version=1, phone_owner="other"))
    back = send(me, "/my/phone/", **facts(person, version=2, phone_owner="self"))

    assert (answer["Location"], strangers["Location"]) == ("/my/phone/", "/my/phone/")
    assert list(back.context["form"].errors) == ["phone_owner"]


def test_i_ask_for_another_number(signed_in, person):
    me = signed_in(person.user)

    asked = send(me, "/my/phone/number/", phone=NEW, owner="self", reason="new")
    page = me.get("/my/phone/number/code/")
    wrong = me.post("/my/phone/number/code/", {"code": "000000"}, follow=True)
    proved = me.post("/my/phone/number/code/", {"code": digits()})

    change = PhoneChange.objects.get()
    assert (asked["Location"], page.status_code, list(wrong.context["form"].errors)) == (
        "/my/phone/number/code/",
        200,
        ["code"],
    )
    assert (proved["Location"], change.proved_at is None, change.asked_by) == ("/my/phone/", False, person.user)
    assert "Your new number is checked." in me.get("/my/phone/").content.decode()
    assert me.get("/my/phone/number/code/")["Location"] == "/my/phone/"


def test_what_cannot_be_asked_is_said_on_my_page(signed_in, person):
    me = signed_in(person.user)
    same = send(me, "/my/phone/number/", phone=f"0{person.phone[3:]}", owner="self", reason="new")
    bad = send(me, "/my/phone/number/", phone="12", owner="self", reason="new")

    assert [list(page.context["form"].errors) for page in (same, bad)] == [["phone"], ["phone"]]


def test_my_codes_are_limited(signed_in, person, monkeypatch):
    monkeypatch.setattr("enterprises.views.my_phone.CODES_A_NUMBER", 0)

    answer = send(signed_in(person.user), "/my/phone/number/", phone=NEW, owner="self", reason="new")

    assert (answer.status_code, PhoneChange.objects.count()) == (429, 0)


def test_a_refused_change_may_be_asked_for_again(signed_in, person):
    RefusedChangeFactory(person=person, enterprise=person.ownerships.get().enterprise)

    asked = send(signed_in(person.user), "/my/phone/number/", phone=NEW, owner="self", reason="new")

    assert asked["Location"] == "/my/phone/number/code/"


def test_by_printed_code_the_sitting_is_short(person, advisor):
    sheet = access.issue_sheet(person=person, by=advisor)
    printed = access.codes_on(sheet, by=advisor)
    access.hand_over_sheet(sheet=sheet, by=advisor)
    visitor = Client()
    visitor.post("/sign-in/", {"cnic": person.cnic})

    entered = visitor.post("/sign-in/code/", {"code": printed[3]})

    left = visitor.session.get_expiry_date() - timezone.now()
    assert (entered["Location"], 19 * 60 < left.total_seconds() <= 20 * 60) == ("/my/", True)


def test_seven_digits_are_no_code(person):
    visitor = Client()
    visitor.post("/sign-in/", {"cnic": person.cnic})

    page = visitor.post("/sign-in/code/", {"code": "1234567"}, follow=True)

    assert page.context["form"].errors == {
        "code": ["Enter the 6 digits of the message or of your PIN, or 8 digits of your sheet."]
    }
