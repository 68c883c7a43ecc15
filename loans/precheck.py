"""Every rule of lending, once: what a loan asks of whoever wants it, with the reason and what to do, in plain words.

Each rule is a function of the few facts that it needs. The pre-check asks all of them before anybody applies;
`loans.actions.offers` refuses by those that hold when an application is received, and `loans.conditions` holds the
money by those that must be met before it is given. The rest the lender weighs: they are told, and block nothing.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casework.states import BusinessPlanState
from enterprises.models import Enterprise, Person
from kit import words
from kit.days import months_after
from loans.models import FinancingPartner, FundingScheme, Offer, Product
from loans.schedule import ScheduleError, instalment_of

if TYPE_CHECKING:
    from casework.models import BusinessPlan
    from loans.known import Known


class Answer(TextChoices):
    PASS = "pass", gettext_lazy("in order")
    FAIL = "fail", gettext_lazy("to settle first")
    UNKNOWN = "unknown", gettext_lazy("not known yet")


class Who(TextChoices):
    """Who can do something about it."""

    APPLICANT = "applicant", gettext_lazy("the applicant")
    ADVISOR = "advisor", gettext_lazy("SMEDA's advisor")
    LENDER = "lender", gettext_lazy("the lender's branch")


class Holds(TextChoices):
    """When a rule refuses."""

    RECEIPT = "receipt", gettext_lazy("when the application is received")
    PAYOUT = "payout", gettext_lazy("before the money is given")
    WEIGHED = "weighed", gettext_lazy("the lender weighs it")


class Verdict(NamedTuple):
    """What a rule says: the reason always, and unless all is in order what to do and who does it."""

    answer: Answer
    reason: str
    remedy: str = ""
    holder: Who | None = None

    @property
    def is_met(self) -> bool:
        return self.answer == Answer.PASS

    @property
    def fails(self) -> bool:
        return self.answer == Answer.FAIL

    @property
    def text(self) -> str:
        """The reason with its remedy."""
        return f"{self.reason} {self.remedy}".rstrip()


@dataclass(frozen=True)
class Asking:
    """Somebody asks for one loan: what is known of them, and what they want. `income` is what they say is left."""

    known: "Known"
    offer: Offer
    amount: int
    months: int
    income: int | None = None


class Rule(NamedTuple):
    code: str
    label: str | Promise
    holds: Holds
    ask: Callable[[Asking], Verdict]


def ok(reason: str) -> Verdict:
    return Verdict(Answer.PASS, reason)


# When the application is received


def offered(is_offered: bool) -> Verdict:
    """`loans.known.lent_at` says whether it is."""
    if is_offered:
        return ok(_("This loan is offered here."))
    return Verdict(Answer.FAIL, _("This branch does not offer this loan."), another_kind(), Who.LENDER)


def fund(scheme: FundingScheme, *, on: date) -> Verdict:
    if scheme.lends_on(on):
        return ok(_("The fund is open."))
    return Verdict(Answer.FAIL, _("This fund lends no more, or not yet."), another_kind(), Who.LENDER)


def age(scheme: FundingScheme, *, born: int | None, months: int, on: date, is_own: bool = False) -> Verdict:
    """Of the age the year is known alone: only who is outside on any day of that year is refused."""
    if scheme.least_age is None and scheme.most_age is None:
        return ok(_("This fund sets no age."))
    said = {"ages": scheme.ages_in_words, "year": born}
    if born is None:
        reason = _("This fund lends %(ages)s. The year of birth is not on file.") % said
        return Verdict(Answer.UNKNOWN, reason, show_birth(is_own), Who.ADVISOR)
    last = months_after(on, months)
    least, most = scheme.least_age, scheme.most_age
    if (least is not None and on.year - born < least) or (most is not None and last.year - born - 1 > most):
        return Verdict(Answer.FAIL, outside_ages(said, is_own=is_own), another_kind(), Who.APPLICANT)
    if (least is not None and on.year - born - 1 < least) or (most is not None and last.year - born > most):
        reason = _("This fund lends %(ages)s. By the year of birth, %(year)s, it depends on the day.") % said
        return Verdict(Answer.UNKNOWN, reason, show_birth(is_own), Who.ADVISOR)
    return ok(_("The age fits from the first to the last instalment."))


def outside_ages(said: dict[str, object], *, is_own: bool) -> str:
    if is_own:
        return _("This fund lends %(ages)s, and you were born in %(year)s.") % said
    return _("This fund lends %(ages)s, and the applicant was born in %(year)s.") % said


def show_birth(is_own: bool) -> str:
    return _("Show the day of birth on your card.") if is_own else _("Look at the day of birth on the card.")


def terms(offer: Offer, *, amount: int, months: int) -> Verdict:
    problems = terms_problems(offer, amount=amount, months=months)
    if problems:
        return Verdict(Answer.FAIL, " ".join(problems.values()), _("Ask for what this loan allows."), Who.APPLICANT)
    return ok(_("This loan allows the amount and the months."))


def terms_problems(offer: Offer, *, amount: int, months: int) -> dict[str, str]:
    """What this loan does not allow of it, field by field."""
    product = offer.product
    problems = {}
    if not product.min_amount <= amount <= offer.most:
        problems["amount"] = _("This loan is between Rs %(least)s and Rs %(most)s.") % {
            "least": f"{product.min_amount:,}",
            "most": f"{offer.most:,}",
        }
    if not product.step_months <= months <= offer.longest:
        problems["offer"] = not_over(offer, months)
    elif months % product.step_months:
        problems["months"] = ngettext(
            "An instalment falls due every %(step)s month. Choose a number of months that it divides.",
            "An instalment falls due every %(step)s months. Choose a number of months that it divides.",
            product.step_months,
        ) % {"step": product.step_months}
    if not problems:
        try:
            of_terms(product, amount=amount, months=months)
        except ScheduleError as error:
            problems["months"] = str(error)
    return problems


def of_terms(product: Product, *, amount: int, months: int) -> int:
    """The regular instalment. Raises `ScheduleError` where these make no schedule."""
    return instalment_of(amount, product.counts(months), multiple=product.multiple, rounding=product.rounding)


def not_over(offer: Offer, months: int) -> str:
    """That this kind of loan is not repaid over so many months: the months came with the plan, the kind is chosen."""
    return ngettext(
        "“%(loan)s” is repaid in %(allowed)s, not in %(months)s month. Choose another kind of loan, or other months.",
        "“%(loan)s” is repaid in %(allowed)s, not in %(months)s months. Choose another kind of loan, or other months.",
        months,
    ) % {"loan": offer.product.label, "allowed": offer.months_in_words, "months": months}


def another_kind() -> str:
    return _("Choose another kind of loan.")


# Before the money is given


def plan(business_plan: "BusinessPlan | None", *, is_own: bool = False) -> Verdict:
    if business_plan is not None and business_plan.state == BusinessPlanState.APPROVED:
        return ok(_("SMEDA approved the business plan."))
    remedy = _("Your advisor writes it with you. It costs nothing.") if is_own else _("Ask the advisor for it.")
    return Verdict(Answer.FAIL, _("SMEDA has not approved a business plan."), remedy, Who.ADVISOR)


def agreement(agrees: bool | None) -> Verdict:
    """None before anybody visited."""
    if agrees:
        return ok(_("The household knows of the loan and agrees."))
    if agrees is None:
        reason = _("The lender visits the home and asks the family, who must know of the loan and agree.")
        return Verdict(Answer.UNKNOWN, reason, _("Talk about the loan at home before that."), Who.APPLICANT)
    reason = _("The household does not agree.")
    return Verdict(Answer.FAIL, reason, _("Talk about the loan at home. An advisor can help."), Who.APPLICANT)


def guarantors(product: Product, *, left: int | None) -> Verdict:
    """`left` is how many are still to be found; None before anybody named one."""
    needed = product.guarantors_needed
    if not needed:
        return ok(_("This loan needs nobody who vouches."))
    if left == 0:
        return ok(_("The guarantors are there."))
    said = ngettext("%(needed)s person vouches for this loan.", "%(needed)s people vouch for this loan.", needed) % {
        "needed": needed
    }
    family = _("Family may do it.") if product.family_may_guarantee else _("They are not of the family.")
    remedy = _("Ask who would: a neighbour, a trader. They come once, with their cards.")
    answer = Answer.UNKNOWN if left is None else Answer.FAIL
    return Verdict(answer, f"{said} {family}", remedy, Who.APPLICANT)


def card(person: Person, *, is_own: bool = False) -> Verdict:
    """Its other face is `ApplicationQuerySet.lacking_card`."""
    if person.cnic_standing == Person.Standing.VERIFIED:
        return ok(_("An officer saw the identity card."))
    if not person.cnic:
        remedy = _("Take your card to the advisor.") if is_own else _("The applicant takes the card to the advisor.")
        return Verdict(Answer.FAIL, _("No identity card is on file."), remedy, Who.APPLICANT)
    remedy = (
        _("Show it to the advisor, or at the visit.") if is_own else _("Compare it with the record, or at a visit.")
    )
    return Verdict(Answer.UNKNOWN, _("No officer has seen the identity card."), remedy, Who.ADVISOR)


def card_valid(*, is_own: bool = False) -> Verdict:
    """The last day of a card is on no record: whoever has it in the hand looks."""
    reason = _("Whether the card is still valid stands on the card alone. One that says Lifetime is valid for ever.")
    remedy = _("Look at its last day. Where it has passed, renew the card at NADRA before you apply.")
    return Verdict(Answer.UNKNOWN, reason, remedy, Who.APPLICANT if is_own else Who.ADVISOR)


def papers(lacking: Collection[str]) -> Verdict:
    """`lacking` are those by `DocumentKindQuerySet.lacking`."""
    if not lacking:
        return ok(_("The papers for the loan are here."))
    reason = _("Papers that are not here yet: %(papers)s.") % {"papers": words.plain(words.listed(lacking))}
    return Verdict(Answer.FAIL, reason, _("Send a photo of each, or bring them to the advisor."), Who.APPLICANT)


def course(is_needed: bool, is_finished: bool) -> Verdict:
    if not is_needed:
        return ok(_("This loan asks for no course."))
    if is_finished:
        return ok(_("The course is finished."))
    reason, remedy = _("The course is not finished yet."), _("The money waits for the certificate.")
    return Verdict(Answer.FAIL, reason, remedy, Who.ADVISOR)


# What the lender weighs


def money(scheme: FundingScheme, *, left: int, amount: int) -> Verdict:
    """What a fund has left is the lender's to know: it is said whether it suffices, and no amount."""
    if not scheme.is_counted or left >= amount:
        return ok(_("The fund has money for it."))
    reason = _("The fund has not enough money left for this amount at present.")
    return Verdict(Answer.FAIL, reason, _("Ask for less, choose another kind of loan, or wait."), Who.LENDER)


