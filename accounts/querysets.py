from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import Any, Self

from django.apps import apps
from django.contrib.auth.models import BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils import timezone

from accounts.roles import NATIONAL_ROLES, Role
from kit.given import Given, Text

SYSTEM = "system"
# An office, its successor, that one's successor, and so on: `Office.clean` refuses a longer chain.
LONGEST_CHAIN = 4


def is_open_at(prefix: str, *, on: date) -> Q:
    """The condition under which the office that `prefix` leads to is open on that day."""
    opened = Q(**{f"{prefix}opened_on__isnull": True}) | Q(**{f"{prefix}opened_on__lte": on})
    lasting = Q(**{f"{prefix}closed_on__isnull": True}) | Q(**{f"{prefix}closed_on__gt": on})
    return Q(**{f"{prefix}id__isnull": False}) & opened & lasting


class AppointmentQuerySet(models.QuerySet):
    def in_force(self, *, on: date) -> Self:
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), from_on__lte=on)


class OfficeQuerySet(models.QuerySet):
    def open(self, *, on: date) -> Self:
        """Offices whose door is open on that day: from the first day on, until the day before it closed."""
        return self.filter(is_open_at("", on=on))

    def heads(self, organisation: str) -> Self:
        """The head office: to it falls what no office of the organisation holds."""
        return self.filter(organisation=organisation, depth=0)

    def covering(self, district_id: int, *, on: date) -> Self:
        """Offices that serve the district that day, the smallest kind of office first.

        When an office closes, its successor serves what it covered from that very day.
        """
        cover = apps.get_model("accounts", "OfficeDistrict").objects.held(on=on).filter(district_id=district_id)
        return self.filter(pk__in=cover.values("holder_id")).order_by("-depth", "id")

    def above(self, offices: Iterable[int]) -> set[int]:
        """These offices and all above them, up to the heads of their organisations. One query: four levels at most."""
        levels = ("pk", "parent_id", "parent__parent_id", "parent__parent__parent_id")
        return {pk for row in self.filter(pk__in=set(offices)).values_list(*levels) for pk in row if pk is not None}

    def below(self, offices: Iterable[int], *, on: date) -> set[int]:
        """The ids of these offices, of all below them, and of closed ones whose work came to any of them."""
        found = set(offices)
        edge = found
        while edge:
            near = right_below(self.model).rows({"office_ids": list(edge), "on": on})
            edge = {office for (office,) in near} - found
            found |= edge
        return found


class OfficeDistrictQuerySet(models.QuerySet):
    def in_force(self, *, on: date) -> Self:
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), from_on__lte=on)

    def held(self, *, on: date) -> models.QuerySet[Any]:
        """Cover of that day with `holder_id`: the office itself while it is open, else the first open successor.

        What no open office holds is left out. It is one query: the chain is as long as `Office.clean` lets it be.
        """
        chain = ["__".join(["office", *["successor"] * steps]) for steps in range(LONGEST_CHAIN)]
        holder = Case(*(When(is_open_at(f"{one}__", on=on), then=F(f"{one}__id")) for one in chain))
        return self.in_force(on=on).annotate(holder_id=holder).filter(holder_id__isnull=False)

    def districts_of(self, offices: Iterable[int], *, on: date, organisation: str = "") -> frozenset[int]:
        """The ids of the districts that these offices hold that day; those of one organisation alone if it is named."""
        if not (office_ids := list(offices)):
            return frozenset()
        held = districts_held(self.model, organisation).rows({"office_ids": office_ids, "on": on})
        return frozenset(district for (district,) in held)


# What every page of a colleague begins with: the texts are kept.
OFFICE_IDS: Any = Given("office_ids", ArrayField(models.BigIntegerField()))
ON: Any = Given("on", models.DateField())


@cache
def right_below(offices: Any) -> Text:
    """The ids of the offices whose parent or, once they are closed, whose successor is any of those given."""
    near = Q(parent__among=OFFICE_IDS) | Q(successor__among=OFFICE_IDS, closed_on__lte=ON)
    return Text.of(offices.objects.filter(near).values_list("id"))


