"""R4: somebody is registered by a colleague, in person or at a camp, and claims the record later by phone code."""

import datetime as dt
import re
import uuid
from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from enterprises.actions import assisted
from enterprises.actions.enterprises import Business
from enterprises.models import Draft, Enterprise, Person, Sector
from journal.models import Event
from messaging.models import Message
from tests.enterprises.walk import CNIC, PHONE, digits
from tests.factories.accounts import colleague
from tests.factories.enterprises import DraftFactory, EnterpriseFactory, OwnershipFactory, PersonFactory, district

pytestmark = pytest.mark.django_db
FACTS = {"name": "Nasreen Bibi", "sex": "woman", "phone": PHONE, "phone_owner": "spouse", "language": "ur"}
TYPED = {
    "name": "Nasreen Bibi",
    "cnic": "36302-4829105-6",
    "sex": "woman",
    "birth_year": "1988",
    "phone": "0300-0001234",
    "phone_owner": "spouse",
    "language": "ur",
    "stage": "running",
    "sector": "tailoring",
    "district": "multan",
    "place": "Shah Rukn-e-Alam",
    "contact": "on",
}


def business_of(**changes):
    return Business(stage="running", sector=Sector.objects.get(code="tailoring"), district=district(), **changes)


def register(by, **changes):
    wanted = {"cnic": CNIC, "facts": FACTS, "business": business_of(), "consented": ["contact"], "by": by}
    return assisted.register(**wanted | changes)


def sent(**changes):
    return {"request_key": str(uuid.uuid4())} | TYPED | changes


def test_a_colleague_writes_down_who_and_what_and_it_says_so(advisor):
    enterprise = register(advisor, is_card_seen=True)

    person = enterprise.owners.get()
    stated = {row.field: row.source for row in person.statements.all()}
    assert (person.cnic_standing, enterprise.client_since is not None, enterprise.case.advisor) == (
        "verified",
        True,
        advisor,
    )
    assert stated == {
        "name": "card",
        "cnic": "card",
        "sex": "assisted",
        "phone": "assisted",
        "phone_owner": "assisted",
        "language": "assisted",
    }


@pytest.mark.parametrize("ticked", ["", "self"])
def test_of_no_phone_nobody_says_whose_it_is(signed_in, advisor, ticked):
    signed_in(advisor).post("/desk/register/", sent(phone="", phone_owner=ticked))

    person = Person.objects.get()
    page = signed_in(advisor).get(f"/desk/enterprises/{person.enterprises.get().pk}/details/").content.decode()
    assert (person.phone_owner, {"phone", "phone_owner"} & set(person.statements.values_list("field", flat=True))) == (
        "unsaid",
        set(),
    )
    assert ["Whose phone it is" in page, "Own phone" in page] == [False, False]


def test_the_phone_on_file_is_told(advisor):
    """R4: with the reference, as somebody is who registers alone."""
    enterprise = register(advisor)

    told = Message.objects.filter(kind="enterprises.registered_for_you", target_id=enterprise.pk)
    assert told.count() == 1


def test_without_permission_it_is_a_lead_and_nobody_is_told(advisor):
    assert (register(advisor, consented=[]).client_since, Message.objects.count()) == (None, 0)


def test_without_a_card_nobody_is_turned_away(advisor):
    """R12: registration is never blocked by a missing document or card."""
    enterprise = register(advisor, cnic="", is_card_seen=True)

    assert (enterprise.owners.get().cnic, enterprise.owners.get().cnic_standing) == (None, "none")


def test_a_known_card_is_asked_about_and_nothing_on_file_is_overwritten(advisor):
    known = PersonFactory(cnic=CNIC, name="Nasreen Begum Bibi", sex="woman")
    OwnershipFactory(person=known)

    with pytest.raises(ValidationError, match="with us already"):
        register(advisor)
    enterprise = register(advisor, is_same_person=True)

    known.refresh_from_db()
    assert (enterprise.owners.get(), known.name, Enterprise.objects.count()) == (known, "Nasreen Begum Bibi", 2)


def takes_another(by, **changes):
    """The code that refuses a business of somebody else on the record of whoever has the card, or none."""
    known = OwnershipFactory(person__cnic=CNIC, person__name="Nasreen Bibi", person__sex="woman").person
    with pytest.raises(ValidationError) as refused:
        register(by, facts=FACTS | changes, is_same_person=True, is_card_seen=True)
    known.refresh_from_db()
    return refused.value, known


OTHERS = [{"name": "Shazia Kausar"}, {"name": "Nasreen Akhtar"}, {"sex": "man"}]


