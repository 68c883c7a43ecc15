"""Local closures as pages print them."""

from datetime import date
from typing import Any

from accounts.models import LocalClosure, OfficeDistrict, User
from kit import words


def notices(user: User, *, on: date) -> list[dict[str, Any]]:
    """What is shut today where the user works: one query while nothing is."""
    served = OfficeDistrict.objects.held(on=on).filter(holder_id__in=user.office_ids).values("district_id")
    mine = LocalClosure.objects.in_force(on=on).touching(districts=served, offices=user.office_ids)
    return [line_of(closure) for closure in mine.for_list().order_by("until_on", "id")]


def notices_for(*, district: int | None, office: int | None, on: date) -> list[dict[str, Any]]:
    """What is shut today for one client or one loan."""
    ids = {"districts": [district] if district else [], "offices": [office] if office else []}
    found = LocalClosure.objects.in_force(on=on).touching(**ids)
    return [line_of(closure) for closure in found.for_list().order_by("until_on", "id")]


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
