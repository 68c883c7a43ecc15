"""What colleagues see of possible duplicates (R6): while typing, before saving, and as a list to settle."""

import uuid

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.html import escape

from accounts.roles import Role
from enterprises.actions import assisted, people
from enterprises.actions.enterprises import Business
from enterprises.likeness import Facts
from enterprises.look_alike_forms import SamePersonForm
from enterprises.models import Claim, Enterprise, LookAlike, Person, Sector, Statement
from journal.models import Event
from tests.enterprises.test_look_alikes import person
from tests.factories.accounts import colleague
from tests.factories.enterprises import ClaimFactory, LookAlikeFactory, PersonFactory, district, entrepreneur

pytestmark = pytest.mark.django_db
LABEL_OF = {"parent_name": "Father's or husband's name", "birth_year": "Year of birth", "phone": "Mobile number"}
TYPED = {"name": "محمد اکرم", "parent_name": "اللہ دتہ", "phone": "0300-1111111", "birth_year": "", "cnic": ""}


def look(client, *, typing=False, **changes):
    headers = {"HX-Request": "true"} if typing else {}
    return client.post("/desk/people/", TYPED | changes, headers=headers)


def apart(client, pair, **changes):
    fields = {"version": pair.version, "request_key": str(uuid.uuid4())} | changes
    return client.post(f"/desk/people/look-alikes/{pair.pk}/apart/", fields)


def test_the_button_brings_the_page_with_who_looks_alike_and_why(signed_in, advisor):
    person(cnic="3630248291056", cnic_standing="claimed")

    page = look(signed_in(advisor)).content.decode()

    shown = ["Muhammad Akram", "36302-•••••••-6", "03**-****111", "The names sound the same", "Same mobile number"]
    assert [word in page for word in shown] == [True] * 5
    assert ["3630248291056" in page, "36302-4829105-6" in page, "0300-1111111" in page] == [False, False, True]


def test_while_somebody_types_the_list_alone_is_brought(signed_in, advisor):
    person()
    client = signed_in(advisor)

    half_typed = look(client, typing=True, cnic="36302")

    assert (b"<html" in half_typed.content, b"Muhammad Akram" in half_typed.content) == (False, True)


@pytest.mark.parametrize("is_typing", [True, False])
@pytest.mark.parametrize(
    ("typed", "is_enough"),
    [
        ({}, False),
        ({"parent_name": "اللہ دتہ"}, True),
        ({"birth_year": "1988"}, True),
        ({"phone": "0300-1111111"}, True),
    ],
)
def test_nobody_is_said_to_look_alike_before_enough_was_typed_to_look(signed_in, advisor, typed, is_enough, is_typing):
    page = look(signed_in(advisor), typing=is_typing, **{"parent_name": "", "phone": ""} | typed).content.decode()

    assert ["Nobody in your districts looks alike." in page, "the name is not enough" in page] == [
        is_enough,
        not is_enough,
    ]
    told = ["Full name", *(escape(LABEL_OF[name]) for name in typed)]
    assert (f"Compared together: {', '.join(told)}. The name alone is not enough." in page) == is_enough


def test_what_cannot_be_read_is_said_and_kept(signed_in, advisor):
    person()

    page = look(signed_in(advisor), name="", cnic="123")

    assert page.context["form"].errors == {
        "name": ["Write the name."],
        "cnic": ["Enter all 13 digits of the CNIC. There are 3 here."],
    }
    assert (b'value="123"' in page.content, b"Muhammad Akram" in page.content) == (True, False)


def test_out_of_sight_only_the_office_is_named_and_only_for_the_very_cnic(signed_in, advisor):
    person("lahore", cnic="3630248291056", cnic_standing="claimed")
    client = signed_in(advisor)

    near, exact = (look(client, cnic=number).content.decode() for number in ("3630248291057", "36302-4829105-6"))

    assert ["another office" in page for page in (near, exact)] == [False, True]
    assert [word in exact for word in ("Muhammad Akram", "Allah Ditta", "36302-•")] == [False, False, False]


