"""Results of clients: written down, proved by events, asked for after 6 and 12 months, and taken out again."""

import datetime as dt
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.hand_overs import AUDIENCE
from casework.models import Case, FollowUp, Measure, Point
from casework.models.outcomes import ANSWER_WITHIN, MOST
from casework.querysets import GRADES, rank, to_ask
from casework.states import BACK_FOR, FollowUpState
from enterprises.models import Document, Enterprise, Statement
from enterprises.querysets import DocumentQuerySet
from journal.events import record
from journal.models import Event
from journal.moves import EditConflict, MoveRefused, hold, move
from kit import words
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


@transaction.atomic
def note(
    *, case: Case, by: User, values: Mapping[str, int | None], on: dt.date, point: str, grade: str,
    paper: Document | None = None, seen: Collection[int] | None = None,
) -> Case:  # fmt: skip
    """Write down what a colleague heard or saw. Of the same point it takes the place of what is not known better.

    What the client answered themselves gives way to nobody's word; what a paper says, which is named, stands beside
    it, and where it says otherwise the client is asked again. What events prove is not typed. `seen` names the figures
    that were shown: one that came since is not written over.
    """
    held = hold(case, version=None)
    if not by.has_perm("casework.measure_case", held):
        raise PermissionDenied("casework.measure_case")
    said = given(values)
    if grade == Grade.CONFIRMED or Measure.BY_EVENT & said.keys():
        raise PermissionDenied("casework.measure_case")
    look_at_day(held.enterprise, point=point, on=on)
    look_at_paper(held, by=by, grade=grade, paper=paper)
    if point != Point.OTHER:
        there = held.measures.standing().filter(point=point, what__in=said)
        if grade != Grade.DOCUMENTED and there.filter(grade=Grade.CONFIRMED).exists():
            raise ValidationError(_("The client has answered this themselves. Their answer stands."))
        if seen is not None and (newer := there.exclude(pk__in=seen).order_by("pk").last()):
            raise EditConflict(newer)
    for what, value in said.items():
        facts = {"what": what, "point": point, "value": value, "on": on, "grade": grade, "paper": paper}
        measure = place(Measure(case=held, by=by, **facts))
        record("casework.measured", target=measure, by=by, audience=AUDIENCE, data={"kind": what})
    if grade == Grade.DOCUMENTED and (differing := differing_answer(held, point=point, whats=said)):
        ask_again(differing, by=by)
    return held


def look_at_paper(case: Case, *, by: User, grade: str, paper: Document | None) -> None:
    """What is documented names a paper of the case, and nothing else does."""
    if grade != Grade.DOCUMENTED and paper is not None:
        raise ValidationError({"paper": _("A paper belongs to what is documented.")})
    if grade == Grade.DOCUMENTED and (paper is None or not papers_of(case, by=by).filter(pk=paper.pk).exists()):
        raise ValidationError({"paper": _("Choose the paper that says so. Is it not here yet? Hand it in first.")})


def papers_of(case: Case, *, by: User) -> DocumentQuerySet:
    """What is on file of the client and counts today."""
    return Document.objects.visible_to(by).about(case.enterprise).counting(on=timezone.localdate())


def differing_answer(case: Case, *, point: str, whats: Collection[str]) -> FollowUp | None:
    """The client's own answer of the point, where one of these figures is another in a paper."""
    here = case.measures.filter(point=point, what__in=whats, grade=Grade.DOCUMENTED)
    answers = FollowUp.objects.filter(case=case, point=point, state=FollowUpState.ANSWERED)
    return answers.first() if here.says_otherwise().exists() else None


def ask_again(follow_up: FollowUp, *, by: User) -> None:
    """Whether the paper is right; with a text, and 30 days to say so."""
    asked = move(
        follow_up,
        "ask_again",
        by=by,
        version=follow_up.version,
        audience=AUDIENCE,
        to_confirm_since=timezone.now(),
    )
    queue("casework.outcome_told", target=asked, by=by, key=str(asked.version))


