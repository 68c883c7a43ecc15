from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Office, User
from accounts.roles import LENDER_ROLES, NATIONAL_ROLES
from kit import cnic, phones
from kit.text import UnreadableError
from loans.effects import EFFECTS, TOTALS, Kind
from loans.references import parse_loan
from loans.states import OPEN_APPLICATIONS
from places.calendar import LENDING, Calendar, late_cutoff

# The plan's step whose papers (`DocumentKind.for_steps`) the lender needs before the money is given.
PAPERS_OF = "loan-application"


def sight_of_loans(user: User) -> Any:
    """The condition under which the user sees applications and loans; its other face is `loans.rules.sees_loans`.

    The branch sees its own by contract, whatever becomes of the grant that the referral gave; SMEDA's advisors see
    those of their districts; borrowers see their own, and not those of somebody who owns the business with them.
    """
    if user.is_system or user.has_role(*NATIONAL_ROLES):
        return Q()
    if user.is_entrepreneur:
        return Q(person__user=user)
    sight = Q(pk__in=[])
    if user.district_ids:
        sight |= Q(enterprise__district_id__in=user.district_ids)
    if user.has_role(*LENDER_ROLES):
        sight |= Q(branch_id__in=user.office_ids)
    return sight


def lacks_a_paper(on: Any) -> Exists:
    """Of an outer application, by the rule of `DocumentKindQuerySet.lacking`."""
    kinds = apps.get_model("enterprises", "DocumentKind").objects
    owners = {"person": OuterRef(OuterRef("person_id")), "enterprise": OuterRef(OuterRef("enterprise_id"))}
    return Exists(kinds.lacking(PAPERS_OF, on=on, **owners))


class ProductQuerySet(models.QuerySet):
    def offered_at(self, branch: Office) -> Self:
        """What the partner lends whose head office the branch belongs to."""
        above = {branch.pk}
        office = branch
        while office.parent is not None:
            office = office.parent
            above.add(office.pk)
        return self.filter(partner__office_id__in=above, partner__is_open=True, is_open=True)


class RefusalReasonQuerySet(models.QuerySet):
    def offered(self) -> Self:
        return self.filter(is_open=True)


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(sight_of_loans(user))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_APPLICATIONS)

    def undecided(self) -> Self:
        return self.open().exclude(state="approved")

    def unshared(self, *, since: datetime) -> Self:
        """Ended since then because the applicant no longer lets SMEDA share, the newest first."""
        return self.filter(unshared_at__gte=since).order_by("-unshared_at", "-id")

    def awaiting_disbursement(self) -> Self:
        return self.filter(state="approved")

    def lacking_card(self) -> Self:
        """Whose applicant's identity card no officer has seen."""
        return self.exclude(person__cnic_standing="verified")

    def lacking_papers(self, *, on: Any) -> Self:
        """Where a paper that the loan needs is not here."""
        return self.filter(lacks_a_paper(on))

    def lacking_nothing(self, *, on: Any) -> Self:
        """The rest: the card was seen, and the papers are here."""
        return self.filter(~lacks_a_paper(on), person__cnic_standing="verified")

    def for_list(self) -> Self:
        return self.select_related(
            "person", "product", "branch", "enterprise__sector", "enterprise__district", "officer"
        )


class OfApplicationQuerySet(models.QuerySet):
    """Rows that hang on an application and take its sight."""

    def visible_to(self, user: User) -> Self:
        applications = apps.get_model("loans", "Application").objects.visible_to(user)
        return self.filter(Exists(applications.filter(pk=OuterRef("application_id"))))


class LoanQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(sight_of_loans(user))

    def late(self, *, on: date, days: int = 0, calendar: Calendar | str = LENDING) -> Self:
        """Loans more than `days` days late on the day `on`, by the one definition of late."""
        cutoff = late_cutoff(on, calendar=calendar)
        return self.filter(next_due_on__lte=min(cutoff, on - timedelta(days=days + 1)))

    def due(self, *, on: date, until: date, calendar: Calendar | str = LENDING) -> Self:
        """Loans with an instalment due by `until` that are not late on the day `on`."""
        return self.filter(next_due_on__gt=late_cutoff(on, calendar=calendar), next_due_on__lte=until)

    def matching(self, typed: str) -> Self:
        """The loans that a CNIC, a phone or a loan number means, each exactly; none for anything else."""
        people = apps.get_model("enterprises", "Person").objects
        for read, column in ((cnic.parse, "cnic"), (phones.parse, "phone")):
            with suppress(UnreadableError):
                return self.filter(person_id__in=people.filter(**{column: read(typed)}).living_ids())
        with suppress(UnreadableError):
            return self.filter(reference=parse_loan(typed))
        return self.none()

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


class LedgerQuerySet(OfLoanQuerySet):
    def receipts(self) -> Self:
        """Rows that stand on a numbered slip."""
        return self.filter(book__isnull=False)

    def on_slip(self, *, branch_id: int, book: int, number: int) -> Self:
        """Every row that this slip and its corrections left."""
        return self.filter(branch_id=branch_id, book=book, number=number).order_by("correction")

    def up_to(self, entry: Any) -> Self:
        """What had been written when this row was."""
        return self.filter(id__lte=entry.pk)

    def paid(self) -> int:
        """What these rows add to what is paid."""
        return self.aggregate(paid=Coalesce(signed_sum("paid_total"), 0))["paid"]

    def last_of(self, user: User) -> Any:
        """The slip that this cashier wrote last, whose number the next one follows."""
        return self.receipts().filter(by=user).order_by("-id").first()

    def for_list(self) -> Self:
        return self.select_related("by", "reverses", "reversal", "loan").order_by("-id")
