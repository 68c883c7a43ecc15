"""Signing in with CNIC and code (R11): two people on one phone both can; an unknown CNIC looks like any other."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from enterprises.actions import codes, sign_ins
from enterprises.models import OneTimeCode, Person
from messaging.models import Message
from messaging.sealing import unseal
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.enterprises import PersonFactory

pytestmark = pytest.mark.django_db
PHONE = "+923000001234"


def ask(cnic, *, session_key="mine"):
    return sign_ins.ask(cnic=cnic, session_key=session_key, language="en")


def sent():
    return unseal(Message.objects.latest("id").secret)


def test_a_first_sign_in_makes_the_user():
    person = PersonFactory(phone=PHONE, language="ur")
    ask(person.cnic)
    secret = sent()

    user = sign_ins.confirm(session_key="mine", digits=digits_in(secret))

    person.refresh_from_db()
    assert (person.user, user.kind, user.has_usable_password(), secret["phone"]) == (
        user,
        User.Kind.ENTREPRENEUR,
        False,
        PHONE,
    )
    assert person.cnic not in user.username


def digits_in(secret):
    return "".join(char for char in secret["text"] if char.isdigit())[:6]


def test_the_next_sign_in_is_the_same_user():
    person = PersonFactory(phone=PHONE, user=EntrepreneurUserFactory())
    ask(person.cnic)

    assert sign_ins.confirm(session_key="mine", digits=digits_in(sent())) == person.user


def test_two_people_on_one_phone_each_sign_in_as_themselves():
    people = [PersonFactory(phone=PHONE, phone_owner=owner) for owner in ("self", "spouse")]
    users = []

    for person in people:
        ask(person.cnic)
        users.append(sign_ins.confirm(session_key="mine", digits=digits_in(sent())))

    assert [Person.objects.get(user=user) for user in users] == people


def test_a_merged_record_signs_in_as_the_one_that_lives():
    kept = PersonFactory(phone=PHONE)
    merged = PersonFactory(merged_into=kept)
    ask(merged.cnic)

    user = sign_ins.confirm(session_key="mine", digits=digits_in(sent()))

    assert (user.person, sent()["phone"]) == (kept, PHONE)


@pytest.mark.parametrize(
    "facts",
    [
        {"phone": ""},
        {"phone_owner": Person.PhoneOwner.OTHER},
        {"inactive": True},
    ],
)
def test_nothing_is_sent_where_it_would_reach_the_wrong_one(facts):
    user = EntrepreneurUserFactory(is_active=False) if facts.pop("inactive", False) else None
    person = PersonFactory(user=user, **facts)

    ask(person.cnic)

    assert (Message.objects.count(), OneTimeCode.objects.get().person) == (0, None)


def test_an_unknown_number_is_refused_like_wrong_digits(monkeypatch):
    monkeypatch.setattr(codes.secrets, "randbelow", lambda _most: 7)
    ask("3630299999999")

    with pytest.raises(ValidationError) as refusal:
        sign_ins.confirm(session_key="mine", digits="000007")

    assert (refusal.value.code, User.objects.filter(kind="entrepreneur").count()) == ("wrong", 0)


def test_a_code_of_another_session_opens_nothing():
    ask(PersonFactory(phone=PHONE).cnic, session_key="theirs")

    with pytest.raises(codes.CodeSpentError):
        sign_ins.confirm(session_key="mine", digits=digits_in(sent()))


def messages_to(people, monkeypatch, *, most):
    monkeypatch.setattr(sign_ins, "CODES_A_PHONE", most)
    codes_made = [ask(cnic, session_key=f"session-{place}") for place, cnic in enumerate(people)]
    return [bool(code.person_id) for code in codes_made], Message.objects.count()


def test_a_phone_gets_its_share_of_codes_whoever_they_are_for(monkeypatch):
    """The answer is the same: the page cannot tell that nothing was sent."""
    family = [PersonFactory(phone=PHONE, phone_owner="spouse").cnic for _ in range(3)]

    assert messages_to([*family, PersonFactory().cnic], monkeypatch, most=2) == ([True, True, False, True], 3)


@pytest.mark.xfail(strict=True, reason="the control: each CNIC counts alone", raises=AssertionError)
def test_a_phone_gets_its_share_of_codes_whoever_they_are_for_control(monkeypatch):
    family = [PersonFactory(phone=PHONE, phone_owner="spouse").cnic for _ in range(3)]
    monkeypatch.setattr("accounts.throttles.allow", lambda key, *, limit, seconds: True)

    assert messages_to([*family, PersonFactory().cnic], monkeypatch, most=2) == ([True, True, False, True], 3)
