"""The enquiries of a day at the helpdesk, newest first, and the way to the days before."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficeDistrict, User
from accounts.roles import DISTRICT_ROLES
from casework.models import Enquiry
from kit import phones, words
from kit.paging import page

ORDER = ("-at", "-id")


@dataclass(frozen=True)
class EnquiryList:
    on: dt.date
    is_today: bool
    earlier_url: str
    later_url: str
    count: int
    columns: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    next_url: str
    previous_url: str


def gather(user: User, *, on: dt.date, today: dt.date, after: str) -> EnquiryList:
    """The enquiries of the day in the user's districts."""
    rows = Enquiry.objects.visible_to(user).of_day(on)
    found = page(rows.for_list(), order=ORDER, after=after)
    earlier = rows_before(user, on=on)
    return EnquiryList(
        on=on,
        is_today=on >= today,
        earlier_url=f"?day={earlier}" if earlier else "",
        later_url=f"?day={min(on + dt.timedelta(days=1), today)}" if on < today else "",
        count=rows.count(),
        columns=[
            {"label": _("Time")},
            {"label": _("About")},
            {"label": _("Answer given")},
            {"label": _("District")},
            {"label": _("Who asked")},
            {"label": _("Answered by")},
        ],
        groups=[{"rows": [row_of(enquiry) for enquiry in found.rows]}] if found.rows else [],
        next_url=f"?day={on}&after={found.next}" if found.next else "",
        previous_url=f"?day={on}&after={found.previous}" if found.previous else "",
    )


def rows_before(user: User, *, on: dt.date) -> dt.date | None:
    """The last day before with an enquiry."""
    begins = timezone.make_aware(dt.datetime.combine(on, dt.time.min))
    last = Enquiry.objects.visible_to(user).filter(at__lt=begins).order_by(*ORDER).values_list("at", flat=True).first()
    return timezone.localdate(last) if last else None


def day_of(text: str, *, today: dt.date) -> dt.date:
    """The day that the address names; today for what is no day, or has not come."""
    try:
        return min(dt.date.fromisoformat(text), today) if text >= "2000" else today
    except ValueError:
        return today


def row_of(enquiry: Enquiry) -> dict[str, Any]:
    return {
        "cells": [
            {"text": words.clock(timezone.localtime(enquiry.at)), "label": _("Time")},
            {"kind": "who", "text": enquiry.topic.label, "small": enquiry.get_channel_display()},
            {"kind": "what", "text": enquiry.answer},
            {"text": enquiry.district.label, "label": _("District")},
            {
                "text": enquiry.name or "–",
                "small": phones.display(enquiry.phone) if enquiry.phone else "",
                "label": _("Who asked"),
            },
            {"text": str(enquiry.by), "label": _("Answered by")},
        ]
    }


def usual_for(user: User, *, on: dt.date) -> dict[str, str]:
    """How the line begins: as the user's last one of the day did, so that a morning at one helpdesk is typed once.

    The first one begins with the district that the user's own office covered first.
    """
    last = Enquiry.objects.filter(by=user).of_day(on).select_related("district").order_by(*ORDER).first()
    if last is not None:
        return {"channel": last.channel, "district": last.district.code}
    own = [office_id for role, office_id in user.posts if role in DISTRICT_ROLES]
    cover = OfficeDistrict.objects.held(on=on).filter(holder_id__in=own).order_by("id")
    code = cover.values_list("district__code", flat=True).first()
    return {"district": code} if code else {}
