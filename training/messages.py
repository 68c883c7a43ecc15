"""What courses tell people on their phones. `portal/message_kinds.py` lists the kinds.

A text is one part in English, two at most in Urdu: names that do not fit are cut.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import LocalClosure
from enterprises.discretion import reach_if_allowed
from kit import words
from kit.days import end_of_tomorrow
from messaging.kinds import Kind, Recipient
from messaging.texts import fitted
from training.models import Enrolment, Sitting
from training.states import EnrolmentState, RunState


def to_person(enrolment: Enrolment) -> Recipient | None:
    """The person's own phone, while they let SMEDA contact them; without that they read it on their page."""
    return reach_if_allowed(enrolment.person)


def next_sitting(enrolment: Enrolment, *, now: datetime | None = None) -> Sitting | None:
    coming = Sitting.objects.to_come(now=now or timezone.now()).filter(run_id=enrolment.run_id)
    return coming.order_by("starts_at", "id").first()


def has_seat(enrolment: Enrolment) -> bool:
    return enrolment.state == EnrolmentState.ENROLLED


def seat_text(enrolment: Enrolment, language: str) -> str:
    with override(language):
        said = _("Seat booked: {course}. First class {when}, {place}. Free. Help {helpline}")
        return of_class(said, enrolment, language)


def seat_free_text(enrolment: Enrolment, language: str) -> str:
    with override(language):
        said = _("A seat is free for you: {course}. {when}, {place}. Cannot come? Call {helpline}")
        return of_class(said, enrolment, language)


def tomorrow_text(enrolment: Enrolment, language: str) -> str:
    with override(language):
        return of_class(_("Your class: {course}, {when}, {place}. Help {helpline}"), enrolment, language)


def class_discreetly(enrolment: Enrolment, language: str) -> str:
    """When and where, for a phone on which others read: the name of a course may say what for."""
    with override(language):
        return of_class(_("A class for you: {when}, {place}. Free. Help {helpline}"), enrolment, language)


def certified_text(enrolment: Enrolment, language: str) -> str:
    with override(language):
        said = (
            _("Well done! You finished {course}. Certificate {code}. See it on your page. Help {helpline}")
            if enrolment.person.has_page
            else _("Well done! You finished {course}. Certificate {code}. Help {helpline}")
        )
        names = {"course": enrolment.run.course.label}
        return fitted(said, language, names=names, code=enrolment.certificate.code, helpline=settings.HELPLINE)


def certified_discreetly(enrolment: Enrolment, language: str) -> str:
    """Well done, without the name of the course: it may say what for."""
    with override(language):
        said = (
            _("Well done! You finished your course. The certificate is on your page. Help {helpline}")
            if enrolment.person.has_page
            else _("Well done! You finished your course. Ask us for the certificate. Help {helpline}")
        )
        return fitted(said, language, names={}, helpline=settings.HELPLINE)


def of_class(sentence: str, enrolment: Enrolment, language: str) -> str:
    run = enrolment.run
    names = {"course": run.course.label, "place": run.where}
    return fitted(sentence, language, names=names, when=when_of(enrolment), helpline=settings.HELPLINE)


def when_of(enrolment: Enrolment) -> str:
    """Day and hour of the next class, or the run's first day where none is to come."""
    sitting = next_sitting(enrolment)
    when = [words.day_short(sitting.starts_at if sitting else enrolment.run.starts_on)]
    if sitting:
        when.append(words.clock(sitting.starts_at))
    return " ".join(map(words.plain, when))


def due_tomorrow(now: datetime) -> Iterable[Enrolment]:
    """Whoever has a class from now until the end of tomorrow: late is better than never, while it is still to come.

    Whoever got their seat since the day before the class was told of it with that.
    """
    return (
        Enrolment.objects.filter(state=EnrolmentState.ENROLLED, run__state=RunState.PLANNED)
        .with_next_sitting(now=now)
        .filter(next_starts_at__lt=end_of_tomorrow(now))
        .exclude(seated_at__date__gte=TruncDate(F("next_starts_at")) - timedelta(days=1))
        .order_by("id")
        .iterator()
    )


def still_tomorrow(enrolment: Enrolment) -> bool:
    now = timezone.now()
    sitting = next_sitting(enrolment, now=now)
    return has_seat(enrolment) and sitting is not None and sitting.starts_at < end_of_tomorrow(now)


def shut_until(enrolment: Enrolment, day: date) -> date | None:
    """Nobody is asked to set out where the district or the office of the course is shut."""
    run = enrolment.run
    return LocalClosure.objects.reopens_on(district=run.district_id, office=run.office_id, on=day)


def day_of_class(enrolment: Enrolment) -> str:
    """One reminder a day of classes, and a new one when the day is changed."""
    if not hasattr(enrolment, "next_starts_at"):  # planning reads it for all in one query
        sitting = next_sitting(enrolment)
        return day_of(sitting.starts_at) if sitting else ""
    return day_of(enrolment.next_starts_at)


def day_of(starts_at: datetime) -> str:
    return timezone.localdate(starts_at).isoformat()


def is_certified(enrolment: Enrolment) -> bool:
    return enrolment.state == EnrolmentState.COMPLETED


ENROLLED = Kind(
    "training.enrolled",
    recipient=to_person,
    render=seat_text,
    discreet=class_discreetly,
    still_due=has_seat,
    is_prompt=True,
)
SEAT_FREE = Kind(
    "training.seat_free",
    recipient=to_person,
    render=seat_free_text,
    discreet=class_discreetly,
    still_due=has_seat,
    call=gettext_lazy("a free seat on a course"),
)
SITTING_TOMORROW = Kind(
    "training.sitting_tomorrow",
    recipient=to_person,
    render=tomorrow_text,
    still_due=still_tomorrow,
    due=due_tomorrow,
    occasion=day_of_class,
    discreet=class_discreetly,
    call=gettext_lazy("a class tomorrow"),
    closed_until=shut_until,
)
CERTIFIED = Kind(
    "training.certified",
    recipient=to_person,
    render=certified_text,
    still_due=is_certified,
    discreet=certified_discreetly,
)
KINDS = (ENROLLED, SEAT_FREE, SITTING_TOMORROW, CERTIFIED)
