"""No URL whatsoever gives a client, another owner or a stranger what is not theirs: over all of them, word by word."""

import io
import re
from types import SimpleNamespace

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.test import Client
from django.urls import clear_url_caches, path
from django.utils import timezone

from casework.models import Contact, GrievanceEntry, Note
from enterprises.models import Address, Enterprise, Kinship, Ownership, Person
from enterprises.references import next_reference
from journal import sentences
from journal.events import _wired
from journal.models import Event
from journal.sentences import sentence
from kit import pdf
from loans.models import Application
from portal import urls
from portal.doors import DOORS, PUBLIC
from portal.pages import road
from tests.enterprises.world import everything
from tests.factories import casework as cases
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.call_backs import CalledBackFactory, DeniedFactory, SettledFactory
from tests.factories.enterprises import OwnershipFactory, PersonFactory, district, system
from tests.factories.filters import SavedFilterFactory
from tests.factories.grievances import GrievanceEntryFactory, GrievanceFactory, category
from tests.factories.loans import GuarantorContactFactory, visited_twice
from tests.portal import everywhere, planting

pytestmark = pytest.mark.django_db
WALKED = {"casework", "enterprises", "formalisation", "loans", "training"}
# Free text that no record of the world below has.
PLANTED_NOWHERE = {
    "application: refusal_text", "cardrelease: undone_because", "guarantor: taken_back_because", "guarantor: witness",
    "helpdeskevent: name", "ledgerentry: instrument",
    "ledgerentry: reason", "localclosure: text", "misfortune: paper_number", "misfortune: reason",
    "misfortune: told_by", "misfortune: whom_met", "ownership: ended_because", "purseentry: paper",
    "request: answer", "request: reason", "sitting: topic", "spoiltslip: text",
    "step: moved_because", "vote: refusal_text",
}  # fmt: skip
NAMED_IN_ADDRESSES = ["present", "business", "records", "pdf", "png"]
CLIENT, SECOND, ANOTHER, STRANGER = "the client", "the other owner", "another client", "a stranger"
# What stands in public, what a client reads of theirs, and what whoever else owns the business reads of it.
PUBLIC_TEXTS = {"courserun: place", "courserun: place_ur"}
ADDRESS = {"address: landmark", "address: place", "address: tehsil", "address: union_council"}
BUSINESS = {
    "businessplan: purpose", "enterprise: name", "enterprise: place", "enterprise: what", "note (shared): text",
    "person: name", "step: dropped_because", "step: words", *ADDRESS,
}  # fmt: skip
OF_AN_OWNER = {"person: name", "person: parent_name", "person: phone"}
OWN = BUSINESS | OF_AN_OWNER | {
    "application: purpose", "contact: agreed", "grievance: text", "grievanceentry (reply): text", "introduction: where",
    "introduction: why", "kinship: name", "meeting: place", "meeting: reason", "phonechange: refusal",
    "request: words", "writing: text",
}  # fmt: skip


@pytest.fixture
def world(papers_folder, monkeypatch):
    """Two clients with a record of every kind, and another owner of the first one's business."""
    everywhere.papers_as_text(monkeypatch)
    said = dict(sentences._sentences)
    planted = planting.Planted(planting.line_up())
    PersonFactory()  # somebody with a lower number
    case, other = (cases.PlannedFactory(enterprise__reference=next_reference(district())) for _one in range(2))
    for one in (case, other):
        everything(one.person, but={"user", "nothing known", "joined before"})
        hide(one)
    second = PersonFactory(user=EntrepreneurUserFactory())
    OwnershipFactory(person=second, enterprise=case.enterprise, is_contact=False)
    people = {case.person_id: CLIENT, second.pk: SECOND, other.person_id: ANOTHER}
    planted.in_records(lambda row: told_apart(row, people))
    planted.in_events(enterprise=case.enterprise, person=case.person)
    readers = {CLIENT: case.person.user, SECOND: second.user, ANOTHER: other.person.user, STRANGER: AnonymousUser()}
    yield SimpleNamespace(case=case, other=other, readers=readers, planted=planted)
    sentences.install(said)


