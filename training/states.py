"""States and moves of courses. The table is the documentation; docs/states.md is made from it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from journal.moves import Move


class RunState(models.TextChoices):
    PLANNED = "planned", _("planned")
    FINISHED = "finished", _("all classes held")


class EnrolmentState(models.TextChoices):
    WAITING = "waiting", _("on the waiting list")
    ENROLLED = "enrolled", _("has a seat")
    COMPLETED = "completed", _("finished, with certificate")
    CANCELLED = "cancelled", _("left the course")


class Mark(models.TextChoices):
    """What a trainer writes down for one person in one class. Only `PRESENT` counts towards the certificate."""

    PRESENT = "present", _("Present")
    EXCUSED = "excused", _("Excused")
    ABSENT = "absent", _("Absent")


# Those who sit on a chair, and those who stand in the way of asking for the same course twice.
SEATED = frozenset({EnrolmentState.ENROLLED, EnrolmentState.COMPLETED})
LIVE = SEATED | {EnrolmentState.WAITING}

RUN_MOVES = {
    "finish": Move({RunState.PLANNED}, RunState.FINISHED, "training.settle_run", event="training.run_finished"),
}

# Everybody begins on the waiting list; who finds a seat free is moved on at once, so there is one way to a seat.
ENROLMENT_MOVES = {
    "seat": Move(
        {EnrolmentState.WAITING}, EnrolmentState.ENROLLED, "training.seat_enrolment", event="training.enrolled"
    ),
    "cancel": Move(
        {EnrolmentState.WAITING, EnrolmentState.ENROLLED},
        EnrolmentState.CANCELLED,
        "training.cancel_enrolment",
        event="training.cancelled",
    ),
    "complete": Move(
        {EnrolmentState.ENROLLED}, EnrolmentState.COMPLETED, "training.settle_enrolment", event="training.certified"
    ),
    # The certificate is taken back: attendance was corrected, or it should never have been given.
    "reopen": Move(
        {EnrolmentState.COMPLETED},
        EnrolmentState.ENROLLED,
        "training.revoke_certificate",
        event="training.certificate_revoked",
    ),
}
