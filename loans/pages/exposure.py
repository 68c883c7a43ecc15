"""What the officer reads of how much hangs on the applicant and on whoever vouches."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from kit import words
from loans.exposure import MANY_LATE, Exposure, of_people, vouching_in_words
from loans.models import Application


def of_those_behind(application: Application, *, user: User, on: date) -> dict[int, Exposure]:
    """Of the applicant and of guarantors who are known by name, while the application is open.

    For the branch, and for who reads the whole programme.
    """
    if not application.is_open or not user.has_perm("loans.read_arrears", application):
        return {}
    named = application.guarantors.filter(is_named=True).values_list("person_id", flat=True)
    return of_people({*named, application.person_id}, on=on, but=application.pk)


def of_applicant(application: Application, exposed: dict[int, Exposure]) -> list[dict[str, Any]]:
    """Own loans that run, and loans of others for which the applicant vouches; nothing where there are none."""
    found = exposed.get(application.person_id, Exposure())
    facts = (
        (_("Own running loans"), found.own, found.own_late),
        (_("Vouches for loans of others"), found.vouched, found.vouched_late),
    )
    return [
        {"label": label, "text": words.number(count), "small": late_in_words(late)}
        for label, count, late in facts
        if count
    ]


def late_in_words(late: int) -> str:
    return ngettext("%(late)s of them late", "%(late)s of them late", late) % {"late": late} if late else ""


def small_of(exposure: Exposure | None) -> str:
    return vouching_in_words(exposure) if exposure else ""


def warnings_of(application: Application, exposed: dict[int, Exposure]) -> list[str]:
    """One guarantor behind several late loans is said aloud."""
    behind = [person for person, found in exposed.items() if found.vouched_late >= MANY_LATE]
    rows = application.guarantors.filter(person__in=behind).select_related("person") if behind else ()
    said = _("%(name)s vouches for %(late)s loans that are late. Bring somebody else, or speak with both.")
    return [said % {"name": row.shown_name, "late": exposed[row.person_id].vouched_late} for row in rows]