def hide(case):
    """What no client may read, in each of its states; and a word for them beside it."""
    cases.NoteFactory(case=case, text="Internal")
    cases.NoteFactory(case=case, text="Shared", is_shared=True)
    removed = {"removed_at": timezone.now(), "removed_by": case.advisor}
    cases.NoteFactory(case=case, text="Shared once", is_shared=True, **removed)
    for made in (cases.ContactFactory, cases.AttemptFactory):
        made(case=case, removed_because="Typed twice", **removed)
    cases.EnquiryFactory(by=case.advisor, removed_because="Typed twice", **removed)
    loan = case.person.loans.get()
    visited_twice(loan)
    GuarantorContactFactory(loan=loan, guarantor__is_named=False)
    cases.ClearedFlagFactory(case=case)
    cases.PauseFactory(case=case, note="Away", ended_at=timezone.now())
    cases.EndedIntroductionFactory(case=case)
    for made in (cases.AcceptedTransferFactory, cases.RefusedTransferFactory, cases.WithdrawnTransferFactory):
        made(case=case)
    for made in (cases.SoundPlanFactory, cases.RemarkedPlanFactory, cases.TalkedPlanFactory):
        made(case=case, first_step=cases.StepFactory(case=case, closed_at=timezone.now(), closed_by=system()))
    for called in (CalledBackFactory, DeniedFactory, SettledFactory):
        called(case=case)
    cases.ReturnedPlanFactory(case=case, number=9)
    cases.EnquiryFactory(enterprise=case.enterprise, name="A caller", phone="+923001112223")
    SavedFilterFactory(user=case.advisor)
    serious = {"category": category("money"), "about": "smeda"}
    theirs = GrievanceFactory(complainant=case.person, **serious)
    strangers = GrievanceFactory(name="A stranger", phone="+923001112224", place="The bazaar", **serious)
    for made in (theirs, strangers):
        GrievanceEntryFactory(grievance=made, kind="note", text="Ask the cashier.")
        GrievanceEntryFactory(grievance=made, kind="reply", text="We asked.")


def told_apart(row, people):
    """What tells records of one kind apart: whose they are, and which of them a client may read."""
    kind, whose = type(row)._meta.model_name, row
    if isinstance(row, Note):
        kind += f" ({'removed' if row.removed_at else 'shared' if row.is_shared else 'internal'})"
    if isinstance(row, Contact) and row.removed_at:
        kind += " (removed)"
    if isinstance(row, GrievanceEntry):
        kind, whose = f"{kind} ({row.kind})", row.grievance
    if isinstance(row, Application) and hasattr(row, "loan"):
        whose = row.loan
    who = [getattr(whose, "person_id", None), getattr(whose, "complainant_id", None)]
    if isinstance(row, Enterprise | Address) and who == [None, None]:
        business = row.enterprise if isinstance(row, Address) else row
        names = [business.pk, business.merged_into_id]
        who = list(
            Ownership.objects.filter(enterprise__in=filter(None, names))
            .order_by("pk")
            .values_list("person_id", flat=True)
        )
    elif isinstance(row, Person):
        kin = Kinship.objects.filter(relative=row, person__in=people).first()
        kind, who = ("kin", [kin.person_id]) if kin and row.pk not in people else (kind, [row.pk])
    elif getattr(row, "case", None):
        who = [row.case.person_id]
    return kind, next((people[one] for one in who if one in people), "somebody else")


def numbers(world):
    """Of all records that could stand in an address of theirs."""
    rows = [one for one in planting.records() if one._meta.app_label in WALKED and one is not Person]
    above = [one._base_manager.filter(pk__gt=world.planted.above).values_list("pk", flat=True) for one in rows]
    return sorted(set().union(*above))


def seen(who, world, signed_in, *, below=""):
    """What of all that was planted is shown to them, and at which addresses."""
    user, found, pressed = world.readers[who], {}, set()
    client = signed_in(user) if user.pk else Client()
    references = [one.enterprise.reference for one in (world.case, world.other)]
    for address in everywhere.addresses(user, numbers(world), NAMED_IN_ADDRESSES, below=below):
        asked = [f"{address}?ref={one}" for one in references] if address.startswith("/my/") else []
        for one in (address, *asked):
            for text in everywhere.told(client, one, typed={"ref": references[0]}, pressed=pressed):
                for what in world.planted.read(text):
                    found.setdefault(what, set()).add(address)
    return found


def of(whose, texts):
    return {f"{text} of {whose}" for text in texts}


def test_every_field_of_free_text_and_every_event_is_planted(world):
    """Otherwise the walks below would prove nothing of what is not."""
    kinds = world.planted.kinds()
    plain = {re.sub(r" \(.*\)", "", kind) for kind in kinds}

    assert kinds >= {f"event for {audience}: {name}" for audience in planting.OTHERS for name in _wired}
    assert planting.free_texts() - plain == PLANTED_NOWHERE


def test_a_client_reads_their_own_alone(world, signed_in):
    found = seen(CLIENT, world, signed_in)

    assert set(found) == of("somebody else", PUBLIC_TEXTS) | of(CLIENT, OWN) | of(SECOND, {"person: name"})


