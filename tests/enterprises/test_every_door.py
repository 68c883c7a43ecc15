"""Promise 16 at every door: hostile input breaks no page, stores nothing that was refused, and loses nothing typed."""

import uuid

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.roles import Role
from enterprises.access_forms import AttestForm, DecisionForm, ProofForm, RefusalForm
from enterprises.claim_forms import GiveBackForm
from enterprises.look_alike_forms import TellApartForm
from enterprises.merge_forms import UndoForm
from enterprises.models import OneTimeCode, Person, Sex, SignInLock
from kit import fields
from kit.again import methods_of
from portal.doors import DOORS
from tests.enterprises.walk import CNIC, PAGES, PHONE, answer, begin, digits, send
from tests.factories import enterprises as people
from tests.factories.accounts import colleague
from tests.factories.intakes import IntakeFactory
from tests.factories.papers import CardFactory, DocumentFactory, DocumentRequestFactory
from tests.hostile import stored
from tests.kit import papers as made
from tests.portal.walk import patterns

pytestmark = pytest.mark.django_db
HOSTILE = (
    "\x00", "\u202eabc", "9" * 5000, "\U000e0041", "۱۲۳", "a" * 100_000, "'; DROP TABLE", "-1", "{{ 7|add:1 }}", "1e9",
    "<script>alert(1)</script>",
)  # fmt: skip
NOW = timezone.now()
# Whose wrong codes are counted, whatever became of them.
COUNTED = {OneTimeCode, SignInLock}


def business(owner):
    return [owner.enterprise.pk]


def idea(owner):
    type(owner.enterprise).objects.filter(pk=owner.enterprise.pk).update(stage="idea", started_on=None)
    return business(owner)


def person(owner):
    return [owner.person.pk]


def without_card(owner):
    Person.objects.filter(pk=owner.person_id).update(cnic=None, cnic_standing="none")
    return person(owner)


def change(factory, **facts):
    return lambda owner: [factory(person=owner.person, enterprise=owner.enterprise, **facts).pk]


def asked_about_family(owner):
    people.FamilyQuestionFactory(person=owner.person)


def kinship(owner):
    asked_about_family(owner)
    return people.KinshipFactory(person=owner.person).pk


def proven(client, owner):
    """Back with a card and number that are on file, proved by the code."""
    Person.objects.filter(pk=owner.person_id).update(name=PAGES["who"]["name"], cnic=CNIC, phone=PHONE, sex=Sex.WOMAN)
    send(client)
    client.post("/register/code/", {"code": digits()})


def resuming(client, *, drafts=1, phone="+923017654321"):
    people.DraftFactory.create_batch(drafts, phone=phone)
    client.post("/register/resume/", {"phone": phone})


def choosing(client):
    resuming(client, drafts=2)
    client.post("/register/resume/code/", {"code": digits()})


def signing_in(client, owner):
    client.post("/sign-in/", {"cnic": owner.person.cnic})


def settled(owner):
    claim = people.ClaimFactory(person=owner.person, settled_at=owner.enterprise.registered_at, outcome="released",
                                settled_by=people.system())  # fmt: skip
    people.CardReleaseFactory(claim=claim, done=True)
    return [claim.pk]


def partners(owner):
    return [owner.person.pk, people.OwnershipFactory(enterprise=owner.enterprise, is_contact=False).person.pk]


def told_apart(owner):
    pair = {"first": owner.person, "second": people.OwnershipFactory().person}
    return [people.LookAlikeFactory(**pair, state="apart", decided_at=NOW, decided_by=people.system()).pk]


def called_wrong(owner):
    facts = {"person": owner.person, "field": "language", "source": "assisted"}
    people.StatementFactory(**facts, disputed_at=timezone.now())
    return business(owner)


