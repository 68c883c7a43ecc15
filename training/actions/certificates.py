"""Certificates come from attendance by rule, without anybody opening a page."""

import secrets
from collections import Counter
from math import ceil

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS
from journal.moves import hold, move
from kit.saving import save
from messaging import outbox
from training.models import Attendance, Certificate, CourseRun, Enrolment
from training.states import EnrolmentState, Mark, RunState

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}
# Crockford's letters: none that is mistaken for another. 8 of them are 40 bits; guesses are counted at the page.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def is_earned(*, present: int, planned: int, percent: int) -> bool:
    """The rule: of all classes that were planned, `percent` in a hundred were attended."""
    return present >= classes_needed(planned=planned, percent=percent)


def classes_needed(*, planned: int, percent: int) -> int:
    """The same rule as people count: the fewest of the planned classes that are `percent` in a hundred of them."""
    return ceil(planned * percent / 100)


@transaction.atomic
def settle(*, run: CourseRun) -> None:
    """Once every class was held, give each certificate that is earned and take back each that is not.

    Does nothing a second time. A certificate that a manager took back stays taken back.
    """
    locked = hold(run, version=None)
    held = list(locked.sittings.values_list("held_at", flat=True))
    if len(held) < locked.sittings_planned or None in held:
        return
    system = User.objects.system()
    if locked.state == RunState.PLANNED:
        locked = move(locked, "finish", by=system, version=None, audience={ADVISORS, MANAGERS})
    marks = Attendance.objects.filter(sitting__run=locked, mark=Mark.PRESENT)
    present = Counter(marks.values_list("enrolment_id", flat=True))
    for enrolment in locked.enrolments.seated().select_related("run__course", "certificate").order_by("id"):
        earned = is_earned(present=present[enrolment.pk], planned=len(held), percent=locked.pass_percent)
        completed = enrolment.state == EnrolmentState.COMPLETED
        if earned and not completed and may_be_given(enrolment):
            issue(enrolment, by=system)
        elif completed and not earned:
            take_back(enrolment.certificate, by=system, reason=Certificate.Reason.ATTENDANCE)


@transaction.atomic
def revoke(*, certificate: Certificate, by: User, reason: str) -> Certificate:
    """Take a certificate back for good; the page that checks it says so and why."""
    enrolment = certificate.enrolment
    hold(enrolment.run, version=None)
    if not by.has_perm("training.revoke_certificate", enrolment):
        raise PermissionDenied("training.revoke_certificate")
    return take_back(certificate, by=by, reason=reason)


def may_be_given(enrolment: Enrolment) -> bool:
    """Never given before, or taken back by the same rule that gives it."""
    given = getattr(enrolment, "certificate", None)
    return given is None or given.revoked_reason == Certificate.Reason.ATTENDANCE


def issue(enrolment: Enrolment, *, by: User) -> None:
    """Give a new certificate, or make one genuine again whose attendance was corrected back: the paper is the same."""
    certificate = getattr(enrolment, "certificate", None) or Certificate(enrolment=enrolment, code=new_code())
    certificate.revoked_at = certificate.revoked_by = None
    certificate.revoked_reason = ""
    save(certificate)
    told = about(enrolment, certificate)
    move(enrolment, "complete", by=by, version=None, audience=AUDIENCE, data=told)
    outbox.queue("training.certified", target=enrolment, by=by)


def take_back(certificate: Certificate, *, by: User, reason: str) -> Certificate:
    enrolment = certificate.enrolment
    certificate.revoked_at, certificate.revoked_by, certificate.revoked_reason = timezone.now(), by, reason
    save(certificate, update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    told = about(enrolment, certificate) | {"reason": reason}
    move(enrolment, "reopen", by=by, version=None, audience=AUDIENCE, data=told)
    return certificate


def about(enrolment: Enrolment, certificate: Certificate) -> dict[str, object]:
    return {"certificate": certificate.pk, "run": enrolment.run_id, "course": enrolment.run.course.code}


def new_code() -> str:
    """Two groups of four letters, such as 7K4M-QD2X. The column is unique, should chance ever repeat one."""
    letters = "".join(secrets.choice(LETTERS) for _place in range(8))
    return f"{letters[:4]}-{letters[4:]}"
