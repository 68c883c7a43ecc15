"""Households: who lives under one roof, how many they are, and who moved when."""

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions.families import AUDIENCE
from enterprises.family_querysets import ResidenceQuerySet
from enterprises.models import Household, Kinship, Person, Residence
from journal.events import record
from journal.moves import EditConflict, hold
from kit.saving import save


@transaction.atomic
def state(
    *,
    person: Person,
    size: int,
    earners: int,
    with_whom: Collection[Person],
    source: str,
    by: User,
    version: int,
    has_moved: bool = False,
) -> Household:
    """Write down how many the person lives with, how many of them earn, and which relatives on file live there too.

    It is the person's own word, beside what relatives told of theirs: neither changes the other, and whoever is asked
    is not told that somebody said something else. `household_members_of` counts by all of it.
    Relatives who are not named any more have moved out; `has_moved` says that the person has, with those who are named.
    `version` is that of the household which was shown, 0 for none. Of all this only the person's timeline tells.
    """
    needed = "enterprises.correct_family" if version else "enterprises.keep_family"
    if not by.has_perm(needed, person):
        raise PermissionDenied(needed)
    today = timezone.localdate()
    named = {one.pk for one in with_whom}
    kin = Kinship.objects.visible_to(by)
    if strangers := named - kin.at_home_of(person, on=today):
        raise ValidationError({"with_whom": _("Choose one from the list.")}, code="stranger", params={"of": strangers})
    if (known := len(named) + 1) > size:
        raise ValidationError(
            {"size": _("%(known)s of them are written down here already.") % {"known": known}}, code="too_few"
        )
    hold(person, version=None)
    shown = shown_home(person, version=version)
    home = shown if shown and not has_moved else Household(size=size, earners=earners)
    count(home, size=size, earners=earners, source=source, by=by)
    told = Residence.objects.today().told_by(person)
    move_out(told.exclude(household=home), told_by=person, by=by, on=today)
    move_out(told.of(kin.relatives_of(person) - named), told_by=person, by=by, on=today)
    for one in (person, *with_whom):
        move_in(one, home, told_by=person, source=source, by=by, on=today)
    data = {"household": home.pk, "size": size, "earners": earners}
    record("enterprises.household_stated", target=person, by=by, audience=AUDIENCE, data=data)
    return home


def shown_home(person: Person, *, version: int) -> Household | None:
    """Where the person told that they live, locked, if it is what the form showed."""
    home = Household.objects.of(person, on=timezone.localdate())
    if home is None:
        if version:
            raise ValidationError(_("This was changed meanwhile. Look at the page again."), code="gone")
        return None
    held = hold(home, version=None)
    if held.version != version:
        raise EditConflict(held)
    return held


def count(home: Household, *, size: int, earners: int, source: str, by: User) -> None:
    """How many they are now; what was said before is in the journal."""
    home.size, home.earners = size, earners
    home.source, home.stated_by, home.stated_at = source, by, timezone.now()
    home.version += 1
    save(home)


def move_in(person: Person, home: Household, *, told_by: Person, source: str, by: User, on: dt.date) -> None:
    """From today on the person lives there. Who lives there already does not move."""
    if Residence.objects.today().told_by(told_by).of([person.pk]).exists():
        return
    residence = Residence(person=person, asked_of=told_by, household=home, from_on=on, source=source, stated_by=by)
    save(residence)
    data = {"household": home.pk, "residence": residence.pk}
    record("enterprises.moved_in", target=told_by, by=by, audience=AUDIENCE, data=data)


def move_out(leaving: ResidenceQuerySet, *, told_by: Person, by: User, on: dt.date) -> None:
    """They lived there until today."""
    for residence in leaving.order_by("person_id", "id"):
        residence.until_on = on
        residence.version += 1
        residence.save(update_fields=["until_on", "version"])
        data = {"household": residence.household_id, "residence": residence.pk}
        record("enterprises.moved_out", target=told_by, by=by, audience=AUDIENCE, data=data)
