"""What a phone is told on which others read."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override


def say(_target: Any, language: str) -> str:
    """That somebody should call us: no loan, no amount, nothing that is late, and nobody's name."""
    with override(language):
        return _("Please call the SMEDA office, {helpline}, about your registration.").format(
            helpline=settings.HELPLINE
        )
