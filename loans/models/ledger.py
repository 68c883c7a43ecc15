"""The ledger: one row for each movement of money, never edited. A mistake is undone by a row that points to it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from loans.effects import ON_SLIPS, Kind
from loans.models.loans import Loan
from loans.models.products import MOST_RUPEES
from loans.querysets import LedgerQuerySet
from loans.slips import Slip


class LedgerEntry(models.Model):
    """Money that moved. A trigger refuses every UPDATE and DELETE, a foreign key any reversal that is not of its row.

    `received_on` is the day on which the money was given, as on the slip; `posted_on` the day in the book, never in a
    closed month; `entered_at` when it was typed. A slip counts once, for ever.
    """

    branch = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch"))
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="ledger", verbose_name=_("loan"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    amount = models.IntegerField(_("amount, rupees"))
    received_on = models.DateField(_("day the money was given"))
    posted_on = models.DateField(_("day in the book"))
    entered_at = models.DateTimeField(_("typed at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    book = models.IntegerField(_("receipt book"), null=True, blank=True)
    number = models.IntegerField(_("receipt number"), null=True, blank=True)
    correction = models.PositiveSmallIntegerField(_("correction"), null=True, blank=True)
    # Number of the cheque or transfer with which the money was given.
    instrument = models.CharField(_("cheque or transfer number"), max_length=40, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name=_("undoes")
    )
    # The kind of the row that a reversal undoes, so that totals are sums of one table's rows without a join.
    undoes = models.CharField(_("kind of what it undoes"), max_length=12, choices=Kind.choices, blank=True)
    # Who posted the row that a reversal undoes, so that the database can refuse the same person's reversal.
    undoes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered what it undoes"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    SAFE_TO_COPY = {
        "id", "branch", "loan", "kind", "amount", "received_on", "posted_on", "entered_at", "by", "book", "number",
        "correction", "reverses", "undoes", "undoes_by",
    }  # fmt: skip
    NEVER_COPIED = {"instrument", "reason"}

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger row")
        verbose_name_plural = _("ledger")
        indexes = [
            models.Index(fields=["loan", "id"], name="loans_ledger_by_loan"),
            models.Index(fields=["branch", "posted_on", "id"], name="loans_ledger_by_branch"),
            models.Index(fields=["by", "-id"], name="loans_ledger_by_teller", condition=Q(book__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["branch", "book", "number", "correction"], name="loans_slip_once"),
            # What `loans_reversal_is_of_its_row` points to (a foreign key over all of these: migration 0006).
            models.UniqueConstraint(
                fields=["id", "loan", "branch", "amount", "kind", "by"], name="loans_ledger_row_as_reversed"
            ),
            # A trigger holds its amount to the principal: nothing is taken off.
            models.UniqueConstraint(
                fields=["branch", "loan"], condition=Q(kind=Kind.DISBURSEMENT), name="loans_given_once"
            ),
            models.CheckConstraint(name="loans_ledger_moves_money", condition=Q(amount__range=(1, MOST_RUPEES))),
            models.CheckConstraint(
                name="loans_ledger_not_before_it_happened", condition=Q(posted_on__gte=F("received_on"))
            ),
            models.CheckConstraint(
                name="loans_slip_where_money_is_received",
                # A condition on an empty column is neither true nor false, and a CHECK lets it pass.
                condition=Q(kind__in=ON_SLIPS, book__isnull=False, number__isnull=False, correction__isnull=False)
                & Q(book__gte=1, number__gte=1)
                | (~Q(kind__in=ON_SLIPS) & Q(book=None, number=None, correction=None)),
            ),
            models.CheckConstraint(
                name="loans_disbursement_names_its_cheque",
                condition=(Q(kind=Kind.DISBURSEMENT) & ~Q(instrument=""))
                | (~Q(kind=Kind.DISBURSEMENT) & Q(instrument="")),
            ),
            models.CheckConstraint(
                name="loans_reversal_says_what_and_why",
                condition=(
                    Q(kind=Kind.REVERSAL, reverses__isnull=False, undoes_by__isnull=False)
                    & ~Q(undoes__in=["", Kind.REVERSAL])
                    & ~Q(reason="")
                )
                | (~Q(kind=Kind.REVERSAL) & Q(reverses=None, undoes="", undoes_by=None)),
            ),
            models.CheckConstraint(
                name="loans_poster_does_not_reverse", condition=Q(undoes_by=None) | ~Q(undoes_by=F("by"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("loans:receipt-detail", args=[self.pk])

    @property
    def person_id(self) -> int:
        """The borrower: whom a message about this row goes to."""
        return self.loan.person_id

    @property
    def slip(self) -> Slip | None:
        """Book, number and correction of the paper slip, where there is one."""
        if self.book is None or self.number is None or self.correction is None:
            return None
        return Slip(self.book, self.number, self.correction)

    @property
    def is_receipt(self) -> bool:
        return self.kind in ON_SLIPS
