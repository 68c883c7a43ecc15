"""What a client is told of the next class: which course, when and where, and what to bring."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from journal.open_items import Facts
from kit import words
from training.models import Sitting


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
    )
