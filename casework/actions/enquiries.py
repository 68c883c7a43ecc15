"""Questions at the helpdesk, the events that it stands at, and the leads that come of them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DISTRICT_ROLES
from casework.models import Enquiry, HelpdeskEvent
from enterprises.actions import assisted, people
from enterprises.actions.enterprises import Business
from enterprises.likeness import Facts
from kit import words
from kit.saving import save
from places.models import District

# As with complaints: so long somebody may ask again, and be found.
KEPT = dt.timedelta(days=730)


@transaction.atomic
def log(*, by: User, **said: Any) -> Enquiry:
    """Write down a question and the answer given, at the office of whoever answered. `said` are fields of `Enquiry`.

    It is closed with that: an enquiry has no clock.
    """
    enquiry = Enquiry(by=by, office_id=office_of(by), **said)
    save(enquiry)
    return enquiry


@transaction.atomic
def hold_event(*, by: User, name: str, kind: str, district: District, on: dt.date) -> HelpdeskEvent:
    """Put a day of the helpdesk on the list, at the office of whoever stands there: its enquiries hang on it."""
    if on > timezone.localdate():
        raise ValidationError({"on": _("This day has not come yet.")})
    event = HelpdeskEvent(by=by, office_id=office_of(by), name=name, kind=kind, district=district, on=on)
    save(event)
    return event


def office_of(user: User) -> int:
    """The office for which they answer."""
    if not user.has_perm("casework.log_enquiry"):
        raise PermissionDenied("casework.log_enquiry")
    return next(office for role, office in user.posts if role in DISTRICT_ROLES)


@transaction.atomic
def make_lead(
    *, enquiry: Enquiry, by: User, facts: Mapping[str, Any], business: Business, consented: Iterable[str]
) -> Enquiry:
    """Register whoever asked, as somebody new: with the permission to be contacted a client, without it a lead.

    Refused where it was done already, or where somebody who may be they is with us: then the page that compares people
    is the right one.
    """
    held = Enquiry.objects.select_for_update(no_key=True, of=("self",)).get(pk=enquiry.pk)
    if not by.has_perm("casework.make_lead", held):
        raise PermissionDenied("casework.make_lead")
    if held.enterprise_id is not None:
        raise ValidationError(_("Somebody made a lead of this enquiry already."), code="done")
    refuse_known(by, facts, district=business.district)
    held.enterprise = assisted.register(cnic="", facts=facts, business=business, consented=consented, by=by)
    held.save(update_fields=["enterprise"])
    return held


def refuse_known(by: User, facts: Mapping[str, Any], *, district: District) -> None:
    """Nobody is registered twice in passing."""
    asked = Facts(name=facts["name"], sex=facts["sex"], phone=facts["phone"], districts=frozenset({district.pk}))
    found = people.look_alike(facts=asked, by=by).candidates if asked.are_enough else []
    if found:
        names = words.listed(candidate.person.name for candidate in found)
        raise ValidationError(
            _("Somebody like this is with us already: {names}. Compare before you register anybody.").format(
                names=names
            ),
            code="known",
        )


def forget(*, now: dt.datetime) -> int:
    """Take name and number off what was asked two years ago; return off how many. What was asked stays counted."""
    known = ~Q(name="") | ~Q(phone="")
    return Enquiry.objects.filter(known, at__lt=now - KEPT).update(name="", phone="")
