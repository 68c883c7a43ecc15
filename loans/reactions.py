"""What follows in lending from events of other floors; `portal/wiring.py` says from which."""

from accounts.models import User
from enterprises.actions.people import living
from enterprises.models import Consent, Document, Person
from journal.models import Event
from loans.actions import applications, requests


def withdraw_applications(event: Event) -> None:
    """Somebody takes back the permission to share: what they applied for, and is no loan yet, ends in that moment."""
    if event.data["kind"] == Consent.Kind.SHARE:
        person = living(Person.objects.get(pk=event.person_id))
        applications.withdraw_unshared(person=person, by=User.objects.system())


def answer_requests(event: Event) -> None:
    """A paper came: who asked for it has it."""
    requests.answer_by_paper(document=Document.objects.get(pk=event.target_id), by=User.objects.system())


def reopen_requests(event: Event) -> None:
    """A paper was thrown away: who asked for it waits again."""
    requests.reopen_for(document=Document.objects.get(pk=event.target_id), by=User.objects.system())
