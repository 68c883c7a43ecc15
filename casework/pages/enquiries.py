"""The enquiries of a day or of one number at the helpdesk, newest first, and the way to the days before."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import OfficeDistrict, User
from accounts.roles import DISTRICT_ROLES
from casework.models import Enquiry, HelpdeskEvent
from casework.pages.lots import LONGEST
from casework.states import BACK_FOR
from kit import phones, words
from kit.days import begin_of
from kit.paging import page
from kit.templatetags.kit import own

ORDER = ("-at", "-id")


@dataclass(frozen=True)
class EnquiryList:
    on: dt.date
    is_today: bool
    caller: str
    event: HelpdeskEvent | None
    earlier_url: str
    later_url: str
    count: int
    columns: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    next_url: str
    previous_url: str


def gather(
    user: User, *, on: dt.date, today: dt.date, caller: str, event: HelpdeskEvent | None, after: str
) -> EnquiryList:
    """The enquiries of the day in the user's districts, or all that came from one number, or at one event."""
    known = Enquiry.objects.visible_to(user)
    if event is not None:
        rows, here = known.filter(event=event), {"event": event.pk}
    elif caller:
        rows, here = known.from_phone(caller), {"caller": caller}
    else:
        rows, here = known.of_day(on), {"day": on}
    is_of_a_day = "day" in here
    found = page(rows.for_list(), order=ORDER, after=after)
    earlier = rows_before(user, on=on)
    return EnquiryList(
        on=on,
        is_today=on >= today,
        caller=phones.display(caller) if caller else "",
        event=event,
        earlier_url=f"?day={earlier}" if earlier else "",
        later_url=f"?day={min(on + dt.timedelta(days=1), today)}" if on < today else "",
        count=rows.count(),
        columns=[
            {"label": _("Time") if is_of_a_day else _("Day")},
            {"label": _("About")},
            {"label": _("Answer given")},
            {"label": _("District")},
            {"label": _("Who asked")},
            {"label": _("Answered by")},
            {"label": _("What became of it")},
        ],
        groups=[{"rows": [row_of(enquiry, user=user, is_dated=not is_of_a_day) for enquiry in found.rows]}]
        if found.rows
        else [],
        next_url=url_of(here, found.next),
        previous_url=url_of(here, found.previous),
    )


def url_of(here: dict[str, Any], cursor: str | None) -> str:
    return "?" + urlencode(here | {"after": cursor}) if cursor else ""


def rows_before(user: User, *, on: dt.date) -> dt.date | None:
    """The last day before with an enquiry."""
    known = Enquiry.objects.visible_to(user)
    last = known.filter(at__lt=begin_of(on)).order_by(*ORDER).values_list("at", flat=True).first()
    return timezone.localdate(last) if last else None


def day_of(text: str, *, today: dt.date) -> dt.date:
    """The day that the address names; today for what is no day, or has not come."""
    try:
        return min(dt.date.fromisoformat(text), today) if text >= "2000" else today
    except ValueError:
        return today


def event_named(user: User, text: str) -> HelpdeskEvent | None:
    """The event that the address names, if the user sees it."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST):
        return None
    return HelpdeskEvent.objects.visible_to(user).filter(pk=int(text)).first()


def row_of(enquiry: Enquiry, *, user: User, is_dated: bool) -> dict[str, Any]:
    at = timezone.localtime(enquiry.at)
    when = {"text": words.moment(at), "label": _("Day")} if is_dated else {"text": words.clock(at), "label": _("Time")}
    return {
        "cells": [
            when,
            {"kind": "who", "text": enquiry.topic.label, "small": how_of(enquiry)},
            {"kind": "what", "text": own(enquiry.answer)},
            {
                "text": enquiry.district.label,
                "small": enquiry.sector.label if enquiry.sector else "",
                "label": _("District"),
            },
            {
                "text": own(enquiry.name or "–"),
                "small": phones.display(enquiry.phone) if enquiry.phone else "",
                "label": _("Who asked"),
            },
            {"text": own(enquiry.by), "label": _("Answered by")},
            lead_of(enquiry, user=user),
        ]
    }


def how_of(enquiry: Enquiry) -> str:
    return words.listed([enquiry.get_channel_display(), *([enquiry.event.name] if enquiry.event else [])])


def lead_of(enquiry: Enquiry, *, user: User) -> dict[str, Any]:
    """The client's case where one came of it, or the way to make one; and out, for who typed it lately."""
    cell: dict[str, Any] = {"label": _("What became of it"), "text": ""}
    if enquiry.enterprise is not None:
        return cell | {"text": enquiry.enterprise.reference, "url": enquiry.enterprise.case.get_absolute_url()}
    if enquiry.by_id == user.pk and enquiry.at > timezone.now() - BACK_FOR:
        url = reverse("casework:enquiry-remove", args=[enquiry.pk])
        cell["also"] = {"url": url, "label": _("Typed by mistake?")}
    if user.has_perm("casework.make_lead", enquiry):
        return cell | {"text": _("Make a lead"), "url": reverse("casework:enquiry-lead", args=[enquiry.pk])}
    return cell


def events_for(user: User) -> QuerySet[HelpdeskEvent]:
    """Of the last days, those at which the user's office stood."""
    return HelpdeskEvent.objects.visible_to(user).lately(on=timezone.localdate()).order_by("-on", "name")


def events(user: User, *, after: str) -> dict[str, Any]:
    """One page of the events in the user's sight."""
    found = page(HelpdeskEvent.objects.visible_to(user).for_list(user), order=("-on", "-id"), after=after)
    rows = [
        {
            "cells": [
                {"text": words.day_short(event.on), "label": _("Day")},
                {"kind": "who", "text": event.name, "small": event.get_kind_display()},
                {"text": event.district.label, "label": _("District")},
                asked_at(event),
            ]
        }
        for event in found.rows
    ]
    return {
        "columns": [
            {"label": _("Day")},
            {"label": _("Event")},
            {"label": _("District")},
            {"label": _("Enquiries"), "kind": "num"},
        ],
        "groups": [{"rows": rows}] if rows else [],
        "next_url": f"?after={found.next}" if found.next else "",
        "previous_url": f"?after={found.previous}" if found.previous else "",
    }


def asked_at(event: Any) -> dict[str, Any]:
    """How many asked there, which opens to what they asked; nothing has no list."""
    url = f"{reverse('casework:enquiry-list')}?event={event.pk}" if event.asked else ""
    return {"text": words.number(event.asked), "label": _("Enquiries"), "kind": "num", "url": url}


def usual_for(user: User, *, on: dt.date) -> dict[str, Any]:
    """How the line begins: as the user's last one of the day did, so that a morning at one helpdesk is typed once.

    The first one begins with the district that the user's own office covered first.
    """
    last = Enquiry.objects.standing().filter(by=user).of_day(on).select_related("district").order_by(*ORDER).first()
    if last is not None:
        return {"channel": last.channel, "district": last.district.code, "event": last.event_id}
    offices = [office_id for role, office_id in user.posts if role in DISTRICT_ROLES]
    cover = OfficeDistrict.objects.held(on=on).filter(holder_id__in=offices).order_by("id")
    code = cover.values_list("district__code", flat=True).first()
    return {"district": code} if code else {}