@pytest.mark.parametrize("changes", OTHERS)
def test_a_card_typed_wrongly_puts_no_business_on_somebody_elses_record(advisor, changes):
    """R4: two ticks are no proof: name and sex must be those on file, and the card counts as unseen."""
    refusal, known = takes_another(advisor, **changes)

    typed = FACTS | changes
    told = f"Nasreen Bibi (Woman). You typed: {typed['name']} ({typed['sex'].title()})."
    assert (refusal.code, told in refusal.message) == ("differs", True)
    assert (known.cnic_standing, known.ownerships.count(), known.statements.count()) == ("claimed", 1, 0)


@pytest.mark.xfail(strict=True, reason="the control: where any name is taken", raises=pytest.fail.Exception)
def test_a_card_typed_wrongly_puts_no_business_on_somebody_elses_record_control(advisor, monkeypatch):
    monkeypatch.setattr(assisted, "refuse_another", lambda *_args, **_kwargs: None)

    takes_another(advisor, **OTHERS[0])


def test_who_is_out_of_sight_is_not_named_by_a_refusal(advisor):
    """R6."""
    there = EnterpriseFactory(district=district("lahore"))
    OwnershipFactory(person__cnic=CNIC, person__name="Shazia Kausar", enterprise=there)

    with pytest.raises(ValidationError) as refused:
        register(advisor, is_same_person=True, is_card_seen=True)

    assert (refused.value.code, "Shazia" in refused.value.message) == ("differs", False)


@pytest.mark.parametrize(("typed", "source"), [("nasreen bibi", "card"), ("Nasrin Bibi", None)])
def test_a_name_counts_as_read_from_the_card_only_where_it_was_typed_so(advisor, typed, source):
    known = OwnershipFactory(person__cnic=CNIC, person__name="Nasreen Bibi", person__sex="woman").person

    register(advisor, facts=FACTS | {"name": typed}, is_same_person=True, is_card_seen=True)

    stated = dict(known.statements.values_list("field", "source"))
    known.refresh_from_db()
    assert (stated.get("name"), stated["cnic"], known.cnic_standing) == (source, "card", "verified")


def takes_somebody_of_another_district(advisor):
    """Whether a number and a tick put a person of Lahore into the sight of an advisor of Multan."""
    there = EnterpriseFactory(district=district("lahore"))
    known = PersonFactory(cnic=CNIC, name="Nasreen Bibi", sex="woman")
    stranger = OwnershipFactory(person=known, enterprise=there).person
    with suppress(ValidationError):
        register(advisor, is_same_person=True)
    return Person.objects.visible_to(advisor).filter(pk=stranger.pk).exists()


def test_a_number_alone_opens_no_record_of_another_district(advisor):
    """R6, R12: sight of a person comes with the card in hand."""
    assert takes_somebody_of_another_district(advisor) is False


@pytest.mark.xfail(strict=True, reason="the control: where everybody counts as seen", raises=AssertionError)
def test_a_number_alone_opens_no_record_of_another_district_control(advisor, monkeypatch):
    asked = type(advisor).has_perm
    monkeypatch.setattr(
        type(advisor), "has_perm", lambda user, perm, item=None: "view_person" in perm or asked(user, perm, item)
    )

    assert takes_somebody_of_another_district(advisor) is False


def test_who_moved_here_is_registered_with_the_card_in_hand_and_that_is_written_down(advisor):
    person = PersonFactory(cnic=CNIC, cnic_standing="verified", name="Nasreen Bibi", sex="woman")
    OwnershipFactory(person=person, enterprise=EnterpriseFactory(district=district("lahore")))

    with pytest.raises(ValidationError) as refused:
        register(advisor, is_same_person=True)
    enterprise = register(advisor, is_same_person=True, is_card_seen=True)

    assert (refused.value.code, enterprise.owners.get()) == ("elsewhere", person)
    assert Event.objects.filter(name="enterprises.card_seen", person_id=person.pk).count() == 1
    assert person.statements.get(field="cnic").by == advisor


def test_who_stopped_halfway_is_finished_and_counts_as_recovered(advisor):
    """R3."""
    draft = DraftFactory(
        phone=PHONE,
        district=district(),
        touched_at=timezone.now() - timezone.timedelta(hours=3),
        call_due_on="2026-11-25",
    )

    enterprise = register(advisor, draft=draft)

    draft.refresh_from_db()
    assert (draft.state, draft.enterprise, draft.reference, draft.call_due_on) == (
        "done",
        enterprise,
        enterprise.reference,
        None,
    )
    assert draft.stopped_at is not None


BEGUN = {
    "start": {"stage": "running"},
    "who": {"name": "Nasreen Bibi", "cnic": CNIC, "no_card": False, "sex": "woman"},
}
DONE = {
    "reach": {"phone": PHONE, "phone_owner": "self", "district": "multan", "place": "Mumtazabad"},
    "what": {"sector": "tailoring", "name": "", "what": "Uniforms", "started_on": "2019-03-01", "help": ["loan"]},
}


