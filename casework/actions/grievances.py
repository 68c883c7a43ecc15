"""Complaints: made by anybody, answered by somebody whom they are not about, closed by whoever made them."""

import datetime as dt
import re
import secrets
from functools import partial
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Office, User
from casework.actions.grievance_owners import Matter, Owner, may_own, owner_of
from casework.models import SILENCE, Case, Grievance, GrievanceEntry, Referral
from casework.states import GrievanceState
from enterprises.models import Person
from journal.events import MANAGERS, record
from journal.moves import EditConflict, MoveRefused, hold, move
from kit.faults import one_by_one
from kit.saving import save
from messaging.outbox import queue
from places import matching
from places.calendar import OFFICE, add_working_days

AUDIENCE = {MANAGERS}
CODE_DIGITS = 8
# Who gets it when it is late or came back: they know nothing of it yet.
DAYS_ANEW = 3
COMMAS, MOST_PARTS = re.compile("[,،]"), 4
# How long name and number stay after it was closed.
KEPT = dt.timedelta(days=730)
Kind = GrievanceEntry.Kind


class Made(NamedTuple):
    """A complaint, and the code that is told once; nobody can look it up again."""

    grievance: Grievance
    code: str


@transaction.atomic
def make(
    *, by: User, text: str, complainant: Person | None = None, language: str, tells: bool = True, **facts: Any
) -> Made:
    """Take a complaint down and give it a number, a day and an owner. Everybody may; a colleague writes for somebody.

    `by` is the portal itself for who is not signed in. What is not known of whom it is about,
    the owner puts right. Unless it `tells`, no text confirms it.
    """
    writes_for = by.is_colleague
    if writes_for and not by.has_perm("casework.make_grievance"):
        raise PermissionDenied("casework.make_grievance")
    now = timezone.now()
    today = timezone.localdate(now)
    category, about = facts["category"], facts["about"]
    district_id = district_of(facts.get("place", ""), complainant, today=today)
    office = office_complained_of(about, complainant=complainant, district_id=district_id, today=today)
    owner = owner_of(Matter(category, about_office=office, district_id=district_id), today=today)
    code = "" if complainant is not None else f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    number = next_number()
    due_on = add_working_days(today, category.days, calendar=OFFICE)
    grievance = Grievance(
        number=number,
        digest=digest_of(number, code) if code else "",
        text=text,
        complainant=complainant,
        language=language,
        district_id=district_id,
        about_office=office,
        owner=owner.user,
        office=owner.office,
        written_by=by if writes_for else None,
        received_at=now,
        due_on=due_on,
        promised_on=due_on,
        **facts | ({"sex": complainant.sex} if complainant is not None else {}),
    )
    save(grievance)
    record("casework.grievance_received", target=grievance, by=by, audience=AUDIENCE, data=matter_of(grievance))
    if tells:
        queue("casework.grievance_received", target=grievance)
    return Made(grievance, code)


@transaction.atomic
def answer(*, grievance: Grievance, by: User, version: int, text: str, is_remedied: bool) -> Grievance:
    """Answer whoever made it and, if so, say that it was put right: the two are counted apart."""
    now = timezone.now()
    held = move(grievance, "reply", by=by, version=version, audience=AUDIENCE, replied_at=now)
    if is_remedied:
        held = move(held, "resolve", by=by, version=held.version, audience=AUDIENCE, resolved_at=now)
    write(held, Kind.REMEDY if is_remedied else Kind.REPLY, text, by=by)
    queue("casework.grievance_replied", target=held)
    return held


@transaction.atomic
def note(*, grievance: Grievance, by: User, version: int, text: str) -> Grievance:
    """Keep a note for colleagues; whoever made the complaint never reads it."""
    held = hold(grievance, version=version)
    if not by.has_perm("casework.answer_grievance", held):
        raise PermissionDenied("casework.answer_grievance")
    write(held, Kind.NOTE, text, by=by)
    return held