def test_looking_somebody_up_costs_the_same_whoever_is_found(signed_in, advisor, django_assert_num_queries):
    client = signed_in(advisor)
    for _person in range(3):
        person()
        if _person in {0, 2}:
            with django_assert_num_queries(9):
                look(client, typing=True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(signed_in, advisor, count, django_assert_num_queries):
    for _pair in range(count):
        LookAlikeFactory(first=person(), second=person())
    client = signed_in(advisor)

    with django_assert_num_queries(12):
        page = client.get("/desk/people/look-alikes/")

    assert page.content.decode().count("They are two people") == count


def test_the_list_shows_pairs_of_the_readers_districts_the_likeliest_first(signed_in, advisor):
    some = LookAlikeFactory(first=person(), second=person(), points=65)
    most = LookAlikeFactory(first=person(), second=person(), points=90)
    LookAlikeFactory(first=person(), second=person("lahore"), points=99)
    LookAlikeFactory(first=person(), second=person(), state="apart", decided_by=advisor, decided_at=timezone.now())

    page = signed_in(advisor).get("/desk/people/look-alikes/")

    assert page.context["page"].rows == [most, some]


def test_long_lists_go_on_and_empty_ones_say_so(signed_in, advisor):
    client = signed_in(advisor)
    empty = client.get("/desk/people/look-alikes/")
    for _pair in range(11):
        LookAlikeFactory(first=person(), second=person())

    first = client.get("/desk/people/look-alikes/")
    second = client.get("/desk/people/look-alikes/", {"after": first.context["page"].next})

    assert b"Nobody seems to be registered twice" in empty.content
    assert [len(page.context["page"].rows) for page in (first, second)] == [10, 1]
    assert [b'rel="prev"' in page.content for page in (first, second)] == [False, True]


def test_told_apart_the_pair_is_never_shown_again(signed_in, advisor):
    pair = LookAlikeFactory(first=person(), second=person())
    client = signed_in(advisor)
    key = str(uuid.uuid4())

    answers = [apart(client, pair, request_key=key)["Location"] for _time in range(2)]

    pair.refresh_from_db()
    assert (answers, pair.state, pair.decided_by) == (["/desk/people/look-alikes/"] * 2, "apart", advisor)
    assert Event.objects.count() == 1
    assert b"You are not asked again" in client.get("/desk/people/look-alikes/").content
    assert b"They are two people" not in client.get("/desk/people/look-alikes/").content


def test_whom_a_colleague_told_apart_somebody_looks_at_again(signed_in, advisor):
    pair = LookAlikeFactory(first=person(), second=person())
    client = signed_in(advisor)
    none = client.get("/desk/people/look-alikes/?apart").text
    apart(client, pair)

    page = client.get("/desk/people/look-alikes/?apart")
    answer = client.post(
        f"/desk/people/look-alikes/{pair.pk}/doubt/", {"request_key": str(uuid.uuid4()), "version": "1"}
    )

    assert ("No pair was told apart yet" in none, page.context["page"].rows) == (True, [pair])
    assert [word in page.text for word in ("Look at it again", "They are two people")] == [True, False]
    assert (answer["Location"], LookAlike.objects.get().state) == ("/desk/people/look-alikes/?apart", "suspected")
    asked = client.get("/desk/people/look-alikes/")
    assert (asked.context["page"].rows, asked.text.count("Whether they are two people is asked again")) == ([pair], 1)


def test_two_colleagues_settle_once(signed_in, advisor):
    pair = LookAlikeFactory(first=person(), second=person())
    client = signed_in(advisor)
    apart(client, pair)

    assert apart(client, pair).status_code == 409
    assert apart(client, pair, version=1)["Location"] == "/desk/people/look-alikes/"
    assert b"This cannot be done now" in client.get("/desk/people/look-alikes/").content
    assert apart(client, pair, version="x")["Location"] == "/desk/people/look-alikes/"


def test_elsewhere_the_pair_does_not_exist_and_readers_have_no_button(signed_in):
    pair = LookAlikeFactory(first=person(), second=person())
    far = signed_in(colleague(Role.ADVISOR, districts=[district("lahore")]))
    reader = signed_in(colleague(Role.AUDITOR))

    assert apart(far, pair).status_code == 404
    page = reader.get("/desk/people/look-alikes/")
    assert (page.context["page"].rows, b"They are two people" in page.content) == ([pair], False)
    assert (apart(reader, pair).status_code, LookAlike.objects.suspected().count()) == (403, 1)


def test_a_claim_shows_whom_else_the_newcomer_looks_like(signed_in, advisor):
    claim = ClaimFactory(person=PersonFactory(name="Who Is On File"))
    claim.draft.answers["who"] |= {"name": "محمد اکرم", "cnic": claim.person.cnic, "sex": "man"}
    claim.draft.answers["reach"]["phone"] = "+923001111111"
    claim.draft.save()
    person()
    client = signed_in(advisor)

    before = client.get(f"/desk/claims/{claim.pk}/").content.decode()
    claim.settled_at, claim.settled_by, claim.outcome = timezone.now(), advisor, "same"
    claim.save()
    after = client.get(f"/desk/claims/{claim.pk}/").content.decode()

    assert ["Could be the same person" in page for page in (before, after)] == [True, False]


def test_before_saving_it_is_asked_whether_it_is_one_of_them(advisor):
    same = person()
    found = people.look_alike(facts=Facts("Muhammad Akram", phone="+923001111111"), by=advisor).candidates

    forms = [SamePersonForm({"person": said}, people=[found[0].person]) for said in (str(same.pk), "new", "", "0")]

    assert [form.is_valid() for form in forms] == [True, True, False, False]
    assert [form.cleaned_data["person"] for form in forms[:2]] == [same, None]
    assert forms[2].errors["person"] == ["Say whether it is one of these people or somebody else."]


@pytest.mark.parametrize("url", ["/desk/people/", "/desk/people/look-alikes/"])
def test_in_public_nobody_gets_here(url, client, signed_in):
    assert client.get(url).status_code == 302
    assert signed_in(entrepreneur().person.user).get(url).status_code == 403


# On the page where a colleague registers somebody


def register(client, **changes):
    fields = {
        "request_key": str(uuid.uuid4()), "name": "محمد اکرم", "cnic": "", "sex": "man", "phone": "0300-1111111",
        "phone_owner": "self", "parent_relation": "father", "parent_name": "اللہ دتہ", "language": "ur",
        "stage": "running", "sector": "tailoring", "district": "multan", "contact": "on",
    }  # fmt: skip
    return client.post("/desk/register/", fields | changes)


def test_before_saving_the_page_asks_and_nothing_is_written(signed_in, advisor):
    same = person()

    page = register(signed_in(advisor))

    assert page.context["form"].errors == {"person": ["Say whether it is one of these people or somebody else."]}
    assert (b"Could be the same person" in page.content, b"03**-****111" in page.content) == (True, True)
    assert (list(Person.objects.all()), Enterprise.objects.count()) == ([same], 1)


def test_the_same_person_goes_on_with_the_record_on_file(signed_in, advisor):
    same = person(name="Muhammad Akram")

    register(signed_in(advisor), person=str(same.pk))

    same.refresh_from_db()
    assert (list(Person.objects.all()), same.name, same.ownerships.count()) == ([same], "Muhammad Akram", 2)


def test_somebody_else_is_registered(signed_in, advisor):
    same = person()

    register(signed_in(advisor), person="new")

    assert (Person.objects.count(), same.ownerships.count()) == (2, 1)


def test_who_is_not_among_those_shown_cannot_be_chosen(signed_in, advisor):
    person()
    far = person("lahore", name="Somebody Far")

    page = register(signed_in(advisor), person=str(far.pk))

    assert page.context["form"].errors == {"person": ["Choose one from the list."]}
    assert Enterprise.objects.count() == 2


def test_nobody_alike_nothing_is_asked(signed_in, advisor):
    person("lahore")

    assert register(signed_in(advisor)).status_code == 302


def test_a_colleague_recognises_only_whom_they_see_and_whose_card_it_is(advisor):
    far, near = person("lahore"), person(cnic="3630248291056", cnic_standing="claimed")
    business = Business(stage="running", sector=Sector.objects.get(code="tailoring"), district=district())
    said = {"facts": {}, "business": business, "consented": [], "by": advisor, "is_card_seen": True}

    with pytest.raises(PermissionDenied):
        assisted.register(cnic="", person=far, **said)
    with pytest.raises(ValidationError) as refused:
        assisted.register(cnic="3630248291057", person=near, **said)
    assisted.register(cnic="36302-4829105-6", person=near, **said)

    near.refresh_from_db()
    assert (refused.value.code, near.cnic_standing, near.ownerships.count()) == ("card", "verified", 2)


def test_the_number_typed_beside_somebody_without_a_card_is_kept(signed_in, advisor):
    """R6: until an officer sees the card it is claimed, and it stands there who wrote it down."""
    same = person()

    register(signed_in(advisor), person=str(same.pk), cnic="36302-4829105-6")

    same.refresh_from_db()
    stated = Statement.objects.get(person=same, field="cnic")
    assert (same.cnic, same.cnic_standing, same.version) == ("3630248291056", "claimed", 1)
    assert (stated.source, stated.by) == ("assisted", advisor)


def test_a_number_that_is_somebody_elses_is_refused_and_what_was_typed_stays(signed_in, advisor):
    same = person()
    PersonFactory(cnic="3630248291056", name="Rukhsana Kausar")

    client, typed = signed_in(advisor), {"person": str(same.pk), "cnic": "36302-4829105-6"}
    page = register(client, **typed, whose_card="same")
    claimed = register(client, **typed, whose_card="rival")
    again = register(client, **typed, whose_card="rival")
    told = [str(message) for message in get_messages(again.wsgi_request)]

    why = "This number is on file with somebody else than whom you chose. Look at the card, and say whose it is."
    assert page.context["form"].errors == {"cnic": [why]}
    assert 'value="36302-4829105-6"' in page.content.decode()
    assert (claimed.status_code, Claim.objects.get().newcomer, Enterprise.objects.count()) == (302, same, 3)
    on_file = "They are on file without the card number. Whose it is, is settled under “Cards to see”."
    assert told.count(on_file) == 2  # said each time, though the claim hangs on the first business


def test_what_one_of_the_two_lacks_stands_there_as_a_dash(signed_in, advisor):
    one, other = (entrepreneur(district=district()).person for _time in range(2))
    Person.objects.filter(pk=other.pk).update(cnic=None, cnic_standing="none")
    LookAlikeFactory(first=one, second=other)

    (pair,) = signed_in(advisor).get("/desk/people/look-alikes/").context["pairs"]

    labels, texts = ([[row[key] for row in side] for side in pair["sides"]] for key in ("label", "text"))
    assert (labels[0], texts[1][labels[1].index("CNIC")]) == (labels[1], "–")
