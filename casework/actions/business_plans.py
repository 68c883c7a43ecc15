"""The one-page business plan: written by one advisor, approved by another."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from casework import plan_lines
from casework.actions import plan_readers
from casework.models import BusinessPlan, Case
from casework.states import CaseState
from journal.events import ADVISORS, ENTREPRENEUR, LENDER, MANAGERS, record
from journal.moves import MoveRefused, hold, move
from kit import words
from places.calendar import OFFICE, add_working_days

WORKING_DAYS_TO_READ = 2
WORKING_DAYS_TO_COMPLETE = 3
WORKING_DAYS_TO_REFER = 5
# What is said of a plan; `SUMS` are worked out of its lines.
FACTS = ("purpose", "trade", "lines", "own_share", "months")
SUMS = ("sales", "costs", "loan_wanted")
WITHIN = {ADVISORS, MANAGERS}
NOTHING_LACKS = gettext_lazy(
    "Nothing is missing: own money pays for all of it. Write down all that is to be bought, or less own money."
)
LEAVES_NOTHING = gettext_lazy(
    "Nothing is left in a month to pay a loan from. Look at “Costs in a month” with the client: the sales must be more "
    "than the costs. Until then the plan stays here as a draft."
)


@transaction.atomic
def write(*, case: Case, by: User, **facts: Any) -> BusinessPlan:
    """Begin the case's next business plan with its `FACTS`. One at a time: an approved one is never changed."""
    held = hold_open(case)
    if not by.has_perm("casework.write_business_plan", held):
        raise PermissionDenied("casework.write_business_plan")
    if held.business_plans.in_the_making().exists():
        raise ValidationError(_("Another business plan of this client is not approved yet. Finish that one first."))
    number = (held.business_plans.aggregate(last=Max("number"))["last"] or 0) + 1
    plan = BusinessPlan(case=held, number=number, author=by, writers=[by.pk])
    fill_in(plan, facts)
    plan.save()
    return plan


@transaction.atomic
def rewrite(*, plan: BusinessPlan, by: User, version: int, **facts: Any) -> BusinessPlan:
    """Change a plan that nobody is reading. Nobody approves what they ever wrote in."""
    hold_open(plan.case)
    held = hold(plan, version=version)
    if not by.has_perm("casework.write_business_plan", held):
        raise PermissionDenied("casework.write_business_plan")
    if held.state not in BusinessPlan.MOVES["submit"].sources:
        raise MoveRefused(held)
    held.writers = sorted({*held.all_writers, by.pk})
    held.author = by
    held.version += 1
    fill_in(held, facts)
    held.save(update_fields=["version", "author", "writers", *FACTS, *SUMS])
    return held


def hold_open(case: Case) -> Case:
    """Lock the case, before its plans, and refuse if it is closed: nobody is left who would read or use a plan."""
    held = hold(case, version=None)
    if held.state == CaseState.CLOSED:
        raise MoveRefused(held)
    return held


def fill_in(plan: BusinessPlan, facts: Mapping[str, Any]) -> None:
    sums = plan_lines.sums_of(facts["lines"], own_share=facts["own_share"])
    if sums["loan_wanted"] <= 0:
        raise ValidationError({"own_share": NOTHING_LACKS}, code="nothing_lacks")
    for name, value in {**{name: facts[name] for name in FACTS}, **sums}.items():
        setattr(plan, name, value)
    plan.full_clean()


@transaction.atomic
def submit(*, plan: BusinessPlan, by: User, version: int) -> BusinessPlan:
    """Hand the plan to the office: a colleague reads it within two working days. One that leaves nothing is kept.

    Where none but its writers are there, or the sum is beyond what the office approves, the office above reads it.
    """
    case = hold_open(plan.case)
    held = hold(plan, version=version)
    refuse_loss(held)
    held.case = case
    now = timezone.now()
    return move(
        plan,
        "submit",
        by=by,
        version=version,
        audience=WITHIN,
        submitted_at=now,
        due_on=within(WORKING_DAYS_TO_READ),
        read_at=plan_readers.office_above(held, today=timezone.localdate(now)),
        at_reader_since=None,
        versions=[*held.versions, as_sent(held, now=now)],
        remark="",
    )


