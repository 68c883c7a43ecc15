"""Families and households: who may read of them, who is close to whom, and who lives with whom.

What somebody says of a family is asked for a purpose and read for that purpose: by the person who was asked, and while
the question is open by the advisor of the district and by the branch before which an application lies. A relative who
signs in does not read what others said of them: that somebody was asked tells that they applied. Its other face is
`enterprises.rules.sees_family`.

When two records of one person are merged, statements stay where they were made and are read through both: a merge
points straight at the record that is kept, so one step is enough.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import DISTRICT_ROLES, Role
from enterprises.kin import UPWARD, Ending, Relation, Tie, close_relatives, lasts
from enterprises.querysets import grants_to

# Who weighs guarantors at the lender's; the cashier only pays out and takes in.
WEIGHS_GUARANTORS = (Role.LOAN_OFFICER, Role.BRANCH_MANAGER, Role.AREA_MANAGER)


def families_seen_by(user: User) -> Any:
    """The people of whose families the user may read."""
    people = apps.get_model("enterprises", "Person").objects
    if user.is_system or user.has_role(Role.AUDITOR):
        return people.all()
    if user.is_entrepreneur:
        return people.filter(user=user)
    owned = apps.get_model("enterprises", "Ownership").objects.current().filter(person_id=OuterRef("pk"))
    sight = Q(pk__in=[])
    if user.has_role(*DISTRICT_ROLES):
        sight |= Q(Exists(owned.filter(enterprise__district_id__in=user.district_ids)))
    if user.has_role(*WEIGHS_GUARANTORS):
        applied = grants_to(user, enterprise="enterprise_id").filter(purpose="application")
        sight |= Q(Exists(owned.filter(Exists(applied))))
    asked = apps.get_model("enterprises", "FamilyQuestion").objects.open().filter(person_id=OuterRef("pk"))
    return people.filter(sight, Exists(asked))


def names(side: str, people: Any) -> Q:
    """The condition that this side of a row is one of the people, or a record that was joined into theirs."""
    return Q(**{f"{side}__in": people}) | Q(**{f"{side}__merged_into__in": people})


def told_by(person: Any) -> Q:
    """The condition that the person, or a record that was joined into theirs, was asked and answered."""
    return Q(asked_of=person) | Q(asked_of__merged_into=person)


def kept(side: str) -> Coalesce:
    """The number of the record that counts on this side."""
    return Coalesce(F(f"{side}__merged_into_id"), F(f"{side}_id"))


class FamilyQuestionQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        return self.filter(Exists(families_seen_by(user).filter(pk=OuterRef("person_id"))))


class KinshipQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Of whichever of the two the user may read; somebody themselves reads what they were asked."""
        seen = families_seen_by(user).values("pk")
        if user.is_entrepreneur:
            return self.filter(names("asked_of", seen))
        return self.filter(names("person", seen) | names("relative", seen))

    def standing(self) -> Self:
        """What counts today: neither replaced by another statement nor taken back."""
        return self.filter(until_at__isnull=True)

    def stood_at(self, at: dt.datetime | None) -> Self:
        """What counted at that moment; without one, what counts today."""
        if at is None:
            return self.standing()
        return self.filter(Q(until_at__isnull=True) | Q(until_at__gt=at), stated_at__lte=at)

    def of(self, person: models.Model) -> Self:
        """Everything said of this person, from whichever side."""
        return self.filter(names("person", [person.pk]) | names("relative", [person.pk]))

    def between(self, one: models.Model, other: models.Model) -> Self:
        """What was said of the two, to be read with `Kinship.as_seen_by`."""
        return self.of(one).of(other).select_related("person", "relative")

    def for_page(self) -> Self:
        return self.select_related("person", "relative", "stated_by", "taken_back_by").order_by("stated_at", "id")

    def touching(self, people: Collection[int], *, at: dt.datetime | None = None) -> list[Tie]:
        """What stands, or stood at a moment, of these people with others on file. One query."""
        rows = self.stood_at(at).filter(names("person", people) | names("relative", people), relative__isnull=False)
        fields = (kept("person"), kept("relative"), "relation", "since_on", "ended_on", "ending")
        return [tie for row in rows.values_list(*fields) if (tie := Tie(*row)).person != tie.relative]

    def relatives_of(self, person: models.Model) -> set[int]:
        """Who of the family is on file."""
        return {side for tie in self.touching({person.pk}) for side in (tie.person, tie.relative)} - {person.pk}

    def dead_among(self, people: Collection[int], *, on: dt.date, at: dt.datetime | None = None) -> set[int]:
        """Who of them died by that day, as their wife or husband told: the other of the two than who was asked.

        `at` asks what was said by then.
        """
        ended = self.stood_at(at).filter(ending=Ending.DEATH, ended_on__lte=on, relative__isnull=False)
        couples = ended.filter(names("person", people) | names("relative", people)) if people else self.none()
        found = couples.values_list(kept("person"), kept("relative"), kept("asked_of"))
        return {relative if told == person else person for person, relative, told in found} & set(people)

    def at_home_of(self, person: models.Model, *, on: dt.date) -> set[int]:
        """Who of the family on file may live with them today: neither the dead nor whoever they are divorced from."""
        lasting = {
            side for tie in self.touching({person.pk}) if lasts(tie, on=on) for side in (tie.person, tie.relative)
        } - {person.pk}
        return lasting - apps.get_model("enterprises", "Kinship").objects.dead_among(lasting, on=on)

    def around(self, people: Collection[int], *, at: dt.datetime | None = None) -> list[Tie]:
        """What stands of these people and of their relatives: two queries, however many they are."""
        near = self.touching(people, at=at) if people else []
        neighbours = {side for tie in near for side in (tie.person, tie.relative)}
        return [*near, *self.touching(neighbours, at=at)] if neighbours else []

    def close_to(self, person_id: int, others: Iterable[int], *, on: dt.date) -> dict[int, Relation]:
        """Which of the others are close relatives of this person on that day, and what they are."""
        return self.close_to_each({person_id: set(others)}, on=on)[person_id]

    def close_to_each(
        self, asked: Mapping[int, Collection[int]], *, on: dt.date, at: dt.datetime | None = None
    ) -> dict[int, dict[int, Relation]]:
        """The same of many people, each asked of their own others: two queries, however many they are.

        `at` asks what was said by then, as whoever decided at that moment knew it.
        """
        ties = self.around({one for person, others in asked.items() if others for one in (person, *others)}, at=at)
        return {person: close_relatives(person, others, ties, on=on) for person, others in asked.items()}

    def is_descendant(self, person_id: int, *, of: int) -> bool:
        """Whether `of` is an ancestor of the person, by all that stands. One query a generation."""
        generation, known = {person_id}, {person_id}
        while generation and of not in generation:
            parents = {parent for tie in self.touching(generation) for parent in parents_in(tie, generation)}
            generation = parents - known
            known |= parents
        return of in generation


