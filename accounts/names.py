"""How colleagues are called in a list from which one is chosen."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Appointment


def named(posts: QuerySet[Appointment]) -> list[tuple[Any, str]]:
    """Each colleague once, by name: with the office where the list crosses offices, or two have one name."""
    rows: dict[int, Appointment] = {}
    for post in posts.select_related("user", "office").order_by("user__full_name", "user_id", "-office__depth", "pk"):
        rows.setdefault(post.user_id, post)
    found = list(rows.values())
    is_one_office = len({post.office_id for post in found}) < 2  # noqa: PLR2004 - one, or none
    are_told_apart = len({str(post.user) for post in found}) == len(found)
    if is_one_office and are_told_apart:
        return [(post.user_id, str(post.user)) for post in found]
    return [(post.user_id, f"{post.user}, {post.office.label}") for post in found]
