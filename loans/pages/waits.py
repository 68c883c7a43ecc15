"""For whom an application waited, on its own page and on the applicant's."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kit import words
from loans.models import Application
from loans.waits import waits_of


def waits_in_words(application: Application, *, on: date) -> list[dict[str, Any]]:
    """One line: all days, and whose they were. Nothing on the first day."""
    waits = waits_of([application], on=on)[application.pk]
    if not waits.days:
        return []
    small = _("With the applicant: %(applicant)s. With SMEDA: %(smeda)s. With the lender: %(lender)s.")
    days = ngettext("%(days)s day", "%(days)s days", waits.days) % {"days": waits.days}
    whose = {name: words.plain(words.number(number)) for name, number in waits._asdict().items()}
    return [{"label": _("Took so far") if application.is_open else _("Took"), "text": days, "small": small % whose}]
