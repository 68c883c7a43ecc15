"""Households: who lives under one roof, how many they are, and who moved when."""

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions.families import AUDIENCE
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

    Relatives who are not named any more have moved out; `has_moved` says that the person has, with those who are named.
    Whoever lives in another household is not fetched from there by somebody else's word: only the person joins them.
    `version` is that of the household which was shown, 0 for none. Of all this only the person's timeline tells.
    """
    needed = "enterprises.correct_family" if version else "enterprises.keep_family"
    if not by.has_perm(needed, person):
        raise PermissionDenied(needed)
    today = timezone.localdate()
    relatives = Kinship.objects.visible_to(by).relatives_of(person)
    if strangers := {one.pk for one in with_whom} - relatives:
        raise ValidationError({"with_whom": _("Choose one from the list.")}, code="stranger", params={"of": strangers})
    hold_all({person.pk, *relatives})
    shown = shown_home(person, version=version)
    if has_moved and shown is not None:
        move_out({person.pk, *(one.pk for one in with_whom)}, of=shown, told_by=person, by=by, on=today)
    stays = shown is not None and not has_moved
    home = shown if stays else home_of(with_whom, on=today)
    if home is None:
        home = Household(size=size, earners=earners)
    if stays:
        move_out(relatives - {one.pk for one in with_whom}, of=home, told_by=person, by=by, on=today)
    count(home, size=size, earners=earners, source=source, by=by)
    for one in (person, *with_whom):
        move_in(one, home, told_by=person, source=source, by=by, on=today)
    if (known := home.residences.today().count()) > size:
        raise ValidationError(
            {"size": _("%(known)s of them are written down here already.") % {"known": known}}, code="too_few"
        )
    data = {"household": home.pk, "size": size, "earners": earners}
    record("enterprises.household_stated", target=person, by=by, audience=AUDIENCE, data=data)
    return home


def hold_all(people: Collection[int]) -> None:
    """Lock them in the order of their numbers: moves of one person take turns."""
    list(Person.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True, of=("self",)))


def shown_home(person: Person, *, version: int) -> Household | None:
    """Where the person lives today, locked, if it is what the form showed."""
    home = Household.objects.of(person, on=timezone.localdate())
    if home is None:
        if version:
            raise ValidationError(_("This was changed meanwhile. Look at the page again."), code="gone")
        return None
    held = hold(home, version=None)
    if held.version != version:
        raise EditConflict(held)
    return held


def home_of(people: Collection[Person], *, on: dt.date) -> Household | None:
    """The household that the person joins: that of those whom they named, if they live in one."""
    residences = Residence.objects.on(on).of([one.pk for one in people])
    homes = list(Household.objects.filter(residences__in=residences).distinct())
    if len(homes) > 1:
        raise ValidationError(
            {"with_whom": _("They are written down in several households. Name those of one.")}, code="several"
        )
    return hold(homes[0], version=None) if homes else None


def count(home: Household, *, size: int, earners: int, source: str, by: User) -> None:
    """How many they are now; what was said before is in the journal."""
    home.size, home.earners = size, earners
    home.source, home.stated_by, home.stated_at = source, by, timezone.now()
    home.version += 1
    save(home)


def move_in(person: Person, home: Household, *, told_by: Person, source: str, by: User, on: dt.date) -> None:
    """From today on the person lives there. Who lives there already does not move."""
    lives = Residence.objects.today().of([person.pk]).first()
    if lives is not None and lives.household_id == home.pk:
        return
    if lives is not None:
        raise ValidationError(
            {
                "with_whom": _("%(name)s is written down in another household. They say themselves that they moved.")
                % {"name": person.name}
            },
            code="elsewhere",
        )
    residence = Residence(person=person, household=home, from_on=on, source=source, stated_by=by)
    save(residence)
    data = {"household": home.pk, "residence": residence.pk}
    record("enterprises.moved_in", target=told_by, by=by, audience=AUDIENCE, data=data)


def move_out(people: Collection[int], *, of: Household, told_by: Person, by: User, on: dt.date) -> None:
    """Until today they lived in this household; who lives elsewhere does not move."""
    living = Residence.objects.today().filter(household=of)
    for residence in living.of(people).order_by("person_id"):
        residence.until_on = on
        residence.version += 1
        residence.save(update_fields=["until_on", "version"])
        data = {"household": residence.household_id, "residence": residence.pk}
        record("enterprises.moved_out", target=told_by, by=by, audience=AUDIENCE, data=data)
