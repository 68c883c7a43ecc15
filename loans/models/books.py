"""Books of numbered slips: whose hand each is in, and what became of a number that was never posted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from loans.querysets import BookQuerySet, SpoiltSlipQuerySet

MOST_SLIPS = 1000


class ReceiptBook(models.Model):
    """A book in one named colleague's hand, issued by another. Its number is never issued again at the branch."""

    branch = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch"))
    number = models.IntegerField(_("number of the book"))
    first = models.IntegerField(_("first slip"))
    last = models.IntegerField(_("last slip"))
    issued_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("issued to")
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    issued_on = models.DateField(_("issued on"), default=timezone.localdate)
    returned_on = models.DateField(_("given back on"), null=True, blank=True)
    returned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given back to"),
    )

    SAFE_TO_COPY = {
        "id", "branch", "number", "first", "last", "issued_to", "issued_by", "issued_on", "returned_on", "returned_to",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = BookQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt book")
        verbose_name_plural = _("receipt books")
        indexes = [models.Index(fields=["issued_to", "id"], name="loans_books_in_hand", condition=Q(returned_on=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "number"],
                name="loans_book_once",
                violation_error_message=_("A book of this number was issued here before."),
            ),
            models.CheckConstraint(
                name="loans_book_has_slips",
                condition=Q(number__gte=1, first__gte=1, last__gte=F("first"), last__lt=F("first") + MOST_SLIPS),
                violation_error_message=_("The last slip comes after the first, and a book has 1,000 at most."),
            ),
            models.CheckConstraint(
                name="loans_book_is_issued_by_another",
                condition=~Q(issued_to=F("issued_by")),
                violation_error_message=_("Nobody issues a book to themselves."),
            ),
            models.CheckConstraint(
                name="loans_book_is_given_back_to_another",
                condition=Q(returned_on=None, returned_to=None)
                | Q(returned_on__gte=F("issued_on"), returned_to__isnull=False) & ~Q(returned_to=F("issued_to")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    def get_absolute_url(self) -> str:
        return reverse("loans:book-list")


class SpoiltSlip(models.Model):
    """Why a number of a book was never posted, said by another than who holds the book. The number is used up."""

    class Why(models.TextChoices):
        SPOILT = "spoilt", _("Spoilt, and kept in the book")
        LOST = "lost", _("Lost or torn out")
        SKIPPED = "skipped", _("Passed over, and struck through")

    book = models.ForeignKey(ReceiptBook, on_delete=models.PROTECT, related_name="spoilt", verbose_name=_("book"))
    branch = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch"))
    number = models.IntegerField(_("slip"))
    why = models.CharField(_("what became of it"), max_length=8, choices=Why.choices)
    text = models.CharField(_("what happened"), max_length=200, blank=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("held the book")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("written down at"), default=timezone.now)

    SAFE_TO_COPY = {"id", "book", "branch", "number", "why", "holder", "by", "at"}
    NEVER_COPIED = {"text"}

    objects = SpoiltSlipQuerySet.as_manager()

    class Meta:
        verbose_name = _("slip that was never posted")
        verbose_name_plural = _("slips that were never posted")
        constraints = [
            models.UniqueConstraint(fields=["branch", "book", "number"], name="loans_spoilt_slip_once"),
            models.CheckConstraint(name="loans_holder_does_not_explain", condition=~Q(holder=F("by"))),
            models.CheckConstraint(
                name="loans_lost_slip_says_how",
                condition=~Q(why="lost") | ~Q(text=""),
                violation_error_message=_("Say what happened to the slip."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} · {self.number}"
