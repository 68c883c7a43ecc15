import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journal.querysets import EventQuerySet, JobRunQuerySet


class Audience(models.TextChoices):
    """Who may read an event. There is no default: the writer decides each time."""

    ENTREPRENEUR = "entrepreneur", _("the entrepreneur")
    ADVISORS = "advisors", _("SMEDA's advisors")
    LENDER = "lender", _("the lender")
    MANAGERS = "managers", _("managers")


class Event(models.Model):
    """One thing that happened. Written by `journal.events.record` alone, never changed, never repointed after a merge.

    Free text never stands here: `data` holds ids, codes and amounts.
    """

    name = models.CharField(max_length=60)
    target_label = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    # The version of the target that came with it: whoever brought a record to where it stands.
    target_version = models.IntegerField(null=True)
    enterprise_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    audience = ArrayField(models.CharField(max_length=20, choices=Audience.choices))
    data = models.JSONField(default=dict)

    SAFE_TO_COPY = {
        "id", "name", "target_label", "target_id", "target_version", "enterprise_id", "person_id", "by", "at",
        "audience",
    }  # fmt: skip
    NEVER_COPIED = {"data"}

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["enterprise_id", "-at", "-id"], name="journal_event_by_enterprise"),
            models.Index(fields=["person_id", "-at", "-id"], name="journal_event_by_person"),
            models.Index(fields=["target_label", "target_id", "name"], name="journal_event_by_target"),
            models.Index(fields=["name", "at"], name="journal_event_by_name"),
        ]
        constraints = [
            models.CheckConstraint(name="journal_event_has_audience", condition=Q(audience__len__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.target_label}:{self.target_id}"


class RequestKey(models.Model):
    """The answer that a form's first sending got; the same form sent again gets it without acting again."""

    owner = models.CharField(max_length=80)
    view = models.CharField(max_length=100)
    key = models.UUIDField()
    digest = models.CharField(max_length=64)
    answer = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    SAFE_TO_COPY = {"id", "view", "key", "created_at"}
    NEVER_COPIED = {"owner", "digest", "answer"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "view", "key"], name="journal_request_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.view} {self.key}"


class Versioned(models.Model):
    """An editable record: a form sends back the version it showed, and the action compares it under lock."""

    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


class JobRun(models.Model):
    """One run of a periodic job. A row is claimed once, by a lease and its token; two beats do no harm."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        DEAD = "dead", _("given up")

    job = models.CharField(_("job"), max_length=60)
    period = models.CharField(_("period"), max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("planned for"))
    lease_until = models.DateTimeField(_("leased until"), null=True)
    token = models.UUIDField(default=uuid.uuid4)
    done_at = models.DateTimeField(_("done"), null=True)
    # What the run left behind: {"file": {"path", "sha256", "bytes"}, ...}
    outcome = models.JSONField(_("outcome"), default=dict)
    error = models.TextField(_("what went wrong"), blank=True)

    SAFE_TO_COPY = {"id", "job", "period", "state", "attempts", "due_at", "lease_until", "token", "done_at", "outcome"}
    NEVER_COPIED = {"error"}

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        constraints = [
            models.UniqueConstraint(fields=["job", "period"], name="journal_job_once_a_period"),
            models.CheckConstraint(
                name="journal_job_done_and_done_at_together",
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="journal_job_running_and_lease_together",
                condition=Q(state="running", lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="journal_job_open", condition=Q(state__in=["waiting", "running"]))
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.period}"