def who_said(by, answers, **changes):
    """Who stated each field of a registration that its owner began with these answers, and a colleague finished."""
    draft = DraftFactory(district=district(), phone=PHONE, language="ur", answers=answers)
    business = {"what": "Uniforms", "place": "Gulgasht", "started_on": dt.date(2019, 3, 1), "help_wanted": ("loan",)}
    enterprise = register(by, draft=draft, business=business_of(**business | changes))
    person = enterprise.owners.get()
    return [
        {row.field: (row.source, row.by.is_system) for row in subject.statements.select_related("by")}
        for subject in (person, enterprise)
    ]


def test_who_began_alone_said_what_still_stands_and_the_colleague_the_rest(advisor):
    """R4: each field says who stated it."""
    own, heard = ("self", True), ("assisted", False)
    of_person = {"name": own, "cnic": own, "sex": own, "phone": own, "phone_owner": heard, "language": own}
    of_business = dict.fromkeys(("stage", "sector", "what", "district", "started_on", "help_wanted"), own)

    assert who_said(advisor, BEGUN | DONE) == [of_person, of_business | {"place": heard}]


@pytest.mark.parametrize(("stage", "own"), [("running", {"stage"}), ("idea", set())])
def test_of_a_page_that_was_not_reached_nothing_is_their_word(advisor, stage, own):
    said = who_said(advisor, BEGUN | {"start": {"stage": stage}})[1]

    assert {field for field, (source, _by) in said.items() if source == "self"} == own


def test_who_finishes_a_draft_for_somebody_on_file_states_nothing_of_the_person(advisor):
    known = PersonFactory(cnic=CNIC, name="Nasreen Bibi", sex="woman")
    OwnershipFactory(person=known)

    register(advisor, draft=DraftFactory(district=district(), answers=BEGUN), is_same_person=True)

    assert known.statements.count() == 0


@pytest.mark.parametrize("state", ["erased", "done"])
def test_what_is_over_is_not_finished_again(advisor, state):
    draft = DraftFactory(district=district())
    rest = {"answers": {}, "phone": ""} if state == "erased" else {"reference": "MUL-1"}
    Draft.objects.update(state=state, **rest)

    with pytest.raises(ValidationError, match="finished or erased"):
        register(advisor, draft=draft)
    assert Person.objects.count() == 0


def test_others_register_nobody(advisor):
    with pytest.raises(PermissionDenied):
        register(colleague(Role.TRAINER))
    with pytest.raises(PermissionDenied):
        register(advisor, draft=DraftFactory(district=district("lahore")))


def test_one_page_registers_once_and_leads_to_the_details(signed_in, advisor):
    """R1, R4: the kind of work may be said later, and the page of the case asks for it."""
    client, typed = signed_in(advisor), sent(is_card_seen="on", sector="")

    answers = [client.post("/desk/register/", typed)["Location"] for _time in range(2)]

    enterprise = Enterprise.objects.get()
    case = client.get(f"/desk/cases/{enterprise.case.pk}/").content.decode()
    assert answers == [f"/desk/enterprises/{enterprise.pk}/"] * 2
    assert (enterprise.sector, "Ask for the kind of work: it was not said yet" in case) == (None, True)
    assert enterprise.owners.get().birth_year == 1988
    assert not enterprise.statements.filter(field="sector").exists()


