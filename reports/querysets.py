"""What figures are counted of: clients alone, where their reader reads, and what a loan came to on a day."""

from datetime import date, datetime

from django.db.models import Case as Choose
from django.db.models import (
    DateField,
    DurationField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, ExtractMonth, ExtractYear, Greatest, Least
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone

from accounts.models import User
from enterprises.models import Enterprise
from loans.models import LedgerEntry, Terms
from loans.querysets.loans import signed_sum
from reports.periods import MONTHS_IN_YEAR, Month
from reports.rules import reads_branches, reads_nationally


def in_scope(rows: QuerySet, viewer: User, *, enterprise: str, district: str, branch: str = "") -> QuerySet:
    """What a figure may count, and who reads it: the one place where leads are left out of every total (R8).

    `enterprise` and `district` are paths from the rows, and `branch` where the lender's managers read them too: those
    of their branches. Managers read their districts, national readers everything; nobody else reads figures.
    """
    counted = of_clients(rows, enterprise=enterprise)
    if viewer.is_system or reads_nationally.test(viewer):
        return counted
    if branch and reads_branches.test(viewer):
        return counted.filter(**{f"{branch}__in": viewer.office_ids})
    return counted.filter(**{f"{district}__in": viewer.district_ids})


def of_clients(rows: QuerySet, *, enterprise: str) -> QuerySet:
    """Rows of clients alone. Whoever became a client stays one.

    So a course or a loan that was counted when it came about stays counted when the permission to be contacted, or to
    share, is taken back later: a loan is served to its end by its contract, and money that was lent does not vanish
    from the portfolio.
    """
    leads = Enterprise.objects.filter(client_since__isnull=True, pk=OuterRef(enterprise))
    return rows.filter(~Exists(leads))


def within(field: str, month: Month) -> Q:
    return Q(**{f"{field}__gte": month.begins_at, f"{field}__lt": month.ends_at})


# A loan on a day


def sum_until(total: str, on: date) -> Coalesce | F:
    """Rupees that a loan's ledger adds to the total up to the day in the book; reversals take back what they undo.

    Until today that is what the loan itself says: nothing is posted for a day to come.
    """
    if on >= timezone.localdate():
        return F(total)
    rows = LedgerEntry.objects.filter(loan=OuterRef("pk"), posted_on__lte=on).order_by().values("loan")
    return Coalesce(Subquery(rows.annotate(total=signed_sum(total)).values("total")), 0)


def paid_until(on: date) -> Coalesce | F:
    return sum_until("paid_total", on)


def waived_until(on: date) -> Coalesce | F:
    return sum_until("waived_total", on)


TERMS = ("instalment", "count", "step_months", "first_due_on", "paid_before")


def with_terms_then(loans: QuerySet, ends_at: datetime) -> QuerySet:
    """Loans with what was agreed before the moment, as `then_…`: later terms change no figure of an earlier day.

    Before there were any, the first ones; of a loan whose terms never changed, and until now, its own columns.
    """
    if ends_at > timezone.now():
        return loans.annotate(**{f"then_{name}": F(name) for name in TERMS})
    newest_then = Choose(When(from_at__lt=ends_at, then=F("number")), default=-F("number"))
    versions = Terms.objects.filter(loan=OuterRef("pk")).order_by(newest_then.desc())
    return loans.annotate(
        **{
            f"then_{name}": Choose(
                When(terms_number=1, then=F(name)), default=Coalesce(Subquery(versions.values(name)[:1]), F(name))
            )
            for name in TERMS
        }
    )


def next_due_when(paid: F) -> Cast:
    """The loan's next due day had it paid that much: the generated column's own arithmetic, by the terms then."""
    covered = Least(Greatest(paid - F("then_paid_before"), Value(0)) / F("then_instalment"), F("then_count") - Value(1))
    months = Func(
        Cast(F("then_step_months") * covered, IntegerField()),
        template="make_interval(months => %(expressions)s)",
        output_field=DurationField(),
    )
    return Cast(F("then_first_due_on") + months, DateField())


def fallen_due(on: date, *, waived: F) -> Choose:
    """Rupees that fell due until the day; instalments counted from the anchor, as everywhere.

    What was paid before the terms in force fell due before them, so that new terms hide nothing of it; what was waived
    by the day is asked of nobody.
    """
    months = (
        (Value(on.year) - ExtractYear("then_first_due_on")) * Value(MONTHS_IN_YEAR)
        + Value(on.month)
        - ExtractMonth("then_first_due_on")
    )
    steps = Cast(months / F("then_step_months"), IntegerField())
    reached = Func(
        F("then_step_months") * steps, template="make_interval(months => %(expressions)s)", output_field=DurationField()
    )
    # From the anchor forwards: a month back from 28 February is not the 31 January that led there.
    reached_on = Cast(F("then_first_due_on") + reached, DateField())
    number = Choose(
        When(LessThanOrEqual(reached_on, Value(on)), then=steps + Value(1)),
        default=steps,
        output_field=IntegerField(),
    )
    to_pay = F("principal") - waived
    reached_by = F("then_paid_before") + Greatest(number, Value(0)) * F("then_instalment")
    return Choose(When(GreaterThanOrEqual(number, F("then_count")), then=to_pay), default=Least(to_pay, reached_by))
