"""Results of clients: written down, proved by events, asked for after 6 and 12 months, and taken out again."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.hand_overs import AUDIENCE
from casework.actions.notes import BACK_FOR
from casework.models import Case, FollowUp, Measure, Point
from casework.models.outcomes import MOST
from casework.querysets import to_ask
from enterprises.models import Enterprise, Statement
from journal.events import record
from journal.models import Event
from journal.moves import EditConflict, MoveRefused, hold, move
from kit.days import months_after
from kit.faults import one_by_one
from kit.saving import save
from messaging.outbox import queue

What, Grade = Measure.What, Measure.Grade
# What was said so long after the client began still tells of the beginning.
BEGINNING = dt.timedelta(days=90)
# So many months after they began the client is asked, and not after so many: whoever was with us long before the
# portal asked is not asked about a day that nobody remembers.
ASKED_AFTER = {Point.AT_6_MONTHS: (6, 9), Point.AT_12_MONTHS: (12, 15)}
ANSWER_WITHIN = dt.timedelta(days=30)


@transaction.atomic
def note(*, case: Case, by: User, values: Mapping[str, int | None], on: dt.date, point: str, grade: str) -> Case:
    """Write down what a colleague heard or saw; a newer figure of the same point takes the place of the one before.

    What the client answered themselves stands: nobody overwrites it. What events prove is not typed.
    """
    held = hold(case, version=None)
    if not by.has_perm("casework.measure_case", held):
        raise PermissionDenied("casework.measure_case")
    said = given(values)
    if grade == Grade.CONFIRMED or Measure.BY_EVENT & said.keys():
        raise PermissionDenied("casework.measure_case")
    if on > timezone.localdate():
        raise ValidationError({"on": _("This day is still to come.")})
    if point != Point.OTHER and held.measures.standing().filter(point=point, what__in=said, grade="confirmed").exists():
        raise ValidationError(_("The client has answered this themselves. Their answer stands."))
    for what, value in said.items():
        measure = place(Measure(case=held, what=what, point=point, value=value, on=on, grade=grade, by=by))
        record("casework.measured", target=measure, by=by, audience=AUDIENCE, data={"kind": what})
    return held


def given(values: Mapping[str, int | None]) -> dict[str, int]:
    """What was said at all."""
    said = {what: value for what, value in values.items() if value is not None}
    if not said:
        raise ValidationError(_("Fill in one of the figures at least."))
    return said


def place(measure: Measure) -> Measure:
    """Keep it in place of what stood at its point. The case is held."""
    if measure.point != Point.OTHER:
        before = measure.case.measures.standing().filter(what=measure.what, point=measure.point)
        before.update(removed_at=timezone.now(), removed_by=measure.by)
    save(measure)
    return measure


@transaction.atomic
def answer(
    *, follow_up: FollowUp, by: User, version: int | None, values: Mapping[str, int | None], anyway: str,
    channel: str = "",
) -> FollowUp:  # fmt: skip
    """What the client answers: their own words confirm it; what an advisor was told in a talk is said, and no more."""
    held = hold(follow_up.case, version=None)
    said = given(values)
    is_own = by.is_entrepreneur
    if not is_own and not channel:
        raise ValidationError({"channel": _("Choose one of these.")})
    now = timezone.now()
    answered: FollowUp = move(
        follow_up,
        "take_answer",
        by=by,
        version=version,
        audience=AUDIENCE,
        data={"kind": follow_up.point, "channel": "" if is_own else channel},
        anyway=anyway,
        channel="" if is_own else channel,
        answered_at=now,
        answered_by=by,
    )
    grade = Grade.CONFIRMED if is_own else Grade.SAID
    for what, value in said.items():
        facts = {"what": what, "value": value, "point": answered.point, "on": timezone.localdate(now)}
        place(Measure(case=held, grade=grade, by=by, at=now, follow_up=answered, **facts))
    return answered


# By events and by what the registration says


@transaction.atomic
def take_baseline(*, case: Case) -> int:
    """Take over from the details what was said of the beginning; return how many. Nobody types it a second time.

    Once each: what a colleague wrote down for the beginning, or took out, stays as it is.
    """
    held = hold(case, version=None)
    enterprise = held.enterprise
    if enterprise.client_since is None:
        return 0
    told = Statement.objects.filter(
        enterprise=enterprise, disputed_at__isnull=True, at__lte=enterprise.client_since + BEGINNING
    )
    stated = {statement.field: statement for statement in told.select_related("by")}
    known = set(held.measures.filter(point=Point.BASELINE).values_list("what", flat=True))
    taken = 0
    for what, field, value in baseline_of(enterprise):
        if field in stated and what not in known:
            statement = stated[field]
            facts = {"what": what, "value": value, "on": timezone.localdate(statement.at), "by": statement.by}
            place(Measure(case=held, point=Point.BASELINE, grade=Grade.SAID, **facts))
            taken += 1
    return taken


def baseline_of(enterprise: Enterprise) -> list[tuple[str, str, int]]:
    """What is measured, the field that says it, and how much that is; nothing that nobody can mean."""
    women = enterprise.women
    men = None if women is None or enterprise.workers is None else enterprise.workers - women
    figures: list[tuple[str, str, int | None]] = [
        (What.WOMEN, "women", women),
        (What.MEN, "women", men),
        (What.SALES, "sales", enterprise.sales_a_month),
    ]
    return [(what, field, value) for what, field, value in figures if value is not None and value <= MOST]


def take_baselines() -> int:
    """The same for everybody of whom it was said before anybody took it over."""
    known = Measure.objects.filter(case__enterprise=OuterRef("enterprise"), point=Point.BASELINE)
    people = Q(~Exists(known.filter(what=What.WOMEN)), field="women", enterprise__women__isnull=False)
    sales = Q(~Exists(known.filter(what=What.SALES)), field="sales", enterprise__sales__isnull=False)
    said = Statement.objects.filter(
        people | sales,
        enterprise__merged_into__isnull=True,
        enterprise__client_since__isnull=False,
        disputed_at__isnull=True,
        at__lte=F("enterprise__client_since") + BEGINNING,
    )
    cases = Case.objects.filter(enterprise__in=said.values("enterprise")).order_by("pk")
    return one_by_one(cases, lambda case: take_baseline(case=case), failed="a beginning was not taken over")


@transaction.atomic
def measure_by_event(event: Event) -> None:
    """A registration that was obtained, or a loan that was paid out, is a result by itself: documented, and once."""
    case = Case.objects.filter(enterprise_id=event.enterprise_id or 0).first()
    if case is None:
        return
    on = event.data.get("on") or timezone.localdate(event.at).isoformat()
    for what, value in results_of(event).items():
        facts = {"case": case, "value": value, "on": on, "grade": Grade.DOCUMENTED, "by": event.by}
        Measure.objects.get_or_create(event_id=event.pk, what=what, defaults=facts)


def results_of(event: Event) -> dict[str, int]:
    """A registration that the business had before is no result of ours."""
    if event.name == "loans.disbursed":
        return {What.LOAN.value: event.data["amount"]}
    if not event.data.get("is_new", True):
        return {}
    return {What.REGISTRATIONS.value: 1} | ({What.BANK.value: 1} if event.data["kind"] == "bank" else {})


# Asked for


def ask_due(*, now: dt.datetime, by: User) -> int:
    """Ask everybody whose 6 or 12 months are over, once each; return how many."""
    today, asked = timezone.localdate(now), 0
    for point, (months, until) in ASKED_AFTER.items():
        began = months_after(today, -until) + dt.timedelta(days=1), months_after(today, -months)
        cases = to_ask(Case.objects.all(), point=point, began=began)
        asked += sum(ask(case=case, point=point, now=now, by=by) for case in cases.order_by("pk"))
    return asked


@transaction.atomic
def ask(*, case: Case, point: str, now: dt.datetime, by: User) -> bool:
    """Put the questions to the client, with a message, and to the advisor's list; once, whoever asks again."""
    facts = {"asked_at": now, "due_on": timezone.localdate(now) + ANSWER_WITHIN}
    follow_up, is_new = FollowUp.objects.get_or_create(case=case, point=point, defaults=facts)
    if is_new:
        record("casework.outcome_asked", target=follow_up, by=by, audience=AUDIENCE, data={"kind": point})
        queue("casework.outcome_asked", target=follow_up, by=by)
    return is_new