def area(is_near: bool | None, *, district: str) -> Verdict:
    """By district: nearer than that no branch's area is on record."""
    if is_near:
        return ok(
            _("A branch serves %(district)s. Whether it serves the street, it says itself.") % {"district": district}
        )
    reason = _("No branch is known to serve %(district)s.") % {"district": district}
    return Verdict(Answer.UNKNOWN, reason, _("Ask the branches of the province who serves it."), Who.ADVISOR)


def active(enterprise: Enterprise) -> Verdict:
    if enterprise.stage == Enterprise.Stage.RUNNING:
        return ok(_("The business is running."))
    reason = _("The business has not started. The lender asks what the household lives on until it earns.")
    return Verdict(Answer.UNKNOWN, reason, _("Say who in the household earns."), Who.APPLICANT)


def within(number: int, most: int | None) -> bool:
    """Whether the lender's limit allows so many; without one it does."""
    return most is None or number <= most


def loans(partner: FinancingPartner, *, running: int) -> Verdict:
    if not running:
        return ok(_("No earlier loan is running. The lender asks other lenders too: tell it of each."))
    said = ngettext(
        "%(number)s earlier loan is still being repaid.", "%(number)s earlier loans are still being repaid.", running
    ) % {"number": words.plain(words.number(running))}
    if within(running, partner.most_loans):
        return ok(said)
    remedy = _("Repay it first, and bring its last slip.")
    return Verdict(Answer.FAIL, said, remedy, Who.APPLICANT)


