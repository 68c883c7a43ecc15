"""The lender's work with 100,000 loans and with a million: figures, lists, look-ups, receipts and reminders.

Each size is a database of its own that `synthesize --loans` filled. What is measured is the database's processor time,
as a ratio to a floor of the same run and the same database; *growth* is that work with many loans to that with few.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from benchmarks import server_time
from benchmarks.cases import Case, colleague, signed_in
from benchmarks.clocks import cost_of
from benchmarks.national import filled, growth_of, timed
from benchmarks.tables import mark, table
from launch.say import say
from loans.actions.receipts import post_receipt
from loans.effects import Kind
from loans.messages.loans import instalments_due
from loans.models import LedgerEntry, Loan
from reports import portfolio
from reports.periods import Month

FEW, MANY, QUICK = 100_000, 1_000_000, 3000
TIMES, WARM_UP = 15, 3
BRANCH = "branch-1"
# Work: the most that it may cost as a ratio to its floor, and the most that ten times as many loans may add.
AIMS = {
    "at risk by district": (0.15, 10),
    "a receipt": (5, 2),
    "look-up by CNIC": (None, 1.5),
    "look-up by phone": (None, 1.5),
    "look-up by number": (None, 1.5),
    "a day's reminders": (3, 12),
}
PAGE_GROWTH = 1.5


@dataclass(frozen=True)
class Work:
    """Something the database does, and what it is compared with."""

    name: str
    act: Callable[[], object]
    floor: Callable[[], object] | None = None


def measure(*, is_quick: bool = False) -> dict[str, object]:
    sizes = (QUICK,) if is_quick else (FEW, MANY)
    costs: dict[int, list[dict]] = {}
    pages: dict[int, list[dict]] = {}
    for size in sizes:
        with filled(loans=size):
            say(f"\nWith {Loan.objects.count():,} loans")
            costs[size] = [cost(work, times=3 if is_quick else TIMES) for work in works()]
            pages[size] = server_time.measure(cases(), is_quick=is_quick)
    growth = growth_of(pages)
    show(costs, growth)
    return {"costs": costs, "pages": pages, "growth": growth}


def works() -> list[Work]:
    today = timezone.localdate()
    loan = Loan.objects.filter(ended_on=None, branch__code=f"aim-{BRANCH}").select_related("person").latest("pk")
    cashier = colleague(f"cashier.{BRANCH}")

    def look_up(typed: str) -> Callable[[], object]:
        return lambda: list(Loan.objects.visible_to(cashier).matching(typed)[:20])

    due = Loan.objects.filter(next_due_on__gt=today, next_due_on__lte=today + timedelta(days=3))
    return [
        Work("at risk by district", at_risk, lambda: Loan.objects.aggregate(all=Sum("principal"))),
        Work("a receipt", lambda: undone(lambda: receipt(loan, cashier)), lambda: undone(lambda: bare(loan, cashier))),
        Work("look-up by CNIC", look_up(loan.person.cnic)),
        Work("look-up by phone", look_up(loan.person.phone)),
        Work("look-up by number", look_up(loan.reference)),
        Work(
            "a day's reminders",
            lambda: sum(1 for _loan in instalments_due(timezone.now())),
            lambda: due.order_by("next_due_on", "id").values_list("pk", flat=True).count(),
        ),
    ]


def at_risk() -> list[object]:
    """What the portfolio's page asks for: at every step of lateness, of each district."""
    return portfolio.at_risk(Month.of(timezone.localdate()), User.objects.system(), "district_id")


def undone(act: Callable[[], object]) -> None:
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def receipt(loan: Loan, cashier) -> None:
    post_receipt(loan=loan, amount=1, received_on=timezone.localdate(), book=9_000_000, number=1, by=cashier)


def bare(loan: Loan, cashier) -> None:
    today = timezone.localdate()
    LedgerEntry.objects.create(
        branch_id=loan.branch_id, loan=loan, kind=Kind.REPAYMENT, amount=1, received_on=today, posted_on=today,
        by=cashier, book=9_000_000, number=1, correction=0,
    )  # fmt: skip


def cost(work: Work, *, times: int) -> dict[str, object]:
    """Work and floor in turns, so that whatever else the machine does weighs on both alike."""
    acts = [work.act, *([work.floor] if work.floor else [])]
    for _ in range(WARM_UP):
        for act in acts:
            act()
    turns = [[cost_of(act).database for act in acts] for _ in range(times)]
    ms, *floor = [round(median(column) * 1000, 2) for column in zip(*turns, strict=True)]
    return {"work": work.name, "ms": ms, "floor_ms": floor[0] if floor else None} | (
        {"ratio": round(ms / floor[0], 2)} if floor and floor[0] else {"ratio": None}
    )


def cases() -> list[Case]:
    officer = signed_in(colleague(f"loanofficer1.{BRANCH}"))
    manager = signed_in(colleague(f"branchmanager.{BRANCH}"))
    return [
        timed("/loans/, the officer", "loans:desk", officer),
        timed("/loans/due/, first page", "loans:loan-list", officer),
        timed("/loans/due/, the manager", "loans:loan-list", manager),
    ]


def show(costs: dict[int, list[dict]], growth: list[dict]) -> None:
    for size, rows in costs.items():
        say(f"\nThe database's own time with {size:,} loans, and its ratio to the floor")
        lines = [
            [
                one["work"],
                one["ms"],
                one["floor_ms"] or "",
                one["ratio"] or "",
                mark(one["ratio"] or 0, AIMS[one["work"]][0]),
            ]
            for one in rows
        ]
        say(table(["work", "ms", "floor ms", "ratio", ""], lines))
    few, *more = costs.values()
    for many in more:
        say("\nWhat ten times as many loans cost")
        lines = []
        for one, other in zip(few, many, strict=True):
            grown = round(other["ms"] / one["ms"], 2) if one["ms"] else None
            lines.append([one["work"], grown, mark(grown or 0, AIMS[one["work"]][1])])
        lines += [[row["page"], row["growth"], mark(row["growth"], PAGE_GROWTH)] for row in growth]
        say(table(["work", "growth", ""], lines))
