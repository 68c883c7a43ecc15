"""The one rule of how the portal may write to a person: whose phone it is, who may hear what, and at what hours.

- Her own phone: the text as it is; where loans may not be named, the discreet one.
- A phone of the family, or one of which nobody said whose it is: the discreet text, whatever she allows: others may
  see it first. Codes go there, with her name.
- The phone of a neighbour, a shop or anybody else: no text and no code, but for that which proves the number of a
  registration. A person calls about what matters, and she signs in with a PIN or a printed code.

Safe hours hold a text back until they begin. A one-time code that she asked for herself does not wait.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils.timezone import localdate

from enterprises.likeness import is_one_name
from enterprises.models import Consent, Person
from messaging.kinds import Recipient
from messaging.quiet import Hours

# Of a name in the text of a code: two of them fit into an Urdu text.
LONGEST_NAME = 30
FEWEST_WORDS = 2
# Of those who share a phone, how many names are compared: a helper's may have hundreds.
MOST_OTHERS = 20


def reach(person: Person) -> Recipient | None:
    """Where and how a text goes to this person; None without a phone."""
    if not person.phone:
        return None
    return Recipient(
        phone=person.phone,
        language=person.language,
        person_id=person.pk,
        is_discreet=not (person.has_phone_of_own and person.loans_may_be_named),
        hours=Hours(person.safe_from, person.safe_until) if person.safe_from and person.safe_until else None,
        is_called=person.has_phone_of_strangers,
    )


def reach_if_allowed(person: Person) -> Recipient | None:
    """The same, while they let SMEDA contact them: for whatever is no part of signing in, and of no loan."""
    return reach(person) if person.lets_contact else None


@dataclass(frozen=True)
class Silence:
    """Nobody may call or write: since the permission was taken back, or because it was never given. It has no end."""

    since: datetime | None

    def began_on(self, day: date) -> bool:
        """The permission was taken back that day: somebody may have talked with them before."""
        return self.since is not None and localdate(self.since) == day


def silence_of(person: Person) -> Silence | None:
    """Whether nobody may call or write to them, and since when: to say beside `reach_if_allowed` why."""
    said = person.consents.filter(kind=Consent.Kind.CONTACT)
    return silence_after(said.order_by(F("withdrawn_at").desc(nulls_first=True)).first())


def silence_after(newest: Consent | None) -> Silence | None:
    """The same where the newest word of the permission to be contacted is at hand."""
    if newest is None:
        return Silence(since=None)
    return Silence(newest.withdrawn_at) if newest.withdrawn_at else None


def phone_for_codes(person: Person) -> str:
    """The phone that may open the person's page with a code; empty where its owner would come in by it."""
    return "" if person.has_phone_of_strangers else person.phone


def called_in_code(person: Person | None, *, phone: str) -> str:
    """Whom a code to this phone names, also of somebody who is not on file yet; for nobody it does the same work."""
    others = Person.objects.unmerged().filter(phone=phone)
    if person is not None:
        others = others.exclude(pk=person.pk) if person.pk else others.exclude(cnic=person.cnic or "")
    names = list(others.order_by("-pk").values_list("name", flat=True)[:MOST_OTHERS])
    return called_on_phone(person, names) if person else ""


def called_on_phone(person: Person, others: Collection[str]) -> str:
    """Whom a code on this phone is for, where it is not theirs alone. `others` are the names of the others on it.

    Where somebody else on the phone is called the same, the father's or husband's name follows, or else the last three
    digits of the card, which its owner has at hand.
    """
    if not others and person.has_phone_of_own:
        return ""
    if not any(is_one_name(person.name, other) for other in others):
        return brief(person.name)
    also = brief(person.parent_name) or f"CNIC ...{(person.cnic or '')[-3:]}"
    return f"{brief(person.name)} ({also})"


def brief(name: str) -> str:
    """A name as a text has room for it. What goes is before the last word: first names and that one are called out."""
    words = name.split()
    while len(" ".join(words)) > LONGEST_NAME and len(words) > FEWEST_WORDS:
        del words[-2]
    return " ".join(words)[:LONGEST_NAME]