def guarantees(partner: FinancingPartner, *, running: int) -> Verdict:
    if not running:
        return ok(_("Vouches for no loan of others."))
    said = ngettext("Vouches for %(number)s loan of others.", "Vouches for %(number)s loans of others.", running) % {
        "number": words.plain(words.number(running))
    }
    if within(running, partner.most_guarantees):
        return ok(said)
    remedy = _("Wait until one of them is repaid, or ask the branch who could vouch in your place.")
    return Verdict(Answer.FAIL, said, remedy, Who.APPLICANT)


def household(partner: FinancingPartner, *, owing: int | None) -> Verdict:
    """How many others at home repay a loan or vouch for one. None: the reader is not told, and asks at home.

    Nobody is named, and the applicant learns nothing here that a relative did not tell.
    """
    if owing is None:
        reason = _("The lender asks whether somebody in the household repays a loan, or vouches for one.")
        return Verdict(Answer.UNKNOWN, reason, _("Ask at home, and tell the officer."), Who.APPLICANT)
    if not owing:
        return ok(_("Nobody known in the household repays a loan or vouches for one."))
    said = ngettext(
        "%(number)s other in the household repays a loan or vouches for one.",
        "%(number)s others in the household repay a loan or vouch for one.",
        owing,
    ) % {"number": words.plain(words.number(owing))}
    if within(owing, partner.most_at_home):
        return ok(said)
    return Verdict(Answer.FAIL, said, _("Ask at home how the household pays both."), Who.LENDER)


