"""What a branch reads about a client before it takes up an application. Nothing of it is asked again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.referrals import SENT_BACK
from casework.models import Referral
from casework.states import ReferralState
from journal.models import Event
from kit import words
from loans.models import Application, RefusalReason

OTHER = "other"


def refused_before(referral: Referral, *, user: User) -> Application | None:
    """The client's newest application that was refused before the advisor sent this, as far as the user sees it."""
    known = Application.objects.visible_to(user).filter(enterprise=referral.case.enterprise_id, state="refused")
    return known.filter(decided_at__lt=referral.at).select_related("refusal").order_by("-decided_at", "-id").first()


@dataclass(frozen=True)
class No:
    """Why a referral came back, as `loans/_refusal.html` takes an application that was refused."""

    refusal: RefusalReason | None
    refusal_text: str
    ask_again_on: date


def no_of(referral: Referral) -> No:
    """The reason with its remedy, and when to ask again. Of what came back before reasons had codes, its own words."""
    label = Referral._meta.label_lower
    said = Event.objects.filter(target_label=label, target_id=referral.pk, name=SENT_BACK).order_by("-pk").first()
    data = said.data if said else {}
    # An administrator may have taken the reason away meanwhile: then the branch's own words stand alone.
    reason = RefusalReason.objects.filter(code=data.get("reason", OTHER)).first()
    ended_on = localtime(referral.ended_at).date()
    again = date.fromisoformat(data["ask_again_on"]) if "ask_again_on" in data else ended_on
    # Where the branch wrote nothing of its own, the code stands there; before, the reason's English name did.
    is_code_alone = referral.reason in {data.get("reason"), reason and reason.name}
    return No(reason, "" if is_code_alone else referral.reason, again)


def declined_before(referral: Referral, *, user: User) -> No | None:
    """Why the client's newest referral before this one came back, if it did, as far as the user sees it."""
    known = Referral.objects.visible_to(user)
    earlier = known.filter(case=referral.case_id, to=Referral.To.LENDER, pk__lt=referral.pk)
    newest = earlier.order_by("-pk").first()
    return no_of(newest) if newest is not None and newest.state == ReferralState.DECLINED else None


def facts_of(referral: Referral) -> list[dict[str, Any]]:
    """Who, what, where, and the approved business plan's figures, each with where it came from."""
    case, plan = referral.case, referral.business_plan
    person, enterprise = case.person, case.enterprise
    trade = enterprise.sector.label if enterprise.name and enterprise.sector else ""
    registered = {"source": _("registration"), "on": localtime(enterprise.registered_at).date()}
    facts = [
        {"label": _("Name"), "text": person.name} | registered,
        {"label": _("Business"), "text": enterprise.called, "small": trade} | registered,
        {"label": _("Where"), "text": enterprise.district.label, "small": enterprise.place} | registered,
        {"label": _("Sent by"), "text": str(referral.by), "small": words.plain(words.day_plain(referral.at))},
    ]
    if referral.why_anyway:
        facts.append({"label": _("Sent all the same"), "text": referral.why_anyway})
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