@transaction.atomic
def judge(*, grievance: Grievance, by: User, version: int, is_right: bool, text: str = "") -> Grievance:
    """Whoever made it says whether it is put right. If not, somebody else takes it, with days of their own.

    Never who gave one of the answers: where nobody else may have it, nobody has it until there is somebody.
    """
    now = timezone.now()
    if is_right:
        closed = move(grievance, "agree", by=by, version=version, audience=AUDIENCE, agreed_at=now, closed_at=now)
        write(closed, Kind.AGREED, text)
        return closed
    held = hold(grievance, version=version)
    owner = owner_of(Matter.of(held, comes_back=True), today=timezone.localdate(now), above=held.owner)
    disputed = move(
        held,
        "disagree",
        by=by,
        version=version,
        audience=AUDIENCE,
        data=owned(owner),
        resolved_at=None,
        owner=owner.user,
        office=owner.office,
        due_on=anew(now),
    )
    write(disputed, Kind.DISAGREED, text)
    return disputed


@transaction.atomic
def direct(
    *, grievance: Grievance, by: User, version: int, about_office: Office | None, about_user: User | None
) -> Grievance:
    """Say whom it is about, as it turned out. If that is who has it, or somebody near them, it goes to another."""
    held = hold(grievance, version=version)
    if not by.has_perm("casework.direct_grievance", held):
        raise PermissionDenied("casework.direct_grievance")
    if held.state == GrievanceState.CLOSED:
        raise ValidationError(_("This complaint is closed."))
    held.about_office, held.about_user = about_office, about_user
    owner, now = Owner(held.office, held.owner), timezone.now()
    if not may_own(held.owner, Matter.of(held)):
        owner = owner_of(Matter.of(held), today=timezone.localdate(now))
        held.owner, held.office, held.due_on = owner.user, owner.office, max(held.due_on, anew(now))
    held.version += 1
    save(held, update_fields=["about_office", "about_user", "owner", "office", "due_on", "version"])
    record("casework.grievance_directed", target=held, by=by, audience=AUDIENCE, data=owned(owner) | matter_of(held))
    return held


def lapse(*, now: dt.datetime, by: User) -> int:
    """Close what was put right seven days ago and about which nobody said a word since; return how many."""
    closed = 0
    for grievance in Grievance.objects.silent(now=now, silence=SILENCE).order_by("pk"):
        try:
            with transaction.atomic():
                move(grievance, "lapse", by=by, version=grievance.version, audience=AUDIENCE, closed_at=now)
        except (EditConflict, MoveRefused):
            continue  # somebody spoke of it this minute
        closed += 1
    return closed


def hand_on(*, now: dt.datetime, by: User) -> int:
    """Give what nobody has, since its owner left or nobody could have it, to somebody who may; return how many.

    One that cannot be given on does not stop the others.
    """
    left = Grievance.objects.of_nobody(on=timezone.localdate(now)).order_by("pk")
    return one_by_one(left, partial(hand_on_one, now=now, by=by), failed="a complaint has nobody to go to")


@transaction.atomic
def hand_on_one(left: Grievance, *, now: dt.datetime, by: User) -> bool:
    held = hold(left, version=None)
    owner = owner_of(Matter.of(held), today=timezone.localdate(now), at=held.office)
    if held.owner_id != left.owner_id or held.state == GrievanceState.CLOSED or owner.user is None:
        return False
    give(held, owner, due_on=max(held.due_on, anew(now)), event="casework.grievance_handed_on", by=by)
    return True


def pass_up(*, now: dt.datetime, by: User) -> int:
    """Give what nobody answered in time to whoever stands above, with days of their own; return how many.

    One that cannot be given on does not stop the others.
    """
    late = Grievance.objects.late(on=timezone.localdate(now)).order_by("pk")
    return one_by_one(late, partial(pass_up_one, now=now, by=by), failed="a complaint was not passed up")


