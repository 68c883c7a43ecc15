"""Whose money the sample's borrowers get: the lender's own, and that of a public fund which paid in twice."""

from datetime import datetime, time, timedelta
from typing import Any

from accounts.models import User
from accounts.roles import Role
from loans.actions import purse
from loans.models import FundingScheme, Offer, PurseEntry
from portal.sample.clock import Life

PUBLIC, OWN = "pm-interest-free", "aim-own"
# Every so many borrowers one is lent the public fund's money, where the amount is within its ceiling.
ONE_IN = 3


def offer_for(product: str, *, amount: int, number: int) -> Offer:
    offers = Offer.objects.for_choice().filter(product__code=product)
    public = offers.filter(scheme__code=PUBLIC, is_open=True).first()
    if number % ONE_IN == 0 and public is not None and amount <= public.most:
        return public
    return offers.get(scheme__code=OWN)


def paid_in(organisation: Any, *, begins: datetime, now: datetime) -> Life:
    """An administrator opens the fund when its first money is agreed; the second letter waits for somebody."""
    writer = organisation.one(Role.AREA_MANAGER, "aim-area-south")
    second = User.objects.filter(appointments__role=Role.PROGRAMME_MANAGER).order_by("pk")[0]
    at = datetime.combine(begins.date() + timedelta(days=5), time(11, 20), tzinfo=begins.tzinfo)
    yield at
    fund = FundingScheme.objects.get(code=PUBLIC)
    came = {"scheme": fund, "kind": PurseEntry.Kind.RECEIVED, "by": writer}
    first = purse.write_down(**came, amount=5_000_000, on=at.date(), paper="PPAF/2026/114")
    purse.agree(entry=first, by=second)
    fund.offers.update(is_open=True)
    yield (at := now - timedelta(days=2))
    purse.write_down(**came, amount=2_500_000, on=at.date(), paper="PPAF/2026/131")
