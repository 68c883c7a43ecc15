"""What one person waits for at a business. Several own it, and none reads of what is another's alone."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from casework.models import Case, FollowUp, Introduction, Meeting, Referral
from casework.open_items import (
    AHEAD,
    ANSWER,
    INTRODUCTION,
    MEETING,
    MEETING_ANSWER,
    OFFERED,
    OUTCOME,
    TOLD,
    WITHDRAWN,
    WRITING,
)
from enterprises.models import Claim, Ownership, Person, PhoneChange, Statement
from journal.open_items import MOST, Scope, next_step
from loans.models import Application, Loan, Request
from portal.pages.items import BESIDE, earliest, of_clients

APPLICATION, DISBURSEMENT, PAPERS = "loans.application", "loans.disbursement", "loans.papers"
CARD, INSTALMENT, REQUEST, OF_SMEDA = "loans.card", "loans.instalment", "loans.request", "loans.request_of_smeda"
# Kinds whose target is the person.
OF_PERSON = frozenset({"enterprises.card_lost", "enterprises.card_back", "enterprises.phone_facts"})


# Kinds that are the person's, on whichever of their businesses they stand.
OF_WHOM = OF_PERSON | {"enterprises.claim", "enterprises.phone_change", "enterprises.consent_lapsed"}


def items_of(
    person: Person,
    enterprise_ids: Collection[int],
    *,
    on: date,
    limit: int = MOST,
    beside: Collection[int] = (),
) -> list[dict[str, Any]]:
    """What these businesses wait for, without what is another owner's; of those `beside` them, what is the person's."""
    scope = Scope(enterprise_ids={*enterprise_ids, *beside}, today=on)
    items = earliest(of_clients, scope, limit=limit)
    here = [item for item in items if item["enterprise_id"] in enterprise_ids or item["kind"] in OF_WHOM]
    return own_alone(here, person)


def next_step_of(person: Person, enterprise_id: int, *, on: date) -> dict[str, Any] | None:
    """The next step of one business, as far as it is the person's."""
    return next_step(items_of(person, [enterprise_id], on=on), beside=BESIDE, ahead=AHEAD)


def own_alone(items: list[dict[str, Any]], person: Person) -> list[dict[str, Any]]:
    """Without what is another owner's alone. One question for each kind of record among the items."""
    asked = {OWN[item["kind"]] for item in items if item["kind"] in OWN}
    own = {theirs: set(theirs(person)) for theirs in asked}
    found: list[dict[str, Any]] = []
    for item in items:
        kind, target = item["kind"], item["target_id"]
        is_own = target == person.pk if kind in OF_PERSON else kind not in OWN or target in own[OWN[kind]]
        # Two owners whose cards both wait are two items with one target.
        if is_own and not (kind == CARD and any(one["kind"] == CARD and one["target_id"] == target for one in found)):
            found.append(item)
    return found


def phone_changes(person: Person) -> QuerySet:
    return PhoneChange.objects.open().filter(person=person).values_list("pk", flat=True)


def claims(person: Person) -> QuerySet:
    return Claim.objects.waiting().filter(newcomer=person).values_list("pk", flat=True)


def businesses_of_consents(person: Person) -> QuerySet:
    """What `enterprises.consent_lapsed` has for its target: it is the permission of whom the business is reached by."""
    return Ownership.objects.current().filter(person=person, is_contact=True).values_list("enterprise_id", flat=True)


def businesses_called_wrong(person: Person) -> QuerySet:
    """What `enterprises.called_wrong` has for its target: of the business, or of the person themselves."""
    wrong, mine = Statement.objects.called_wrong(), Ownership.objects.current().filter(person=person)
    of_owners, of_itself = wrong.filter(person__isnull=False), wrong.filter(enterprise__isnull=False)
    seen = Q(person__in=of_owners.values("person")) | Q(enterprise__in=of_itself.values("enterprise"))
    return mine.filter(seen).values_list("enterprise_id", flat=True)


def cases(person: Person) -> QuerySet:
    return Case.objects.filter(person=person).values_list("pk", flat=True)


def referrals(person: Person) -> QuerySet:
    return Referral.objects.filter(case__person=person).values_list("pk", flat=True)


def meetings(person: Person) -> QuerySet:
    return Meeting.objects.filter(case__person=person).values_list("pk", flat=True)


def follow_ups(person: Person) -> QuerySet:
    return FollowUp.objects.filter(case__person=person).values_list("pk", flat=True)


def introductions(person: Person) -> QuerySet:
    return Introduction.objects.filter(case__person=person).values_list("pk", flat=True)


def applications(person: Person) -> QuerySet:
    return Application.objects.filter(person=person).values_list("pk", flat=True)


def businesses_of_cards(person: Person) -> QuerySet:
    """What `loans.card` has for its target."""
    waiting = Application.objects.awaiting_disbursement().lacking_card().filter(person=person)
    return waiting.values_list("enterprise_id", flat=True)


def requests(person: Person) -> QuerySet:
    return Request.objects.waiting().filter(application__person=person).values_list("pk", flat=True)


def loans(person: Person) -> QuerySet:
    return Loan.objects.filter(person=person).values_list("pk", flat=True)


# Kinds that are one owner's and not the business's, and which targets are that person's.
OWN = {
    "enterprises.phone_change": phone_changes,
    "enterprises.claim": claims,
    "enterprises.consent_lapsed": businesses_of_consents,
    "enterprises.called_wrong": businesses_called_wrong,
    "casework.referral": referrals,
    MEETING: meetings,
    MEETING_ANSWER: meetings,
    OUTCOME: follow_ups,
    TOLD: follow_ups,
    INTRODUCTION: introductions,
    OFFERED: introductions,
    ANSWER: cases,
    WITHDRAWN: cases,
    WRITING: cases,
    APPLICATION: applications,
    DISBURSEMENT: applications,
    PAPERS: applications,
    CARD: businesses_of_cards,
    INSTALMENT: loans,
    REQUEST: requests,
    OF_SMEDA: requests,
}
