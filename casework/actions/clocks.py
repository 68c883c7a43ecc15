"""The clocks of calls. They stand while nobody may call, and run anew from the day on which somebody may again."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from casework.models import Call, Case, Referral
from casework.states import CaseState
from enterprises.models import Consent
from journal.models import Event
from places.calendar import OFFICE, add_working_days


def first_call_by(day: date) -> date:
    """Two working days from the day on which SMEDA may call."""
    return add_working_days(day, settings.FIRST_CONTACT_WORKING_DAYS, calendar=OFFICE)


@transaction.atomic
def restart_for_event(event: Event) -> None:
    """The client lets SMEDA contact them: the first call is due anew, and so is whatever became late meanwhile."""
    if event.data.get("kind") != Consent.Kind.CONTACT:
        return
    today = timezone.localdate()
    due_on = first_call_by(today)
    theirs = Case.objects.open().filter(person_id=event.person_id or 0).order_by("pk").select_for_update(no_key=True)
    # A day that was agreed and is still to come stands. Without one, nothing would wait for anybody.
    uncalled, overdue, undated = Q(state=CaseState.NEW), Q(next_contact_on__lt=today), Q(next_contact_on__isnull=True)
    for case in theirs.filter(uncalled | overdue | undated).exclude(uncalled, first_contact_due_on=due_on):
        name = "first_contact_due_on" if case.state == CaseState.NEW else "next_contact_on"
        setattr(case, name, due_on)
        case.version += 1
        case.save(update_fields=["version", name])
    late = {"case__person_id": event.person_id, "due_on__lt": today}
    Call.objects.waiting().filter(**late).update(due_on=due_on)
    Referral.objects.untold().filter(**late).update(due_on=due_on)
