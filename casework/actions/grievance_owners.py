"""Who answers a complaint: never whom it is about, and of money or conduct nobody of the branch and its area.

What is about the head office, or about the programme's manager, is the steering committee's: it stands above them.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from accounts.models import Appointment, Office, User
from accounts.roles import Role
from casework.actions.assignment import manager_of, offices_upward
from casework.models import Grievance, GrievanceCategory, GrievanceEntry
from casework.rules import offices_of_work

# Who may answer what is serious about any office below the head office: they stand over none of its areas alone.
NATIONAL = (Role.PROGRAMME_MANAGER, Role.COMMITTEE_MEMBER)


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
    # Who gave the answers to which whoever complained said no: none of them looks again.
    refuted: frozenset[int] = frozenset()

    @classmethod
    def of(cls, grievance: Grievance, *, comes_back: bool = False) -> "Matter":
        """`comes_back`: a no is being said now, to every answer until now."""
        known = (grievance.category, grievance.about_office, grievance.about_user, grievance.district_id)
        return cls(*known, refuted=refuted(grievance, comes_back=comes_back))


def refuted(grievance: Grievance, *, comes_back: bool) -> frozenset[int]:
    answers = grievance.entries.filter(kind__in=GrievanceEntry.ANSWERS)
    if not comes_back:
        refusals = grievance.entries.filter(kind=GrievanceEntry.Kind.DISAGREED)
        answers = answers.filter(pk__lt=refusals.order_by("-pk").values("pk")[:1])
    return frozenset(answers.values_list("by_id", flat=True))


def owner_of(matter: Matter, *, today: dt.date, above: User | None = None, at: Office | None = None) -> Owner:
    """The first who may have it: the manager over the office, the programme's where it is serious, the committee above.

    `above` is who has it now: then whoever comes after them and, where nobody does, they themselves if they still may.
    `at` is where it is now: whoever else may have it there comes first.
    """
    ladder = list(candidates(matter, today=today))
    step = max((number for number, found in enumerate(ladder, 1) if found.user == above), default=0)
    in_turn = [*ladder[step:], *ladder[step - 1 : step], *ladder[:step]]
    fit = [found for found in in_turn if may_own(found.user, matter)]
    if fit:
        return next((found for found in fit if found.office == at), fit[0])
    elsewhere = (post for post in posts_of(Role.REGIONAL_MANAGER, today=today) if may_own(post.user, matter))
    head = Office.objects.filter(organisation=Office.Organisation.SMEDA).order_by("depth", "id")
    return next(elsewhere, None) or Owner(head[0], None)


def candidates(matter: Matter, *, today: dt.date) -> Iterator[Owner]:
    """The managers over the place, unless it is serious; then the programme's; above them the steering committee."""
    if not matter.category.is_serious:
        for office in offices_over(matter, today=today):
            if (manager := manager_of(office, today=today)) is not None:
                yield Owner(office, manager)
    for role in NATIONAL:
        yield from posts_of(role, today=today)


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
    """Not whom it is about nor who was refused; nobody of the office and, where it is serious, nobody over it."""
    if user is None or user == matter.about_user or user.pk in matter.refuted:
        return False
    if matter.about_office is None:
        return True
    if matter.about_office.pk in offices_of_work(user):
        return False
    leaves_area = matter.category.is_serious and not user.has_role(*NATIONAL)
    return not (leaves_area and matter.about_office.pk in user.office_ids)
