"""What follows in lending from events of other floors; `portal/wiring.py` says from which."""

from accounts.models import User
from enterprises.actions.people import living
from enterprises.models import Consent, Person
from journal.models import Event
from loans.actions import applications


def withdraw_applications(event: Event) -> None:
    """Somebody takes back the permission to share: what they applied for, and is no loan yet, ends in that moment."""
    if event.data["kind"] == Consent.Kind.SHARE:
        person = living(Person.objects.get(pk=event.person_id))
        applications.withdraw_unshared(person=person, by=User.objects.system())