def parents_in(tie: Tie, people: Collection[int]) -> Iterable[int]:
    """The ancestor that the tie names of one of these people, whichever way it was written."""
    if tie.relation in UPWARD and tie.person in people:
        yield tie.relative
    if tie.relation in {Relation.CHILD, Relation.GRANDCHILD} and tie.relative in people:
        yield tie.person


def are_close_relatives(one: models.Model, other: models.Model, *, on: dt.date) -> bool:
    """Whether two people are close relatives on that day: the one rule for guarantors, groups and schemes.

    Close are husband and wife, also once they are parted, parents and children, brothers and sisters, grandparents,
    in-laws, and whoever was said to be another close relative: by what was stated of them, and by what follows from it
    in two steps.
    """
    kinships = apps.get_model("enterprises", "Kinship").objects
    return bool(kinships.close_to(one.pk, [other.pk], on=on))


class HouseholdQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Where somebody lives today of whose family the user may read."""
        today = apps.get_model("enterprises", "Residence").objects.today().filter(household_id=OuterRef("pk"))
        return self.filter(Exists(today.visible_to(user)))

    def of(self, person: models.Model, *, on: dt.date) -> Any:
        """The household where the person lives on that day as they told themselves, or None."""
        residences = apps.get_model("enterprises", "Residence").objects.on(on).told_by(person)
        lived_in = self.filter(Exists(residences.of([person.pk]).filter(household_id=OuterRef("pk"))))
        return lived_in.select_related("stated_by").order_by("-stated_at", "-pk").first()


class ResidenceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Those of the person themselves, and to them what they told; who else lives there is on the page."""
        seen = families_seen_by(user).values("pk")
        theirs = self.filter(names("person", seen))
        return theirs.filter(names("asked_of", seen)) if user.is_entrepreneur else theirs

    def told_by(self, person: Any) -> Self:
        return self.filter(told_by(person))

    def of(self, people: Collection[int]) -> Self:
        return self.filter(names("person", people))

    def on(self, day: dt.date) -> Self:
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), from_on__lte=day)

    def today(self) -> Self:
        """Not moved out; nobody moves in on a day to come."""
        return self.filter(until_on__isnull=True)


def household_members_of(person: models.Model, *, on: dt.date) -> Any:
    """The others on file who lived under one roof with the person on that day, whoever of them told it.

    It is for rules that count. Nobody is shown who they are, for some of it relatives told.
    """
    there = apps.get_model("enterprises", "Residence").objects.on(on)
    homes = there.of([person.pk]).values("household_id")
    lived_there = there.filter(household_id__in=homes).values_list(kept("person"), flat=True)
    return apps.get_model("enterprises", "Person").objects.filter(pk__in=lived_there).exclude(pk=person.pk)
