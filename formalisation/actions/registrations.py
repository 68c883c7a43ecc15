"""Recording a registration whose paper an advisor has seen."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.models import Enterprise
from formalisation.models import Registration, RegistrationKind
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record


@transaction.atomic
def obtain(
    *, enterprise: Enterprise, kind: RegistrationKind, number: str, obtained_on: date, is_new: bool, by: User
) -> Registration:
    """Record the registration, and its event in the same transaction: the plan's step closes by itself.

    Raises `ValidationError` when the enterprise has this kind already, or the number stands on another enterprise.
    """
    if not by.has_perm("formalisation.record_registration", enterprise):
        raise PermissionDenied
    try:
        with transaction.atomic():
            registration = Registration.objects.create(
                enterprise=enterprise, kind=kind, number=number, obtained_on=obtained_on, is_new=is_new, seen_by=by
            )
    except IntegrityError:
        raise ValidationError(
            _("This registration is on file already, for this business or with this number for another one.")
        ) from None
    record(
        "formalisation.obtained",
        target=registration,
        by=by,
        audience={ENTREPRENEUR, ADVISORS, MANAGERS},
        data={
            "kind": kind.code,
            "registration": registration.pk,
            "is_new": is_new,
            "on": obtained_on.isoformat(),
        },
    )
    return registration
