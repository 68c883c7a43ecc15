import datetime as dt
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprises import Enterprise
from enterprises.models.people import Person
from enterprises.paper_querysets import DocumentKindQuerySet
from enterprises.querysets import DocumentQuerySet, DocumentRequestQuerySet
from places.models import Bilingual

USER = settings.AUTH_USER_MODEL


def random_name() -> str:
    return secrets.token_hex(20)


class DocumentKind(Bilingual):
    """A kind of paper: whose it is, whether the lender may see it, and which steps of a plan need it."""

    class About(models.TextChoices):
        PERSON = "person", _("the person")
        ENTERPRISE = "enterprise", _("the business")

    code = models.SlugField(_("code"), unique=True)
    about = models.CharField(_("about"), max_length=10, choices=About.choices)
    hint = models.CharField(_("what must be on it"), max_length=160, blank=True)
    hint_ur = models.CharField(_("what must be on it, in Urdu"), max_length=160, blank=True)
    is_shared = models.BooleanField(
        _("the lender sees it"),
        default=False,
        help_text=_("Only a lender with a referral or application of this client, and only while that lasts."),
    )
    is_card = models.BooleanField(_("an officer may compare it with the card number"), default=False)
    # Of several photos of a shop each counts; a new utility bill takes the place of the old one.
    keeps_several = models.BooleanField(_("several may be kept side by side"), default=False)
    for_steps = models.CharField(
        _("needed for the plan's steps"), max_length=200, blank=True, help_text=_("Codes of steps, with commas.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("offered in forms"), default=True)

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "code", "about", "hint", "hint_ur", "is_shared", "is_card", "keeps_several",
        "for_steps", "order", "is_open",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = DocumentKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of document")
        verbose_name_plural = _("kinds of documents")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                name="enterprises_card_is_of_a_person",
                condition=Q(is_card=False) | Q(about="person"),
                violation_error_message=_("An identity card is a paper about the person."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def what_must_be_on_it(self) -> str:
        return self.in_language("hint")

    @property
    def steps(self) -> frozenset[str]:
        """Codes of the plan's steps that need such a paper."""
        return frozenset(code.strip() for code in self.for_steps.split(",") if code.strip())


class Document(models.Model):
    """One paper as a picture or PDF. Never changed: a better photo is another row that this one is replaced by.

    The file lies under `MEDIA_ROOT` by a random name, and is given out after an object check alone.
    """

    class Form(models.TextChoices):
        JPEG = "jpeg", _("photo")
        PDF = "pdf", _("PDF")

    class Scan(models.TextChoices):
        NONE = "none", _("not scanned for viruses")
        CLEAN = "clean", _("scanned, no virus")
        WAITING = "waiting", _("waits for the virus check")
        INFECTED = "infected", _("a virus was found")

    KEPT_DAYS = 30

    kind = models.ForeignKey(DocumentKind, on_delete=models.PROTECT, related_name="documents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="documents")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="documents")
    name = models.CharField(max_length=40, unique=True, default=random_name, editable=False)
    form = models.CharField(max_length=4, choices=Form.choices)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField(default=1)
    has_preview = models.BooleanField(default=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.NONE)
    uploaded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    erased_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {
        "id", "kind", "person", "enterprise", "form", "size", "pages", "has_preview", "expires_on", "scan",
        "uploaded_by", "uploaded_at", "replaced_by", "removed_at", "removed_by", "erased_at",
    }  # fmt: skip
    NEVER_COPIED = {"name", "sha256"}

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [
            models.Index(fields=["person", "kind"], name="enterprises_doc_of_person"),
            models.Index(fields=["enterprise", "kind"], name="enterprises_doc_of_enterprise"),
            models.Index(fields=["uploaded_at"], name="enterprises_doc_waiting", condition=Q(scan="waiting")),
            models.Index(
                fields=["removed_at"],
                name="enterprises_doc_to_erase",
                condition=Q(removed_at__isnull=False, erased_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="enterprises_document_of_one",
                condition=Q(person__isnull=False, enterprise__isnull=True)
                | Q(person__isnull=True, enterprise__isnull=False),
            ),
            models.CheckConstraint(
                name="enterprises_document_removed_by_and_at_together",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="enterprises_document_erased_once_removed",
                condition=Q(erased_at__isnull=True) | Q(removed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether its bytes may be given to anybody at all."""
        return self.removed_at is None and self.scan in {self.Scan.NONE, self.Scan.CLEAN}

    def counts(self, *, on: dt.date) -> bool:
        """Whether it counts as handed in on the day; its other face is `DocumentQuerySet.counting`."""
        return self.is_open and self.replaced_by_id is None and not self.is_over(on=on)

    def is_over(self, *, on: dt.date) -> bool:
        """Whether it was valid until an earlier day, and counts no more."""
        return self.expires_on is not None and self.expires_on < on


class DocumentRequest(models.Model):
    """Please bring or send this paper by that day. Closes itself when the paper comes."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="document_requests")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="document_requests")
    kind = models.ForeignKey(DocumentKind, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("by"))
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    # The paper that answered it; none where the colleague took the question back.
    answered_by = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="answers")

    SAFE_TO_COPY = {
        "id", "enterprise", "person", "kind", "due_on", "asked_by", "asked_at", "office", "closed_at", "answered_by",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = DocumentRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper asked for")
        verbose_name_plural = _("papers asked for")
        indexes = [
            models.Index(fields=["due_on", "id"], name="enterprises_request_open", condition=Q(closed_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"],
                condition=Q(closed_at__isnull=True),
                name="enterprises_document_asked_once",
            ),
            models.CheckConstraint(
                name="enterprises_document_answer_closes",
                condition=Q(answered_by__isnull=True) | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"