def as_sent(plan: BusinessPlan, *, now: datetime) -> dict[str, Any]:
    """The plan as it is read now, to be laid beside the next version."""
    said = ("purpose", "own_share", "months", "lines", *SUMS)
    return {name: getattr(plan, name) for name in said} | {"at": now.isoformat(), "by": plan.author_id}


def within(working_days: int) -> date:
    return add_working_days(timezone.localdate(), working_days, calendar=OFFICE)


def leaves_nothing(plan: BusinessPlan) -> bool:
    """There is nothing to pay a loan from: nobody sends or approves such a plan."""
    return plan.profit <= 0


def refuse_loss(plan: BusinessPlan) -> None:
    """Whoever cannot pay a loan back is not helped by one."""
    if leaves_nothing(plan):
        raise ValidationError(LEAVES_NOTHING, code="leaves_nothing")


@transaction.atomic
def approve(*, plan: BusinessPlan, by: User, version: int) -> BusinessPlan:
    """Approve a plan that others wrote. The client is referred to the lender within five working days."""
    refuse_loss(hold(plan, version=version))
    return move(
        plan,
        "approve",
        by=by,
        version=version,
        audience={ENTREPRENEUR, LENDER} | WITHIN,
        data={"number": plan.number, "loan_wanted": plan.loan_wanted},
        approved_by=by,
        approved_at=timezone.now(),
        due_on=within(WORKING_DAYS_TO_REFER),
    )


@transaction.atomic
def send_back(*, plan: BusinessPlan, by: User, version: int, remark: str) -> BusinessPlan:
    """Return the plan and say what is missing; whoever has the case completes it within three working days."""
    if not remark:
        raise ValidationError({"remark": _("Write what is missing, so that the author knows what to do.")})
    held = hold(plan, version=version)
    now = timezone.now()
    return move(
        plan,
        "send_back",
        by=by,
        version=version,
        audience=WITHIN,
        remark=remark,
        versions=with_remark(held, remark, by=by, now=now),
        returned_at=now,
        due_on=within(WORKING_DAYS_TO_COMPLETE),
    )


def refuse_set_aside(plan: BusinessPlan) -> NoReturn:
    """Nobody waits for this plan's referral: say why, where a colleague was faster."""
    who: User | None
    if (sent := plan.referrals.select_related("by").order_by("at").last()) is not None:
        said, who, at = _("The client was referred to the lender with this plan: {who}, {when}."), sent.by, sent.at
    elif plan.set_aside_at is not None:
        said = _("It is written down already that the client does not want this loan: {who}, {when}.")
        who, at = plan.set_aside_by, plan.set_aside_at
    else:
        raise MoveRefused(plan)
    raise ValidationError(said.format(who=who, when=words.plain(words.moment(at))))


def with_remark(plan: BusinessPlan, remark: str, *, by: User, now: datetime) -> list[dict[str, Any]]:
    """What was sent, the last of it with what its reader said: whoever reads the next version reads that too."""
    *earlier, last = plan.versions or [as_sent(plan, now=plan.submitted_at or now)]
    return [*earlier, last | {"remark": remark, "remark_by": by.pk, "remark_at": now.isoformat()}]


@transaction.atomic
def set_aside(*, plan: BusinessPlan, by: User, version: int) -> BusinessPlan:
    """The client does not want this loan now: nobody waits for the referral. When they do, it is made as ever."""
    hold_open(plan.case)
    held = hold(plan, version=version)
    if not by.has_perm("casework.write_business_plan", held):
        raise PermissionDenied("casework.write_business_plan")
    if not BusinessPlan.objects.to_refer().filter(pk=held.pk).exists():
        refuse_set_aside(held)
    held.set_aside_at, held.set_aside_by = timezone.now(), by
    held.version += 1
    held.save(update_fields=["version", "set_aside_at", "set_aside_by"])
    record("casework.business_plan_set_aside", target=held, by=by, audience=WITHIN)
    return held
