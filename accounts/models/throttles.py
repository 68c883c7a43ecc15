from django.db import models


class Throttle(models.Model):
    """How often something was tried in a window of time: the rate limits, in PostgreSQL."""

    key = models.CharField(max_length=80)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    SAFE_TO_COPY = {"id", "window", "count"}
    NEVER_COPIED = {"key"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="accounts_throttle_once")]
        indexes = [models.Index(fields=["window"], name="accounts_throttle_window")]

    def __str__(self) -> str:
        return f"{self.window} {self.count}"
