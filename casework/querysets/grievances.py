import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Appointment, User
from accounts.roles import NATIONAL_ROLES, Role
from casework.rules import offices_of_work
from casework.states import OPEN_GRIEVANCES

# Whose a complaint can be.
OWNERS = (Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER, Role.COMMITTEE_MEMBER)


def about(user: User) -> Q:
    """They themselves or, where it is serious, an office where they hold a post.

    The other face of `casework.rules.is_complained_of`.
    """
    at_own_office = Q(category__is_serious=True, about_office__isnull=False, about_office_id__in=offices_of_work(user))
    return Q(about_user__isnull=False, about_user=user) | at_own_office


class GrievanceQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Whoever made it, who owns it, and who reads for the owner: never whom it is about.

        The other face of `casework.rules.sees_grievance`.
        """
        if user.is_system:
            return self
        if user.is_entrepreneur:
            return self.filter(complainant__user=user)
        readers = Q(pk__in=[])
        if user.has_role(*NATIONAL_ROLES):
            readers |= ~Q(pk__in=[])
        if user.has_role(Role.REGIONAL_MANAGER):
            readers |= Q(category__is_serious=False, office_id__in=user.office_ids)
        return self.filter(Q(owner__isnull=False, owner=user) | (readers & ~about(user)))

    def counted_by(self, user: User) -> Self:
        """Those that figures tell the user of, and open to their rows: none of which they are the subject."""
        return self if user.is_system else self.exclude(about(user))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_GRIEVANCES)

    def late(self, *, on: dt.date) -> Self:
        """Those that wait for an answer or a remedy, and have waited too long."""
        return self.to_answer().filter(due_on__lt=on)

    def to_answer(self) -> Self:
        """Once it is put right, as we see it, whoever made it has the word."""
        return self.filter(state__in=OPEN_GRIEVANCES - {"resolved"})

    def of_nobody(self, *, on: dt.date) -> Self:
        """Those that wait for an answer, and nobody who manages or sits above has them."""
        posts = Appointment.objects.in_force(on=on).filter(role__in=OWNERS, user__is_active=True)
        return self.to_answer().filter(Q(owner__isnull=True) | ~Q(owner__in=posts.values("user")))

    def silent(self, *, now: dt.datetime, silence: Any) -> Self:
        """Put right so long ago that silence is an answer."""
        return self.filter(state="resolved", resolved_at__lte=now - silence)

    def for_list(self) -> Self:
        seats = Appointment.objects.filter(
            user=OuterRef("owner"), office=OuterRef("office"), role=Role.COMMITTEE_MEMBER
        )
        rows = self.select_related("category", "district", "about_office", "about_user", "owner", "office")
        return rows.annotate(is_with_committee=Exists(seats))
