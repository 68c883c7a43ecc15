"""What colleagues have to mind of a case: raised, settled with a reason, and raised again."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Appointment, User
from accounts.roles import HOLDER_ROLES
from casework.actions.assignment import manager_of, offices_upward
from casework.actions.notes import BACK_FOR
from casework.models import Case, Flag
from journal.events import ADVISORS, MANAGERS, record
from journal.moves import hold, move
from kit.saving import save

AUDIENCE = {ADVISORS, MANAGERS}


def owners_for(case: Case, *, on: dt.date) -> QuerySet[User]:
    """Who may see to a flag of the case: its advisor, and whoever advises or manages at its office or above."""
    office = case.office
    above = [office.pk, office.parent_id, office.parent and office.parent.parent_id]
    posts = Appointment.objects.in_force(on=on).filter(role__in=HOLDER_ROLES, office__in=[pk for pk in above if pk])
    works_there = User.objects.filter(pk__in=posts.values("user")) | User.objects.filter(pk=case.advisor_id)
    return works_there.filter(is_active=True).order_by("full_name", "pk")


@transaction.atomic
def raise_flag(*, case: Case, by: User, kind: str, text: str, owner: User, due_on: dt.date) -> Flag:
    """Write down what has to be minded, whose it is and until when. A case may have several."""
    held = hold(case, version=None)
    if not by.has_perm("casework.raise_flag", held):
        raise PermissionDenied("casework.raise_flag")
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
    """Take the settling back, within 30 days, by who settled it. Whose it was, it is again, and by the same day."""
    hold(flag.case, version=None)
    held = hold(flag, version=version)
    if held.cleared_at is not None and held.cleared_at < timezone.now() - BACK_FOR:
        raise ValidationError(_("This was settled more than 30 days ago. Raise another flag instead."))
    empty: dict[str, Any] = {"cleared_by": None, "cleared_at": None, "clearing": ""}
    return move(held, "raise_again", by=by, version=None, audience=AUDIENCE, **empty)


def follow(case: Case, *, was: int) -> None:
    """What the advisor `was` to see to goes with the case; where it changed its office, what others there had, too."""
    standing = Flag.objects.standing().filter(case=case)
    there = owners_for(case, on=timezone.localdate())
    left = standing.filter(owner=was) | standing.exclude(owner__in=there)
    left.update(owner=case.advisor)


def due_to_hand_on(now: dt.datetime) -> QuerySet[Flag]:
    return Flag.objects.of_nobody(on=timezone.localdate(now))


def hand_on(*, now: dt.datetime) -> int:
    """Give on the flags of whoever left: to who has the case or, of a closed one, to the manager there."""
    count = 0
    for pk in due_to_hand_on(now).order_by("pk").values_list("pk", flat=True):
        count += hand_on_one(pk, now=now)
    return count


@transaction.atomic
def hand_on_one(pk: int, *, now: dt.datetime) -> int:
    flag = hold(Flag(pk=pk), version=None)
    today = timezone.localdate(now)
    posts = Appointment.objects.in_force(on=today).filter(role__in=HOLDER_ROLES, user__is_active=True)
    post = posts.filter(user=flag.case.advisor_id).select_related("user").first()
    offices = offices_upward(flag.case.enterprise.district_id, today=today)
    managers = (manager_of(office, today=today) for office in offices)
    owner = post.user if post else next(filter(None, managers), None)
    if owner is None:
        return 0
    flag.owner = owner
    flag.version += 1
    save(flag, update_fields=["owner", "version"])
    return 1
