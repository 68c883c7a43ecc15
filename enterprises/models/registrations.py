import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.claim_querysets import ClaimQuerySet
from enterprises.models.enterprises import Enterprise
from enterprises.models.people import Person
from enterprises.querysets import DraftQuerySet, OneTimeCodeQuerySet
from journal.models import Versioned
from places.models import District


class Draft(models.Model):
    """A registration not finished yet. Erased 30 days after the last touch; only the phone's code makes it a Person.

    Whoever stops halfway and left a number is called. `stopped_at` is when somebody stopped for the first time: with
    it, the share of those who came back is counted, also after what they typed is erased.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("finished")
        CLAIM = "claim", _("handed to an advisor")
        ERASED = "erased", _("erased")

    # Who touched nothing for so long has stopped, and appears in an advisor's list.
    STOPPED_AFTER = dt.timedelta(hours=1)
    # What an idea is not asked, by page. Who had a business before goes on finding it there, and it counts as nothing.
    ONLY_RUNNING = {
        "who": ("parent_relation", "parent_name"),
        "what": ("name", "what", "started_on", "started_month", "started_year", "help"),
        "reach": ("place",),
    }
    # Of which pages, of the release before this one, a page is made. To go with the release after it.
    FORMER = {"reach": ("phone", "where"), "what": ("what", "help")}

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="ur")
    # Cleaned answers by step: {"who": {...}, "reach": {...}}
    answers = models.JSONField(default=dict)
    last_step = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    touched_at = models.DateTimeField(default=timezone.now, db_index=True)
    stopped_at = models.DateTimeField(null=True)
    # Until when somebody is called who stops here; none without a number, and after the last call.
    call_due_on = models.DateField(null=True)
    # Somebody signed in who registers a further enterprise; nothing about them is asked again.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="drafts")
    # Given when it is finished, whether it became an enterprise or a claim: the visitor cannot tell which.
    reference = models.CharField(max_length=16, null=True, unique=True, editable=False)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, related_name="+")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="drafts")

    SAFE_TO_COPY = {
        "id", "state", "language", "last_step", "begun_at", "touched_at", "stopped_at", "call_due_on", "person",
        "reference", "district", "enterprise",
    }  # fmt: skip
    NEVER_COPIED = {"token", "answers", "phone"}

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enterprises_draft_reference_once_finished",
                condition=Q(state__in=["open", "erased"], reference__isnull=True)
                | (Q(state__in=["done", "claim"]) & Q(reference__isnull=False, district__isnull=False)),
            ),
            models.CheckConstraint(
                name="enterprises_draft_erased_holds_nothing", condition=~Q(state="erased") | Q(answers={}, phone="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "call_due_on", "id"],
                name="enterprises_draft_to_call",
                condition=Q(state="open", call_due_on__isnull=False),
            ),
            models.Index(fields=["phone"], name="enterprises_draft_by_phone", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"

    @property
    def is_idea(self) -> bool:
        return bool(self.answers["start"]["stage"] == Enterprise.Stage.IDEA)

    def said(self, page: str) -> dict[str, Any]:
        """The answers of a page as far as they count; none where it was not reached."""
        left_out = self.ONLY_RUNNING.get(page, ()) if self.is_idea else ()
        return {name: value for name, value in self.answered(page).items() if name not in left_out}

    def answered(self, page: str) -> dict[str, Any]:
        """The answers of a page, also as the release before this one keeps them: both write while the one gives way."""
        former = self.FORMER.get(page, ())
        parts = [self.answers.get(old, {}) for old in former] if {*former[1:]} & {*self.answers} else []
        return {name: said for part in (*parts, self.answers.get(page, {})) for name, said in part.items()}


class DraftCall(models.Model):
    """A call to somebody who stopped halfway, and what came of it."""

    class Outcome(models.TextChoices):
        WILL_FINISH = "will_finish", _("They finish it themselves")
        NO_ANSWER = "no_answer", _("Nobody answered")
        NOT_WANTED = "not_wanted", _("They do not want to register: erase what they typed")

    # After so many calls that nobody answered, it is let be.
    TRIES = 3

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="calls")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    SAFE_TO_COPY = {"id", "draft", "outcome", "by", "at"}
    NEVER_COPIED: set[str] = set()

    def __str__(self) -> str:
        return f"call {self.pk}"


class OneTimeCode(models.Model):
    """Six digits sent to a phone: five tries, ten minutes, bound to the session that asked.

    Only a keyed digest is stored. A row is also written when nobody can be meant (an unknown CNIC), so that the
    pages cannot tell a known number from an unknown one; such a row can never match.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("sign in")
        REGISTER = "register", _("register")
        RESUME = "resume", _("go on with a registration")
        PROVE = "prove", _("prove a new number")
        GUARANTEE = "guarantee", _("say yes to a guarantee")

    TRIES = 5
    MINUTES = 10

    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    session_key = models.CharField(max_length=40)
    # A keyed digest of the CNIC or phone that was typed, known or not: tries at it count in all sessions together.
    subject = models.CharField(max_length=64, db_default="")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="codes")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, related_name="codes")
    # A keyed digest of the phone that the code went to: it opens nothing once the number on file is another.
    sent_to = models.CharField(max_length=64, db_default="")
    digest = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {"id", "purpose", "person", "draft", "tries", "sent_at", "expires_at", "used_at"}
    NEVER_COPIED = {"session_key", "subject", "sent_to", "digest"}

    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["session_key", "purpose", "-id"], name="enterprises_code_by_session")]
        constraints = [models.CheckConstraint(name="enterprises_code_five_tries", condition=Q(tries__lte=5))]

    def __str__(self) -> str:
        return f"code {self.pk}"

    def is_on_its_way(self, *, since: dt.datetime, now: dt.datetime) -> bool:
        """Sent after `since`, and good still. Of a row that nobody can match the same is said, tries and all."""
        return self.is_live(at=now) and self.sent_at > since

    def is_live(self, *, at: dt.datetime) -> bool:
        """It can still be tried; its other face is `OneTimeCodeQuerySet.live`."""
        return self.used_at is None and self.expires_at > at and self.tries < self.TRIES