def instalment(product: Product, *, amount: int, months: int, income: int | None, paying: int) -> Verdict:
    """Rupees a month against what the business leaves a month; `paying` is what running loans take already."""
    try:
        each = of_terms(product, amount=amount, months=months)
    except ScheduleError:
        return Verdict(Answer.UNKNOWN, _("These terms make no instalment."), another_kind(), Who.APPLICANT)
    said = ngettext("Rs %(each)s every month.", "Rs %(each)s every %(step)s months.", product.step_months) % {
        "each": f"{each:,}",
        "step": product.step_months,
    }
    if income is None:
        reason = _("%(instalment)s What the business leaves a month is not known.") % {"instalment": said}
        return Verdict(Answer.UNKNOWN, reason, _("Count it: sales of a month, minus all costs."), Who.APPLICANT)
    share = 100 if product.most_share is None else product.most_share
    facts = {"instalment": said, "left": f"{max(income, 0):,}", "share": share}
    if (each + paying * product.step_months) * 100 <= income * share * product.step_months:
        return ok(_("%(instalment)s The business leaves Rs %(left)s a month.") % facts)
    reason = _("%(instalment)s Instalments may take %(share)s%% of what is left a month, which is Rs %(left)s.") % facts
    return Verdict(Answer.FAIL, reason, _("Ask for less, or for more months."), Who.APPLICANT)


def application(is_open: bool) -> Verdict:
    """The database keeps it besides: `loans_one_open_application`."""
    if not is_open:
        return ok(_("No other application is open."))
    reason = _("An application with this lender is open already.")
    return Verdict(Answer.FAIL, reason, _("Wait for its answer, or withdraw it."), Who.APPLICANT)


def again(again_on: date | None, *, on: date) -> Verdict:
    """After a no, from the day that came with it."""
    if again_on is None or again_on <= on:
        return ok(_("No refusal stands in the way."))
    reason = _("The lender said no, and may be asked again from %(day)s.") % {
        "day": words.plain(words.day_plain(again_on))
    }
    return Verdict(Answer.FAIL, reason, _("Do until then what the refusal says."), Who.APPLICANT)