def given(values: Mapping[str, int | None]) -> dict[str, int]:
    """What was said at all."""
    said = {what: value for what, value in values.items() if value is not None}
    if not said:
        raise ValidationError(_("Fill in one of the figures at least."))
    return said


def look_at_day(enterprise: Enterprise, *, point: str, on: dt.date) -> None:
    """A figure of a point is as of a day of that point."""
    if on > timezone.localdate():
        raise ValidationError({"on": _("This day is still to come.")})
    if enterprise.client_since is None:
        if point != Point.OTHER:
            raise ValidationError({"point": _("They are no client yet. Choose “on its day”.")})
        return
    first, last = days_of(point, began=timezone.localdate(enterprise.client_since))
    if not first <= on <= last:
        days = {"first": words.plain(words.day(first)), "last": words.plain(words.day(last))}
        raise ValidationError({"on": _("For this the day lies between {first} and {last}.").format(**days)})


def days_of(point: str, *, began: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of it: around the beginning, a month around when it is asked, or since they began."""
    if point in ASKED_AFTER:
        months, until = ASKED_AFTER[Point(point)]
        return months_after(began, months - 1), months_after(began, until + 1)
    return began - BEGINNING, began + BEGINNING if point == Point.BASELINE else timezone.localdate()


def place(measure: Measure) -> Measure:
    """Keep it in place of what stood at its point, and is not known better. The case is held.

    The client's own word gives way to another word of theirs alone.
    """
    if measure.point != Point.OTHER:
        no_better = GRADES[: GRADES.index(measure.grade) + 1]
        before = measure.case.measures.standing().filter(what=measure.what, point=measure.point, grade__in=no_better)
        if measure.grade != Grade.CONFIRMED:
            before = before.exclude(grade=Grade.CONFIRMED)
        before.update(removed_at=timezone.now(), removed_by=measure.by)
    save(measure)
    return measure


@transaction.atomic
def answer(
    *, follow_up: FollowUp, by: User, version: int | None, values: Mapping[str, int | None], anyway: str,
    channel: str = "",
) -> FollowUp:  # fmt: skip
    """What the client answers: their own words confirm it; what an advisor was told in a talk is said, and no more.

    For 30 days the client can answer again, and is asked to look at what was told for them. What they said before and
    leave out now, they take back.
    """
    held = hold(follow_up.case, version=None)
    said = given(values)
    is_own = by.is_entrepreneur
    if not is_own and not channel:
        raise ValidationError({"channel": _("Choose one of these.")})
    now = timezone.now()
    answered: FollowUp = move(
        follow_up,
        "answer_again" if is_own and follow_up.state == FollowUpState.ANSWERED else "take_answer",
        by=by,
        version=version,
        audience=AUDIENCE,
        data={"kind": follow_up.point, "channel": "" if is_own else channel},
        anyway=anyway,
        channel="" if is_own else channel,
        # Whoever answers again does not begin another 30 days.
        answered_at=follow_up.answered_at or now,
        answered_by=by,
        to_confirm_since=None if is_own else now,
    )
    grade = Grade.CONFIRMED if is_own else Grade.SAID
    taken_back = answered.measures.standing().filter(grade=Grade.CONFIRMED).exclude(what__in=said)
    taken_back.update(removed_at=now, removed_by=by)
    for what, value in said.items():
        facts = {"what": what, "value": value, "point": answered.point, "on": timezone.localdate(now)}
        place(Measure(case=held, grade=grade, by=by, at=now, follow_up=answered, **facts))
    if not is_own:
        queue("casework.outcome_told", target=answered, by=by)
    return answered


@transaction.atomic
def confirm(*, follow_up: FollowUp, by: User, version: int) -> FollowUp:
    """What a colleague wrote down for the client is right: they are the client's own words from now on.

    Where a paper says otherwise than what was told, or than they did, the paper's figure is meant.
    """
    hold(follow_up.case, version=None)
    if not by.has_perm("casework.answer_follow_up_again", follow_up):
        raise PermissionDenied("casework.answer_follow_up_again")
    here = follow_up.case.measures.filter(point=follow_up.point)
    told = dict(here.to_confirm().annotate(rank=rank()).order_by("rank", "pk").values_list("what", "value"))
    own = dict(here.standing().filter(grade=Grade.CONFIRMED).values_list("what", "value"))
    if not told:
        raise ValidationError(_("What was written down here was taken out again. You can answer yourself."))
    return answer(follow_up=follow_up, by=by, version=version, values=own | told, anyway=follow_up.anyway)


# By events and by what the registration says


@transaction.atomic
def take_baseline(*, case: Case) -> int:
    """Take over from the details what was said of the beginning; return how many. Nobody types it a second time.

    What was taken over follows the details while they tell of the beginning, and is out once the client calls them
    wrong, or, of an idea, once it is said that it ran before. What a colleague wrote down for the beginning, or took
    out, stays as it is.
    """
    held = hold(case, version=None)
    enterprise = held.enterprise
    if enterprise.client_since is None:
        return 0
    rows = held.measures.filter(point=Point.BASELINE)
    followed = {measure.what: measure for measure in rows.standing().filter(is_taken_over=True)}
    from_idea = Q(by=User.objects.system(), is_taken_over=False)
    out_by_itself = Q(Q(is_taken_over=True) | from_idea, removed_by=User.objects.system())
    if ran_before(enterprise):
        rows.standing().filter(from_idea).update(removed_at=timezone.now(), removed_by=User.objects.system())
    settled = set(rows.exclude(out_by_itself).values_list("what", flat=True)) - followed.keys()
    if began_from_nothing(enterprise):
        facts = {"point": Point.BASELINE, "grade": Grade.SAID, "on": timezone.localdate(enterprise.client_since)}
        missing = [what for what, _fields, _value in baseline_of(enterprise) if what not in settled | followed.keys()]
        for what in missing:
            place(Measure(case=held, what=what, value=0, by=User.objects.system(), **facts))
        return len(missing)
    stated = {one.field: one for one in Statement.objects.filter(enterprise=enterprise).select_related("by")}
    taken = 0
    for what, fields, value in baseline_of(enterprise):
        statements = [stated[field] for field in fields if field in stated]
        before = followed.get(what)
        if what in settled or any(one.at > enterprise.client_since + BEGINNING for one in statements):
            continue
        is_known = value is not None and fields[0] in stated and not any(one.disputed_at for one in statements)
        if before is not None and statements and (not is_known or before.value != value):
            gone = Measure.objects.filter(pk=before.pk)
            gone.update(removed_at=timezone.now(), removed_by=User.objects.system())
        if is_known and (before is None or before.value != value):
            said = stated[fields[0]]
            facts = {"what": what, "value": value, "on": timezone.localdate(said.at), "by": said.by}
            place(Measure(case=held, point=Point.BASELINE, grade=Grade.SAID, is_taken_over=True, **facts))
            taken += 1
    return taken


def began_from_nothing(enterprise: Enterprise) -> bool:
    """An idea when they became a client: nobody worked there, and nothing was sold."""
    is_idea = enterprise.stage == Enterprise.Stage.IDEA
    began = timezone.localdate(enterprise.client_since)
    return is_idea or (enterprise.started_on is not None and enterprise.started_on > began)


def ran_before(enterprise: Enterprise) -> bool:
    """It surely ran when they became a client: an idea was a slip. Of a start only the month or the year is known."""
    began, started = timezone.localdate(enterprise.client_since), enterprise.started_on
    if started is None:
        return False
    earlier_month = started.month > 1 and started < began.replace(day=1)
    return earlier_month or started.year < began.year


def baseline_of(enterprise: Enterprise) -> list[tuple[str, tuple[str, ...], int | None]]:
    """What is measured, the fields that say it, and how much that is; nothing that nobody can mean."""
    women, sales = enterprise.women, enterprise.sales_a_month
    men = None if women is None or enterprise.workers is None else enterprise.workers - women
    return [
        (What.WOMEN, ("women",), women),
        (What.MEN, ("women", "workers"), men),
        (What.SALES, ("sales",), None if sales is None or sales > MOST else sales),
    ]


def take_baselines() -> int:
    """The same for everybody of whom it was said, or called wrong, before anybody took it over or out."""
    known = Measure.objects.filter(case__enterprise=OuterRef("enterprise"), point=Point.BASELINE)
    people = Q(~Exists(known.filter(what=What.WOMEN)), field="women", enterprise__women__isnull=False)
    sales = Q(~Exists(known.filter(what=What.SALES)), field="sales", enterprise__sales__isnull=False)
    wrong = Q(
        Exists(known.standing().filter(is_taken_over=True)),
        field__in=["women", "workers", "sales"],
        disputed_at__isnull=False,
    )
    said = Statement.objects.filter(
        Q(people | sales, disputed_at__isnull=True) | wrong,
        enterprise__client_since__isnull=False,
        at__lte=F("enterprise__client_since") + BEGINNING,
    )
    ideas = Q(enterprise__stage=Enterprise.Stage.IDEA, enterprise__client_since__isnull=False)
    from_nothing = ideas & ~Exists(Measure.objects.filter(case=OuterRef("pk"), point=Point.BASELINE))
    cases = Case.objects.filter(Q(enterprise__in=said.values("enterprise")) | from_nothing)
    living = cases.filter(enterprise__merged_into__isnull=True).order_by("pk")
    return one_by_one(living, lambda case: take_baseline(case=case), failed="a beginning was not taken over")


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
        put = partial(ask_one, point=point, now=now, by=by)
        asked += one_by_one(cases.order_by("pk"), put, failed="a client was not asked for results")
    return asked


def ask_one(case: Case, **facts: Any) -> bool:
    return ask(case=case, **facts)


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
def remove(*, measure: Measure, by: User, because: str) -> Measure:
    """Take a figure out, and say why: it leaves every total at once. For 30 days whoever did it can put it back."""
    held = in_hand(measure, by=by, needs="casework.remove_measure")
    if held.removed_at is None:
        if not because.strip():
            raise ValidationError({"because": _("Say in a few words why.")})
        held.removed_at, held.removed_by, held.removed_because = timezone.now(), by, because
        save(held, update_fields=["removed_at", "removed_by", "removed_because"])
        record("casework.measure_removed", target=held, by=by, audience=AUDIENCE, data={"kind": held.what})
    return held


@transaction.atomic
def put_back(*, measure: Measure, by: User) -> Measure:
    """Bring it back as it stood, unless another figure has its place by now."""
    held = in_hand(measure, by=by, needs="casework.restore_measure")
    if held.removed_at is None or held.removed_at < timezone.now() - BACK_FOR:
        raise ValidationError(_("This was removed more than 30 days ago, and cannot be put back."))
    if not Measure.objects.removed_by(by, since=timezone.now() - BACK_FOR).filter(pk=held.pk).exists():
        raise ValidationError(_("There is another figure for this by now. Look at the list again."))
    held.removed_at, held.removed_by, held.removed_because = None, None, ""
    save(held, update_fields=["removed_at", "removed_by", "removed_because"])
    record("casework.measure_restored", target=held, by=by, audience=AUDIENCE, data={"kind": held.what})
    return held


def in_hand(measure: Measure, *, by: User, needs: str) -> Measure:
    held = Measure.objects.select_for_update(no_key=True, of=("self",)).get(pk=measure.pk)
    if not by.has_perm(needs, held):
        raise PermissionDenied(needs)
    return held
