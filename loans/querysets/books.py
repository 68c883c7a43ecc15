from collections.abc import Iterable
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from accounts.roles import LENDER_ROLES, NATIONAL_ROLES


class OfBranchQuerySet(models.QuerySet):
    """What belongs to a branch and to no borrower: the branch sees it, those above it, and the dated reader."""

    def visible_to(self, user: User) -> Self:
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self.all()
        return self.filter(branch_id__in=user.office_ids) if user.has_role(*LENDER_ROLES) else self.none()


class BookQuerySet(OfBranchQuerySet):
    def with_use(self) -> Self:
        """How many slips were posted, how many are explained, and the highest number that is either."""
        slips = apps.get_model("loans", "LedgerEntry").objects.filter(
            branch_id=OuterRef("branch_id"),
            book=OuterRef("number"),
            number__gte=OuterRef("first"),
            number__lte=OuterRef("last"),
            correction=0,
        )
        spoilt = apps.get_model("loans", "SpoiltSlip").objects.filter(book_id=OuterRef("pk"))
        top_used, top_spoilt = one_of(slips, "book", Max("number")), one_of(spoilt, "book_id", Max("number"))
        return self.annotate(
            used=one_of(slips, "book", Count("id")),
            explained=one_of(spoilt, "book_id", Count("id")),
            top=Greatest(top_used, top_spoilt, F("first") - 1),
        ).annotate(missing=F("top") - F("first") + 1 - F("used") - F("explained"))

    def lacking(self) -> Self:
        """Those with a number below the highest that was neither posted nor explained."""
        return self.with_use().filter(missing__gt=0)

    def in_hand(self, user: User, *, branch_id: int) -> Self:
        return self.filter(branch_id=branch_id, issued_to=user, returned_on=None).order_by("id")

    def highest_used(self) -> tuple[int, int] | None:
        """(Number of the book, its highest used slip) of the first that is not full."""
        return self.with_use().filter(top__lt=F("last")).values_list("number", "top").first()

    def for_list(self) -> Self:
        return self.select_related("branch__parent__parent", "issued_to", "issued_by")


class SpoiltSlipQuerySet(OfBranchQuerySet):
    pass


def one_of(rows: Any, key: str, what: Any) -> Coalesce:
    """The aggregate of the outer row's own rows; nought where there is none."""
    found = rows.order_by().values(key).annotate(found=what).values("found")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def numbers_used(books: Iterable[Any]) -> dict[tuple[int, int], set[int]]:
    """The numbers of these books that were posted or explained, by (branch, number of the book)."""
    found: dict[tuple[int, int], set[int]] = {(book.branch_id, book.number): set() for book in books}
    wanted = Q(pk__in=())
    for branch_id, number in found:
        wanted |= Q(branch_id=branch_id, book=number)
    posted = apps.get_model("loans", "LedgerEntry").objects.filter(wanted, correction=0)
    spoilt = apps.get_model("loans", "SpoiltSlip").objects.filter(book__in=list(books))
    rows: list[Any] = [
        *posted.order_by().values_list("branch_id", "book", "number"),
        *spoilt.order_by().values_list("branch_id", "book__number", "number"),
    ]
    for branch_id, book, slip in rows:
        found[branch_id, book].add(slip)
    return found