def run_out(*, now: dt.datetime, by: User) -> int:
    """Count as unanswered what nobody answered in time; return how many."""

    def end(follow_up: FollowUp) -> int:
        try:
            move(follow_up, "run_out", by=by, version=follow_up.version, audience=AUDIENCE)
        except (EditConflict, MoveRefused):
            return 0  # answered this minute
        return 1

    over = FollowUp.objects.over(on=timezone.localdate(now)).order_by("pk")
    return one_by_one(over, end, failed="a question about results was not ended")


# Taken out


@transaction.atomic
def remove(*, measure: Measure, by: User) -> Measure:
    """Take a figure out: it leaves every page and total at once. For 30 days whoever did it can put it back."""
    held = in_hand(measure, by=by, needs="casework.remove_measure")
    if held.removed_at is None:
        held.removed_at, held.removed_by = timezone.now(), by
        save(held, update_fields=["removed_at", "removed_by"])
        record("casework.measure_removed", target=held, by=by, audience=AUDIENCE, data={"kind": held.what})
    return held


@transaction.atomic
def put_back(*, measure: Measure, by: User) -> Measure:
    """Bring it back as it stood, unless another figure has its place by now."""
    held = in_hand(measure, by=by, needs="casework.restore_measure")
    if held.removed_at is None or held.removed_at < timezone.now() - BACK_FOR:
        raise ValidationError(_("This was removed more than 30 days ago, and cannot be put back."))
    held.removed_at, held.removed_by = None, None
    save(held, update_fields=["removed_at", "removed_by"])
    record("casework.measure_restored", target=held, by=by, audience=AUDIENCE, data={"kind": held.what})
    return held


def in_hand(measure: Measure, *, by: User, needs: str) -> Measure:
    held = Measure.objects.select_for_update(no_key=True, of=("self",)).get(pk=measure.pk)
    if not by.has_perm(needs, held):
        raise PermissionDenied(needs)
    return held
