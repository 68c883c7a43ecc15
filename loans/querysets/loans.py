from contextlib import suppress
from datetime import date, timedelta
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import Role
from kit import cnic, phones
from kit.text import UnreadableError
from loans.effects import EFFECTS, TOTALS, Kind
from loans.querysets.sight import sight_of_loans
from loans.references import parse_loan
from places.calendar import LENDING, Calendar, late_cutoff


def still_owed(path: str = "") -> Q:
    """Loans of which the borrower owes something: a write-off is in the lender's own book, and takes nothing off.

    `path` leads to the loan from other rows.
    """
    runs = Q(**{f"{path}disbursed_on__isnull": False, f"{path}ended_on__isnull": True})
    return runs | Q(**{f"{path}written_off_total__gt": 0})


class LoanQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(sight_of_loans(user))

    def given(self) -> Self:
        """Whose money was given and not handed back the same way: a cancelled loan never left the fund."""
        return self.exclude(ended_as="cancelled")

    def owed(self) -> Self:
        return self.filter(still_owed())

    def late(self, *, on: date, days: int = 0, calendar: Calendar | str = LENDING) -> Self:
        """Loans more than `days` days late on the day `on`, by the one definition of late."""
        cutoff = late_cutoff(on, calendar=calendar)
        return self.filter(next_due_on__lte=min(cutoff, on - timedelta(days=days + 1)))

    def due(self, *, on: date, until: date, calendar: Calendar | str = LENDING) -> Self:
        """Loans with an instalment due by `until` that are not late on the day `on`."""
        return self.filter(next_due_on__gt=late_cutoff(on, calendar=calendar), next_due_on__lte=until)

    def not_frozen(self) -> Self:
        """Whose borrower may be reminded and asked: no death or disability of theirs waits to be settled."""
        return self.filter(frozen_for=None)

    def matching(self, typed: str) -> Self:
        """The loans that a CNIC, a phone or a loan number means, each exactly; none for anything else."""
        people = apps.get_model("enterprises", "Person").objects
        for read, column in ((cnic.parse, "cnic"), (phones.parse, "phone")):
            with suppress(UnreadableError):
                return self.filter(person_id__in=people.filter(**{column: read(typed)}).living_ids())
        with suppress(UnreadableError):
            return self.filter(reference=parse_loan(typed))
        return self.none()

    def payable_to(self, user: User) -> Self:
        """What a cashier may take money for: the loans in sight, and all of the lender's. Names are for those in sight.

        The other face is the permission `loans.post_receipt`.
        """
        desks = [office for role, office in user.posts if role == Role.CASHIER]
        offices = apps.get_model("accounts", "Office").objects
        return self.filter(sight_of_loans(user) | Q(partner__office_id__in=offices.above(desks) if desks else ()))

    def called(self, typed: str) -> Self:
        """The loans of whom a name means: the borrower's, the father's or husband's, or both."""
        people = apps.get_model("enterprises", "Person").objects
        return self.filter(person_id__in=people.called(typed).living_ids())

    def with_ledger_sums(self) -> Self:
        """Each total as the sum of the ledger's own rows, beside what the loan says: they must not differ."""
        return self.annotate(**{f"ledger_{total}": ledger_sum(total) for total in TOTALS})

    def unbalanced(self) -> Self:
        """Loans whose totals are not the sums of their rows. A reconciliation must find none."""
        differs = Q(pk__in=[])
        for total in TOTALS:
            differs |= ~Q(**{f"ledger_{total}": F(total)})
        return self.with_ledger_sums().filter(differs)

    def for_list(self) -> Self:
        return self.select_related("person", "product", "branch", "enterprise__sector", "enterprise__district")


def signed_sum(total: str) -> Sum:
    """What ledger rows add up to in `total`, by the table of effects."""
    signs = [When(kind=kind, then=Value(getattr(effect, total))) for kind, effect in EFFECTS.items()]
    undone = [When(undoes=kind, then=Value(getattr(-effect, total))) for kind, effect in EFFECTS.items()]
    sign = Case(When(kind=Kind.REVERSAL, then=Case(*undone, default=Value(0))), *signs, default=Value(0))
    return Sum(F("amount") * sign)


def ledger_sum(total: str) -> Coalesce:
    """The sum of `total` over the outer loan's ledger."""
    rows = apps.get_model("loans", "LedgerEntry").objects.filter(loan_id=OuterRef("pk")).order_by()
    sums = rows.values("loan_id").annotate(total=signed_sum(total)).values("total")
    return Coalesce(Subquery(sums, output_field=IntegerField()), 0)


class OfLoanQuerySet(models.QuerySet):
    """Rows that hang on a loan and take its sight."""

    def visible_to(self, user: User) -> Self:
        loans = apps.get_model("loans", "Loan").objects.visible_to(user)
        return self.filter(Exists(loans.filter(pk=OuterRef("loan_id"))))


class TermsQuerySet(OfLoanQuerySet):
    pass
