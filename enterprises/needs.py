"""Which facts which purpose needs: what is asked later is asked there, and only while something is missing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from enterprises import details
from enterprises.models import Enterprise, Person

BUSINESS_PLAN, LOAN = "business plan", "loan"
# The fields of the parts in `details.PARTS` that a purpose uses, in the order in which they are asked.
NEEDS = {
    BUSINESS_PLAN: ("sector", "what", "started_on", "premises", "sales", "workers"),
    LOAN: ("birth_year", "sector", "what", "started_on", "premises", "legal_form", "sales", "workers"),
}
# An idea has none of these yet.
OF_RUNNING = {"started_on", "premises", "legal_form", "sales", "workers"}
# What leads back from the page of a part to the page that asked, rather than to all details.
STRAIGHT = "straight"


@dataclass(frozen=True)
class Need:
    """A fact that nobody has said yet, and the part of the details where it is asked."""

    part: str
    label: str


def missing(person: Person, enterprise: Enterprise, *, purposes: Collection[str]) -> list[Need]:
    """What these purposes need together and nobody has said, each once, in the order of the parts."""
    wanted = {name for purpose in purposes for name in NEEDS[purpose]}
    if enterprise.stage == Enterprise.Stage.IDEA:
        wanted -= OF_RUNNING
    found = []
    for part in details.PARTS.values():
        subject = person if part.form.subject == "person" else enterprise
        lacking = [name for name in part.form.told() if name in wanted and is_unsaid(subject, name)]
        found += [Need(part.key, details.label_of(subject, name)) for name in lacking]
    return found


def is_unsaid(subject: Person | Enterprise, name: str) -> bool:
    return getattr(subject, subject._meta.get_field(name).attname) in {None, ""}


def asked(person: Person, enterprise: Enterprise, *, purpose: str, viewer: User, back: str) -> list[dict[str, Any]]:
    """The missing facts by part, as `enterprises/_needed.html` lists them; with the page that asks, for who may say."""
    by_part: dict[str, list[str]] = {}
    for need in missing(person, enterprise, purposes=[purpose]):
        by_part.setdefault(need.part, []).append(need.label)
    page = "enterprises:my-details-change" if viewer.is_entrepreneur else "enterprises:enterprise-change"
    query = urlencode({"next": back, STRAIGHT: 1})
    may = viewer.has_perm("enterprises.change_enterprise", enterprise)
    return [
        {"labels": labels, "url": f"{reverse(page, args=[enterprise.pk, part])}?{query}" if may else ""}
        for part, labels in by_part.items()
    ]
