"""Make the data, on a database that holds the sample alone or nobody at all."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Appointment, User
from accounts.roles import Role
from casework.models import Case, Contact
from enterprises.models import Person
from journal.models import Event
from loans.models import Loan
from portal.checks import SAMPLE_DOMAIN
from portal.national import lending, people
from portal.national.copying import Copies
from portal.sample import loading
from reports.actions import months
from reports.models import ClosedFigure, ClosedMonth
from reports.periods import Month

# So many copies of the sample's cases are one advisor's: some two hundred, more than half of them open.
COPIES_OF_ONE = 24
# Of one case, so that a page with this many is there to be opened.
EVENTS_OF_ONE = 520


class RefusedError(Exception):
    """This database is not one to be filled with invented people."""


def refuse_if_real() -> None:
    """Only where SAMPLE_DATA=1 says so, and where nobody is who is not of the sample; once."""
    if not settings.SAMPLE_DATA:
        raise RefusedError("Synthetic data is for SAMPLE_DATA=1 alone. Never make it beside real people.")
    colleagues = User.objects.exclude(email=None).exclude(email="")
    if colleagues.exclude(email__endswith=f"@{SAMPLE_DOMAIN}").exists():
        raise RefusedError("Colleagues who are not of the sample work in this database.")
    if not loading.is_loaded() and Person.objects.exists():
        raise RefusedError("There are people in this database who are not of the sample.")
    if people.are_there():
        raise RefusedError("This database has its synthetic data already. Begin with an empty one.")


@transaction.atomic
def make(*, cases: int = 0, loans: int = 0, seed: int, say: Callable[[str], None] = lambda line: None) -> int:
    """At least so many cases or loans, all together or none. Returns how many copies of the sample, or borrowers."""
    refuse_if_real()
    if not loading.is_loaded():
        loading.load(say=say)
    made = copy_lives(cases, seed=seed, say=say) if cases else lend_more(loans, seed=seed, say=say)
    if made:
        # The planner has to know of the new rows before it counts among them.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        say(f"months closed anew: {close_anew()}")
    return made


def lend_more(loans: int, *, seed: int, say: Callable[[str], None]) -> int:
    """As many loans as are missing, of new branches. Returns the number of borrowers."""
    missing = loans - Loan.objects.count()
    return lending.lend(missing, seed=seed, say=say) if missing > 0 else 0


def copy_lives(cases: int, *, seed: int, say: Callable[[str], None]) -> int:
    """Copies of the sample's lives, as many as make so many cases."""
    copies = Copies(
        number=wanted(cases, Case.objects.count()),
        of_one=COPIES_OF_ONE,
        advisors=tuple(sorted(Appointment.objects.filter(role=Role.ADVISOR).values_list("user_id", flat=True))),
    )
    if not copies.number:
        return 0
    say(f"{copies.number} copies of the sample ...")
    # PostgreSQL counts ids from what is there, so it is asked before anything is added.
    advisors = people.appoint(copies, seed=seed)
    say(f"advisors: {advisors:,}")
    people.invent(copies, seed=seed)
    copies.write(say)
    say(f"events of one case: {make_busy():,}")
    return copies.number


def wanted(number: int, there: int) -> int:
    """How many copies of what is there make so many, with what is there."""
    return max(-(-(number - there) // there), 0)


def busy_case() -> Case:
    """The open case with the most contacts, of the first advisor."""
    advisor = User.objects.get(email=f"advisor1.multan@{SAMPLE_DOMAIN}")
    cases = Case.objects.open().filter(advisor=advisor)
    return max(cases.order_by("pk"), key=lambda case: case.contacts.count())


def make_busy() -> int:
    """Tell of one case as if the advisor had called every few hours since the first day."""
    case = busy_case()
    contacts = Contact.objects.filter(case=case).order_by("at", "pk")
    first, model = contacts.earliest("at", "pk"), contacts.latest("at", "pk")
    told = Event.objects.filter(enterprise_id=case.enterprise_id)
    event, missing = told.filter(name__startswith="casework.", target_id=case.pk).latest("at", "pk"), told.count()
    missing = EVENTS_OF_ONE - missing
    apart = (model.at - first.at) / (missing + 1)
    moments = [first.at + apart * number for number in range(1, missing + 1)]
    rows = [{**plain(model), "at": at, "next_on": None} for at in moments]
    Contact.objects.bulk_create(Contact(**row) for row in rows)
    named = plain(event) | {"name": "casework.contacted", "data": {"kind": model.channel}}
    Event.objects.bulk_create(Event(**named | {"at": at}) for at in moments)
    return told.count()


def plain(row) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def close_anew() -> int:
    """What was closed with the sample's figures is closed with those of all."""
    closed = sorted(ClosedMonth.objects.values_list("month", flat=True))
    ClosedFigure.objects.all().delete()
    ClosedMonth.objects.all().delete()
    for first in closed:
        months.close(month=Month.of(first), by=User.objects.system())
    return len(closed)
