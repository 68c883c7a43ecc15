"""What a branch reads about a client before it takes up an application. Nothing of it is asked again."""

from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Referral
from kit import words
from loans.models import Application


def refused_before(referral: Referral, *, user: User) -> Application | None:
    """The client's newest application that was refused before the advisor sent this, as far as the user sees it."""
    known = Application.objects.visible_to(user).filter(enterprise=referral.case.enterprise_id, state="refused")
    return known.filter(decided_at__lt=referral.at).select_related("refusal").order_by("-decided_at", "-id").first()


def facts_of(referral: Referral) -> list[dict[str, Any]]:
    """Who, what, where, and the approved business plan's figures, each with where it came from."""
    case, plan = referral.case, referral.business_plan
    person, enterprise = case.person, case.enterprise
    registered = {"source": _("registration"), "on": localtime(enterprise.registered_at).date()}
    facts = [
        {"label": _("Name"), "text": person.name} | registered,
        {"label": _("Business"), "text": enterprise.name, "small": enterprise.sector.label} | registered,
        {"label": _("Where"), "text": enterprise.district.label, "small": enterprise.place} | registered,
        {"label": _("Sent by"), "text": str(referral.by), "small": words.plain(words.day_plain(referral.at))},
    ]
    if plan is not None:
        approved = {
            "source": _("approved business plan"),
            "on": plan.approved_at and localtime(plan.approved_at).date(),
        }
        facts += [
            {"label": _("Loan wanted"), "text": words.rupees(plan.loan_wanted)} | approved,
            {"label": _("For"), "text": plan.purpose} | approved,
            {"label": _("Left a month"), "text": words.rupees(plan.profit)} | approved,
            {"label": _("Own money"), "text": words.rupees(plan.own_share)} | approved,
        ]
    return facts
