"""What follows in casework from events of every floor; `portal/wiring.py` says from which."""

from accounts.models import User
from casework.actions import (
    cases,
    clocks,
    introductions,
    lots,
    meetings,
    outcomes,
    pauses,
    plan_readers,
    plans,
    referrals,
    transfers,
)
from casework.models import Case
from casework.states import CaseState
from enterprises.models import Consent, Enterprise, Merge, Person
from journal.models import Event
from journal.moves import hold


def open_case(event: Event) -> None:
    """A registered enterprise gets its case, an advisor, and a day until which somebody calls."""
    enterprise = Enterprise.objects.select_related("district").get(pk=event.enterprise_id)
    person = Person.objects.contacts_of(enterprise).get()
    cases.open_for(enterprise=enterprise, person=person, by=User.objects.system())


def follow_district(event: Event) -> None:
    """The business is in another district: its case goes to the office there."""
    enterprise = Enterprise.objects.get(pk=event.enterprise_id)
    transfers.follow(enterprise=enterprise, by=User.objects.system())


def place_readings(event: Event) -> None:
    """Two records are one, or two again: what waits to be looked at waits where its case is now, or above.

    A plan that did not change its case stays with who has it: it may have been passed up.
    """
    merge = Merge.objects.get(pk=event.target_id)
    pairs = merge.pairs.get(Case._meta.label, [])
    went = merge.rows.filter(path="casework.BusinessPlan.case").values("row_id")
    for case in Case.objects.filter(pk__in=[pk for pair in pairs for pk in pair]).order_by("pk"):
        held = hold(case, version=None)
        if held.business_plans.awaiting_approval().filter(pk__in=went).exists():
            plan_readers.place_again(held)
        lots.place_again(held)


def close_steps(event: Event) -> None:
    """What was done elsewhere closes the step of the plan that asked for it."""
    plans.close_for_event(event=event, by=User.objects.system())


def take_up_referral(event: Event) -> None:
    """The lender received the application: the referral is in its hands."""
    referrals.take_up_for_event(event=event, by=User.objects.system())


def answer_referral(event: Event) -> None:
    """The lender decided: that event is the referral's answer."""
    referrals.answer_for_event(event=event, by=User.objects.system())


def withdraw_referral(event: Event) -> None:
    """The client no longer lets SMEDA share: what the lender has not taken up is taken back."""
    referrals.withdraw_for_event(event=event, by=User.objects.system())


def restart_clocks(event: Event) -> None:
    """The client lets SMEDA contact them: whoever calls has their days anew."""
    clocks.restart_for_event(event)


def end_pause(event: Event) -> None:
    """Whoever was paused was talked with, or waits for nothing any more."""
    pauses.end_for_event(event)


def end_meetings(event: Event) -> None:
    """The case is somebody else's now, or closed: times that were kept for it before are free again."""
    case = Case.objects.get(pk=event.target_id)
    kept = case.meetings.open()
    goes_on = case.state != CaseState.CLOSED
    if goes_on:
        kept = kept.exclude(advisor_id=case.advisor_id)
    meetings.end_all(kept, by=User.objects.system(), tells=goes_on)


def take_baseline(event: Event) -> None:
    """What the details say of the beginning is a result to compare with."""
    case = Case.objects.filter(enterprise_id=event.enterprise_id).first()
    if case is not None:
        outcomes.take_baseline(case=case)


def measure(event: Event) -> None:
    """What came about elsewhere is a result by itself."""
    outcomes.measure_by_event(event)


def end_transfer(event: Event) -> None:
    """The case is somebody else's now, or closed: nobody is asked to take it any more."""
    transfers.end_for_event(event, by=User.objects.system())


def answer_introduction(event: Event) -> None:
    """The client went where they were sent: the event says so."""
    introductions.answer_for_event(event=event, by=User.objects.system())


def end_unwelcome_meetings(event: Event) -> None:
    """The client took back the permission to be contacted: nobody calls or visits at a time that was kept for it."""
    if event.data.get("kind") == Consent.Kind.CONTACT:
        meetings.end_unwelcome(person_id=event.person_id or 0, by=User.objects.system())
