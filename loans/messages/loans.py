"""The money, and the next instalment."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import DateField, F, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import LocalClosure
from kit import words
from loans import promises
from loans.models import Loan
from loans.querysets.arrears import days_after, undisturbed
from places.calendar import late_cutoff, on_time_until

WRITTEN_WITHIN = timedelta(days=7)


def say_disbursed(loan: Loan) -> str:
    return _(
        "Rs {amount} paid out to you. First instalment Rs {instalment} by {day}. No interest, no fee. Not right? "
        "Call {helpline}"
    ).format(
        amount=f"{loan.principal:,}",
        instalment=f"{loan.instalments()[0].amount:,}",
        day=words.plain(words.day_plain(on_time_until(loan.first_due_on))),
        helpline=settings.HELPLINE,
    )


def say_instalment(loan: Loan) -> str:
    return _("Instalment of Rs {amount} by {day}. Ask for a slip. No fee, no fine. Help {helpline}").format(
        amount=f"{loan.due_by(loan.next_due_on):,}",
        day=words.plain(words.day(on_time_until(loan.next_due_on))),
        helpline=settings.HELPLINE,
    )


def instalments_due(now: datetime) -> Iterable[Loan]:
    """Loans with an instalment within the lender's days that is not late yet: for late ones somebody visits."""
    today = timezone.localdate(now)
    running = undisturbed(Loan.objects.not_frozen().filter(next_due_on__gt=late_cutoff(today)), on=today)
    coming = running.filter(next_due_on__lte=days_after(Value(today, DateField()), F("partner__remind_days")))
    return coming.exclude(person__phone="").order_by("next_due_on", "id").iterator()


def is_instalment_due(loan: Loan) -> bool:
    """Not paid meanwhile, not late yet, no other day was agreed, and no death or disability was told of."""
    today = timezone.localdate()
    until = today + timedelta(days=loan.partner.remind_days)
    is_coming = loan.next_due_on is not None and late_cutoff(today) < loan.next_due_on <= until
    return is_coming and not loan.is_frozen and promises.running(loan.pk, on=today) is None


def say_late(loan: Loan) -> str:
    return _("Rs {amount} was due by {day}. Pay at {branch}. Nothing is added. Need more days? Call {helpline}").format(
        amount=f"{loan.due_by(timezone.localdate()):,}",
        day=words.plain(words.day_short(on_time_until(loan.next_due_on))),
        branch=loan.branch.label,
        helpline=settings.HELPLINE,
    )


def instalments_late(now: datetime) -> Iterable[Loan]:
    """Loans whose lender's grace is over, for a week: after that somebody has visited, and texts add nothing."""
    today = timezone.localdate(now)
    late = undisturbed(Loan.objects.not_frozen().late(on=today), on=today)
    grace_ends = days_after(F("next_due_on"), F("partner__grace_days"))
    over = late.annotate(grace_ends=grace_ends).filter(grace_ends__lt=today, grace_ends__gte=today - WRITTEN_WITHIN)
    return over.exclude(person__phone="").select_related("branch").order_by("next_due_on", "id").iterator()


def is_instalment_late(loan: Loan) -> bool:
    """Not paid meanwhile, no day was agreed, and no death or disability was told of."""
    today = timezone.localdate()
    is_late = loan.next_due_on is not None and loan.next_due_on <= late_cutoff(today)
    return is_late and not loan.is_frozen and promises.running(loan.pk, on=today) is None


def shut_until(loan: Loan, day: date) -> date | None:
    """Where the district or the branch is shut, reminders wait. The instalment stays due: relief is a new agreement."""
    return LocalClosure.objects.reopens_on(district=loan.district_id, office=loan.branch_id, on=day)


def due_day(loan: Loan) -> str:
    """One reminder for each due date."""
    return str(loan.next_due_on)
