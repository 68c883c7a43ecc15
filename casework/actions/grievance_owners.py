"""Who answers a complaint: never whom it is about, and of money or conduct nobody of the branch and its area."""

import datetime as dt
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from accounts.models import Appointment, Office, User
from accounts.roles import Role
from casework.actions.assignment import manager_of, offices_upward
from casework.models import Grievance, GrievanceCategory


class Owner(NamedTuple):
    """Whose a complaint is, and at which office; where no colleague may have it, the head office's."""

    office: Office
    user: User | None


class Matter(NamedTuple):
    """What decides whose a complaint is."""

    category: GrievanceCategory
    about_office: Office | None = None
    about_user: User | None = None
    district_id: int | None = None

    @classmethod
    def of(cls, grievance: Grievance) -> "Matter":
        return cls(grievance.category, grievance.about_office, grievance.about_user, grievance.district_id)


def owner_of(matter: Matter, *, today: dt.date, above: User | None = None, at: Office | None = None) -> Owner:
    """The first who may have it: the manager over the office, and the programme's where it is serious or nobody is.

    `above` is who has it now: then whoever comes after them. Above the programme's managers stands nobody.
    `at` is where it is now: whoever else may have it there comes first.
    """
    upward = [found for found in candidates(matter, today=today) if may_own(found.user, matter)]
    known = [found.user for found in upward]
    if above in known:
        upward = upward[known.index(above) + 1 :] or upward[known.index(above) :]
    if upward:
        return next((found for found in upward if found.office == at), upward[0])
    elsewhere = (post for post in posts_of(Role.REGIONAL_MANAGER, today=today) if may_own(post.user, matter))
    head = Office.objects.filter(organisation=Office.Organisation.SMEDA).order_by("depth", "id")
    return next(elsewhere, None) or Owner(head[0], None)


def candidates(matter: Matter, *, today: dt.date) -> Iterator[Owner]:
    """The managers over the place, unless it is serious; then the programme's."""
    if not matter.category.is_serious:
        for office in offices_over(matter, today=today):
            if (manager := manager_of(office, today=today)) is not None:
                yield Owner(office, manager)
    yield from posts_of(Role.PROGRAMME_MANAGER, today=today)


def posts_of(role: str, *, today: dt.date) -> Iterator[Owner]:
    posts = Appointment.objects.in_force(on=today).filter(role=role, user__is_active=True)
    for post in posts.select_related("user", "office").order_by("from_on", "id"):
        yield Owner(post.office, post.user)


def offices_over(matter: Matter, *, today: dt.date) -> Iterator[Office]:
    """SMEDA's offices from the one complained of upward; of a branch of the lender, those of the same district."""
    about = matter.about_office
    if about is not None and about.organisation == Office.Organisation.SMEDA:
        seen: Office | None = about
        while seen is not None:
            yield seen
            seen = seen.parent
    elif matter.district_id is not None:
        yield from offices_upward(matter.district_id, today=today)
    elif about is not None:
        covered = about.cover.in_force(on=today).values_list("district_id", flat=True)
        yield from chain.from_iterable(offices_upward(district, today=today) for district in covered[:1])


def may_own(user: User | None, matter: Matter) -> bool:
    """Not whom it is about, nobody of the office itself and, where it is serious, nobody over it but nationally."""
    if user is None or user == matter.about_user:
        return False
    if matter.about_office is None:
        return True
    if any(office == matter.about_office.pk for _role, office in user.posts):
        return False
    leaves_area = matter.category.is_serious and not user.has_role(Role.PROGRAMME_MANAGER)
    return not (leaves_area and matter.about_office.pk in user.office_ids)
