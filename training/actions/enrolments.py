"""Seats and the waiting list: first come, first served, and never more people than chairs.

Whoever changes who sits on a run holds the run's row first. So `seats_taken` and the people seated agree at every
moment, and the database refuses a chair that is not there (`training_seats_within_capacity`).
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import grants
from enterprises.models import Enterprise, Grant, Person, Sex
from journal.events import ADVISORS, ENTREPRENEUR, record
from journal.moves import MoveRefused, hold, move
from messaging import outbox
from training.models import CourseRun, Enrolment
from training.states import RunState

AUDIENCE = {ENTREPRENEUR, ADVISORS}


@transaction.atomic
def enrol(*, run: CourseRun, enterprise: Enterprise, person: Person, by: User) -> Enrolment:
    """Give the person a seat, or the next place on the waiting list, and let the trainer see them.

    Raises `ValidationError` in words for people when the course cannot be joined.
    """
    if not by.has_perm("training.enrol_enterprise", enterprise):
        raise PermissionDenied("training.enrol_enterprise")
    locked = hold(run, version=None)
    check_may_join(run=locked, enterprise=enterprise, person=person)
    enrolment = Enrolment.objects.create(
        run=locked,
        person=person,
        enterprise=enterprise,
        asked_at=timezone.now(),  # read under the lock, so that the list's order is the order of asking
        by=by,
        grant=sight_for(locked.trainer, enterprise=enterprise, by=by),
    )
    fill(run=locked, newcomer=enrolment)
    enrolment.refresh_from_db()
    if enrolment.is_waiting:
        record("training.waitlisted", target=enrolment, by=by, audience=AUDIENCE, data=what(locked))
    return enrolment


@transaction.atomic
def cancel(*, enrolment: Enrolment, by: User, version: int) -> Enrolment:
    """Give up a seat or a place on the list. A seat goes to the first who waits, at once, and they are told.

    Refused once all classes were held: whoever sat in them did so.
    """
    run = hold(enrolment.run, version=None)
    if run.state != RunState.PLANNED:
        raise MoveRefused(run, "cancel")
    had_seat = Enrolment.objects.seated().filter(pk=enrolment.pk).exists()
    left = move(
        enrolment,
        "cancel",
        by=by,
        version=version,
        audience=AUDIENCE,
        data=what(run),
        cancelled_at=timezone.now(),
    )
    end_sight(left, by=by)
    if had_seat:
        run.seats_taken -= 1
        run.save(update_fields=["seats_taken"])
        fill(run=run)
    return left


def fill(*, run: CourseRun, newcomer: Enrolment | None = None) -> None:
    """Seat the first who wait while there are seats and the course has not begun. The caller holds the run's row."""
    if run.state != RunState.PLANNED or run.starts_on < timezone.localdate():
        return
    for enrolment in Enrolment.objects.waiting().filter(run=run).in_order()[: run.seats_left]:
        is_newcomer = newcomer is not None and enrolment.pk == newcomer.pk
        by = newcomer.by if newcomer and is_newcomer else User.objects.system()
        run.seats_taken += 1
        move(enrolment, "seat", by=by, version=None, audience=AUDIENCE, data=what(run), seated_at=timezone.now())
        outbox.queue("training.enrolled" if is_newcomer else "training.seat_free", target=enrolment, by=by)
    run.save(update_fields=["seats_taken"])


def hand_over(*, run: CourseRun, by: User) -> None:
    """Move the sight of everybody on the run from the trainer before to the present one."""
    for enrolment in run.enrolments.live().select_related("enterprise", "grant").order_by("id"):
        before = enrolment.grant
        enrolment.grant = sight_for(run.trainer, enterprise=enrolment.enterprise, by=by)
        enrolment.save(update_fields=["grant"])
        end_if_unused(before, by=by)


def check_may_join(*, run: CourseRun, enterprise: Enterprise, person: Person) -> None:
    """Refuse, in words for people, what the course or its day does not allow, and whoever is a lead still."""
    if run.state != RunState.PLANNED or run.starts_on < timezone.localdate():
        raise ValidationError(_("This course has begun. Please choose another date."), code="begun")
    if run.women_only and person.sex == Sex.MAN:
        raise ValidationError(_("This course is for women only. Please choose another one."), code="women_only")
    if enterprise.client_since is None:
        said = _("SMEDA needs the owner's permission to be in contact, and a mobile number or an address, first.")
        raise ValidationError(said, code="lead")
    if not enterprise.ownerships.filter(person=person, until_on__isnull=True).exists():
        raise ValidationError(_("This person does not own this business."), code="not_owner")
    if Enrolment.objects.live().filter(run=run, person=person).exists():
        raise ValidationError(_("This person is on this course already."), code="twice")


def sight_for(trainer: User, *, enterprise: Enterprise, by: User) -> Grant:
    """The trainer's grant, held until the transaction ends: another enrolment may be about to end the same one."""
    grant = grants.give(enterprise=enterprise, purpose=Grant.Purpose.ENROLMENT, by=by, user=trainer)
    held = Grant.objects.select_for_update(no_key=True).get(pk=grant.pk)
    if held.until_at is None:
        return held
    return grants.give(enterprise=enterprise, purpose=Grant.Purpose.ENROLMENT, by=by, user=trainer)


def end_sight(enrolment: Enrolment, *, by: User) -> None:
    end_if_unused(enrolment.grant, by=by)


def end_if_unused(grant: Grant, *, by: User) -> None:
    """End the grant unless another course of the same enterprise with the same trainer still needs it."""
    held = Grant.objects.select_for_update(no_key=True).get(pk=grant.pk)
    if not Enrolment.objects.live().filter(grant=held).exists():
        grants.end(grant=held, by=by)


def what(run: CourseRun) -> dict[str, object]:
    """What the journal says of a run: ids and codes alone."""
    return {"run": run.pk, "course": run.course.code}
