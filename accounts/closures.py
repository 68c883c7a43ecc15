"""Local closures as pages print them."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateField, QuerySet, prefetch_related_objects

from accounts.models import LocalClosure, OfficeDistrict, User
from kit import words
from kit.given import Given, kept

IDS: ArrayField = ArrayField(BigIntegerField())


def shut_where_one_works() -> QuerySet:
    """What is shut today for somebody at these offices; every page of a colleague's day asks."""
    today, offices = Given("today", DateField()), Given("office_ids", IDS)
    served = OfficeDistrict.objects.held(on=today).filter(holder_id__among=offices).values("district_id")
    return shut_on(today, districts=served, offices=offices)


def shut_for_one() -> QuerySet:
    """What is shut today for a district, or an office."""
    return shut_on(Given("today", DateField()), districts=Given("district_ids", IDS), offices=Given("office_ids", IDS))


def shut_on(today: Given, **touching: Any) -> QuerySet:
    found = LocalClosure.objects.in_force(on=today).touching(**touching)
    return found.select_related("entered_by").order_by("until_on", "id")


def shut(build: Callable[[], QuerySet], **values: Any) -> list[dict[str, Any]]:
    """The lines of what a kept query finds: one query while nothing is shut."""
    found = kept(build).ask(values)
    prefetch_related_objects(found, "districts", "offices")
    return [line_of(closure) for closure in found]


def notices(user: User, *, on: date) -> list[dict[str, Any]]:
    """What is shut today where the user works."""
    return shut(shut_where_one_works, today=on, office_ids=list(user.office_ids))


def notices_for(*, district: int | None, office: int | None, on: date) -> list[dict[str, Any]]:
    """What is shut today for one client or one loan."""
    ids = {"district_ids": [district] if district else [], "office_ids": [office] if office else []}
    return shut(shut_for_one, today=on, **ids)


def shut_for(serves: Mapping[int, Collection[int]], *, on: date) -> dict[int, list[dict[str, Any]]]:
    """What everybody may know: by office, what of it and of the districts that it `serves` is shut today.

    What is shut until one day for one reason is one line. One query while nothing is.
    """
    districts = {district for served in serves.values() for district in served}
    found = LocalClosure.objects.in_force(on=on).touching(districts=list(districts), offices=list(serves))
    closures = list(found.for_list().order_by("until_on", "id"))
    lines: dict[int, list[dict[str, Any]]] = {office: [] for office in serves}
    for office, served in serves.items():
        by_day: dict[tuple[date, str], dict[str, Any]] = {}
        for closure in closures:
            where = [one.label for one in closure.offices.all() if one.pk == office]
            where += [district.label for district in closure.districts.all() if district.pk in served]
            if where:
                line = by_day.setdefault((closure.until_on, closure.reason), line_of(closure) | {"where": []})
                line["where"] += [one for one in where if one not in line["where"]]
        lines[office] = list(by_day.values())
    return lines


def line_of(closure: LocalClosure) -> dict[str, Any]:
    """`closure` with the names of what is shut."""
    where = [district.label for district in closure.districts.all()] + [one.label for one in closure.offices.all()]
    return {
        "closure": closure,
        "reason": closure.get_reason_display(),
        "where": where,
        "until": words.day(closure.until_on),
    }


def row_of(closure: LocalClosure, *, user: User, may_enter: bool, on: date) -> dict[str, Any]:
    """The line of the list: whether it is over, and whether `user` may lift it; no query of its own."""
    is_over = closure.lifted_at is not None or closure.until_on < on
    is_mine = any(district.pk in user.served_district_ids for district in closure.districts.all()) or any(
        office.pk in user.office_ids for office in closure.offices.all()
    )
    return line_of(closure) | {"is_over": is_over, "may_lift": may_enter and is_mine and not is_over}
