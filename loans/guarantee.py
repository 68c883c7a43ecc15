"""Who vouches for an application and counts, how many are still to come, and why somebody does not count."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
from enterprises.kin import Relation
from enterprises.models import Kinship
from loans.models import Application, Guarantor
from loans.querysets import WILLING
from loans.states import BEFORE_COMMITTEE


def may_add(application: Application) -> bool:
    """Until it goes to the committee, and later while one is missing: somebody took it back, or counts no more."""
    return application.state in BEFORE_COMMITTEE or (application.is_open and guarantors_left(application) > 0)


def guarantors_left(application: Application) -> int:
    """How many are still to be found."""
    return guarantors_left_of([application])[application.pk]


def guarantors_left_of(applications: Collection[Application]) -> dict[int, int]:
    """How many each application still has to find: three queries, however many applications."""
    counting = counting_of(applications)
    return {one.pk: max(one.product.guarantors_needed - len(counting[one.pk]), 0) for one in applications}


def counting_guarantors(application: Application) -> set[int]:
    """Who vouches and counts: today, and once the money was given, as it was then."""
    return counting_of([application], at=application.disbursed_at)[application.pk]


def counting_of(applications: Collection[Application], *, at: datetime | None = None) -> dict[int, set[int]]:
    """The people who count as guarantors of each application: today, or by what was said at that moment.

    A close relative does not count, unless the product lets the family guarantee; nor does whoever is on file under
    another name than the officer wrote, until that is put right, nor who died, nor who has not consented.
    """
    named: dict[int, set[int]] = {application.pk: set() for application in applications}
    vouching = Guarantor.objects.filter(WILLING, application__in=named, is_named=True)
    vouching = vouching if named else vouching.none()
    for application_id, person_id in vouching.values_list("application_id", "person_id"):
        named[application_id].add(person_id)
    asked: dict[int, set[int]] = {}
    for application in applications:
        if not application.product.family_may_guarantee:
            asked.setdefault(application.person_id, set()).update(named[application.pk])
    on = timezone.localdate(at)
    close = Kinship.objects.close_to_each(asked, on=on, at=at)
    dead = Kinship.objects.dead_among(set().union(*named.values()), on=on, at=at)
    return {
        one.pk: named[one.pk] - dead - (set() if one.product.family_may_guarantee else close[one.person_id].keys())
        for one in applications
    }


def close_guarantors(application: Application) -> dict[int, Relation]:
    """Guarantors who do not count because they are close relatives today, as the family said or as follows from it.

    Whoever wrote them down may not have known; what somebody says of the family later counts too.
    """
    return close_among(application, application.guarantors.values_list("person_id", flat=True))


def dead_guarantors(application: Application) -> set[int]:
    """Guarantors who died, as their wife or husband told: nobody vouches any more."""
    people = set(application.guarantors.values_list("person_id", flat=True))
    return Kinship.objects.dead_among(people, on=timezone.localdate())


def close_among(application: Application, people: Iterable[int]) -> dict[int, Relation]:
    if application.product.family_may_guarantee:
        return {}
    return Kinship.objects.close_to(application.person_id, people, on=timezone.localdate())


def said_of_dead(number: int) -> str:
    said = ngettext(
        "%(dead)s guarantor is written down as having died, and does not count.",
        "%(dead)s guarantors are written down as having died, and do not count.",
        number,
    )
    return said % {"dead": number}


def said_of_close(number: int) -> str:
    said = ngettext(
        "%(close)s guarantor is a close relative of the applicant, and does not count.",
        "%(close)s guarantors are close relatives of the applicant, and do not count.",
        number,
    )
    return said % {"close": number}


def said_to_others(number: int) -> str:
    """To whoever does not read of the family: how many do not count, whether they died or are relatives."""
    said = ngettext(
        "%(number)s guarantor does not count for this loan. Look at the card, or bring somebody else.",
        "%(number)s guarantors do not count for this loan. Look at the cards, or bring others.",
        number,
    )
    return said % {"number": number}


def why_missing(left: int, application: Application, *, by: User) -> list[str]:
    """The reasons, where some who are written down do not count, and what to do."""
    reads = by.has_perm("enterprises.view_family", application.person)
    dead = dead_guarantors(application)
    close = len(close_guarantors(application).keys() - dead)
    unnamed = application.guarantors.filter(is_named=False).count()
    unsaid = application.guarantors.exclude(WILLING).filter(taken_back_at=None).count()
    if reads:
        who = [said_of_dead(len(dead)) if dead else "", said_of_close(close) if close else ""]
    else:
        who = [said_to_others(len(dead) + close) if dead or close else ""]
    reasons = [
        *who,
        ngettext(
            "%(unnamed)s guarantor is on file under another name, and does not count yet.",
            "%(unnamed)s guarantors are on file under other names, and do not count yet.",
            unnamed,
        )
        % {"unnamed": unnamed}
        if unnamed
        else "",
        ngettext(
            "%(unsaid)s guarantor has not said yes themselves, and does not count yet.",
            "%(unsaid)s guarantors have not said yes themselves, and do not count yet.",
            unsaid,
        )
        % {"unsaid": unsaid}
        if unsaid
        else "",
    ]
    return [*filter(None, reasons), guarantors_missing(left, application)]


def guarantors_missing(left: int, application: Application) -> str:
    """The sentence for too few guarantors: how many, or how many more."""
    if left == application.product.guarantors_needed:
        return ngettext(
            "%(needed)s guarantor outside the family is needed.",
            "%(needed)s guarantors outside the family are needed.",
            left,
        ) % {"needed": left}
    return ngettext(
        "%(needed)s more guarantor outside the family is needed.",
        "%(needed)s more guarantors outside the family are needed.",
        left,
    ) % {"needed": left}
