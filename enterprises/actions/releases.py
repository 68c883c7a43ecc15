"""A card number goes over to the person in whose hand an officer saw the card, and back where that was a mistake.

Whoever loses the number keeps their record. They are told, without a word of the other, and asked for their own card.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises import cards
from enterprises.actions.people import living
from enterprises.actions.sides import AUDIENCE, record_of_both
from enterprises.actions.statements import forget_card, source_for, state
from enterprises.claim_querysets import ClaimQuerySet
from enterprises.models import Address, CardRelease, Claim, Household, Kinship, Person, Residence, Statement
from journal.events import ENTREPRENEUR, record
from journal.moves import hold
from kit.saving import save
from messaging.outbox import queue
from places.calendar import OFFICE, add_working_days

BRING_WITHIN = 5  # working days


@dataclass(frozen=True)
class Wait:
    """Why this officer may not let a number go over, and who looks at the card in their place."""

    reason: str
    who: str


def look(claim: Claim, holder: Person, *, reason: str, by: User) -> tuple[CardRelease, bool]:
    """Write down that this officer saw the card with the newcomer; return whether the number may go over now.

    A number that somebody saw with its holder is taken off by a manager, or after one looked; where money was lent or
    is asked for on it, by a second officer. What was asked for waits, with the reason, for whoever may. In the caller's
    transaction.
    """
    release = CardRelease.objects.filter(claim=claim).first()
    is_first = release is None
    if release is None:
        release = first_look(claim, holder, reason=reason, by=by)
    else:
        release.holder = holder
        if reason:
            release.reason = f"{release.reason}\n{reason}".strip()
    wait = why_it_waits(claim, holder, release, by=by)
    if wait and not is_first:
        raise ValidationError(wait.reason, code="second")
    if wait:
        record_of_both("enterprises.release_asked", claim=claim, by=by)
    else:
        remember(release, holder)
    return release, wait is None


def first_look(claim: Claim, holder: Person, *, reason: str, by: User) -> CardRelease:
    """Who asks that the number goes over, and why; where somebody had the card in hand before, that says it."""
    if not reason and claim.seen_by is None:
        refusal = _("Write why the number goes over: what you saw on the card.")
        raise ValidationError({"reason": ValidationError(refusal, code="required")})
    return CardRelease.objects.create(claim=claim, holder=holder, reason=reason, asked_by=by)


def remember(release: CardRelease, holder: Person) -> None:
    """Who had stated the number, before it is taken off."""
    number = Statement.objects.filter(person=holder, field="cnic")
    if said := number.said_by_themselves().first():
        own = Statement.Source.SELF, User.objects.system(), said.said_first_at
        release.stood_source, release.stood_by, release.stood_at = own
    elif stood := number.first():
        release.stood_source, release.stood_by, release.stood_at = stood.source, stood.by, stood.at


def why_it_waits(claim: Claim, holder: Person, release: CardRelease, *, by: User) -> Wait | None:
    """Why this officer may not let the number go over; None where they may.

    Whoever had the card in hand when the newcomer was written down has looked, and has decided nothing by that.
    """
    is_verified = holder.cnic_standing == Person.Standing.VERIFIED
    if is_verified and not any(
        officer.has_perm("enterprises.release_verified_card", claim) for officer in (by, release.asked_by)
    ):
        return Wait(
            _("A colleague has seen this card with the other person. Ask your regional manager to settle this."),
            _("The regional manager"),
        )
    looked = {release.asked_by_id, by.pk} | ({claim.seen_by_id} - {None})
    if len(looked) == 1 and cards.weigh_more(living(holder).pk):
        return Wait(
            _("You have seen this card already. Another officer of your office takes the second look."),
            _("Another advisor, or the regional manager"),
        )
    return None


def take_off(person: Person, *, by: User) -> None:
    """The number leaves the record of somebody locked, and with it the word that anything was read from that card."""
    person.cnic, person.cnic_standing = None, Person.Standing.NONE
    person.version += 1
    person.save(update_fields=["cnic", "cnic_standing", "version"])
    state(person, ["cnic"], source=Statement.Source.RELEASED, by=by)
    forget_card(person)
    told = Household.objects.filter(residences__asked_of=person).values("pk")
    for rows in (
        Address.objects.filter(person=person),
        Kinship.objects.filter(asked_of=person),
        Residence.objects.filter(asked_of=person),
        Household.objects.filter(pk__in=told),
    ):
        rows.filter(source=Statement.Source.CARD).update(source=Statement.Source.ASSISTED)


def put_on(person: Person, number: str, *, by: User, source: str = "", settled: Claim | None = None) -> None:
    """A number comes on the record of somebody locked, in the caller's transaction, claimed until the card was seen.

    The database refuses one that somebody has: "taken". What they claimed ends with it, but for the claim that is
    `settled` so.
    """
    person.cnic, person.cnic_standing = number, Person.Standing.CLAIMED
    person.version += 1
    try:
        save(person, update_fields=["cnic", "cnic_standing", "version"])
    except ValidationError as refused:
        if "unique" not in {error.code for error in refused.error_dict.get("cnic", ())}:
            raise
        refusal = _("This number is on file with somebody else. Look at the card: is it one person, or another card?")
        raise ValidationError({"cnic": ValidationError(refusal, code="taken")}) from refused
    state(person, ["cnic"], source=source or source_for(person, by=by), by=by)
    record("enterprises.card_added", target=person, by=by, audience={ENTREPRENEUR, *AUDIENCE})
    withdraw_claims(person, by=by, besides=settled)


def withdraw_claims(newcomer: Person, *, by: User, besides: Claim | None = None) -> None:
    """Whoever has a number now claims no other: nobody looks at a card for that any more. The caller holds them."""
    waiting = Claim.objects.waiting().filter(newcomer=newcomer).exclude(pk=besides.pk if besides else 0)
    for claim in hold_waiting(waiting):
        claim.outcome, claim.settled_by, claim.settled_at = Claim.Outcome.WITHDRAWN, by, timezone.now()
        claim.cnic, claim.version = "", claim.version + 1
        claim.save(update_fields=["outcome", "settled_by", "settled_at", "cnic", "version"])
        record_of_both("enterprises.claim_withdrawn", claim=claim, by=by)


def hold_waiting(waiting: ClaimQuerySet) -> list[Claim]:
    """These claims that wait, locked; refused while a colleague has one of them in hand.

    Whoever settles a claim holds it, and then the people. The caller holds one of the people, so this never waits.
    """
    held = list(waiting.select_for_update(no_key=True, skip_locked=True).order_by("pk"))
    if len(held) < waiting.count():
        refusal = _("A colleague is settling at this moment whose card this is. Look again.")
        raise ValidationError(refusal, code="settling")
    return held


def finish(release: CardRelease, *, taker: Person, by: User) -> None:
    """The number went over: whoever lost it is told, and asked for their own card. In the caller's transaction."""
    release.taker, release.done_by, release.done_at = taker, by, timezone.now()
    release.digest = digest_of(taker.cnic)
    ask_for_card(release, living(release.holder), now=release.done_at)
    release.save()
    record("enterprises.card_released", target=release, by=by, audience={ENTREPRENEUR, *AUDIENCE})
    queue("enterprises.card_released", target=release, by=by)


