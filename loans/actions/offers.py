"""Whether an offer can be lent on these terms: asked when an application is received and when it is decided.

The rules are those of the pre-check (`loans.precheck`).
"""

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Office
from enterprises.models import Person
from loans import precheck
from loans.known import lent_at
from loans.models import FundingScheme, Offer
from loans.precheck import Verdict
from loans.querysets import OfferQuerySet
from places.models import District


def offers_at(branch: Office, *, district: District) -> OfferQuerySet:
    """What the branch can lend today to a business of the district: the product, its fund and the fund's area."""
    return lent_at(branch, district_id=district.pk, on=timezone.localdate())


def check_offer(*, offer: Offer, branch: Office, district: District, person: Person, amount: int, months: int) -> None:
    """Raise `ValidationError`, field by field, unless the branch lends `amount` over `months` under `offer` there."""
    refuse(precheck.offered(offers_at(branch, district=district).filter(pk=offer.pk).exists()))
    check_fund(scheme=offer.scheme, person=person, months=months)
    check_terms(offer=offer, amount=amount, months=months)


def check_fund(*, scheme: FundingScheme, person: Person, months: int) -> None:
    """Raise `ValidationError` where the fund has ended, or the applicant is too young or too old for it.

    Of who said no year of birth nothing is known; by the year alone somebody is one year older or younger, and only
    who is outside either way is refused.
    """
    today = timezone.localdate()
    refuse(precheck.fund(scheme, on=today))
    refuse(precheck.age(scheme, born=person.birth_year, months=months, on=today))


def check_terms(*, offer: Offer, amount: int, months: int) -> None:
    """Raise `ValidationError`, field by field, unless `offer` allows the amount and the months."""
    if problems := precheck.terms_problems(offer, amount=amount, months=months):
        raise ValidationError(problems)


def refuse(verdict: Verdict) -> None:
    """What is not known yet refuses nobody."""
    if verdict.fails:
        raise ValidationError({"offer": verdict.text})
