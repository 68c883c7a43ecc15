"""Who vouches, as far as the reader may know."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from accounts.models import User
from kit import words
from kit.templatetags.kit import own
from loans.exposure import Exposure
from loans.guarantee import close_guarantors, counting_guarantors, dead_guarantors
from loans.models import Application, Guarantor
from loans.pages.exposure import of_those_behind, small_of


def guarantors_of(
    application: Application, *, user: User, exposed: dict[int, Exposure] | None = None
) -> list[dict[str, Any]]:
    """Who vouches: those who are known by name with it; and those of the family as such, for whoever weighs them."""
    rows = application.guarantors.select_related("person")
    if application.disbursed_at:
        counted = counting_guarantors(application)
        return [guarantor_row(row, small=what_of_then(row, has_counted=row.person_id in counted)) for row in rows]
    reads = user.has_perm("enterprises.view_family", application.person)
    dead, close = (dead_guarantors(application), close_guarantors(application)) if reads else (set(), {})
    exposed = of_those_behind(application, user=user, on=timezone.localdate()) if exposed is None else exposed
    said = {row.pk: what_of(row, is_dead=row.person_id in dead, is_close=row.person_id in close) for row in rows}
    return [guarantor_row(row, small=beside(said[row.pk], small_of(exposed.get(row.person_id)))) for row in rows]


def beside(*said: str) -> str:
    return format_html_join(" · ", "{}", ((part,) for part in said if part))


def guarantor_row(guarantor: Guarantor, *, small: str) -> dict[str, Any]:
    url = reverse("loans:guarantor-consent", args=[guarantor.pk]) if guarantor.is_named else ""
    return {"label": guarantor.get_relation_display(), "text": guarantor.shown_name, "small": small, "consent_url": url}


def what_of(guarantor: Guarantor, *, is_dead: bool, is_close: bool) -> str:
    if is_dead:
        return _("Written down as having died: does not count")
    if is_close:
        return _("Close relative of the applicant: does not count")
    if not guarantor.is_named:
        return _("Write them down again with the name as on the card.")
    if guarantor.taken_back_at:
        said = _("Took it back on %(day)s: does not count")
        return said % {"day": words.plain(words.day_plain(guarantor.taken_back_at))}
    return agreed(guarantor) if guarantor.consent else _("Has not said yes yet: does not count")


def what_of_then(guarantor: Guarantor, *, has_counted: bool) -> str:
    """Once the money was given: whether they vouched for it. Why somebody did not is not said any more."""
    return agreed(guarantor) if has_counted else _("Did not count as a guarantor")


def agreed(guarantor: Guarantor) -> str:
    day = words.plain(words.day_plain(guarantor.consented_at))
    if guarantor.witness:
        return format_html(_("signed on {day} before {witness}"), day=day, witness=own(guarantor.witness))
    return _("agreed on %(day)s") % {"day": day}
