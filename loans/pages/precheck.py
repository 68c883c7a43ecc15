"""What the check before applying says, for whoever reads it: to settle first, not known yet, in order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Case
from enterprises.models import Enterprise, Person
from kit import words
from loans.conditions import advisor_of, case_of
from loans.known import Known, askings_of, lent_at
from loans.models import Application, Offer
from loans.precheck import RULES, WEIGHED_RULES, Answer, Asking, Rule, Verdict, Who, check, failing
from loans.states import UNDECIDED


@dataclass(frozen=True)
class CheckPage:
    """The answers in groups, each line with what to do and who does it."""

    offer: Offer
    amount: int
    months: int
    failing: list[dict[str, Any]]
    unknown: list[dict[str, Any]]
    passed: list[dict[str, Any]]


def page_of(
    asking: Asking, *, holders: Mapping[Who, str], urls: Mapping[str, str], rules: Collection[Rule] = RULES
) -> CheckPage:
    said = check(asking, rules)

    def lines(answer: Answer) -> list[dict[str, Any]]:
        rows = [(rule, said[rule.code]) for rule in rules if said[rule.code].answer == answer]
        return [line_of(rule.label, verdict, holders, urls.get(rule.code, "")) for rule, verdict in rows]

    return CheckPage(
        offer=asking.offer,
        amount=asking.amount,
        months=asking.months,
        failing=lines(Answer.FAIL),
        unknown=lines(Answer.UNKNOWN),
        passed=lines(Answer.PASS),
    )


def line_of(label: Any, verdict: Verdict, holders: Mapping[Who, str], url: str) -> dict[str, Any]:
    holder = holders[verdict.holder] if verdict.holder is not None else ""
    return {"label": label, "reason": verdict.reason, "remedy": verdict.remedy, "holder": holder, "url": url}


def of_application(application: Application, *, reader: User, on: date) -> CheckPage | None:
    """What the lender weighs, for whoever reads an application that is not decided; not for whoever applied."""
    if application.state not in UNDECIDED:
        return None
    case, person = case_of(application), application.person
    scheme, branch = application.scheme, application.branch
    known = Known(person, application.enterprise, [scheme], reader, on, branch, case, application)
    holders = {
        Who.APPLICANT: _("the applicant"),
        Who.ADVISOR: words.plain(advisor_of(application)),
        Who.LENDER: _("loan officer %(name)s") % {"name": application.officer},
    }
    asking = Asking(known, application.offer, application.amount, application.months)
    return page_of(asking, holders=holders, urls={}, rules=WEIGHED_RULES)


def own_case(person: Person, enterprise: Enterprise) -> Case | None:
    """With whom SMEDA has it, where it is the person whom the case calls: another owner's plan is theirs."""
    found = Case.objects.filter(enterprise=enterprise, person=person).select_related("advisor", "office")
    return found.first()


def own_page(person: Person, enterprise: Enterprise, *, reader: User, on: date, asked: Mapping[str, Any]) -> CheckPage:
    """The check as whoever wants a loan reads it, before anybody else is asked."""
    case, offer = own_case(person, enterprise), asked["offer"]
    known = Known(person, enterprise, [offer.scheme], reader, on, case=case)
    asking = Asking(known, offer, asked["amount"], asked["months"], asked["income"])
    advisor = case.advisor.introduced(_("Your advisor")) if case and case.advisor else _("Your advisor")
    holders = {Who.APPLICANT: _("You"), Who.ADVISOR: words.plain(advisor), Who.LENDER: _("The lender's branch")}
    papers = reverse("portal:my-papers", query={"ref": enterprise.reference})
    return page_of(asking, holders=holders, urls={"papers": papers})


def own_offers(enterprise: Enterprise, *, on: date) -> Any:
    """What any lender offers where the business is."""
    return lent_at(None, district_id=enterprise.district_id, on=on).for_choice()


def own_enterprise(person: Person, *, reference: str) -> Enterprise | None:
    """The one asked for, or the newest."""
    theirs = Enterprise.objects.unmerged().filter(ownerships__person=person, ownerships__until_on__isnull=True)
    found = list(theirs.for_list().order_by("-registered_at", "-id"))
    return next((one for one in found if one.reference == reference), found[0] if found else None)


@dataclass(frozen=True)
class ReferralCheck:
    """What the advisor reads before the case goes to the lender: how its loan fits each offer, the best first."""

    best: CheckPage
    offers: list[dict[str, Any]]

    @property
    def is_reason_asked(self) -> bool:
        """What is still to come before the money is given asks for no reason; what the lender would refuse does."""
        return bool(self.offers[0]["fails"])


def of_case(case: Case, *, reader: User, on: date) -> ReferralCheck | None:
    """The check of the approved plan's loan; None without a plan, or where nothing is lent."""
    asked = askings_of(case, reader=reader, on=on)
    if not asked:
        return None
    # Sorted as they are offered where two fit alike.
    fits = sorted(((failing(asking), asking) for asking in asked), key=lambda found: len(found[0]))
    advisor = _("SMEDA's advisor %(name)s") % {"name": case.advisor} if case.advisor else _("SMEDA's advisor")
    holders = {Who.APPLICANT: _("the applicant"), Who.ADVISOR: advisor, Who.LENDER: _("The lender's branch")}
    return ReferralCheck(
        best=page_of(fits[0][1], holders=holders, urls={}),
        offers=[
            {"label": asking.offer.product.label, "fund": asking.offer.scheme.label, "fails": fails}
            for fails, asking in fits
        ],
    )
