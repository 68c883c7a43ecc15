"""What colleagues have to mind of a case: raised, settled with a reason, and raised again."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Appointment, Office, User
from accounts.roles import HOLDER_ROLES
from casework.actions.assignment import manager_of
from casework.models import Case, Flag
from casework.states import BACK_FOR, CaseState
from journal.events import ADVISORS, MANAGERS, record
from journal.moves import MoveRefused, hold, move
from kit.faults import one_by_one
from kit.saving import save

AUDIENCE = {ADVISORS, MANAGERS}


def owners_for(case: Case, *, on: dt.date) -> QuerySet[User]:
    """Who may see to a flag of the case: whoever advises or manages at its office or above, as its advisor does."""
    return User.objects.filter(pk__in=posts_for(case, on=on).values("user")).order_by("full_name", "pk")


def posts_for(case: Case, *, on: dt.date) -> QuerySet[Appointment]:
    posts = Appointment.objects.in_force(on=on).filter(role__in=HOLDER_ROLES, office__in=above(case))
    return posts.filter(user__is_active=True)


def above(case: Case) -> list[Office]:
    """The case's office, and those above it, the nearest first."""
    offices: list[Office] = []
    office: Office | None = case.office
    while office is not None:
        offices.append(office)
        office = office.parent
    return offices


@transaction.atomic
def raise_flag(*, case: Case, by: User, kind: str, text: str, owner: User, due_on: dt.date) -> Flag:
    """Write down what has to be minded, whose it is and until when. A case may have several."""
    held = hold(case, version=None)
    if not by.has_perm("casework.raise_flag", held):
        raise PermissionDenied("casework.raise_flag")
    if held.state == CaseState.CLOSED:
        raise MoveRefused(held)
    if not owners_for(held, on=timezone.localdate()).filter(pk=owner.pk).exists():
        raise ValidationError({"owner": _("Choose a colleague who works with this case.")})
    flag = Flag(case=held, kind=kind, text=text, owner=owner, due_on=due_on, by=by)
    save(flag)
    data = {"kind": kind, "owner": owner.pk, "due_on": due_on.isoformat()}
    record("casework.flag_raised", target=flag, by=by, audience=AUDIENCE, data=data)
    return flag


@transaction.atomic
def clear(*, flag: Flag, by: User, version: int, clearing: str) -> Flag:
    """Settle it, and say why. The reason stays on the case's page."""
    hold(flag.case, version=None)
    return move(
        flag,
        "clear",
        by=by,
        version=version,
        audience=AUDIENCE,
        clearing=clearing,
        cleared_by=by,
        cleared_at=timezone.now(),
    )


@transaction.atomic
def raise_again(*, flag: Flag, by: User, version: int) -> Flag:
    """Take the settling back, within 30 days, by who settled it; it is due by the same day.

    Whose it was, it is again, as long as they work with the case; else whoever has the case sees to it.
    """
    if hold(flag.case, version=None).state == CaseState.CLOSED:
        raise ValidationError(_("The case is closed. Open it again first."))
    held = hold(flag, version=version)
    if held.cleared_at is not None and held.cleared_at < timezone.now() - BACK_FOR:
        raise ValidationError(_("This was settled more than 30 days ago. Raise another flag instead."))
    facts: dict[str, Any] = {"cleared_by": None, "cleared_at": None, "clearing": ""}
    if not owners_for(held.case, on=timezone.localdate()).filter(pk=held.owner_id).exists():
        facts["owner"] = held.case.advisor
    return move(held, "raise_again", by=by, version=None, audience=AUDIENCE, **facts)


def follow(case: Case, *, was: int) -> None:
    """What the advisor `was` to see to goes with the case; where it changed its office, what others there had, too."""
    standing = Flag.objects.standing().filter(case=case)
    there = owners_for(case, on=timezone.localdate())
    left = standing.filter(owner=was) | standing.exclude(owner__in=there)
    left.update(owner=case.advisor)


def due_to_hand_on(now: dt.datetime) -> QuerySet[Flag]:
    return Flag.objects.of_nobody(on=timezone.localdate(now))


def hand_on(*, now: dt.datetime) -> int:
    """Give on the flags of whoever left the case's office: to who has the case, else to a manager who sees it.

    One that cannot be given on does not stop the others.
    """
    left = due_to_hand_on(now).order_by("pk")
    return one_by_one(left, lambda flag: hand_on_one(flag.pk, now=now), failed="a flag has nobody to go to")


@transaction.atomic
def hand_on_one(pk: int, *, now: dt.datetime) -> int:
    flag = hold(Flag(pk=pk), version=None)
    if not due_to_hand_on(now).filter(pk=pk).exists():
        return 0
    owner = next((user for user in next_owners(flag.case, on=timezone.localdate(now)) if sees(user, flag)), None)
    if owner is None:
        return 0
    flag.owner = owner
    flag.version += 1
    save(flag, update_fields=["owner", "version"])
    return 1


def next_owners(case: Case, *, on: dt.date) -> Iterator[User]:
    """Who has the case, then the managers from its office upward, the head office at last."""
    yield from owners_for(case, on=on).filter(pk=case.advisor_id)
    for office in [*above(case), *Office.objects.heads(Office.Organisation.SMEDA)]:
        if manager := manager_of(office, today=on):
            yield manager


def sees(user: User, flag: Flag) -> bool:
    return user.has_perm("casework.view_flag", flag)
