"""Addresses as pages print them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.details import source_of
from enterprises.models import Address, Enterprise, Person, Statement
from kit import words
from kit.templatetags.kit import own
from kit.text import apart

# What registration asked of the place of a business.
KNOWN = ("district", "place")
TEXTS = ("place", "landmark", "tehsil", "tehsil_unknown", "union_council", "union_council_unknown")


def frame(user: User, person: Person, *, carried: str) -> dict[str, Any]:
    """Which layout the page stands in, and the page of all addresses of the person, with the way back from there."""
    if not user.is_colleague:
        return {"layout": "base.html", "own_url": reverse("enterprises:my-addresses"), "is_staff": False}
    return {
        "layout": "base_staff.html",
        "own_url": reverse("enterprises:person-addresses", args=[person.pk]) + carried,
        "is_staff": True,
    }


def cards_of(person: Person, *, user: User, may_change: bool, carried: str = "") -> list[dict[str, Any]]:
    """A card for each address of the person and of each business that the user sees, filled or still to be said.

    Three queries. Who sees a person by one business learns nothing of the others.
    """
    businesses = list(
        Enterprise.objects.visible_to(user)
        .filter(ownerships__person=person, ownerships__until_on__isnull=True)
        .unmerged()
        .select_related("district", "sector")
        .order_by("registered_at", "id")
    )
    standing = list(Address.objects.standing().of(person, businesses).select_related("district", "stated_by"))
    by_key = {(row.kind, row.enterprise_id): row for row in standing}
    stated = known_from(businesses)
    is_staff = user.is_colleague
    cards = [
        card(
            kind.label,
            by_key.get((kind, None)),
            url=url_of(person, kind, is_staff=is_staff) + carried,
            may_change=may_change,
        )
        for kind in (Address.Kind.PRESENT, Address.Kind.PERMANENT)
    ]
    return cards + [
        card(
            f"{Address.Kind.BUSINESS.label}: {words.listed([apart(business.called), apart(business.reference)])}",
            by_key.get((Address.Kind.BUSINESS, business.pk)) or known_place(business),
            url=reverse("enterprises:business-address-edit", args=[business.pk]) + carried,
            may_change=may_change,
            known={name: source_of(stated.get((business.pk, name)), viewer=user) for name in KNOWN},
        )
        for business in businesses
    ]


def known_from(businesses: list[Enterprise]) -> dict[tuple[int, str], Statement]:
    """Who stated what registration asked, by business and field; one query."""
    found = Statement.objects.filter(enterprise__in=businesses, field__in=KNOWN).select_related("by")
    return {(one.enterprise_id, one.field): one for one in found if one.enterprise_id}


def known_place(business: Enterprise) -> Address:
    """What registration asked: the district, and perhaps a place. It is not stored as an address."""
    return Address(kind=Address.Kind.BUSINESS, enterprise=business, district=business.district, place=business.place)


def url_of(person: Person, kind: str, *, is_staff: bool) -> str:
    if is_staff:
        return reverse("enterprises:person-address-edit", args=[person.pk, kind])
    return reverse("enterprises:my-address-edit", args=[kind])


def card(
    title: str,
    address: Address | None,
    *,
    url: str,
    may_change: bool,
    known: dict[str, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """One address. What is no address yet, and known from registration, says of each fact who stated it: `known`."""
    rows = rows_of(address) if address else []
    if address and not address.pk and known:
        rows[0] |= known["district"]
        rows[1] |= known["place"]
    said = ""
    if address and address.pk:
        source = address.get_source_display()
        said = _("%(source)s, %(day)s") % {"source": source, "day": words.plain(words.day(address.stated_at))}
    return {"title": title, "rows": rows, "said": said, "url": url if may_change else ""}


def rows_of(address: Address) -> list[dict[str, Any]]:
    return [
        {"label": _("District"), "text": address.district.full_label},
        {"label": _("Mohalla, street or village"), "text": own(address.place) if address.place else ""},
        {"label": _("Landmark"), "text": own(address.landmark) if address.landmark else ""},
        {"label": _("Tehsil or taluka"), "text": word_of(address.tehsil, is_unknown=address.tehsil_unknown)},
        {"label": _("Union council"), "text": word_of(address.union_council, is_unknown=address.union_council_unknown)},
    ]


def word_of(text: str, *, is_unknown: bool) -> str:
    if is_unknown:
        return _("Not known")
    return own(text) if text else ""


def initial_of(standing: Address | None, **known: Any) -> dict[str, Any]:
    """What the form shows first: the address that stands or, where there is none, what is known from registration."""
    if standing is None:
        return {"version": 0} | known
    shown = {name: getattr(standing, name) for name in TEXTS}
    return shown | {"version": standing.version, "district": standing.district.code}


def known_of(person: Person, kind: str, *, user: User) -> dict[str, Any]:
    """Most people work in the district where they live; the card may say another."""
    if kind != Address.Kind.PRESENT:
        return {}
    seen = Enterprise.objects.visible_to(user)
    business = seen.filter(ownerships__person=person, ownerships__until_on__isnull=True).first()
    return {"district": business.district.code} if business else {}