def ask_for_card(release: CardRelease, loser: Person, *, now: dt.datetime) -> None:
    owned = loser.ownerships.current().order_by("-is_contact", "-pk").first()
    release.loser, release.enterprise = loser, owned.enterprise if owned else None
    release.lost_at = now
    release.due_on = add_working_days(timezone.localdate(now), BRING_WITHIN, calendar=OFFICE)
    release.version += 1


@transaction.atomic
def undo(*, release: CardRelease, by: User, version: int, reason: str) -> CardRelease:
    """Give the number back to whoever held it, as claimed: within thirty days, while both can still be asked.

    A manager does it; where money hangs on the number, another one than whoever let it go over. Both are told and asked
    for their card: whoever stands without a number now, and whoever got it back, until somebody sees it with them.
    """
    held = hold(release, version=version)
    if not by.has_perm("enterprises.undo_release", held.claim):
        raise PermissionDenied("enterprises.undo_release")
    now = timezone.now()
    pair = Person.objects.select_for_update(no_key=True).filter(pk__in=[held.holder_id, held.taker_id]).order_by("pk")
    people = {person.pk: person for person in pair}
    if refusal := why_not_undone(held, by=by, now=now):
        raise ValidationError(refusal, code="undo")
    holder, taker = people[held.holder_id], people[held.taker_id or 0]
    number = taker.cnic
    if digest_of(number) != held.digest or holder.cnic is not None or holder.is_merged or taker.is_merged:
        refusal = _("One of the two has another card number by now, or was joined with somebody. See both cards.")
        raise ValidationError(refusal, code="gone")
    take_off(taker, by=by)
    put_back(held, holder, str(number), by=by)
    held.undone_by, held.undone_at, held.undone_because = by, now, reason
    ask_for_card(held, taker, now=now)
    held.save()
    record("enterprises.release_undone", target=holder, by=by, audience={ENTREPRENEUR, *AUDIENCE})
    record("enterprises.card_released", target=held, by=by, audience={ENTREPRENEUR, *AUDIENCE})
    queue("enterprises.card_returned", target=held, by=by)
    queue("enterprises.card_taken_back", target=held, by=by)
    return held


def put_back(release: CardRelease, holder: Person, number: str, *, by: User) -> None:
    """The number as it stood before, with who had stated it and when; that it was read from the card holds no more."""
    holder.cnic, holder.cnic_standing = number, Person.Standing.CLAIMED
    holder.version += 1
    holder.save(update_fields=["cnic", "cnic_standing", "version"])
    is_word = release.stood_source not in {"", Statement.Source.CARD}
    source = release.stood_source if is_word else Statement.Source.ASSISTED
    state(holder, ["cnic"], source=source, by=release.stood_by or by, at=release.stood_at)
    withdraw_claims(holder, by=by)


def digest_of(number: str | None) -> str:
    """A keyed fingerprint of a card number: enough to know it again, and nothing to read."""
    return salted_hmac("enterprises.releases", number or "", algorithm="sha256").hexdigest()


def why_not_undone(release: CardRelease, *, by: User, now: dt.datetime) -> str:
    """Why it cannot be undone, or not by this manager; empty where it can."""
    if release.done_at is None:
        return _("The number has not gone over.")
    if release.undone_at is not None:
        return _("The number was given back already.")
    if now > release.done_at + release.UNDONE_WITHIN:
        return _("The thirty days in which this could be undone are over.")
    if release.done_by_id == by.pk and any(map(cards.weigh_more, (release.holder_id, release.taker_id or 0))):
        return _("Money hangs on this number. Another manager than you gives it back.")
    return ""
