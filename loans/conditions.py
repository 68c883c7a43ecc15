"""What must be true before money is given: each with its reason and what to do about it, in plain words."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.states import BusinessPlanState
from enterprises.kin import Relation
from enterprises.models import Kinship
from journal.models import Event
from loans.models import Application
from loans.states import ApplicationState

CERTIFIED, REVOKED = "training.certified", "training.certificate_revoked"


class Condition(NamedTuple):
    label: str
    is_met: bool
    remedy: str


def conditions(application: Application) -> list[Condition]:
    """Every condition of paying out, met or not, in the order in which people meet them."""
    left = guarantors_left(application)
    found = [
        Condition(
            _("Business plan approved by SMEDA"),
            has_approved_plan(application),
            _("SMEDA has not approved a business plan. Ask the advisor for it."),
        ),
        Condition(
            _("The household agrees"),
            bool(application.household_agrees),
            _("The household does not agree. Visit again, or do not approve.")
            if application.visited_at
            else _("Visit the home: does the household agree?"),
        ),
        # Whoever pays out reads how many are missing; whose relative a guarantor is concerns whoever weighs them.
        Condition(_("Guarantors"), not left, guarantors_missing(left, application)),
    ]
    if application.product.requires_course:
        found.append(
            Condition(
                _("Course finished"),
                has_finished_course(application.enterprise_id),
                _("The course is not finished yet. The money waits for the certificate."),
            )
        )
    return found


def has_approved_plan(application: Application) -> bool:
    plan = application.business_plan
    return plan is not None and plan.state == BusinessPlanState.APPROVED


def guarantors_left(application: Application) -> int:
    """How many are still to be found.

    A close relative does not count, unless the product lets the family guarantee; nor does whoever is on file under
    another name than the officer wrote, until that is put right.
    """
    named = set(application.guarantors.filter(is_named=True).values_list("person_id", flat=True))
    return max(application.product.guarantors_needed - len(named - set(close_among(application, named))), 0)


def close_guarantors(application: Application) -> dict[int, Relation]:
    """Guarantors who do not count because they are close relatives today, as the family said or as follows from it.

    Whoever wrote them down may not have known; what somebody says of the family later counts too.
    """
    return close_among(application, application.guarantors.values_list("person_id", flat=True))


def close_among(application: Application, people: Iterable[int]) -> dict[int, Relation]:
    if application.product.family_may_guarantee:
        return {}
    return Kinship.objects.close_to(application.person_id, people, on=timezone.localdate())


def why_missing(left: int, application: Application) -> list[str]:
    """The reasons, where some who are written down do not count, and what to do."""
    close = len(close_guarantors(application))
    unnamed = application.guarantors.filter(is_named=False).count()
    reasons = [
        ngettext(
            "%(close)s guarantor is a close relative of the applicant, and does not count.",
            "%(close)s guarantors are close relatives of the applicant, and do not count.",
            close,
        )
        % {"close": close}
        if close
        else "",
        ngettext(
            "%(unnamed)s guarantor is on file under another name, and does not count yet.",
            "%(unnamed)s guarantors are on file under other names, and do not count yet.",
            unnamed,
        )
        % {"unnamed": unnamed}
        if unnamed
        else "",
    ]
    return [*filter(None, reasons), guarantors_missing(left, application)]


def standing(application: Application, *, left: int) -> str:
    """Where it stands, in words; after the visit that depends on how many guarantors are `left` to be found."""
    if application.state != ApplicationState.VISITED:
        return application.get_state_display()
    return _("visited, guarantors to come") if left else _("visited, guarantors are there")


def guarantors_missing(left: int, application: Application) -> str:
    """The sentence for too few guarantors: how many, or how many more."""
    if left == application.product.guarantors_needed:
        return ngettext(
            "%(needed)s guarantor outside the family is needed.",
            "%(needed)s guarantors outside the family are needed.",
            left,
        ) % {"needed": left}
    return ngettext(
        "%(needed)s more guarantor outside the family is needed.",
        "%(needed)s more guarantors outside the family are needed.",
        left,
    ) % {"needed": left}


def has_finished_course(enterprise_id: int) -> bool:
    """A certificate was given to the enterprise and not taken back. The journal says so; training is not asked."""
    later = Event.objects.filter(
        name=REVOKED, target_label=OuterRef("target_label"), target_id=OuterRef("target_id"), id__gt=OuterRef("id")
    )
    return Event.objects.filter(~Exists(later), name=CERTIFIED, enterprise_id=enterprise_id).exists()
