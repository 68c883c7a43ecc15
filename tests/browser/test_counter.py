"""20 receipts in five minutes by the keyboard: what each costs in pages and keys. The book in hand says the slip."""

import time

import pytest

from accounts.models import User
from loans.models import LedgerEntry, Loan
from tests.browser.parts.company import Journey, of_multan, sign_in_as_colleague
from tests.browser.walking import Keys, Walk, path_of

pytestmark = pytest.mark.browser
RECEIPTS, AMOUNT, FIVE_MINUTES = 20, 100, 300
# Keys beside the numbers themselves: those that the borrower, the money and the paper slip say.
MOST_KEYS = 12


@pytest.fixture
def journey(world, chromium):
    walk = Walk(world, chromium, "en", "desktop", has_script=True)
    yield Journey(walk=walk)
    walk.close()


def borrowers_of(journey):
    with journey.world.inside():
        cashier = User.objects.get(email=of_multan("cashier"))
        running = Loan.objects.visible_to(cashier).filter(next_due_on__isnull=False)
        return [loan.reference for loan in running if loan.balance > RECEIPTS * AMOUNT]


def open_next(keys):
    with keys.page.expect_navigation():
        keys.press("Enter")
    keys.page.wait_for_selector("[autofocus]:focus")
    return 1


def test_twenty_receipts_by_the_keyboard(journey):
    known = borrowers_of(journey)
    page = sign_in_as_colleague(journey, "cashier", of_multan("cashier"), first_page="/loans/")
    page.add_init_script("window.print = () => {}")  # a dialog of the browser, not ours
    page.goto("/loans/counter/")
    counted, began = [], time.monotonic()

    for number in range(1, RECEIPTS + 1):
        keys, pages = Keys(page), 0
        said = (known[number % len(known)], str(AMOUNT))
        keys.type(said[0])
        pages += open_next(keys)
        keys.type(said[1])
        pages += open_next(keys)  # asked once more
        pages += open_next(keys)  # saved
        assert path_of(page).startswith("/loans/receipts/")
        counted.append((pages, keys.pressed - len("".join(said))))

    seconds = time.monotonic() - began
    assert set(counted) == {(3, 3)}
    assert max(keys for _pages, keys in counted) <= MOST_KEYS
    assert seconds < FIVE_MINUTES
    with journey.world.inside():
        assert LedgerEntry.objects.receipts().filter(amount=AMOUNT).count() == RECEIPTS
