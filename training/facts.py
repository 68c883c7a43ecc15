"""What a client is told of the next class, and of their place on a waiting list."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from journal.open_items import Facts
from kit import words
from training.models import Enrolment, Sitting


def of_sittings(ids: Collection[int]) -> dict[int, Facts]:
    """One query for all of them."""
    sittings = Sitting.objects.filter(pk__in=ids).select_related("run__course", "run__district")
    return {sitting.pk: of_sitting(sitting) for sitting in sittings}


def of_sitting(sitting: Sitting) -> Facts:
    begins, ends = words.clock(sitting.starts_at), words.clock(sitting.ends_at)
    day = words.plain(words.day(sitting.starts_at))
    hours = _("{start} to {end}").format(start=words.plain(begins), end=words.plain(ends))
    return Facts(
        title=_("Your next class: {course}").format(course=sitting.run.course.label),
        lines=(("clock", _("When"), words.listed([day, hours])), ("pin", _("Where"), sitting.run.where_in_full)),
        bring=() if sitting.run.is_online else (_("Your CNIC"), _("a notebook and a pen")),
        is_new=True,
        is_dated=True,
    )


def of_waiting(ids: Collection[int]) -> dict[int, Facts]:
    """One query for all of them."""
    waiting = Enrolment.objects.filter(pk__in=ids).with_ahead().select_related("run__course")
    return {
        enrolment.pk: Facts(
            title=_("Waiting list: {course}").format(course=enrolment.run.course.label),
            lines=(("users", _("Your place"), place_on_list(enrolment)),),
            is_dated=True,
        )
        for enrolment in waiting
    }


def place_on_list(enrolment: Enrolment) -> str:
    """Where they stand, why no seat was given yet, and what happens next. Expects `with_ahead()`."""
    run = enrolment.run
    return _(
        "Number {place} on the list. All {seats} seats are taken. When somebody gives up a seat until {day}, the first "
        "on the list gets it at once, and a message."
    ).format(place=enrolment.ahead + 1, seats=run.capacity, day=words.plain(words.day(run.starts_on)))
