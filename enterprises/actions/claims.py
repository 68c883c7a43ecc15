"""Two people, one CNIC: whoever registers second waits until an advisor has seen the card."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import drafts, enterprises, phone_changes, releases
from enterprises.actions.people import find_or_register_person, living
from enterprises.actions.sides import record_of_both
from enterprises.actions.statements import see_card
from enterprises.models import CardRelease, Claim, Consent, Draft, Enterprise, Person, PhoneChange, Statement
from journal.moves import hold
from messaging.outbox import queue
from places.calendar import OFFICE, add_working_days
from places.models import District


@transaction.atomic
def make(*, draft: Draft, person: Person, district: District, by: User) -> Claim:
    """Hand the draft to the advisors of the district, and tell the phone on file."""
    return begin(by=by, draft=draft, person=person, district=district)


@transaction.atomic
def make_for(
    newcomer: Person, *, holder: Person, cnic: str, at: Enterprise | District, is_card_seen: bool, by: User
) -> Claim:
    """Somebody is on file without the number that they came with: `holder` has it. The phone on file is told.

    `at` is their business, or the district where they are known. An advisor there sees the card. Where `by` had it in
    hand, with the newcomer, that stands on the claim. Said again of the same number while the claim waits, it is the
    same claim. The caller holds the newcomer; a business is held after them, as by whoever moves it: see `follow`.
    """
    waiting = hold_waiting(newcomer, cnic)
    seen: dict[str, Any] = {"seen_by": by, "seen_at": timezone.now()} if is_card_seen else {}
    if waiting is None:
        return begin(by=by, person=holder, newcomer=newcomer, cnic=cnic, **place_of(at), **seen)
    if seen and waiting.seen_by is None:
        waiting.seen_by, waiting.seen_at = by, seen["seen_at"]
        waiting.version += 1
        waiting.save(update_fields=["seen_by", "seen_at", "version"])
    return waiting


def place_of(at: Enterprise | District) -> dict[str, Any]:
    """Where the card is looked at. A business is locked, so that the claim has the district that it is in today."""
    if not isinstance(at, Enterprise):
        return {"district": at}
    held = hold(at, version=None)
    return {"enterprise": held, "district": held.district}


def hold_waiting(newcomer: Person, cnic: str) -> Claim | None:
    """The claim of this newcomer on this number, locked; refused while a colleague has it in hand."""
    return next(iter(releases.hold_waiting(Claim.objects.waiting().filter(newcomer=newcomer, cnic=cnic))), None)


def follow(enterprise: Enterprise, *, district: District) -> None:
    """The business is in another district: the office there looks at the card. The caller holds the business's owner.

    What is settled stays where the card was seen.
    """
    for claim in releases.hold_waiting(Claim.objects.waiting().filter(enterprise=enterprise)):
        claim.district = district
        claim.version += 1
        claim.save(update_fields=["district", "version"])


def begin(*, by: User, **facts: Any) -> Claim:
    due_on = add_working_days(timezone.localdate(), settings.FIRST_CONTACT_WORKING_DAYS, calendar=OFFICE)
    claim = Claim.objects.create(due_on=due_on, **facts)
    record_of_both("enterprises.claim_made", claim=claim, by=by)
    tell_holder(claim.person, by=by)
    return claim


def tell_holder(person: Person, *, by: User) -> None:
    """Warn whoever is on file, once a day however many come: the text holds for all, and no stranger floods a phone."""
    queue("enterprises.rival", target=person, by=by, key=timezone.localdate().isoformat())


@transaction.atomic
def settle(*, claim: Claim, outcome: str, by: User, version: int, reason: str = "") -> Claim:
    """End a claim by what the advisor saw on the card, and register the enterprise that waited for it.

    It stays open where a second officer has to look first.

    - same: the newcomer is the person on file. A draft is one enterprise more of theirs; two records that are on file
      are joined before that;
    - released: the card is the newcomer's. The number goes over to them, for the written reason; whoever held it
      stays, without a card, and is told;
    - no_card: the card is not the newcomer's. They are on file without one, and served all the same. Refused where the
      two were joined meanwhile.
    """
    held = hold(claim, version=version)
    if not by.has_perm("enterprises.settle_claim", held):
        raise PermissionDenied("enterprises.settle_claim")
    if held.settled_at is not None:
        raise ValidationError(_("A colleague has settled this already."), code="settled")
    if outcome != Claim.Outcome.RELEASED:
        refuse_before_second_look(held, by=by)
    owner = OUTCOMES[outcome](held, by=by, reason=reason)
    held.version += 1
    if owner is None:
        held.save(update_fields=["version"])
        return held
    if held.draft is not None:
        register(held, held.draft, owner=owner)
        keep_number(held, held.draft, owner=owner)
    held.outcome, held.settled_by, held.settled_at, held.cnic = outcome, by, timezone.now(), ""
    held.save(update_fields=["outcome", "settled_by", "settled_at", "cnic", "version"])
    record_of_both("enterprises.claim_settled", claim=held, by=by, data={"outcome": outcome})
    return held


def refuse_before_second_look(claim: Claim, *, by: User) -> None:
    """What waits for a second officer is not ended otherwise by the first one, on a page opened before.

    Another officer who sees the card, and that it is not the newcomer's, says so.
    """
    release = CardRelease.objects.filter(claim=claim, asked_by=by).first()
    if release is not None and (wait := releases.why_it_waits(claim, holder_of(claim), release, by=by)):
        raise ValidationError(wait.reason, code="second")


def register(claim: Claim, draft: Draft, *, owner: Person) -> None:
    """As they sent it, and by themselves: the advisor said no more than whose card it is.

    A permission is as old as that, and what they took back since stays taken back.
    """
    refused = Consent.objects.refused_since(claim.made_at).filter(person__in=owner.record_ids()).values_list("kind")
    taken_back = {kind for (kind,) in refused}
    draft.enterprise = enterprises.register(
        person=owner,
        business=drafts.business_of(draft),
        reference=draft.reference or "",
        consented=[kind for kind in drafts.consented_in(draft) if kind not in taken_back],
        consented_at=claim.made_at,
        source=Statement.Source.SELF,
        by=User.objects.system(),
    )
    draft.state = Draft.State.DONE
    draft.save(update_fields=["state", "enterprise"])


def keep_number(claim: Claim, draft: Draft, *, owner: Person) -> None:
    """Whoever is on file sent it from another number: a change that waits, as if asked for, for both looks.

    The code that it was sent with has proved that number. Where a change is open already, that one goes first.
    """
    if not draft.phone or draft.phone == owner.phone or owner.phone_changes.open().exists():
        return
    phone_changes.ask(
        person=owner,
        phone=draft.phone,
        owner=draft.answered("reach")["phone_owner"],
        reason=PhoneChange.Reason.NEW,
        by=User.objects.system(),
        proved_at=claim.made_at,
    )


def same(claim: Claim, *, by: User, reason: str) -> Person:
    person: Person = hold(living(claim.person), version=None)
    if person.cnic != number_on(claim):
        raise gone()
    if claim.newcomer is not None and living(claim.newcomer) != person:
        refusal = _("These are two records. A regional manager joins them first; then say here that it is one person.")
        raise ValidationError({"outcome": ValidationError(refusal, code="two")})
    see_card(person, by=by)
    return person


def released(claim: Claim, *, by: User, reason: str) -> Person | None:
    """The number goes over to the newcomer; None where a second officer looks first.

    Of two who let one number go over at once the second finds it with the first's newcomer, and looks anew.
    """
    number = number_on(claim)
    newcomer = living(claim.newcomer) if claim.newcomer else None
    concerned = Q(cnic=number) | Q(pk=newcomer.pk) if newcomer else Q(cnic=number)
    locked = list(Person.objects.select_for_update(no_key=True).filter(concerned).order_by("pk"))
    holder = next((one for one in locked if one.cnic == number), None)
    if newcomer is not None:
        newcomer = next(one for one in locked if one.pk == newcomer.pk)
        if newcomer.is_merged or newcomer.cnic is not None:
            raise ValidationError(_("Whoever came with this number has a card on file by now."), code="gone")
    release = None
    if holder is not None:
        release, may_go_over = releases.look(claim, holder, reason=reason, by=by)
        if not may_go_over:
            return None
        releases.take_off(holder, by=by)
    person = take_down(claim, number, newcomer, by=by)
    see_card(person, by=by)
    if release is not None:
        releases.finish(release, taker=person, by=by)
    return person


def take_down(claim: Claim, number: str, newcomer: Person | None, *, by: User) -> Person:
    """The newcomer with the number: registered with it, or on file already."""
    if newcomer is not None:
        releases.put_on(newcomer, number, by=by, settled=claim)
        return newcomer
    facts = drafts.facts_of(draft_of(claim))
    person, is_new = find_or_register_person(
        cnic=number, by=User.objects.system(), source=Statement.Source.SELF, **facts
    )
    if not is_new:
        raise gone()
    return person


def no_card(claim: Claim, *, by: User, reason: str) -> Person:
    if claim.newcomer is not None:
        newcomer: Person = hold(living(claim.newcomer), version=None)
        if newcomer == living(claim.person) and newcomer.cnic == claim.cnic:
            refusal = _("The two records were joined meanwhile: the card is this person's. Say that it is one person.")
            raise ValidationError({"outcome": ValidationError(refusal, code="one")})
        return newcomer
    facts = drafts.facts_of(draft_of(claim))
    person, _is_new = find_or_register_person(
        cnic=None, by=User.objects.system(), source=Statement.Source.SELF, **facts
    )
    return person


OUTCOMES: dict[str, Callable[..., Person | None]] = {
    Claim.Outcome.SAME: same,
    Claim.Outcome.RELEASED: released,
    Claim.Outcome.NO_CARD: no_card,
}


def gone() -> ValidationError:
    return ValidationError(_("This card number has gone over to somebody else meanwhile."), code="gone")


def draft_of(claim: Claim) -> Draft:
    """The registration that waits, held until the end of the transaction."""
    claim.draft = Draft.objects.select_for_update(no_key=True).get(claim=claim)
    return claim.draft


def number_on(claim: Claim) -> str:
    """The card number that the newcomer came with."""
    return claim.cnic or str(draft_of(claim).answers["who"]["cnic"])


def holder_of(claim: Claim) -> Person:
    """Who has the number today, which may have gone over since the claim was made; nobody's, it is who had it then."""
    # Read without a lock: this is for a page. What was typed may be erased by now.
    typed = claim.draft.answers.get("who", {}) if claim.draft is not None else {}
    number = claim.cnic or typed.get("cnic")
    holder = Person.objects.filter(cnic=number).first() if number else None
    return living(holder or claim.person)