# Who knocks, at what (from the owner of a business), and what the form asks: as its page says where None stands here.
OWNER = {
    "my-consents": (list, {"kind": "share", "verb": "give"}),
    "my-begun": (idea, None),
    "my-confirm": (lambda owner: people.StatementFactory(person=owner.person, source="assisted") and [], None),
    "my-details-change": (lambda owner: [owner.enterprise.pk, "business"], None),
    "my-address-edit": (lambda _owner: ["present"], None),
    "business-address-edit": (business, None),
    "my-kin-create": (lambda owner: asked_about_family(owner) or [], None),
    "my-kin-change": (lambda owner: [kinship(owner)], None),
    "my-household": (lambda owner: asked_about_family(owner) or [], None),
    "my-phone": (list, None),
    "my-number": (list, None),
    "my-number-code": (lambda owner: change(people.PhoneChangeFactory, proved_at=None)(owner) and [], None),
    "portal:my-papers": (list, None),
    "portal:my-passport": (list, {"verb": "issue"}),
}
ADVISOR = {
    "enterprise-change": (lambda owner: [owner.enterprise.pk, "business"], None),
    "enterprise-stage": (idea, None),
    "enterprise-district": (business, None),
    "enterprise-wrong": (called_wrong, None),
    "enterprise-consents": (business, {"kind": "share", "verb": "give"}),
    "enterprise-owners": (business, None),
    "owner-add": (lambda owner: [owner.enterprise.pk, people.OwnershipFactory().person.pk], None),
    "owner-end": (lambda owner: [people.OwnershipFactory(enterprise=owner.enterprise, is_contact=False).pk], None),
    "assisted-register": (list, None),
    "intake-list": (list, None),
    "person-address-edit": (lambda owner: [owner.person.pk, "present"], None),
    "person-kin-create": (lambda owner: asked_about_family(owner) or person(owner), None),
    "person-kin-change": (lambda owner: [owner.person.pk, kinship(owner)], None),
    "person-household": (lambda owner: asked_about_family(owner) or person(owner), None),
    "draft-call": (lambda owner: [people.DraftFactory(district=owner.enterprise.district, stopped_at=NOW).pk], None),
    "claim-settle": (lambda owner: [people.ClaimFactory(person=owner.person).pk], None),
    "person-phone": (person, None),
    "person-card": (without_card, None),
    "person-name": (person, None),
    "phone-change-create": (person, None),
    "sheet-create": (person, None),
    "pin-create": (person, None),
    "access-end": (lambda owner: [owner.person.pk, "unlock"], {}),
    "phone-change-send": (change(people.PhoneChangeFactory), {}),
    "phone-change-prove": (change(people.PhoneChangeFactory), ProofForm),
    "phone-change-attest": (change(people.PhoneChangeFactory), AttestForm),
    "phone-change-approve": (change(people.AttestedChangeFactory), DecisionForm),
    "phone-change-refuse": (change(people.AttestedChangeFactory), RefusalForm),
    "person-find": (list, None),
    "look-alike-doubt": (told_apart, TellApartForm),
    "look-alike-tell-apart": (
        lambda owner: [people.LookAlikeFactory(first=owner.person, second=people.OwnershipFactory().person).pk],
        TellApartForm,
    ),
    "document-ask": (business, None),
    "document-request": (
        lambda owner: [DocumentRequestFactory(person=owner.person, enterprise=owner.enterprise).pk],
        {},
    ),
    "document-detail": (lambda owner: [CardFactory(person=owner.person).pk], None),
    "document-remove": (lambda owner: [DocumentFactory(enterprise=owner.enterprise).pk], {}),
    "portal:paper-list": (business, None),
    "portal:case-passport": (business, {"verb": "issue"}),
}
MANAGER = {
    "claim-give-back": (settled, GiveBackForm),
    "merge-preview": (partners, None),
    "merge-undo": (lambda owner: [people.MergeFactory(kept=owner.person).pk], UndoForm),
}
# Lists of the office, and sheets, are whose who sent or printed them.
THEIR_OWN = {
    "intake-confirm": (lambda user: [IntakeFactory(uploaded_by=user).pk], {}),
    "intake-erase": (lambda user: [IntakeFactory(uploaded_by=user).pk], {}),
    "sheet-hand-over": (
        lambda user: [people.CodeSheetFactory(person=people.entrepreneur().person, issued_by=user).pk],
        {},
    ),
}
PUBLIC = {
    "register": (lambda _client, _owner: [], {"stage": "running"}),
    "register-step": (lambda client, _owner: begin(client) and ["who"], None),
    "register-check": (lambda client, _owner: answer(client) and [], None),
    "register-code": (lambda client, _owner: send(client) and [], None),
    "register-code-again": (lambda client, _owner: send(client) and [], {}),
    "register-further": (lambda client, owner: proven(client, owner) or [], None),
    "register-resume": (lambda _client, _owner: [], None),
    "register-resume-code": (lambda client, _owner: resuming(client) or [], None),
    "register-resume-code-again": (lambda client, _owner: resuming(client) or [], {}),
    "register-resume-choose": (lambda client, _owner: choosing(client) or [], {"draft": "1"}),
    "sign-in": (lambda _client, _owner: [], None),
    "sign-in-code": (lambda client, owner: signing_in(client, owner) or [], None),
    "sign-in-code-again": (lambda client, owner: signing_in(client, owner) or [], {}),
}
TABLES = (OWNER, ADVISOR, MANAGER, THEIR_OWN, PUBLIC)


def named(name):
    """The whole name of a door; without a word before it, it is one of this app."""
    return name if ":" in name else f"enterprises:{name}"


