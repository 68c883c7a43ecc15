"""Whether an offer can be lent on these terms: asked when an application is received and when it is decided."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Office
from enterprises.models import Person
from kit.days import months_after
from loans.models import FundingScheme, Offer
from loans.querysets import OfferQuerySet
from loans.schedule import ScheduleError, instalment_of
from places.models import District


def offers_at(branch: Office, *, district: District) -> OfferQuerySet:
    """What the branch can lend today to a business of the district: the product, its fund and the fund's area."""
    return Offer.objects.in_force(on=timezone.localdate()).at(branch).reaching(district.pk)


def check_offer(*, offer: Offer, branch: Office, district: District, person: Person, amount: int, months: int) -> None:
    """Raise `ValidationError`, field by field, unless the branch lends `amount` over `months` under `offer` there."""
    if not offers_at(branch, district=district).filter(pk=offer.pk).exists():
        raise ValidationError({"offer": _("This branch does not offer this loan.")})
    check_fund(scheme=offer.scheme, person=person, months=months)
    check_terms(offer=offer, amount=amount, months=months)


def check_fund(*, scheme: FundingScheme, person: Person, months: int) -> None:
    """Raise `ValidationError` where the fund has ended, or the applicant is too young or too old for it.

    Of who said no year of birth nothing is known; by the year alone somebody is one year older or younger, and only
    who is outside either way is refused.
    """
    today = timezone.localdate()
    if not scheme.lends_on(today):
        raise ValidationError({"offer": _("This fund lends no more, or not yet. Choose another kind of loan.")})
    if person.birth_year is None:
        return
    is_young = scheme.least_age is not None and today.year - person.birth_year < scheme.least_age
    last = months_after(today, months)
    is_old = scheme.most_age is not None and last.year - person.birth_year - 1 > scheme.most_age
    if is_young or is_old:
        said = _("This fund lends %(ages)s, and the applicant was born in %(year)s. Choose another kind of loan.")
        raise ValidationError({"offer": said % {"ages": scheme.ages_in_words, "year": person.birth_year}})


def check_terms(*, offer: Offer, amount: int, months: int) -> None:
    """Raise `ValidationError`, field by field, unless `offer` allows the amount and the months."""
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
            instalment_of(amount, product.counts(months), multiple=product.multiple, rounding=product.rounding)
        except ScheduleError as error:
            problems["months"] = str(error)
    if problems:
        raise ValidationError(problems)


def not_over(offer: Offer, months: int) -> str:
    """That this kind of loan is not repaid over so many months: the months came with the plan, the kind is chosen."""
    return ngettext(
        "“%(loan)s” is repaid in %(allowed)s, not in %(months)s month. Choose another kind of loan, or other months.",
        "“%(loan)s” is repaid in %(allowed)s, not in %(months)s months. Choose another kind of loan, or other months.",
        months,
    ) % {"loan": offer.product.label, "allowed": offer.months_in_words, "months": months}
