"""A claim has two sides, and the history of each says what happened: who had the number, and who came with it."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from enterprises.models import Claim, Enterprise, Person
from journal.events import ADVISORS, MANAGERS, record

AUDIENCE = {ADVISORS, MANAGERS}
# Of whoever came with the number it is said in words of their own.
NEWCOMERS = {
    "enterprises.claim_made": "enterprises.claim_waits",
    "enterprises.claim_settled": "enterprises.claim_of_newcomer_settled",
    "enterprises.claim_withdrawn": "enterprises.claim_of_newcomer_withdrawn",
    "enterprises.release_asked": "enterprises.release_to_newcomer_asked",
}


def record_of_both(name: str, *, claim: Claim, by: User, data: Mapping[str, Any] | None = None) -> None:
    """Write the event for whoever is on file with the number, and beside it the newcomer's, if they are on file too."""
    record(name, target=claim, of=claim.person, by=by, audience=AUDIENCE, data=data)
    newcomer = newcomer_of(claim)
    if newcomer is not None:
        record(NEWCOMERS[name], target=claim, of=newcomer, by=by, audience=AUDIENCE, data=data)


def newcomer_of(claim: Claim) -> Enterprise | Person | None:
    """The business of whoever came, or who came; nobody, while it is a draft, and where it proved to be one person."""
    if claim.outcome == Claim.Outcome.SAME:
        return None
    registered = claim.draft.enterprise if claim.draft is not None else None
    return claim.enterprise or registered or claim.newcomer
