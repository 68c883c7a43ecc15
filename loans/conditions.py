"""What must be true before money is given: each with its reason and what to do about it, in plain words."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.states import BusinessPlanState
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
    """How many are still to be found."""
    return max(application.product.guarantors_needed - application.guarantors.count(), 0)


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
