"""What somebody typed, on the page that takes it out, and on the one that says what can be taken back."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Attempt, Case, Contact, Enquiry
from casework.states import BACK_FOR
from kit import words
from kit.templatetags.kit import own
from kit.text import apart

MOST = 50


@dataclass(frozen=True)
class Mistake:
    """The page that takes one out: where it stands, what it says, and what comes of it."""

    heading: str
    who: str
    back_url: str
    back_label: str
    answers: list[dict[str, Any]]
    after: str


def of_contact(contact: Contact) -> Mistake:
    rows = [
        {"label": _("Day"), "text": words.day_plain(contact.on), "small": contact.get_channel_display()},
        {"label": _("What was agreed"), "text": own(contact.agreed)},
    ]
    if contact.next_on:
        rows.append({"label": _("Next contact on"), "text": words.day_plain(contact.next_on)})
    after = _(
        "It leaves every list and total. Calls, appointments, referrals and steps that it ended wait again, and the "
        "day that was agreed is the one of before. Where it was the only talk, the first call is due by its old day."
    )
    return of_case(contact.case, heading=_("Take the contact out"), answers=rows, after=after)


def of_attempt(attempt: Attempt) -> Mistake:
    day = {"text": words.day_plain(attempt.at), "small": attempt.get_channel_display()}
    rows = [{"label": _("Day"), **day}, {"label": _("What happened"), "text": attempt.get_result_display()}]
    after = _("It leaves every list and total, and counts as no search for the client.")
    return of_case(attempt.case, heading=_("Take the attempt out"), answers=rows, after=after)


def of_case(case: Case, *, heading: str, **shown: Any) -> Mistake:
    name = case.person.name
    return Mistake(heading=heading, who=name, back_url=case.get_absolute_url(), back_label=name, **shown)


def of_enquiry(enquiry: Enquiry) -> Mistake:
    day = {"text": words.day_plain(enquiry.at), "small": enquiry.get_channel_display()}
    rows = [
        {"label": _("Day"), **day},
        {"label": _("About"), "text": enquiry.topic.label},
        {"label": _("Answer given"), "text": own(enquiry.answer)},
    ]
    return Mistake(
        heading=_("Take the enquiry out"),
        who=enquiry.name,
        back_url=reverse("casework:enquiry-list"),
        back_label=_("Enquiries"),
        answers=rows,
        after=_("It leaves every list and total."),
    )


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is typed: its icon, its pages, and what of one a line says."""

    model: Any
    icon: str
    removed: Callable[[], str]
    remove: str
    restore: str
    says: Callable[[Any], str]


KINDS = (
    Kind(
        Contact,
        "phone",
        lambda: _("Contact taken out"),
        "casework:contact-remove",
        "casework:contact-restore",
        lambda contact: contact.agreed,
    ),
    Kind(
        Attempt,
        "phone",
        lambda: _("Attempt taken out"),
        "casework:attempt-remove",
        "casework:attempt-restore",
        lambda attempt: attempt.get_result_display(),
    ),
    Kind(
        Enquiry,
        "chat",
        lambda: _("Enquiry taken out"),
        "casework:enquiry-remove",
        "casework:enquiry-restore",
        lambda enquiry: enquiry.answer,
    ),
)


def removed(user: User, *, since: dt.datetime) -> list[dict[str, Any]]:
    """What the user took out, with why, and the button that puts it back."""
    return [
        named(one)
        | {
            "at": one.removed_at,
            "until": one.removed_at + BACK_FOR,
            "icon": kind.icon,
            "text": _("{what}: {which}").format(what=kind.removed(), which=apart(one.removed_because)),
            "words": kind.says(one),
            "button": {"url": reverse(kind.restore, args=[one.pk]), "label": _("Put it back")},
        }
        for kind in KINDS
        for one in kind.model.objects.removed_by(user)
        .filter(removed_at__gt=since)
        .for_list()
        .order_by("-removed_at", "-id")[:MOST]
    ]


def typed(user: User, *, since: dt.datetime) -> list[dict[str, Any]]:
    """What the user typed lately and may take out, the newest first. An enquiry of which a lead came stays."""
    rows = [
        named(one)
        | {
            "at": one.at,
            "icon": kind.icon,
            "words": kind.says(one),
            "link": {"url": reverse(kind.remove, args=[one.pk]), "label": _("Take it out")},
        }
        for kind in KINDS
        for one in kind.model.objects.written_by(user)
        .standing()
        .filter(at__gt=since)
        .for_list()
        .order_by("-at", "-id")[:MOST]
        if not getattr(one, "enterprise_id", None)
    ]
    return sorted(rows, key=lambda row: row["at"], reverse=True)[:MOST]


def named(one: Any) -> dict[str, str]:
    if isinstance(one, Enquiry):
        return {"who": one.name or one.topic.label, "url": ""}
    return {"who": one.case.person.name, "url": one.case.get_absolute_url()}
