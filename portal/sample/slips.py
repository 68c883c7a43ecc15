"""On which slips the sample's cashiers take money: Multan's branch keeps books, and one of its numbers is missing."""

from datetime import datetime, timedelta

from accounts.models import Office
from accounts.roles import Role
from loans.actions import books
from loans.models import ReceiptBook
from loans.slips import Slip
from portal.sample.clock import Life

BRANCH, FIRST_BOOK, SLIPS = "aim-multan", 201, 100
# The cashier passes over this slip of the first book, and nobody said why yet.
PASSED_OVER = 3


def first_book(world, *, now: datetime) -> Life:
    yield now - timedelta(days=40)
    issue(world, Office.objects.get(code=BRANCH), number=FIRST_BOOK)


def issue(world, branch: Office, *, number: int) -> None:
    post = world.officer(Role.CASHIER, branch).appointments.get(role=Role.CASHIER)
    manager = world.officer(Role.BRANCH_MANAGER, branch)
    books.issue(post=post, number=number, first=1, last=SLIPS, by=manager)


def slip_for(world, branch: Office, *, otherwise: Slip) -> Slip:
    """The next slip of the cashier's book, and of a new one when that is full; else as it was before books."""
    last = ReceiptBook.objects.filter(branch=branch).order_by("-number").first()
    if last is None:
        return otherwise
    cashier = world.officer(Role.CASHIER, branch)
    if books.next_slip(cashier, branch_id=branch.pk) is None:
        issue(world, branch, number=last.number + 1)
    slip = books.next_slip(cashier, branch_id=branch.pk)
    is_passed_over = (slip.book, slip.number) == (FIRST_BOOK, PASSED_OVER)
    return slip._replace(number=slip.number + 1) if is_passed_over else slip
