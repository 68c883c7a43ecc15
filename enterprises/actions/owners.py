"""Who owns a business beside whoever registered it: found on file, so that nothing is typed anew."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises import cards, references
from enterprises.models import Enterprise, Ownership, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold
from kit import cnic, phones
from kit.text import UnreadableError
from messaging.outbox import queue

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}
SHOWN = 8


def find(*, text: str, enterprise: Enterprise, by: User) -> list[Person]:
    """Whom the colleague sees by this card number, mobile number, reference or name, and who does not own it yet."""
    if not by.has_perm("enterprises.keep_owners", enterprise):
        raise PermissionDenied("enterprises.keep_owners")
    owners = enterprise.ownerships.current().values("person")
    seen = Person.objects.visible_to(by).exclude(pk__in=owners).with_districts()
    return list(seen.filter(condition_of(text)).order_by("name", "pk")[:SHOWN])


def condition_of(text: str) -> Q:
    if reference := references.parse(text):
        owned = Ownership.objects.current().filter(enterprise__reference=reference)
        return Q(pk__in=owned.values("person"))
    for parse, name in ((cnic.parse, "cnic"), (phones.parse, "phone")):
        try:
            return Q(**{name: parse(text)})
        except UnreadableError:
            continue
    return Q(name__trigram_word_similar=text) | Q(name__icontains=text)


@transaction.atomic
def add(*, enterprise: Enterprise, person: Person, by: User) -> Ownership:
    """Write down that this person owns the business too, and tell both; whom the portal talks to stays who it is.

    From then on the business and what hangs on it are in the new owner's sight.
    """
    held = hold(enterprise, version=None)
    if not (by.has_perm("enterprises.keep_owners", held) and by.has_perm("enterprises.view_person", person)):
        raise PermissionDenied("enterprises.keep_owners")
    if held.ownerships.current().filter(person=person).exists():
        raise ValidationError(_("This person is an owner of the business already."), code="there")
    made = Ownership.objects.create(person=person, enterprise=held, is_contact=False, added_by=by)
    record("enterprises.owner_added", target=made, by=by, audience=AUDIENCE)
    queue("enterprises.owner_added", target=made, by=by)
    queue("enterprises.owner_beside", target=made, by=by)
    return made


@transaction.atomic
def end(*, ownership: Ownership, by: User, reason: str) -> Ownership:
    """This person owns the business no longer: it leaves their sight the same minute, and both are told.

    Refused for whom the portal talks to, and while money is lent to them, or asked for.
    """
    hold(ownership.person, version=None)  # whoever lends to them, or asks for it, takes turns with this
    enterprise = hold(ownership.enterprise, version=None)
    held = Ownership.objects.select_for_update(no_key=True).get(pk=ownership.pk)
    if not by.has_perm("enterprises.keep_owners", enterprise):
        raise PermissionDenied("enterprises.keep_owners")
    if refusal := why_not_ended(held):
        raise ValidationError(refusal, code="owner")
    held.until_on, held.ended_by, held.ended_because = timezone.localdate(), by, reason
    held.save(update_fields=["until_on", "ended_by", "ended_because"])
    record("enterprises.owner_ended", target=held, by=by, audience=AUDIENCE)
    queue("enterprises.owner_ended", target=held, by=by)
    queue("enterprises.owner_left", target=held, by=by)
    return held


def why_not_ended(ownership: Ownership) -> str:
    """Why this owner cannot be taken off; empty where they can."""
    if ownership.until_on is not None:
        return _("This person is no longer an owner.")
    if ownership.is_contact:
        return _("The portal talks to this owner about the business; they stay.")
    if cards.is_lent_to(ownership.person_id):
        return _("A loan of theirs is applied for or runs. They stay an owner until it is settled.")
    return ""
