"""The public finder of offices: rows ready to print."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Office, OfficeDistrict
from kit import paging
from kit.text import alphabetical
from places.models import District, in_language

SHOWN_DISTRICTS = 6
ORDER = ("depth", "name", "id")


@dataclass(frozen=True)
class Row:
    """An office as everybody may read it."""

    office: Office
    address: str
    hours: str
    areas: list[str]
    more: int


@dataclass(frozen=True)
class Found:
    rows: list[Row]
    next: str | None = None
    previous: str | None = None
    # A district may have no branch of the lender yet; then that is said.
    has_lender: bool = True


def gather(*, district: District | None, after: str, on: date) -> Found:
    """The offices that serve the district, the nearest kind first; without one, all open offices by pages."""
    if district is not None:
        rows = list(Office.objects.covering(district.pk, on=on).select_related("parent"))
        has_lender = any(office.organisation == Office.Organisation.LENDER for office in rows)
        return Found(rows_of(rows, on=on), has_lender=has_lender)
    page = paging.page(Office.objects.open(on=on), order=ORDER, after=after)
    return Found(rows_of(page.rows, on=on), page.next, page.previous)


def rows_of(offices: list[Office], *, on: date) -> list[Row]:
    covered = covered_by([office.pk for office in offices], on=on)
    return [row_of(office, covered[office.pk]) for office in offices]


def row_of(office: Office, districts: list[District]) -> Row:
    names = [district.label for district in districts]
    return Row(
        office=office,
        address=in_language(office, "address"),
        hours=in_language(office, "hours"),
        areas=names[:SHOWN_DISTRICTS],
        more=max(len(names) - SHOWN_DISTRICTS, 0),
    )


def covered_by(offices: list[int], *, on: date) -> dict[int, list[District]]:
    """The districts that each of these offices holds that day, what came from closed ones included: one query."""
    held = OfficeDistrict.objects.held(on=on).filter(holder_id__in=offices)
    found: dict[int, dict[int, District]] = {office: {} for office in offices}
    for cover in held.select_related("district__province"):
        found[cover.holder_id][cover.district_id] = cover.district
    return {
        office: sorted(districts.values(), key=lambda one: alphabetical(one.label))
        for office, districts in found.items()
    }


def detail(office: Office, *, on: date) -> dict[str, Any]:
    """One office: how to reach it, what it covers by province, and who took over where it closed."""
    districts = covered_by([office.pk], on=on)[office.pk]
    districts.sort(key=lambda one: (one.province.order, alphabetical(one.label)))
    return {
        "office": office,
        "is_open": office.is_open(on=on),
        "heir": None if office.is_open(on=on) else office.heir(on=on),
        "is_yet_to_open": office.opened_on is not None and office.opened_on > on,
        "facts": facts_of(office),
        "provinces": [
            {"label": province.label, "districts": list(group)}
            for province, group in groupby(districts, key=lambda one: one.province)
        ],
    }


def facts_of(office: Office) -> list[dict[str, str]]:
    facts = [
        {"icon": "pin", "label": _("Address"), "text": in_language(office, "address")},
        {"icon": "clock", "label": _("Opening hours"), "text": in_language(office, "hours")},
        {"icon": "users", "label": _("Belongs to"), "text": office.parent.label if office.parent else ""},
    ]
    return [fact for fact in facts if fact["text"]]