def test_another_owner_reads_what_is_of_the_business(world, signed_in):
    found = seen(SECOND, world, signed_in)

    theirs = of(CLIENT, BUSINESS) | of(SECOND, OF_AN_OWNER)
    assert set(found) == of("somebody else", PUBLIC_TEXTS) | theirs


def test_another_client_reads_nothing_of_it(world, signed_in):
    found = seen(ANOTHER, world, signed_in)

    assert set(found) == of("somebody else", PUBLIC_TEXTS) | of(ANOTHER, OWN)


def test_a_stranger_reads_what_is_public(world, signed_in):
    assert set(seen(STRANGER, world, signed_in)) == of("somebody else", PUBLIC_TEXTS)


# Controls: what is shown is found, in whatever kind of answer, and by whichever way one comes to it.


def in_a_file(_request, word):
    return FileResponse(io.BytesIO(word.encode()), filename="a.txt")


def in_a_head(_request, word):
    return HttpResponse(headers={"X-Said": word})


def in_a_cookie(_request, word):
    answer = HttpResponse()
    answer.set_cookie("said", word)
    return answer


def on_a_paper(_request, word):
    return HttpResponse(pdf.render("training/certificate.typ", {"name": word}, at=timezone.now()))


def to_an_address(_request, word):
    return redirect(f"/my/?said={word}")


def after_a_redirect(request, word):
    if request.method == "POST":
        messages.info(request, word)
        return redirect("/my/")
    return HttpResponse()


def to_who_was_slower(request, word):
    if request.method == "POST":
        return HttpResponse(word * (request.POST.get("version") == "999"), status=409)
    return HttpResponse('<form method="post"><input name="version" value="3"></form>')


def when_it_is_filled(request, word):
    if request.method == "POST":
        return HttpResponse(word * bool(request.POST.get("name")))
    return HttpResponse('<form method="post"><input name="name"><button>Send</button></form>')


LEAKS = {
    "page": lambda _request, word: HttpResponse(word),
    "error": lambda _request, word: HttpResponse(word, status=404),
    "data": lambda _request, word: JsonResponse({"said": [word]}),
    "file": in_a_file,
    "head": in_a_head,
    "cookie": in_a_cookie,
    "paper": on_a_paper,
    "address": to_an_address,
    "redirect": after_a_redirect,
    "conflict": to_who_was_slower,
    "filled": when_it_is_filled,
}


@pytest.fixture
def leak(monkeypatch):
    """One more address, open to everybody, for this test alone."""

    def opened(view):
        monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("leak/", view, name="leak")])
        monkeypatch.setitem(DOORS, "leak", PUBLIC)
        clear_url_caches()

    yield opened
    monkeypatch.undo()
    clear_url_caches()


@pytest.mark.parametrize("way", LEAKS)
def test_whatever_is_shown_is_found(way, world, signed_in, leak):
    word = next(word for word, what in world.planted.words.items() if what.startswith("note (internal)"))
    leak(lambda request: LEAKS[way](request, word))

    assert set(seen(CLIENT, world, signed_in, below="leak/")) >= of(CLIENT, {"note (internal): text"})


def test_every_event_that_is_told_is_found(world, signed_in, leak):
    rows = Event.objects.about([world.case.enterprise_id])
    leak(lambda _request: HttpResponse("\n".join(sentence(event) for event in rows)))

    found = set(seen(CLIENT, world, signed_in, below="leak/"))

    assert found == {f"event for {audience}: {name}" for audience in planting.OTHERS for name in _wired}


def test_a_number_is_found_however_it_is_written(world, signed_in, leak):
    digits, what = next(iter(world.planted.numbers.items()))
    leak(lambda _request: HttpResponse(f"0355-{digits[:3]} {digits[3:]}"))

    assert set(seen(CLIENT, world, signed_in, below="leak/")) == {what}


OPENED = {
    "the day of an event for somebody else": ("journal.querysets.EventQuerySet.for_audience", lambda rows, *_to: rows),
    f"note (removed): text of {CLIENT}": ("casework.querysets.NoteQuerySet.standing", lambda rows: rows),
    f"grievance: text of {ANOTHER}": ("casework.querysets.GrievanceQuerySet.visible_to", lambda rows, _user: rows),
}


@pytest.mark.parametrize("what", OPENED)
def test_a_guard_that_is_off_is_found(what, world, signed_in, monkeypatch):
    monkeypatch.setattr(road, "first_reached", road.first_reached.__wrapped__)
    monkeypatch.setattr(*OPENED[what])

    assert what in seen(CLIENT, world, signed_in, below="my/")
