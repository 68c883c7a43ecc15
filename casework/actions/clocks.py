"""The clocks of calls. They stand while nobody may call, and run anew from the day on which somebody may again.

What was late before keeps its day, and so does what an advisor let stand for some hours alone: nobody gets days for a
call by writing down that the client took the permission back, and gave it again.
"""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from casework.models import Call, Case, Referral
from casework.states import CaseState
from enterprises.actions.statements import source_for
from enterprises.models import Consent, Person, Statement
from journal.models import Event
from places.calendar import OFFICE, add_working_days


def first_call_by(day: date) -> date:
    """Two working days from the day on which SMEDA may call."""
    return add_working_days(day, settings.FIRST_CONTACT_WORKING_DAYS, calendar=OFFICE)


def silent_since(event: Event) -> datetime | None:
    """When whoever gives the permission had taken it back the last time; None where they never gave it before."""
    theirs = Consent.objects.filter(person_id=event.person_id or 0, kind=Consent.Kind.CONTACT)
    before = theirs.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at")
    return before.values_list("withdrawn_at", flat=True).first()


def is_own_word(event: Event) -> bool:
    """Whether the client gave the permission by themselves, and no colleague wrote it down."""
    person = Person.objects.get(pk=event.person_id or 0)
    return source_for(person, by=event.by) == Statement.Source.SELF


@transaction.atomic
def restart_for_event(event: Event) -> None:
    """The client lets SMEDA contact them: the first call is due anew, and so is whatever became late meanwhile."""
    if event.data.get("kind") != Consent.Kind.CONTACT:
        return
    today, since = timezone.localdate(), silent_since(event)
    due_on, silent_from = first_call_by(today), timezone.localdate(since) if since else date.min
    stopped = Q(state=CaseState.NEW, first_contact_due_on__gte=silent_from)
    stopped |= ~Q(state=CaseState.NEW) & Q(next_contact_on__gte=silent_from, next_contact_on__lt=today)
    # A day that was agreed and is still to come stands. Without one, nothing would wait for anybody.
    undated = ~Q(state=CaseState.NEW) & Q(next_contact_on__isnull=True)
    is_anew = silent_from < today or is_own_word(event)
    theirs = Case.objects.open().filter(person_id=event.person_id or 0).order_by("pk").select_for_update(no_key=True)
    for case in theirs.filter(undated | stopped if is_anew else undated).exclude(
        state=CaseState.NEW, first_contact_due_on=due_on
    ):
        name = "first_contact_due_on" if case.state == CaseState.NEW else "next_contact_on"
        setattr(case, name, due_on)
        case.version += 1
        case.save(update_fields=["version", name])
    if is_anew:
        became_late = {"case__person_id": event.person_id, "due_on__gte": silent_from, "due_on__lt": today}
        Call.objects.waiting().filter(**became_late).update(due_on=due_on)
        Referral.objects.untold().filter(**became_late).update(due_on=due_on)
