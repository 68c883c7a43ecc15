"""Receipt books: issued to named colleagues, given back, and every number of them accounted for."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Appointment, User
from journal.events import LENDER, MANAGERS, record
from kit import words
from kit.saving import save
from loans.models import ReceiptBook, SpoiltSlip
from loans.querysets.books import numbers_used
from loans.slips import Slip

TOLD = {LENDER, MANAGERS}


@transaction.atomic
def issue(*, post: Appointment, number: int, first: int, last: int, by: User) -> ReceiptBook:
    """Hand a book to a cashier, by name, at the branch of their post. A number is issued once, for ever.

    From its first book on a branch takes money on slips of its books alone; what came before stays as it was.
    """
    facts = {"number": number, "first": first, "last": last}
    book = ReceiptBook(branch=post.office, issued_to=post.user, issued_by=by, **facts)
    if not by.has_perm("loans.issue_book", book):
        raise PermissionDenied("loans.issue_book")
    save(book, force_insert=True)
    record("loans.book_issued", target=book, by=by, audience=TOLD, data={"book": book.number})
    return book


@transaction.atomic
def take_back(*, book: ReceiptBook, by: User) -> ReceiptBook:
    """Take a book back from who holds it. Taking it back again changes nothing."""
    held = hold(branch_id=book.branch_id, number=book.number)
    if not by.has_perm("loans.issue_book", held):
        raise PermissionDenied("loans.issue_book")
    if held.returned_on is None:
        held.returned_on, held.returned_to = timezone.localdate(), by
        save(held, update_fields=["returned_on", "returned_to"])
        record("loans.book_returned", target=held, by=by, audience=TOLD, data={"book": held.number})
    return held


@transaction.atomic
def explain(*, book: ReceiptBook, number: int, why: str, text: str, by: User) -> SpoiltSlip:
    """Say what became of a number that was never posted: by another than who holds the book. It is used up then."""
    held = hold(branch_id=book.branch_id, number=book.number)
    if not by.has_perm("loans.explain_slip", held):
        raise PermissionDenied("loans.explain_slip")
    if not held.first <= number <= held.last:
        raise ValidationError(_("This book has no such slip."))
    if number in numbers_used([held])[held.branch_id, held.number]:
        raise ValidationError(_("This slip is accounted for already."))
    spoilt = SpoiltSlip(
        book=held, branch_id=held.branch_id, number=number, why=why, text=text, holder_id=held.issued_to_id, by=by
    )
    save(spoilt, force_insert=True)
    record("loans.slip_explained", target=held, by=by, audience=TOLD, data={"book": held.number, "slip": number})
    return spoilt


def hold(*, branch_id: int, number: int) -> ReceiptBook:
    """Lock a book: who posts a slip of it, takes it back or explains a number of it takes turns with the others."""
    return ReceiptBook.objects.select_for_update(no_key=True, of=("self",)).get(branch_id=branch_id, number=number)


def hold_for(slip: Slip, *, branch_id: int) -> None:
    """The same before a slip is posted, where there is such a book."""
    rows = ReceiptBook.objects.select_for_update(no_key=True, of=("self",))
    rows.filter(branch_id=branch_id, number=slip.book).first()


def fault_of(slip: Slip, *, branch_id: int, by: User) -> str:
    """Why this cashier may not use the slip, and whose it is; nothing where the branch issued no book yet.

    A correction stands on a slip that was looked at when it was posted first.
    """
    books = ReceiptBook.objects.filter(branch_id=branch_id).select_related("issued_to")
    if slip.correction or not books.exists():
        return ""
    book = books.filter(number=slip.book).first()
    said: dict[str, object] = {"book": slip.book}
    if book is None:
        return _("Book %(book)s was issued to nobody here. Take a slip of your own book.") % said
    said |= {"first": book.first, "last": book.last, "name": book.issued_to}
    if not book.first <= slip.number <= book.last:
        return _("Book %(book)s has the slips %(first)s to %(last)s.") % said
    if book.issued_to_id != by.pk:
        return _("Book %(book)s is in the hand of %(name)s. Take a slip of your own book.") % said
    if book.returned_on is not None:
        said["day"] = words.plain(words.day_plain(book.returned_on))
        return _("Book %(book)s was given back on %(day)s.") % said
    return fault_of_spoilt(slip, book)


def fault_of_spoilt(slip: Slip, book: ReceiptBook) -> str:
    spoilt = book.spoilt.filter(number=slip.number).select_related("by").first()
    if spoilt is None:
        return ""
    said = {"slip": slip, "name": spoilt.by, "day": words.plain(words.day_plain(spoilt.at))}
    return _("Slip %(slip)s does not count: %(name)s wrote down on %(day)s what became of it.") % said


def next_slip(user: User, *, branch_id: int) -> Slip | None:
    """The next slip of the book in the cashier's hand; none where there is no book, or all are full."""
    row = ReceiptBook.objects.in_hand(user, branch_id=branch_id).highest_used()
    return Slip(row[0], row[1] + 1) if row else None


def missing_of(books: list[ReceiptBook]) -> dict[int, list[int]]:
    """The numbers of each book, by its id, below the highest that was used, that nobody accounted for."""
    used = numbers_used(books)
    found = {}
    for book in books:
        known = used[book.branch_id, book.number]
        found[book.pk] = [number for number in range(book.first, max(known, default=0)) if number not in known]
    return found