RECEIPT, PAYOUT, WEIGHED = Holds.RECEIPT, Holds.PAYOUT, Holds.WEIGHED
# In the order in which people meet them.
RULES = (
    Rule("offered", gettext_lazy("Kind of loan"), RECEIPT, lambda one: offered(one.offer.pk in one.known.offered)),
    Rule("fund", gettext_lazy("Fund"), RECEIPT, lambda one: fund(one.offer.scheme, on=one.known.on)),
    Rule(
        "money",
        gettext_lazy("Money in the fund"),
        WEIGHED,
        # No more than is lent at all: amounts that nobody could ask for do not tell what the fund has left.
        lambda one: money(
            one.offer.scheme,
            left=one.known.purses.get(one.offer.scheme_id, 0),
            amount=min(one.amount, one.offer.most),
        ),
    ),
    Rule(
        "terms",
        gettext_lazy("Amount and months"),
        RECEIPT,
        lambda one: terms(one.offer, amount=one.amount, months=one.months),
    ),
    Rule(
        "age",
        gettext_lazy("Age"),
        RECEIPT,
        lambda one: age(
            one.offer.scheme,
            born=one.known.person.birth_year,
            months=one.months,
            on=one.known.on,
            is_own=one.known.is_own,
        ),
    ),
    Rule(
        "area",
        gettext_lazy("Area of a branch"),
        WEIGHED,
        lambda one: area(one.known.is_near, district=one.known.enterprise.district.label),
    ),
    Rule(
        "card",
        gettext_lazy("Identity card seen"),
        PAYOUT,
        lambda one: card(one.known.person, is_own=one.known.is_own),
    ),
    Rule("card-valid", gettext_lazy("Identity card valid"), WEIGHED, lambda one: card_valid(is_own=one.known.is_own)),
    Rule("active", gettext_lazy("Work"), WEIGHED, lambda one: active(one.known.enterprise)),
    Rule(
        "loans",
        gettext_lazy("Earlier loans"),
        WEIGHED,
        lambda one: loans(one.offer.product.partner, running=one.known.running),
    ),
    Rule(
        "guarantees",
        gettext_lazy("Vouching for others"),
        WEIGHED,
        lambda one: guarantees(one.offer.product.partner, running=one.known.guarantees),
    ),
    Rule(
        "household",
        gettext_lazy("Loans in the household"),
        WEIGHED,
        lambda one: household(one.offer.product.partner, owing=one.known.owing_at_home),
    ),
    Rule(
        "instalment",
        gettext_lazy("Instalment and income"),
        WEIGHED,
        lambda one: instalment(
            one.offer.product,
            amount=one.amount,
            months=one.months,
            income=one.known.income if one.income is None else one.income,
            paying=one.known.paying,
        ),
    ),
    Rule(
        "plan",
        gettext_lazy("Business plan approved by SMEDA"),
        PAYOUT,
        lambda one: plan(one.known.plan, is_own=one.known.is_own),
    ),
    Rule(
        "course",
        gettext_lazy("Course finished"),
        PAYOUT,
        lambda one: course(one.offer.product.requires_course, one.known.has_course),
    ),
    Rule("papers", gettext_lazy("Papers for the loan"), PAYOUT, lambda one: papers(one.known.lacking)),
    Rule(
        "guarantors",
        gettext_lazy("Guarantors"),
        PAYOUT,
        lambda one: guarantors(one.offer.product, left=one.known.left),
    ),
    Rule("agreement", gettext_lazy("The household agrees"), PAYOUT, lambda one: agreement(one.known.agrees)),
    Rule(
        "application",
        gettext_lazy("Open application"),
        WEIGHED,
        lambda one: application(one.offer.product.partner_id in one.known.applied_to),
    ),
    Rule("again", gettext_lazy("An earlier refusal"), WEIGHED, lambda one: again(one.known.again_on, on=one.known.on)),
)
# What is not to come only before the money is given.
WEIGHED_RULES = tuple(rule for rule in RULES if rule.holds != Holds.PAYOUT)
CODES = tuple((rule.code, rule.label) for rule in RULES)


def check(asking: Asking, rules: Collection[Rule] = RULES) -> dict[str, Verdict]:
    """What every rule says, or these alone, by its code."""
    return {rule.code: rule.ask(asking) for rule in rules}


def failing(asking: Asking) -> list[str]:
    """What would be refused, by its label: of what must only come before the money is given nothing."""
    said = check(asking, WEIGHED_RULES)
    return [str(rule.label) for rule in WEIGHED_RULES if said[rule.code].fails]
