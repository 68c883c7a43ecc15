"""A name that was written down wrongly is put right, and what stood there stays known."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from enterprises import messages
from enterprises.actions import names
from enterprises.likeness import Facts, keys_of
from enterprises.models import NameCorrection, Person, Statement
from journal.models import Event
from journal.moves import EditConflict
from messaging.models import Message
from tests.factories.accounts import colleague
from tests.factories.enterprises import ConsentFactory, OwnershipFactory, PersonFactory, StatementFactory, district
from tests.factories.loans import LoanFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    person = PersonFactory(name="Nasren Bibi", parent_name="Ghulam Rasol", parent_relation="father", language="en")
    for field in ("name", "parent_name"):
        StatementFactory(person=person, field=field, source="self")
    return OwnershipFactory(person=person).person


def correct(person, by, **changes):
    facts = {"name": "Nasreen Bibi", "parent_name": "Ghulam Rasool", "parent_relation": "father", "sex": person.sex}
    about = {"reason": "Misspelt.", "is_card_seen": False, "version": person.version}
    return names.correct(person=person, by=by, **(facts | about | changes))


def stated(person):
    return dict(Statement.objects.filter(person=person).values_list("field", "source"))


@pytest.mark.parametrize(
    ("is_card_seen", "standing", "sources"),
    [
        (False, "claimed", {"name": "assisted", "parent_name": "assisted"}),
        (True, "verified", {"name": "card", "parent_name": "card", "cnic": "card"}),
    ],
)
def test_the_name_is_put_right_and_what_stood_there_is_kept(advisor, person, is_card_seen, standing, sources):
    made = correct(person, advisor, is_card_seen=is_card_seen)

    person.refresh_from_db()
    assert (person.name, person.parent_name, person.cnic_standing) == ("Nasreen Bibi", "Ghulam Rasool", standing)
    assert person.likeness_keys == keys_of(Facts(name="Nasreen Bibi", parent_name="Ghulam Rasool"))
    assert stated(person) == sources
    assert (made.name, made.parent_name, made.parent_relation) == ("Nasren Bibi", "Ghulam Rasol", "father")
    assert (made.reason, made.is_card_seen, made.by) == ("Misspelt.", is_card_seen, advisor)
    event = Event.objects.get(name="enterprises.name_corrected")
    assert (event.person_id, event.data) == (person.pk, {})
    assert Message.objects.get(kind="enterprises.name_corrected").target_id == made.pk
    assert messages.corrected(made) is None
    ConsentFactory(person=person, kind="contact")
    assert messages.corrected(made).person_id == person.pk
    assert "Nas" not in messages.say_corrected(made, "en")


def test_whoever_takes_a_name_away_stands_beside_it(advisor, person):
    correct(person, advisor, name=person.name, parent_name="", parent_relation="")

    assert Person.objects.get().parent_relation == ""
    assert stated(person) == {"name": "self", "parent_name": "assisted", "parent_relation": "assisted"}


def sexed(person, by, **changes):
    try:
        correct(person, by, sex="transgender", **changes)
    except ValidationError as refusal:
        return refusal.error_dict["is_card_seen"][0].code
    return Person.objects.get().sex


def test_the_sex_is_put_right_with_the_card_in_hand_alone(advisor, person):
    """R4: what was ticked wrongly at registration is no longer for ever."""
    was = person.sex

    assert [sexed(person, advisor), sexed(person, advisor, is_card_seen=True)] == ["card", "transgender"]
    assert (stated(person)["sex"], NameCorrection.objects.get().sex) == ("card", was)


def test_where_nothing_differs_nothing_is_written(advisor, person):
    made = correct(person, advisor, name=person.name, parent_name=person.parent_name)

    assert (made, NameCorrection.objects.count(), Message.objects.count()) == (None, 0, 0)


def changed_without_the_card(person, by):
    Statement.objects.filter(person=person, field="name").update(source="card")
    with pytest.raises(ValidationError) as refusal:
        correct(person, by)
    return refusal.value.error_dict["is_card_seen"][0].code, Person.objects.get(pk=person.pk).name


def test_what_an_officer_read_from_the_card_is_changed_with_the_card_alone(advisor, person):
    assert changed_without_the_card(person, advisor) == ("card", "Nasren Bibi")
    assert correct(person, advisor, is_card_seen=True)


def seen_by_a_colleague(person):
    Person.objects.filter(pk=person.pk).update(cnic_standing="verified")


def lent_to(person):
    LoanFactory(person=person)


def called_otherwise(person, by, **changes):
    """What the name is after this officer wrote another one down, and with which code that was refused."""
    person.refresh_from_db()
    try:
        correct(person, by, **({"name": "Shazia Kausar", "is_card_seen": True} | changes))
    except ValidationError as refusal:
        return Person.objects.get(pk=person.pk).name, refusal.error_dict["name"][0].code
    return Person.objects.get(pk=person.pk).name, ""


REFUSED = ("Nasren Bibi", "another")


@pytest.mark.parametrize("weight", [seen_by_a_colleague, lent_to])
def test_one_officer_does_not_hand_the_card_to_another_person_by_another_name(advisor, manager, person, weight):
    """R6: what needs a second look where the number goes over is not done by changing the name beside it."""
    weight(person)

    assert [called_otherwise(person, advisor), called_otherwise(person, manager, is_card_seen=False)] == [REFUSED] * 2
    assert called_otherwise(person, manager) == ("Shazia Kausar", "")


STEPS = ["Nasren Bibi Shazia", "Shazia Bibi"]


def walked(person, by):
    """The name after going from one to another by steps that are each the same name as the last."""
    for name in STEPS:
        called_otherwise(person, by, name=name, parent_name=person.parent_name, is_card_seen=False)
    return Person.objects.get(pk=person.pk).name


def test_no_number_of_small_steps_leads_to_another_name(advisor, person):
    """R6: what is put right is compared with what stood there before, not with the last step alone."""
    lent_to(person)

    assert walked(person, advisor) != STEPS[-1]


def test_by_small_steps_control(advisor, person, monkeypatch):
    """The control: where the last name alone is looked at."""
    lent_to(person)
    look = names.NameCorrection.objects.none().values_list("name", flat=True)
    monkeypatch.setattr(names, "stood_before", lambda *_args: look)

    with pytest.raises(AssertionError):
        assert walked(person, advisor) != STEPS[-1]


def test_what_a_manager_changed_altogether_is_what_is_compared_from_then_on(advisor, manager, person):
    lent_to(person)
    called_otherwise(person, manager)

    assert called_otherwise(person, advisor, name="Shaziya Kausar") == ("Shaziya Kausar", "")


def test_another_fathers_name_is_the_managers_too(advisor, manager, person):
    """R6: it tells apart two of one name."""
    lent_to(person)
    with pytest.raises(ValidationError) as refusal:
        correct(person, advisor, name=person.name, parent_name="Abdul Sattar", is_card_seen=True)

    assert list(refusal.value.error_dict) == ["parent_name"]
    assert correct(person, manager, name=person.name, parent_name="Abdul Sattar", is_card_seen=True)


def test_where_another_name_is_nobodys_to_refuse_it_would_be_done_alone(advisor, manager, person, monkeypatch):
    """The failing control."""
    monkeypatch.setattr(names, "why_not_renamed", lambda *_args, **_kwargs: "")

    with pytest.raises(AssertionError):
        test_one_officer_does_not_hand_the_card_to_another_person_by_another_name(advisor, manager, person, lent_to)


def test_where_nothing_weighs_or_they_saw_the_card_themselves_the_advisor_writes_any_name(advisor, person):
    done = [called_otherwise(person, advisor, name=name) for name in ("Shazia Kausar", "Rukhsana Bibi")]

    assert done == [("Shazia Kausar", ""), ("Rukhsana Bibi", "")]


def test_nobody_but_an_advisor_of_the_district_and_with_the_newest_page(advisor, person):
    with pytest.raises(EditConflict):
        correct(person, advisor, version=person.version + 1)
    for by in (
        colleague(Role.ADVISOR, districts=[district("lahore")]),
        colleague(Role.AUDITOR),
        colleague(Role.LOAN_OFFICER, districts=[district()]),
    ):
        with pytest.raises(PermissionDenied):
            correct(person, by)


def test_the_page_says_what_is_missing_and_what_stood_there(signed_in, advisor, person):
    client, url = signed_in(advisor), f"/desk/people/{person.pk}/name/"
    enterprise = person.enterprises.get()
    typed = {"name": "Nasreen Bibi", "parent_name": "Ghulam Rasool", "version": person.version, "sex": person.sex}

    signs = client.post(url, typed | {"name": "12345 <b>", "parent_name": "7", "request_key": str(uuid.uuid4())})
    wrong = client.post(url, typed | {"request_key": str(uuid.uuid4())})
    typed |= {"parent_relation": "father", "reason": "Misspelt."}
    done = client.post(url, typed | {"request_key": str(uuid.uuid4())}, follow=True)
    person.refresh_from_db()
    again = typed | {"version": person.version, "parent_name": "", "request_key": str(uuid.uuid4())}
    client.post(url, again)
    shown = client.get(url).content.decode()

    assert [signs.context["form"].has_error(name, "no_name") for name in ("name", "parent_name")] == [True, True]
    assert wrong.context["form"].errors == {
        "parent_relation": ["Say whether this is the father or the husband."],
        "reason": ["Please fill this in."],
    }
    assert done.redirect_chain == [(f"/desk/enterprises/{enterprise.pk}/", 302)]
    assert [text in done.content.decode() for text in ("It is corrected.", f'href="{url}')] == [True, True]
    assert [text in shown for text in ("Nasren Bibi", "Ghulam Rasol", "Misspelt.")] == [True] * 3
    assert (Person.objects.get().parent_name, Person.objects.get().parent_relation) == ("", "")
