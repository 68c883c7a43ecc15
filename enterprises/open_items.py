"""What people of this app wait for: cards to look at, registrations that stopped, papers asked for."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Case as Choice
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, TruncDate

from accounts.models import Office, OfficeDistrict
from enterprises.consent_querysets import lets_contact, refuses_contact
from enterprises.models import (
    CardRelease,
    Claim,
    Consent,
    DocumentRequest,
    Draft,
    Enterprise,
    Ownership,
    PhoneChange,
    Statement,
)
from journal.open_items import Owner, Scope, as_items
from kit.given import Given

NOTHING = Value(None)
OF_PHONE = ("phone", "phone_owner")
ASKED_WITHIN = dt.timedelta(days=7)


def open_items(scope: Scope) -> Iterable[QuerySet]:
    """What waits at the offices of the scope, where no advisor in particular holds it, and papers asked for."""
    if scope.office_ids:
        yield releases(scope)
        yield drafts(scope)
    yield from of_registration(scope)
    yield documents(scope)


def of_registration(scope: Scope) -> Iterable[QuerySet]:
    """What waits of who somebody is, how they are reached and what they agreed to; it stands on their case as well."""
    yield claims(scope)
    yield cards_lost(scope)
    yield cards_back(scope)
    yield phone_changes(scope)
    yield phone_facts(scope)
    yield phones_untold(scope)
    yield consents_lapsed(scope)
    yield called_wrong(scope)


def of_person(person_id: int | Given, scope: Scope) -> Iterable[QuerySet]:
    """What of it is this person's and not the business's: it stands on one of theirs, and is seen from each."""
    for source, whose in (
        (claims, "newcomer"),
        (cards_lost, "loser"),
        (cards_back, "holder"),
        (phone_changes, "person"),
        (phone_facts, "person"),
        (phones_untold, "person"),
        (consents_lapsed, "person"),
    ):
        yield source(scope).filter(**{whose: person_id})


def documents(scope: Scope) -> QuerySet:
    """They wait for the entrepreneur; whoever has the case keeps an eye on them, whichever colleague asked."""
    case = "enterprise__case"
    where = {"enterprise": "enterprise_id", "holder": f"{case}__advisor_id", "office": f"{case}__office_id"}
    return as_items(
        scope.narrow(DocumentRequest.objects.waiting(), **where),
        kind="enterprises.document",
        since="asked_at",
        due_on="due_on",
        owner=Owner.ENTREPRENEUR,
        **where,
    )


def claims(scope: Scope) -> QuerySet:
    """Registered twice: neither of the two people learns of the other by it. Who is on file already has a business."""
    alone = Claim.objects.waiting().filter(waits_here(scope), release__isnull=True)
    return items(alone, scope, kind="enterprises.claim", since="made_at", due_on="due_on", enterprise="enterprise_id")


def releases(scope: Scope) -> QuerySet:
    """Card numbers that one officer wants to let go over. To whoever asked for it there is nothing left to do."""
    waiting = CardRelease.objects.waiting().filter(held_here(scope, district="claim__district_id"))
    if scope.user_id:
        waiting = waiting.exclude(asked_by_id=scope.user_id)
    return items(
        waiting,
        scope,
        kind="enterprises.release",
        since="asked_at",
        due_on="claim__due_on",
        enterprise="claim__enterprise_id",
        district="claim__district_id",
        target="claim_id",
    )


def phone_facts(scope: Scope) -> QuerySet:
    """After a new number: whose phone it is, who reads on it and at what hours, nobody has said yet."""
    wanted = waits_here(scope, district="enterprise__district_id")
    changes = PhoneChange.objects.to_ask_about().filter(wanted, lets_contact())
    return items(
        changes.annotate(to_ask_from=from_when("decided_at")),
        scope,
        kind="enterprises.phone_facts",
        since="to_ask_from",
        due_on=TruncDate(F("to_ask_from") + ASKED_WITHIN),
        enterprise="enterprise_id",
        district="enterprise__district_id",
        target="person_id",
    )


def phones_untold(scope: Scope) -> QuerySet:
    """Of clients whose list did not say whose phone it is: somebody asks, on the first call or after it."""
    wanted = waits_here(scope, district="enterprise__district_id")
    untold = clients().filter(wanted, lets_contact(), person__phone_owner="unsaid").exclude(person__phone="")
    sooner = untold.filter(person=OuterRef("person"), id__lt=OuterRef("id"))
    return items(
        untold.filter(~Exists(sooner)).annotate(to_ask_from=from_when("enterprise__client_since")),
        scope,
        kind="enterprises.phone_facts",
        since="to_ask_from",
        due_on=TruncDate(F("to_ask_from") + ASKED_WITHIN),
        enterprise="enterprise_id",
        district="enterprise__district_id",
        target="person_id",
    )


def from_when(first: str) -> Greatest:
    """Since when somebody could ask about the phone; nobody is late for the time before.

    From that moment on, or since the number was stated anew, or since they let themselves be called again.
    """
    stated = Statement.objects.filter(person=OuterRef("person"), field__in=OF_PHONE).order_by("-at").values("at")
    given = Consent.objects.lets_contact().filter(person=OuterRef("person")).values("given_at")
    return Greatest(first, Subquery(stated[:1]), Subquery(given[:1]))


def consents_lapsed(scope: Scope) -> QuerySet:
    """Of clients of whom a permission ran out: somebody reads it to them again, and writes down yes or no.

    Not of whom nobody may call: what they gave before holds no more, and they say themselves if it is to. Few ran out,
    and the query begins at those: it grows with what is open, not with the country.
    """
    wanted = waits_here(scope, district="enterprise__district_id")
    lapsed = Consent.objects.to_ask_again()
    sooner = Q(lapsed_at__lt=OuterRef("lapsed_at")) | Q(lapsed_at=OuterRef("lapsed_at"), id__lt=OuterRef("id"))
    first = lapsed.filter(~Exists(lapsed.filter(sooner, person=OuterRef("person"))), lets_contact())
    theirs = clients().filter(wanted, person=OuterRef("person")).order_by("id")
    return items(
        first.annotate(
            asked_of=Subquery(theirs.values("enterprise_id")[:1]),
            asked_in=Subquery(theirs.values("enterprise__district_id")[:1]),
        ).filter(asked_of__isnull=False),
        scope,
        kind="enterprises.consent_lapsed",
        since="lapsed_at",
        due_on=TruncDate(F("lapsed_at") + ASKED_WITHIN),
        enterprise="asked_of",
        district="asked_in",
        target="asked_of",
    )


def clients() -> QuerySet:
    """Whom the portal talks to about a business that is a client. Who has several of them is asked once."""
    contacts = Ownership.objects.current().filter(is_contact=True, enterprise__client_since__isnull=False)
    return contacts.filter(enterprise__merged_into__isnull=True)


def called_wrong(scope: Scope) -> QuerySet:
    """Businesses of which, or of whose owners, something was written down that the client called wrong.

    Their advisor asks what is right, and writes it down: whom the portal talks to about it, if they let it. Since
    the first was called wrong, or since they let themselves be called again.
    """
    wanted = waits_here(scope, enterprise="pk")
    wrong, owners = Statement.objects.called_wrong(), Ownership.objects.current()
    of_owners = owners.filter(person__in=wrong.filter(person__isnull=False).values("person"))
    of_itself = wrong.filter(enterprise__isnull=False)
    theirs = wrong.filter(
        Q(enterprise=OuterRef("pk")) | Q(person__in=owners.filter(enterprise=OuterRef(OuterRef("pk"))).values("person"))
    )
    first = theirs.order_by("disputed_at").values("disputed_at")[:1]
    either = of_itself.values("enterprise").union(of_owners.values("enterprise"))
    asked = Enterprise.objects.unmerged().filter(pk__in=either)
    contacts = owners.filter(enterprise=OuterRef(OuterRef("pk")), is_contact=True)
    given = Consent.objects.lets_contact().filter(person__in=contacts.values("person")).values("given_at")
    may_be_asked = asked.filter(wanted).annotate(given_at=Subquery(given[:1])).filter(given_at__isnull=False)
    return items(
        may_be_asked.annotate(to_ask_from=Greatest(Subquery(first), "given_at")),
        scope,
        kind="enterprises.called_wrong",
        since="to_ask_from",
        due_on=TruncDate(F("to_ask_from") + ASKED_WITHIN),
        enterprise="pk",
    )


def cards_lost(scope: Scope) -> QuerySet:
    """Whose number was taken off: their advisor asks for the card that is theirs.

    Who has no business, such as a guarantor, is asked by the office where the card was seen.
    """
    wanted = waits_here(scope, district="asked_in")
    without_card = CardRelease.objects.without_card().annotate(
        asked_in=Coalesce("enterprise__district_id", "claim__district_id")
    )
    return items(
        without_card.filter(wanted),
        scope,
        kind="enterprises.card_lost",
        since="lost_at",
        **turn_to_show_card(scope, of="loser_id"),
        enterprise="enterprise_id",
        district="asked_in",
        target="loser_id",
    )


def cards_back(scope: Scope) -> QuerySet:
    """Who got their number back after it went over: their advisor sees the card, at their business or where it was."""
    theirs = Ownership.objects.current().filter(person=OuterRef("holder"), enterprise__merged_into__isnull=True)
    newest = theirs.order_by("-is_contact", "-pk")
    back = CardRelease.objects.given_back().annotate(
        business_id=Subquery(newest.values("enterprise_id")[:1]),
        asked_in=Coalesce(Subquery(newest.values("enterprise__district_id")[:1]), "claim__district_id"),
    )
    wanted = waits_here(scope, enterprise="business_id", district="asked_in")
    return items(
        back.filter(wanted),
        scope,
        kind="enterprises.card_back",
        since="undone_at",
        **turn_to_show_card(scope, of="holder_id"),
        enterprise="business_id",
        district="asked_in",
        target="holder_id",
    )


def turn_to_show_card(scope: Scope, *, of: str) -> dict[str, Combinable]:
    """An advisor asks for it; whoever took back the permission to be called shows it when they come, never late."""
    is_silent = refuses_contact(person=of)
    return {
        "owner": Choice(When(is_silent, then=Value(Owner.ENTREPRENEUR)), default=Value(Owner.ADVISOR)),
        "due_on": Choice(When(is_silent, then=Greatest("due_on", scope.today)), default="due_on"),
    }


def drafts(scope: Scope) -> QuerySet:
    """Stopped halfway, with a number to call; without a district the call is the head office's."""
    to_call = Draft.objects.to_call(at=scope.now).filter(held_here(scope))
    return items(to_call, scope, kind="enterprises.draft", since="touched_at", due_on="call_due_on")


