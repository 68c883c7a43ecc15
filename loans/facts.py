"""What a client is told of money that comes or is due."""

from collections import defaultdict
from collections.abc import Collection

from django.utils.translation import gettext as _

from journal.open_items import Facts
from kit import words
from loans.conditions import is_payable, papers_lacking, to_hand_in
from loans.models import Application, Loan, Request
from places.calendar import LENDING, Calendar, on_time_until


def of_payouts(ids: Collection[int]) -> dict[int, Facts]:
    """An approved loan that waits to be paid out: how much, and whether something else has to come first."""
    approved = Application.objects.filter(pk__in=ids).select_related("product", "officer", "business_plan", "person")
    return {one.pk: Facts(title="" if is_payable(one) else not_yet(), lines=amount_of(one)) for one in approved}


def not_yet() -> str:
    """Of a guarantor or a course, for instance: what it is the branch says."""
    return _("Something has to come before your money. Ask at the branch.")


def amount_of(application: Application) -> tuple[tuple[str, str, str], ...]:
    return (("money", _("Approved"), words.rupees(application.amount)),) if application.amount_approved else ()


def of_cards(ids: Collection[int]) -> dict[int, Facts]:
    """An officer sees it before the money is given; the ids are the businesses'. One query for all of them.

    Where two owners of one business wait, no amount is said: neither reads the other's.
    """
    waiting: dict[int, list[Application]] = defaultdict(list)
    for one in Application.objects.awaiting_disbursement().lacking_card().filter(enterprise__in=ids):
        waiting[one.enterprise_id].append(one)
    return {
        pk: Facts(lines=amount_of(found[0]) if len(found) == 1 else (), bring=(_("Your identity card"),), is_new=True)
        for pk, found in waiting.items()
    }


def of_papers(ids: Collection[int]) -> dict[int, Facts]:
    """Which papers the branch still needs. A query each: of one business hardly ever two loans wait at once."""
    return {one.pk: of_paper(one) for one in Application.objects.filter(pk__in=ids)}


def of_paper(application: Application) -> Facts:
    labels = to_hand_in(papers_lacking(application))
    if not labels:
        title = _("Your papers are being checked for viruses")
        return Facts(title=title, lines=amount_of(application), is_new=True, goes_by_itself=True)
    return Facts(lines=amount_of(application), bring=tuple(labels), is_new=True)


def of_instalments(ids: Collection[int]) -> dict[int, Facts]:
    """The next instalment: how much, with what is late already, and the last day on time. Two queries for all."""
    calendar = Calendar.load(LENDING)
    loans = Loan.objects.filter(pk__in=ids, next_due_on__isnull=False)
    return {
        loan.pk: Facts(
            lines=(("money", _("Amount"), words.rupees(loan.due_by(loan.next_due_on))),),
            bring=(_("The instalment"), _("your last slip")),
            until=on_time_until(loan.next_due_on, calendar=calendar),
            is_new=True,
        )
        for loan in loans
    }


def of_requests(ids: Collection[int]) -> dict[int, Facts]:
    """What the lender needs, and why. One query for all."""
    asked = Request.objects.filter(pk__in=ids).select_related("paper", "application__partner")
    return {
        one.pk: Facts(
            title=_("%(lender)s needs: %(what)s")
            % {"lender": words.plain(one.application.partner.label), "what": words.plain(one.what)},
            why=one.words,
            bring=(one.paper.label,) if one.paper else (),
        )
        for one in asked
    }