@transaction.atomic
def pass_up_one(late: Grievance, *, now: dt.datetime, by: User) -> bool:
    today, held = timezone.localdate(now), hold(late, version=None)
    if held.due_on >= today or held.state in {GrievanceState.RESOLVED, GrievanceState.CLOSED}:
        return False  # somebody moved it this minute
    owner = owner_of(Matter.of(held), today=today, above=held.owner)
    if owner.user == held.owner:
        return False  # nobody stands above: it stays late where it is, on top of the list
    give(held, owner, due_on=anew(now), event="casework.grievance_passed_up", by=by)
    return True


def give(held: Grievance, owner: Any, *, due_on: dt.date, event: str, by: User) -> None:
    held.owner, held.office, held.due_on = owner.user, owner.office, due_on
    held.version += 1
    save(held, update_fields=["owner", "office", "due_on", "version"])
    record(event, target=held, by=by, audience=AUDIENCE, data=owned(owner))


def forget(*, now: dt.datetime) -> int:
    """Take name and number off what was closed two years ago; return from how many."""
    known = ~Q(name="") | ~Q(phone="")
    return Grievance.objects.filter(known, closed_at__lt=now - KEPT).update(name="", phone="")


def found(*, number: int, code: str) -> Grievance | None:
    """The complaint of this number, if this is its code; the same work is done for a number that nobody has."""
    grievance = Grievance.objects.filter(number=number).first()
    expected = grievance.digest if grievance is not None else ""
    return grievance if constant_time_compare(expected, digest_of(number, code)) else None


def write(grievance: Grievance, kind: str, text: str, *, by: User | None = None) -> None:
    save(GrievanceEntry(grievance=grievance, kind=kind, text=text, by=by))


def anew(now: dt.datetime) -> dt.date:
    return add_working_days(timezone.localdate(now), DAYS_ANEW, calendar=OFFICE)


def owned(owner: Any) -> dict[str, Any]:
    return {"owner": owner.user.pk if owner.user else None, "office": owner.office.pk}


def matter_of(grievance: Grievance) -> dict[str, Any]:
    return {"category": grievance.category.code, "about": grievance.about}


def next_number() -> int:
    """A number that nobody has. Gaps mean nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('casework_grievance_number')")
        (number,) = cursor.fetchone()
    return number


def digest_of(number: int, code: str) -> str:
    return salted_hmac("casework.grievances", f"{number}:{code}", algorithm="sha256").hexdigest()


def district_of(place: str, complainant: Person | None, *, today: dt.date) -> int | None:
    """The district that the words name beyond doubt, else that of the complainant's own case."""
    for words in dict.fromkeys([place, *COMMAS.split(place)[:MOST_PARTS]]):
        meant = matching.find(words, on=today)
        if meant.is_certain:
            return meant.districts[0].pk
    own = Case.objects.filter(person=complainant) if complainant is not None else Case.objects.none()
    return own.order_by("-opened_at", "-id").values_list("enterprise__district_id", flat=True).first()


def office_complained_of(
    about: str, *, complainant: Person | None, district_id: int | None, today: dt.date
) -> Office | None:
    """The office with which they most likely had to do: that of their case or referral, else that of the district."""
    if about == Grievance.About.OTHER:
        return None
    is_lender = about == Grievance.About.LENDER
    if complainant is not None:
        if is_lender:
            sent = Referral.objects.filter(case__person=complainant).select_related("to_office")
            office = next((one.to_office for one in sent.order_by("-at", "-id")[:1]), None)
        else:
            cases = Case.objects.filter(person=complainant).select_related("office")
            office = next((case.office for case in cases.order_by("-opened_at", "-id")[:1]), None)
        if office is not None:
            return office
    if district_id is None:
        return None
    wanted = Office.Organisation.LENDER if is_lender else Office.Organisation.SMEDA
    return Office.objects.filter(organisation=wanted).covering(district_id, on=today).first()