@cache
def districts_held(covers: Any, organisation: str) -> Text:
    """The ids of the districts that the offices given hold.

    Of one organisation: to its head office, where it is among them, falls what no office of it holds.
    """
    held = covers.objects.held(on=ON)
    mine = held.filter(holder_id__among=OFFICE_IDS)
    if not organisation:
        return Text.of(mine.values_list("district_id"))
    of_one, mine = held.filter(office__organisation=organisation), mine.filter(office__organisation=organisation)
    heads = apps.get_model("accounts", "Office").objects.heads(organisation).filter(pk__among=OFFICE_IDS)
    districts = apps.get_model("places", "District").objects
    left_over = districts.filter(Exists(heads)).exclude(Exists(of_one.filter(district_id=OuterRef("pk"))))
    return Text.of(mine.values_list("district_id").union(left_over.values_list("pk")))


class LiftableQuerySet(models.QuerySet):
    """Of days that somebody entered: see `accounts.models.lifting.Liftable`."""

    def in_force(self, *, on: Any) -> Self:
        return self.not_over(on=on).filter(from_on__lte=on)

    def not_over(self, *, on: Any) -> Self:
        """In force that day or to come, and not lifted."""
        return self.filter(until_on__gte=on, lifted_at__isnull=True)


class LocalClosureQuerySet(LiftableQuerySet):
    def touching(self, *, districts: Any, offices: Any) -> Self:
        """Closures of any of these districts or offices, each once: ids, a subquery of them, or `Given`."""
        through: Any = self.model
        shut = through.districts.through.objects.filter(localclosure=OuterRef("pk"), district_id__among=districts)
        doors = through.offices.through.objects.filter(localclosure=OuterRef("pk"), office_id__among=offices)
        return self.filter(Exists(shut) | Exists(doors))

    def for_list(self) -> Self:
        return self.select_related("entered_by").prefetch_related("districts", "offices")

    def reopens_on(self, *, district: int | None, office: int | None, on: date) -> date | None:
        """The first day from `on` when neither the district nor the office is shut; none if it is not shut at all.

        One closure may follow on another: then the last of them counts.
        """
        ids = {"districts": [district] if district else [], "offices": [office] if office else []}
        spans = self.not_over(on=on).touching(**ids).order_by("from_on").values_list("from_on", "until_on")
        day = on
        for from_on, until_on in spans:
            if from_on <= day <= until_on:
                day = until_on + timedelta(days=1)
        return day if day > on else None


class AbsenceQuerySet(LiftableQuerySet):
    def visible_to(self, user: Any) -> Self:
        """One's own, and a manager those of colleagues at their offices; the other face of `accounts.view_absence`."""
        if user.has_role(*NATIONAL_ROLES):
            return self
        own = Q(user=user)
        if not user.has_role(Role.REGIONAL_MANAGER):
            return self.filter(own)
        posts = apps.get_model("accounts", "Appointment").objects.in_force(on=timezone.localdate())
        posts = posts.filter(office__in=user.office_ids)
        return self.filter(own | Exists(posts.filter(user_id=OuterRef("user_id"))))

    def beside(self, absence: Any) -> Self:
        """Of the same colleague, those that hold on days of this one; a pause stands in the way of a pause alone."""
        rows = self.not_over(on=absence.from_on).filter(user=absence.user, from_on__lte=absence.until_on)
        return rows.filter(reason="pause") if absence.reason == "pause" else rows.away()

    def away(self) -> Self:
        """Days on which they are not there; whoever takes no new clients is."""
        return self.exclude(reason="pause")

    def away_until(self, user_id: int, *, on: date) -> date | None:
        """The last day of being away without a break from that day on; none where they are there."""
        return self.filter(user=user_id).last_days_away(on=on).get(user_id)

    def last_days_away(self, *, on: date) -> dict[int, date]:
        """That day of each who is away on the day."""
        spans = self.away().not_over(on=on).order_by("from_on").values_list("user", "from_on", "until_on")
        until: dict[int, date] = {}
        for user, from_on, until_on in spans:
            last = until.get(user)
            if from_on <= (last + timedelta(days=1) if last else on):
                until[user] = max(last or until_on, until_on)
        return until

    def for_list(self) -> Self:
        return self.select_related("user", "entered_by")


class UserManager(BaseUserManager):
    def system(self) -> Any:
        """The actor of reactions and tasks. Its permissions are listed in rules, like everybody's."""
        return self.get(username=SYSTEM)