@pytest.mark.parametrize("has_draft", [False, True])
def test_a_form_without_a_card_sent_twice_asks_nothing_the_second_time(signed_in, advisor, has_draft):
    """Whoever was registered by the first sending looks like themselves, and their draft is finished."""
    draft = DraftFactory(district=district(), phone=PHONE)
    client, typed = signed_in(advisor), sent(cnic="", parent_name="Ghulam Ali", parent_relation="father")
    url = f"/desk/register/?draft={draft.pk}" if has_draft else "/desk/register/"

    answers = [client.post(url, typed) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (answers[0]["Location"], Person.objects.count()) == (answers[1]["Location"], 1)


@pytest.mark.parametrize("state", ["done", "erased"])
def test_what_was_finished_by_somebody_else_meanwhile_is_said_on_the_page(signed_in, advisor, state):
    draft = DraftFactory(district=district())
    rest = {"answers": {}, "phone": ""} if state == "erased" else {"reference": "MUL-1"}
    Draft.objects.update(state=state, **rest)
    client, url = signed_in(advisor), f"/desk/register/?draft={draft.pk}"

    page = client.post(url, sent())

    assert (client.get(url).status_code, page.status_code) == (404, 200)
    assert page.context["form"].non_field_errors() == ["This registration was finished or erased meanwhile."]


def test_at_a_camp_the_next_page_keeps_what_people_share(signed_in, advisor):
    client = signed_in(advisor)

    led_to = client.post("/desk/register/", sent(another="1"))["Location"]
    page = client.get(led_to)
    form = page.context["form"]

    # What Enter presses brings the next one from then on.
    assert [re.findall('name="(save|another)"', one.text) for one in (client.get("/desk/register/"), page)] == [
        ["save", "another"],
        ["another", "save"],
    ]
    assert page.content.decode().count(" autofocus") == str(form["name"]).count(" autofocus") == 1
    assert {name: form[name].value() for name in ("district", "sector", "stage", "name", "cnic")} == {
        "district": "multan",
        "sector": "tailoring",
        "stage": "running",
        "name": None,
        "cnic": None,
    }


def test_five_answers_are_enough(signed_in, advisor):
    """Fields and keystrokes of the fast way: name, sex, district, and two that stand already."""
    client = signed_in(advisor)
    form = client.get("/desk/register/").context["form"]

    required = [name for name, field in form.fields.items() if field.required]

    assert required == ["name", "sex", "language", "stage", "district"]
    assert {form[name].value() for name in ("language", "stage")} == {"ur", "running"}


def test_a_known_card_adds_one_question_and_keeps_what_was_typed(signed_in, advisor):
    known = {"name": "Nasreen Bibi", "sex": "woman", "parent_name": "Ghulam Ali", "parent_relation": "father"}
    on_file = OwnershipFactory(person=PersonFactory(cnic=CNIC, **known)).enterprise
    client = signed_in(advisor)

    page = client.post("/desk/register/", sent(name="Nasrin Bibi"))
    again = client.post("/desk/register/", sent(whose_card="same"))

    shown = page.content.decode()
    told = [answer in shown for answer in ("Nasreen Bibi", "Ghulam Ali", on_file.reference)]
    assert ("whose_card" in shown, 'value="Nasrin Bibi"' in shown, again.status_code) == (True, True, 302)
    assert (told, shown.index("Ghulam Ali") < shown.index("whose_card")) == ([True] * 3, True)


def test_the_first_page_does_not_ask_whose_record_it_is(signed_in, advisor):
    assert "whose_card" not in signed_in(advisor).get("/desk/register/").content.decode()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"phone_owner": ""}, ["phone_owner"]),
        ({"parent_name": "Ali"}, ["parent_relation"]),
        ({"cnic": "", "is_card_seen": "on"}, ["cnic"]),
        ({"district": "lahore"}, ["district"]),
        ({"stage": "idea", "phone": "", "phone_owner": ""}, []),
    ],
)
def test_what_belongs_together_is_asked_together(signed_in, advisor, changes, errors):
    page = signed_in(advisor).post("/desk/register/", sent(**changes))

    assert (sorted(page.context["form"].errors) if page.context else []) == errors


@pytest.mark.parametrize(("stage", "wanted"), [("running", ["loan"]), ("idea", ["start"])])
def test_a_draft_fills_the_page(signed_in, advisor, stage, wanted):
    """R2: what the page does not ask goes along as well, as far as an idea can have it."""
    draft = DraftFactory(district=district(), phone=PHONE)
    client = signed_in(advisor)

    form = client.get(f"/desk/register/?draft={draft.pk}").context["form"]
    client.post(f"/desk/register/?draft={draft.pk}", sent(cnic="", name="Nasreen Bibi", stage=stage))

    assert {name: form[name].value() for name in ("name", "phone", "business", "district", "stage")} == {
        "name": "Nasreen Bibi",
        "phone": "0300-0001234",
        "business": "Nasreen Stitching House",
        "district": "multan",
        "stage": "running",
    }
    draft.refresh_from_db()
    assert (draft.state, draft.enterprise.what, draft.enterprise.help_wanted) == ("done", "Uniforms", wanted)


@pytest.mark.parametrize(("where", "number"), [("lahore", None), ("multan", "9" * 5000), ("multan", "۱")])
def test_a_draft_out_of_sight_is_not_there(signed_in, advisor, where, number):
    draft = DraftFactory(district=district(where))

    assert signed_in(advisor).get("/desk/register/", {"draft": number or draft.pk}).status_code == 404


def test_the_record_is_claimed_later_by_a_code(client, advisor):
    """R4: unclaimed records work, and their owner signs in with CNIC and phone code."""
    person = register(advisor).owners.get()
    client.post("/sign-in/", {"cnic": CNIC})

    client.post("/sign-in/code/", {"code": digits()})

    person.refresh_from_db()
    assert (client.get("/my/").status_code, person.user is not None) == (200, True)
