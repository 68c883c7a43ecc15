"""Two people, one CNIC: whoever registers second waits until an advisor has seen the card."""

from collections.abc import Callable, Collection

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import drafts, enterprises, releases
from enterprises.actions.people import find_or_register_person, living
from enterprises.actions.statements import state
from enterprises.models import Claim, Draft, Enterprise, Person, Statement
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold
from messaging.outbox import queue
from places.calendar import OFFICE, add_working_days
from places.models import District

AUDIENCE = {ADVISORS, MANAGERS}


@transaction.atomic
def make(*, draft: Draft, person: Person, district: District, by: User) -> Claim:
    """Hand the draft to the advisors of the district, and tell the phone on file."""
    due_on = add_working_days(timezone.localdate(), settings.FIRST_CONTACT_WORKING_DAYS, calendar=OFFICE)
    claim = Claim.objects.create(draft=draft, person=person, district=district, due_on=due_on)
    record("enterprises.claim_made", target=claim, by=by, audience=AUDIENCE)
    queue("enterprises.rival", target=claim, by=by)
    return claim


@transaction.atomic
def settle(*, claim: Claim, outcome: str, by: User, version: int, reason: str = "") -> Enterprise | None:
    """End a claim by what the advisor saw on the card, and register the enterprise that waited for it.

    None where a second officer has to look first: then the claim waits for them.

    - same: the newcomer is the person on file, and owns one enterprise more;
    - released: the card is the newcomer's. The number goes over to them, for the written reason; whoever held it
      stays, without a card, and is told;
    - no_card: the card is not the newcomer's. They are registered without one, and served all the same.
    """
    held = hold(claim, version=version)
    if not by.has_perm("enterprises.settle_claim", held):
        raise PermissionDenied("enterprises.settle_claim")
    if held.settled_at is not None:
        raise ValidationError(_("A colleague has settled this already."), code="settled")
    draft = Draft.objects.select_for_update(no_key=True).get(pk=held.draft_id)
    owner = OUTCOMES[outcome](held, draft, by=by, reason=reason)
    if owner is None:
        held.version += 1
        held.save(update_fields=["version"])
        return None
    draft.enterprise = enterprises.register(
        person=owner,
        business=drafts.business_of(draft),
        reference=draft.reference or "",
        consented=drafts.consented_in(draft),
        source=Statement.Source.SELF,
        by=by,
    )
    draft.state = Draft.State.DONE
    draft.save(update_fields=["state", "enterprise"])
    held.outcome, held.settled_by, held.settled_at = outcome, by, timezone.now()
    held.version += 1
    held.save(update_fields=["outcome", "settled_by", "settled_at", "version"])
    record("enterprises.claim_settled", target=held, by=by, audience=AUDIENCE, data={"outcome": outcome})
    return draft.enterprise


def same(claim: Claim, draft: Draft, *, by: User, reason: str) -> Person:
    person: Person = hold(living(claim.person), version=None)
    if person.cnic != number_on(draft):
        raise ValidationError(_("This card number has gone over to somebody else meanwhile."), code="gone")
    see_card(person, by=by)
    return person


def released(claim: Claim, draft: Draft, *, by: User, reason: str) -> Person | None:
    """The number goes over to the newcomer, who is registered with it; None where a second officer looks first.

    Of two who let one number go over at once the second finds it with the first's newcomer, and looks anew.
    """
    number = number_on(draft)
    holder = Person.objects.select_for_update(no_key=True).filter(cnic=number).first()
    release = None
    if holder is not None:
        release, may_go_over = releases.look(claim, holder, reason=reason, by=by)
        if not may_go_over:
            return None
        releases.take_off(holder, by=by)
    person, is_new = find_or_register_person(cnic=number, by=by, source=Statement.Source.SELF, **drafts.facts_of(draft))
    if not is_new:
        raise ValidationError(_("This card number has gone over to somebody else meanwhile."), code="gone")
    see_card(person, by=by)
    if release is not None:
        releases.finish(release, taker=person, by=by)
    return person


def no_card(_claim: Claim, draft: Draft, *, by: User, reason: str) -> Person:
    person, _is_new = find_or_register_person(cnic=None, by=by, source=Statement.Source.SELF, **drafts.facts_of(draft))
    return person


OUTCOMES: dict[str, Callable[..., Person | None]] = {
    Claim.Outcome.SAME: same,
    Claim.Outcome.RELEASED: released,
    Claim.Outcome.NO_CARD: no_card,
}


def number_on(draft: Draft) -> str:
    """The card number that the newcomer typed."""
    return draft.answers["who"]["cnic"]


def see_card(person: Person, *, by: User, read: Collection[str] = ("name", "cnic")) -> None:
    """Write down that an officer saw the card, and what of the record was read from it."""
    person.cnic_standing = Person.Standing.VERIFIED
    person.version += 1
    person.save(update_fields=["cnic_standing", "version"])
    state(person, read, source=Statement.Source.CARD, by=by)
    record("enterprises.card_seen", target=person, by=by, audience={ENTREPRENEUR, *AUDIENCE})
