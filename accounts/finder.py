"""The public finder of offices: rows ready to print."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts import closures
from accounts.models import Office, OfficeDistrict
from kit import paging
from kit.text import alphabetical
from places.models import District, in_language

SHOWN_DISTRICTS = 6
ORDER = ("name", "id")


@dataclass(frozen=True)
class Row:
    """An office as everybody may read it."""

    office: Office
    address: str
    hours: str
    areas: list[str]
    more: int
    shut: list[dict[str, Any]]


@dataclass(frozen=True)
class Found:
    rows: list[Row]
    next: str | None = None
    previous: str | None = None
    # A district may have no branch of the lender yet; then that is said.
    has_lender: bool = True
    # What is shut of the district itself; each office says what is shut of its own.
    shut: list[dict[str, Any]] = field(default_factory=list)


def gather(*, district: District | None, after: str, on: date) -> Found:
    """The offices that serve the district, the nearest kind first; without one, all that serve any, by pages.

    A head office or an area, to which nobody goes, stands on the pages of those below it.
    """
    if district is not None:
        rows = nearest(district, on=on)
        has_lender = any(office.organisation == Office.Organisation.LENDER for office in rows)
        shut = closures.notices_for(district=district.pk, office=None, on=on)
        here = [line | {"where": [district.label]} for line in shut]
        return Found(rows_of(rows, on=on, is_apart=True), has_lender=has_lender, shut=here)
    serving = OfficeDistrict.objects.held(on=on).filter(holder_id=OuterRef("pk"))
    page = paging.page(Office.objects.open(on=on).filter(Exists(serving)), order=ORDER, after=after)
    return Found(rows_of(page.rows, on=on), page.next, page.previous)


def nearest(district: District, *, on: date) -> list[Office]:
    """The offices that serve the district, the smallest kind first; of one kind those whose own it is, before heirs."""
    own = OfficeDistrict.objects.in_force(on=on).filter(district=district).values_list("office_id", flat=True)
    offices = Office.objects.covering(district.pk, on=on).select_related("parent")
    is_own = Exists(own.filter(office=OuterRef("pk")))
    return list(offices.annotate(is_own=is_own).order_by("-depth", "-is_own", "id"))


def rows_of(offices: list[Office], *, on: date, is_apart: bool = False) -> list[Row]:
    """Each with what is shut of it; of the districts that it serves too, unless that is said `is_apart`."""
    covered = covered_by([office.pk for office in offices], on=on)
    serves = {pk: [] if is_apart else [one.pk for one in covered[pk]] for pk in covered}
    shut = closures.shut_for(serves, on=on)
    return [row_of(office, covered[office.pk], shut=shut[office.pk]) for office in offices]


def row_of(office: Office, districts: list[District], *, shut: list[dict[str, Any]]) -> Row:
    names = [district.label for district in districts]
    return Row(
        office=office,
        address=in_language(office, "address"),
        hours=in_language(office, "hours"),
        areas=names[:SHOWN_DISTRICTS],
        more=max(len(names) - SHOWN_DISTRICTS, 0),
        shut=shut,
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
        "shut": closures.shut_for({office.pk: [district.pk for district in districts]}, on=on)[office.pk],
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