def at(name, signed_in):
    """(client, address, fields, names of files) of one door."""
    owner = people.entrepreneur()
    table = next(table for table in TABLES if name in table)
    prepare, asked = table[name]
    role = Role.REGIONAL_MANAGER if table is MANAGER else Role.ADVISOR
    user = owner.person.user if table is OWNER else colleague(role, districts=[people.district()])
    client = Client() if table is PUBLIC else signed_in(user)
    if table is PUBLIC:
        args = prepare(client, owner)
    elif prepare is list:
        args = []
    else:
        args = prepare(user if table is THEIR_OWN else owner)
    path = reverse(named(name), args=args)
    if asked is None:
        page = client.get(path)
        assert page.status_code == 200
        asked = page.context["form"]
    elif isinstance(asked, type):
        asked = asked(initial={"version": 0})
    if isinstance(asked, dict):
        return client, path, asked, []
    return client, path, filled_in(asked), [field.html_name for field in asked if is_file(field)]


RIGHT = {
    "PhoneField": "0301-7654321", "CnicField": "36302-4829107-1", "WholeNumberField": "3", "RupeesField": "3000",
    "BirthYearField": "1985", "DayField": "1/5/2020", "CodeField": "000000", "AccessCodeField": "000000",
    "VersionField": "0",
}  # fmt: skip


def filled_in(form):
    """A value that each field of the form would take, so that the others get past it."""
    return {field.html_name: right(field) for field in form if not is_file(field)}


def is_file(bound):
    return isinstance(bound.field, forms.FileField)


def right(bound):
    field, initial = bound.field, bound.initial
    if isinstance(field, forms.BooleanField):
        return "on"
    if isinstance(field, forms.ChoiceField):
        firsts = [label[0][0] if isinstance(label, list | tuple) else value for value, label in field.choices]
        return next((str(first) for first in firsts if str(first)), "")
    return str(initial) if initial not in {None, ""} else RIGHT.get(type(field).__name__, "Nasreen Bibi")


def kept():
    return {model: rows for model, rows in stored("enterprises").items() if model not in COUNTED}


def refused_in(response):
    """The forms of the page that were sent and say why not."""
    values = [value for context in response.context or () for layer in context.dicts for value in layer.values()]
    bound = [value for value in values if isinstance(value, forms.BaseForm) and value.is_bound]
    return list({id(form): form for form in bound if form.errors}.values())


def knock(name, signed_in, attacks):
    """A handful of times, each time other fields are hostile and the others right."""
    client, path, fields_right, files = at(name, signed_in)
    for time in range(3):
        file = {files[time % len(files)]: hostile_file(time + len(name))} if files else {}
        hostile = {
            field: attacks[(place + 4 * time + len(name)) % len(attacks)]
            for place, field in enumerate(fields_right or {"version": "", "next": ""})
            if place % 3 == time or len(fields_right) <= 2
        }
        before = kept()
        sent = {"request_key": str(uuid.uuid4())} | fields_right | hostile | file
        response = client.post(path, sent, follow=True)
        assert response.status_code < 500
        assert time or response.status_code != 404  # what was removed or joined is there no more
        refused = refused_in(response)
        assert bool(refused) or not file
        for form in refused:
            assert kept() == before
            assert all(str(error) for errors in form.errors.values() for error in errors)
            still = {bound.html_name: bound.field.widget for bound in form}
            lost = [
                field
                for field in fields_right
                if isinstance(still.get(field), forms.Textarea | forms.TextInput)
                and not isinstance(still[field], forms.PasswordInput)
                and field not in hostile
                and escape(fields_right[field]) not in response.text
            ]
            assert lost == []


def hostile_file(number):
    """What calls itself a photo or a list, under a name that is hostile too."""
    contents = list(made.NEITHER.values())
    return SimpleUploadedFile(f"\u202e{'9' * 200}.jpg", contents[number % len(contents)], "image/jpeg")


@pytest.mark.parametrize("name", [name for table in TABLES for name in table])
def test_no_door_breaks_or_stores_what_it_refused_or_loses_what_was_typed(name, signed_in, papers_folder):
    knock(name, signed_in, HOSTILE)


def test_a_door_whose_fields_clean_nothing_breaks(signed_in, monkeypatch):
    """The control: a character that the database cannot keep comes through."""
    monkeypatch.setattr(fields, "clean", lambda text, **_how: text)

    with pytest.raises(ValueError, match="NUL"):
        knock("owner-end", signed_in, ["\x00"])


def test_every_door_that_takes_a_form_is_knocked_at():
    """Those of this app, and the pages of papers and passports, which compose it with others."""
    takes_forms = {
        name
        for name, path in patterns()
        if name in DOORS
        and name.startswith(("enterprises:", "portal:"))
        and "POST" in (methods_of(resolve(path).func) or ())
    }

    assert takes_forms == {named(name) for table in TABLES for name in table}


def test_every_door_that_takes_a_file_gets_hostile_ones(signed_in, papers_folder):
    """Lists, and papers of one's own or of a client: a form with a file elsewhere is knocked at with one too."""
    names = {name for table in TABLES for name in table if table is not PUBLIC and at(name, signed_in)[3]}

    assert names == {"intake-list", "portal:my-papers", "portal:paper-list"}
