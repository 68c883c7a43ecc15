"""What some clients of Multan and their advisors wrote to each other, in either language."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from casework.actions import writings
from casework.models import Case, Writing
from enterprises.actions.sign_ins import user_of
from portal.sample.clock import Life
from portal.sample.lives import World
from portal.sample.meetings import moment
from portal.sample.organisation import TOWNS

# In how many days from today, and what the client or the advisor does then: writes, reads, or has nothing to answer.
CLIENT, ADVISOR = "client", "advisor"
Act = tuple[int, str, str]
READ, SETTLED = "(read)", "(settled)"
THREADS: tuple[tuple[Act, ...], ...] = (
    (
        (-7, CLIENT, "بجلی کا بل ابو کے نام پر ہے۔ کیا قرض کے لیے چل جائے گا؟"),
        (-6, ADVISOR, "جی ہاں۔ ساتھ میں ابو کے شناختی کارڈ کی تصویر بھی دے دیں۔"),
        (-5, CLIENT, READ),
        (-5, CLIENT, "شکریہ، کل دے دوں گی۔"),
        (-4, ADVISOR, SETTLED),
    ),
    (
        (-4, CLIENT, "When does the next course on keeping accounts begin?"),
        (-3, ADVISOR, "Next month, here in Multan. Say yes and I enrol you."),
    ),
    ((-2, CLIENT, "دکان دو دن بند ہے۔ پیر کے بعد آئیں تو اچھا ہے۔"),),
    ((-8, CLIENT, "The office asked for my rent paper a second time. Which one do they want?"),),
)
PATIENCE = 12  # days
AT = {CLIENT: time(18, 15), ADVISOR: time(11, 40)}


def lives(world: World, cases: QuerySet[Case], *, now: datetime) -> Iterator[Life]:
    """The newest of those who were called some weeks ago, one thread each."""
    old = cases.called().filter(office__code=f"smeda-{TOWNS[0].code}", opened_at__lt=now - timedelta(days=20))
    known = old.filter(person__cnic__isnull=False)
    for case, acts in zip(known.order_by("-pk")[: len(THREADS)], THREADS, strict=False):
        yield written(world, case, acts)


def go_on(cases: QuerySet[Case], *, since: datetime, now: datetime) -> Iterator[Life]:
    """Whatever waited at the last start for longer than patience goes was answered by word meanwhile."""
    left = Writing.objects.waiting().first_of_case().filter(case__in=cases, at__lt=now - timedelta(days=PATIENCE))
    for writing in left.select_related("case__advisor").order_by("pk"):
        yield settled(writing, since=since)


def settled(writing: Writing, *, since: datetime) -> Life:
    yield max(writing.at + timedelta(days=PATIENCE), since)
    case = writing.case
    case.refresh_from_db()
    still_waits = Writing.objects.waiting().filter(case=case).exists()
    if still_waits and case.advisor.has_perm("casework.answer_writing", case):
        writings.settle(case=case, by=case.advisor, seen=newest(case))


def written(world: World, case: Case, acts: tuple[Act, ...]) -> Life:
    for days, side, what in acts:
        yield moment(world, days, AT[side])
        case.refresh_from_db()
        by = user_of(case.person) if side == CLIENT else case.advisor
        if what == READ:
            writings.read(case=case, by=by)
        elif what == SETTLED:
            writings.settle(case=case, by=by, seen=newest(case))
        elif side == CLIENT:
            writings.write(case=case, by=by, text=what)
        else:
            writings.answer(case=case, by=by, text=what, seen=newest(case))


def newest(case: Case) -> int:
    return Writing.objects.filter(case=case).latest("pk").pk