class Claim(Versioned):
    """Somebody came with a CNIC that is already on file. An advisor sees the card and settles it.

    Who registered alone waits as a draft until then. Whom a colleague wrote down is on file without the number: then
    `newcomer` is who they are, `enterprise` the business whose office settles it, and `cnic` what was typed, until it
    is settled. `seen_by` is the officer who had the card in hand, with the newcomer.
    """

    class Outcome(models.TextChoices):
        SAME = "same", _("It is the same person")
        RELEASED = "released", _("The card belongs to the person who registered now")
        NO_CARD = "no_card", _("The card belongs to somebody else")
        # By itself: whoever came with the number has one on file by now.
        WITHDRAWN = "withdrawn", _("The number is no longer claimed")

    # What an officer can see on the card.
    SEEN = (Outcome.SAME, Outcome.RELEASED, Outcome.NO_CARD)

    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, null=True, related_name="claim")
    newcomer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="claims_made")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="claims")
    cnic = models.CharField(max_length=13, blank=True, db_default="")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    due_on = models.DateField()
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    SAFE_TO_COPY = {
        "id", "version", "draft", "newcomer", "enterprise", "person", "district", "made_at", "due_on", "seen_by",
        "seen_at", "outcome", "settled_at", "settled_by",
    }  # fmt: skip
    NEVER_COPIED = {"cnic"}

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enterprises_claim_settled_by_and_at_together",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, outcome="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="enterprises_claim_of_draft_or_newcomer",
                condition=Q(draft__isnull=False, newcomer__isnull=True, enterprise__isnull=True, cnic="")
                | Q(draft__isnull=True, newcomer__isnull=False, settled_at__isnull=False, cnic="")
                | (Q(draft__isnull=True, newcomer__isnull=False, settled_at__isnull=True) & ~Q(cnic="")),
            ),
            models.CheckConstraint(
                name="enterprises_claim_seen_by_and_at_together",
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["newcomer", "cnic"],
                name="enterprises_claim_once",
                condition=Q(newcomer__isnull=False, settled_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "due_on", "id"],
                name="enterprises_claim_waiting",
                condition=Q(settled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"claim {self.pk}"

    @property
    def name(self) -> str:
        """Whoever came with the number."""
        if self.newcomer is not None:
            return self.newcomer.name
        return str(self.draft.answers.get("who", {}).get("name", "")) if self.draft else ""

    @property
    def reference(self) -> str:
        source = self.draft or self.enterprise
        return (source.reference or "") if source else ""