def phone_changes(scope: Scope) -> QuerySet:
    """New numbers to attest or to approve. To whoever attested one there is nothing left to do."""
    wanted = waits_here(scope, district="enterprise__district_id")
    waiting = PhoneChange.objects.open().filter(wanted)
    if scope.user_id:
        waiting = waiting.exclude(attested_by_id=scope.user_id)
    return items(
        waiting,
        scope,
        kind="enterprises.phone_change",
        since="asked_at",
        due_on="due_on",
        enterprise="enterprise_id",
        district="enterprise__district_id",
    )


def items(
    rows: QuerySet,
    scope: Scope,
    *,
    kind: str,
    since: str,
    due_on: str | Combinable,
    enterprise: str | Combinable = NOTHING,
    district: str = "district_id",
    target: str = "pk",
    owner: str | Combinable = Owner.ADVISOR,
) -> QuerySet:
    """Of the office nearest to the people of the district; what has no enterprise yet names none."""
    office = covers(scope, district=district).order_by("-office__depth", "office_id").values("holder_id")[:1]
    return as_items(
        rows.annotate(covering_id=Coalesce(Subquery(office), Subquery(head_office().values("pk")[:1]))),
        kind=kind,
        enterprise=enterprise,
        since=since,
        due_on=due_on,
        owner=owner,
        holder=None,
        office="covering_id",
        target=target,
    )


def waits_here(scope: Scope, *, enterprise: str = "enterprise_id", district: str = "district_id") -> Q:
    """Rows of people of the districts that the scope's offices hold, and of the enterprises it is about."""
    here = held_here(scope, district=district)
    return here if scope.enterprise_ids is None else here | Q(**{f"{enterprise}__among": scope.enterprise_ids})


def held_here(scope: Scope, *, district: str = "district_id") -> Q:
    """Rows of districts that the scope's offices hold; of those that no office holds, where it is the head office.

    The other face of `User.district_ids`.
    """
    covering = covers(scope, district=district)
    is_at_head = Exists(head_office().filter(pk__among=scope.office_ids))
    return Q(Exists(covering.filter(holder_id__among=scope.office_ids))) | Q(~Exists(covering), is_at_head)


def head_office() -> QuerySet:
    return Office.objects.heads(Office.Organisation.SMEDA).order_by("pk")


def covers(scope: Scope, *, district: str = "district_id") -> QuerySet:
    """What SMEDA's offices cover of the row's district that day, each with the office that holds it."""
    return OfficeDistrict.objects.held(on=scope.today).filter(
        district_id=OuterRef(district), office__organisation=Office.Organisation.SMEDA
    )
