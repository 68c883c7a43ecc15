"""What follows in lending from events of other floors; `portal/wiring.py` says from which."""

from django.utils import timezone

from accounts.models import User
from casework.models import Referral
from enterprises.actions.people import living
from enterprises.models import Consent, Document, Person
from journal.models import Event
from loans.actions import applications, misfortunes, prechecks, requests
from loans.models import Loan, Misfortune


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


def let_loans_rest(event: Event) -> None:
    """A case was closed because the client died: their loans rest too, and somebody visits. Known once, it stands."""
    if event.data.get("outcome") != "died":
        return
    person = living(Person.objects.get(pk=event.person_id))
    loan = Loan.objects.filter(person=person, ended_on=None, frozen_for=None).order_by("pk").first()
    if loan is not None:
        misfortunes.report(
            loan=loan,
            kind=Misfortune.Kind.DEATH,
            happened_on=timezone.localdate(event.at),
            told_by=str(event.by),
            by=User.objects.system(),
        )


def keep_check(event: Event) -> None:
    """A client is referred: what the check said to the advisor is kept."""
    referral = Referral.objects.select_related("case__person", "case__enterprise__district", "by").get(
        pk=event.target_id
    )
    prechecks.keep_for_referral(referral, on=timezone.localdate())
