"""Colleagues who are away: entered by themselves or by who runs their office, and lifted when they are back."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Absence, Appointment, User
from accounts.roles import DISTRICT_ROLES, Role
from journal.events import MANAGERS, record
from journal.moves import hold
from kit import words
from kit.saving import save

AUDIENCE = {MANAGERS}


@transaction.atomic
def enter(*, user: User, reason: str, from_on: dt.date, until_on: dt.date, by: User) -> Absence:
    """From now on no new client is given to them on these days, and their manager sees what comes due meanwhile."""
    if not by.has_perm("accounts.enter_absence", user):
        raise PermissionDenied("accounts.enter_absence")
    if until_on < timezone.localdate():
        raise ValidationError({"until_on": _("This day is over. Enter today or a later day.")}, code="over")
    # Two who enter days of one colleague take turns.
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    absence = Absence(user=user, reason=reason, from_on=from_on, until_on=until_on, entered_by=by)
    refuse_overlap(absence)
    save(absence)
    record("accounts.absence_entered", target=absence, by=by, audience=AUDIENCE, data={"user": user.pk})
    return absence


def refuse_overlap(absence: Absence) -> None:
    """Of two that hold for one day, lifting the one would leave the other. Whoever takes no new clients may be away."""
    other = Absence.objects.beside(absence).order_by("from_on", "pk").first()
    if other is not None:
        raise ValidationError(
            {
                "from_on": _("These days are entered already, from {first} to {last}: {reason}.").format(
                    first=words.plain(words.day_plain(other.from_on)),
                    last=words.plain(words.day_plain(other.until_on)),
                    reason=other.get_reason_display(),
                )
            },
            code="overlap",
        )


@transaction.atomic
def lift(*, absence: Absence, by: User, version: int) -> Absence:
    """They are back, or it was a mistake. It stays on file."""
    held = hold(absence, version=version)
    if not by.has_perm("accounts.enter_absence", held.user):
        raise PermissionDenied("accounts.enter_absence")
    if held.lifted_at is not None:
        raise ValidationError(_("This absence was lifted already."), code="lifted")
    held.lifted_at, held.lifted_by, held.version = timezone.now(), by, held.version + 1
    held.save(update_fields=["lifted_at", "lifted_by", "version"])
    record("accounts.absence_lifted", target=held, by=by, audience=AUDIENCE, data={"user": held.user_id})
    return held


def offices_of(users: Iterable[User] | QuerySet[User], *, on: dt.date) -> dict[int, str]:
    """The office of each, by which people of one name are told apart."""
    posts = Appointment.objects.in_force(on=on).filter(user__in=users).select_related("office")
    return {post.user_id: post.office.label for post in posts.order_by("-office__depth", "-pk")}


def may_be_said_of(by: User, *, on: dt.date) -> QuerySet[User]:
    """For whom `by` may enter an absence: themselves, and a manager for who works with clients at their offices."""
    posts = Appointment.objects.in_force(on=on).filter(role__in=DISTRICT_ROLES, office__in=by.office_ids)
    theirs = Q(pk__in=posts.values("user")) if by.has_role(Role.REGIONAL_MANAGER) else Q(pk__in=[])
    return User.objects.filter(Q(pk=by.pk) | theirs, is_active=True).order_by("full_name", "id")
