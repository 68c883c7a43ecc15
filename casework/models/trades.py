from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.querysets import TradeQuerySet
from enterprises.models import Sector
from places.models import Bilingual


class Part(models.TextChoices):
    """Where a line of a business plan is counted: once at the start, or every month."""

    START = "start", _("to start or to grow")
    COSTS = "costs", _("costs in a month")
    SALES = "sales", _("sales in a month")


class Trade(Bilingual):
    """What a business plan of this work asks for. It holds questions, never amounts."""

    code = models.SlugField(_("code"), unique=True)
    # Proposed where this is the kind of work on file.
    sector = models.ForeignKey(
        Sector,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="trades",
        verbose_name=_("kind of work on file"),
    )
    study = models.CharField(_("SMEDA's study"), max_length=100, blank=True)
    study_ur = models.CharField(_("SMEDA's study, in Urdu"), max_length=100, blank=True)
    study_url = models.URLField(_("address of the study"), blank=True)
    is_verified = models.BooleanField(_("facts verified"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("offered in forms"), default=True)

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "code", "sector", "study", "study_ur", "study_url", "is_verified", "order", "is_open",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = TradeQuerySet.as_manager()

    class Meta:
        verbose_name = _("trade of business plans")
        verbose_name_plural = _("trades of business plans")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.label


class TradeLine(Bilingual):
    """One question of a trade's plan. Lines that mean the same have the same code in every trade."""

    trade = models.ForeignKey(Trade, on_delete=models.CASCADE, related_name="lines", verbose_name=_("trade"))
    part = models.CharField(_("where it counts"), max_length=5, choices=Part.choices)
    code = models.SlugField(_("code"))
    hint = models.CharField(_("hint"), max_length=120, blank=True)
    hint_ur = models.CharField(_("hint in Urdu"), max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    SAFE_TO_COPY = {"id", "name", "name_ur", "trade", "part", "code", "hint", "hint_ur", "order"}
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("line of a trade's plan")
        verbose_name_plural = _("lines of a trade's plan")
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["trade", "code"], name="casework_trade_line_once")]

    def __str__(self) -> str:
        return self.label
