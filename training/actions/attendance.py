"""Who was in class: a whole class at once, and corrected the same way."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from journal.moves import hold
from training.actions import certificates
from training.models import Attendance, Enrolment, Sitting
from training.states import Mark


@transaction.atomic
def mark(*, sitting: Sitting, marks: Mapping[int, str], by: User, version: int) -> Sitting:
    """Write down a mark for everybody who has a seat; the last class decides about the certificates by itself.

    `marks` maps the ids of enrolments to marks. Marking again corrects, and the certificates follow.
    Raises `ValidationError` when somebody is missing or strange, `EditConflict` when somebody else marked meanwhile.
    """
    run = hold(sitting.run, version=None)
    held = hold(sitting, version=version)
    if not by.has_perm("training.mark_attendance", run):
        raise PermissionDenied("training.mark_attendance")
    now = timezone.now()
    if timezone.localdate(held.starts_at) > timezone.localdate(now):
        raise ValidationError(_("This class has not taken place yet."), code="too_early")
    roster = set(Enrolment.objects.seated().filter(run=run).values_list("pk", flat=True))
    if set(marks) != roster or not set(marks.values()) <= set(Mark.values):
        raise ValidationError(_("The list of people has changed. Look at it again."), code="roster")
    stored = dict(held.attendances.values_list("enrolment_id", "mark"))
    Attendance.objects.bulk_create(
        [
            Attendance(sitting=held, enrolment_id=enrolment_id, mark=chosen, by=by, at=now)
            for enrolment_id, chosen in marks.items()
            if stored.get(enrolment_id) != chosen
        ],
        update_conflicts=True,
        unique_fields=["sitting", "enrolment"],
        update_fields=["mark", "by", "at"],
    )
    held.held_at = held.held_at or now
    held.version += 1
    held.save(update_fields=["held_at", "version"])
    certificates.settle(run=run)
    return held
