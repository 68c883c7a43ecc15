import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.roles import Role
from casework import facts, timeline
from casework.actions import cases, plans
from casework.models import Case, Step, StepKind
from casework.open_items import plans as plan_items
from casework.states import CaseState
from journal.events import ADVISORS, ENTREPRENEUR, record
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from journal.open_items import Scope
from kit.text import apart
from messaging.models import Message
from tests.casework.asking import names_of
from tests.factories.accounts import colleague
from tests.factories.casework import (
    CalledFactory,
    CaseFactory,
    ClosedFactory,
    PlannedFactory,
    StepFactory,
    StepKindFactory,
)
from tests.factories.enterprises import OwnershipFactory, system

pytestmark = pytest.mark.django_db
SOON, LATER = dt.date(2026, 12, 1), dt.date(2026, 12, 20)


def step(kind=None, due_on=SOON):
    return {"kind": kind or StepKindFactory(), "due_on": due_on}


def ours(due_on=SOON):
    """A step of the advisor's: a first plan has one."""
    return step(StepKindFactory(owner="advisor"), due_on)


def agree(case, *steps, by=None, version=0):
    return plans.agree(case=case, steps=steps, by=by or case.advisor, version=version)


def closed(name, enterprise, **data):
    """An event of that name about the enterprise; the event."""
    return record(name, target=enterprise, by=system(), audience={ADVISORS}, data=data)


def test_a_plan_of_two_steps_is_agreed_and_told():
    case = CalledFactory()
    first, second = step(), ours(due_on=LATER)

    planned = agree(case, first, second)

    assert (planned.state, planned.version, names_of(Case, case.pk)) == (
        CaseState.PLANNED, 1, ["casework.plan_agreed"],
    )  # fmt: skip
    assert list(case.steps.order_by("id").values_list("kind", "due_on", "set_by", "closed_at")) == [
        (first["kind"].pk, SOON, case.advisor_id, None),
        (second["kind"].pk, LATER, case.advisor_id, None),
    ]
    assert list(Message.objects.values_list("kind", "target_id")) == [("casework.plan_agreed", case.pk)]


@pytest.mark.parametrize(("due_on", "told"), [(LATER, 1), (SOON - dt.timedelta(days=1), 2)])
def test_a_plan_that_grows_is_told_again_only_where_the_next_step_is_another(due_on, told):
    """The text names the next step: a step behind it says nothing new, a step before it does."""
    assert_told_when_it_grows(due_on, told)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: every plan is a text of its own")
def test_a_plan_that_grows_is_told_again_only_where_the_next_step_is_another_control(monkeypatch):
    queue = plans.outbox.queue
    monkeypatch.setattr(plans.outbox, "queue", lambda *what, **more: queue(*what, **more | {"key": uuid.uuid4().hex}))

    assert_told_when_it_grows(LATER, 1)


def assert_told_when_it_grows(due_on, told):
    case = PlannedFactory()
    agree(case, step())

    agree(case, step(due_on=due_on), version=1)

    case.refresh_from_db()
    assert (case.steps.count(), case.version, Message.objects.count()) == (2, 2, told)


def test_a_plan_has_a_step():
    with pytest.raises(ValidationError):
        agree(CalledFactory())


def test_a_plan_comes_after_the_first_call():
    with pytest.raises(MoveRefused):
        agree(CaseFactory(), step(), ours())


def test_a_plan_is_not_agreed_over_somebody_elses_change():
    with pytest.raises(EditConflict):
        agree(CalledFactory(version=1), step(), ours(), version=0)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROGRAMME_MANAGER, Role.LOAN_OFFICER, Role.ADVISOR])
def test_only_advisors_of_the_district_agree_plans(role):
    with pytest.raises(PermissionDenied):
        agree(CalledFactory(), step(), ours(), by=colleague(role))


def test_a_step_stands_in_the_plan_once_until_it_is_done():
    case = PlannedFactory()
    kind = StepKindFactory()
    agree(case, step(kind))

    with pytest.raises(ValidationError):
        agree(case, step(kind), version=1)
    plans.close_step(step=case.steps.get(), by=case.advisor)
    agree(case, step(kind), version=1)

    assert case.steps.count() == 2


def test_a_step_is_not_chosen_twice_at_once():
    kind = StepKindFactory()

    with pytest.raises(ValidationError, match="in the plan already"):
        agree(CalledFactory(), step(kind), step(kind))


def test_the_database_holds_that_a_step_is_open_once():
    """The control of both: without the look beforehand the constraint refuses."""
    first = StepFactory()

    with pytest.raises(IntegrityError):
        StepFactory(case=first.case, kind=first.kind)


def test_a_step_without_an_event_is_closed_by_a_colleague():
    one = StepFactory()

    plans.close_step(step=one, by=one.case.advisor)

    one.refresh_from_db()
    assert (one.closed_by, one.closing_event_id) == (one.case.advisor, None)
    assert names_of(Step, one.pk) == ["casework.step_closed"]
    assert Event.objects.get().data == {"kind": one.kind.code}


def test_a_step_is_closed_once():
    one = StepFactory()
    plans.close_step(step=one, by=one.case.advisor)

    with pytest.raises(ValidationError):
        plans.close_step(step=one, by=one.case.advisor)

    assert names_of(Step, one.pk) == ["casework.step_closed"]


def test_a_step_of_a_closed_case_stays_as_it_is():
    one = StepFactory(case=ClosedFactory())

    with pytest.raises(MoveRefused):
        plans.close_step(step=one, by=one.case.advisor)


def test_a_step_that_an_event_proves_is_not_closed_by_hand():
    one = StepFactory(kind=StepKind.objects.get(code="course"))

    with pytest.raises(ValidationError):
        plans.close_step(step=one, by=one.case.advisor)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROGRAMME_MANAGER, Role.LOAN_OFFICER, Role.ADVISOR])
def test_only_advisors_of_the_district_close_steps(role):
    with pytest.raises(PermissionDenied):
        plans.close_step(step=StepFactory(), by=colleague(role))


def test_the_event_closes_the_step_that_asked_for_it_and_no_other():
    finish, apply_for_loan = StepKind.objects.get(code="course"), StepKind.objects.get(code="loan-application")
    one = StepFactory(kind=finish)
    others = [StepFactory(case=one.case, kind=apply_for_loan), StepFactory(kind=finish)]

    event = closed("training.certified", one.case.enterprise)

    one.refresh_from_db()
    assert (one.closed_by, one.closing_event_id) == (system(), event.pk)
    assert set(Step.objects.open()) == set(others)


def test_a_second_event_closes_nothing_twice():
    one = StepFactory(kind=StepKind.objects.get(code="course"))
    first = closed("training.certified", one.case.enterprise)

    closed("training.certified", one.case.enterprise)

    one.refresh_from_db()
    assert (one.closing_event_id, names_of(Step, one.pk)) == (first.pk, ["casework.step_closed"])


def test_a_registration_closes_the_step_that_asked_for_this_registration():
    case = PlannedFactory()
    tax, licence = (StepFactory(case=case, kind=StepKind.objects.get(code=code)) for code in ("ntn", "trade-licence"))

    closed("formalisation.obtained", case.enterprise, kind="ntn")

    assert list(Step.objects.open()) == [licence]
    tax.refresh_from_db()
    assert tax.closed_at is not None


def test_a_visit_closes_the_step_that_asked_for_a_visit():
    case = PlannedFactory()
    one = StepFactory(case=case, kind=StepKind.objects.get(code="visit"))

    closed("casework.contacted", case.enterprise, kind="phone")
    is_open_after_call = Step.objects.open().filter(pk=one.pk).exists()
    closed("casework.contacted", case.enterprise, kind="visit")

    assert (is_open_after_call, Step.objects.open().count()) == (True, 0)


def test_an_event_about_the_person_closes_steps_of_their_cases():
    one = StepFactory(kind=StepKind.objects.get(code="course"))

    event = record("training.certified", target=one.case.person, by=system(), audience={ADVISORS})

    one.refresh_from_db()
    assert (event.enterprise_id, one.closing_event_id) == (None, event.pk)


def test_an_event_about_nobody_closes_nothing():
    StepFactory(kind=StepKind.objects.get(code="course"))
    about_nobody = Event(name="training.certified", data={})

    assert plans.close_for_event(event=about_nobody, by=system()) == []


def test_an_event_of_an_enterprise_without_a_case_closes_nothing():
    event = closed("training.certified", OwnershipFactory().enterprise)

    assert Event.objects.get() == event


def test_the_kinds_of_steps_are_complete_in_both_languages():
    kinds = list(StepKind.objects.all())

    assert len(kinds) == 18
    assert [kind.code for kind in kinds if not (kind.name and kind.name_ur and kind.bring and kind.bring_ur)] == []
    assert [kind.code for kind in kinds if not kind.closed_by_hand and not kind.closed_by_event] == []


def test_a_step_that_nothing_can_close_is_refused():
    with pytest.raises(IntegrityError):
        StepKindFactory(closed_by_hand=False)


@pytest.mark.parametrize(("language", "things"), [("en", ["Your CNIC", "a bill"]), ("ur", ["شناختی کارڈ", "بل"])])
def test_what_to_bring_is_parted_in_both_scripts(language, things):
    kind = StepKindFactory(bring="Your CNIC, a bill", bring_ur="شناختی کارڈ، بل")

    with override(language):
        found = kind.things_to_bring

    assert found == things


# What a first plan lacks


def refuses(said, *steps):
    case = CalledFactory()
    with pytest.raises(ValidationError, match=said):
        agree(case, *steps)
    assert not case.steps.exists()


def test_a_first_plan_has_a_step_of_each_side():
    """C5. A partner's step is neither."""
    refuses("a step of yours too", step(), step(StepKindFactory(owner="partner")))
    refuses("a step of the client's too", ours(), step(StepKindFactory(owner="partner")))


def taken_up_again():
    """Both sides had steps, the case was closed, and it is open again."""
    case = PlannedFactory()
    agree(case, step(), ours())
    case.refresh_from_db()
    closed = cases.close(case=case, by=case.advisor, version=case.version, outcome="moved")
    return cases.reopen(case=closed, by=case.advisor, version=closed.version, reason="She came back.")


def test_a_case_that_is_taken_up_again_has_its_plan_already():
    case = taken_up_again()

    agree(case, step(StepKindFactory(owner="entrepreneur")), version=case.version)

    assert (case.state, case.steps.count()) == ("planned", 3)


def with_steps_of_another_record():
    """Nobody agreed a plan here; its steps came when two records were joined."""
    case = CalledFactory()
    StepFactory(case=case)
    return case


def test_a_case_that_got_steps_from_another_record_has_its_plan_already():
    case = with_steps_of_another_record()

    agree(case, step(StepKindFactory(owner="entrepreneur")), version=case.version)

    assert case.steps.count() == 2


@pytest.mark.xfail(strict=True, raises=ValidationError, reason="The state alone says that it is a first plan.")
def test_a_case_that_got_steps_from_another_record_has_its_plan_already_control(monkeypatch):
    monkeypatch.setattr(plans, "is_first_plan", lambda case: case.state == "contacted")
    case = with_steps_of_another_record()

    agree(case, step(StepKindFactory(owner="entrepreneur")), version=case.version)


def test_a_plan_that_grows_may_grow_on_one_side():
    case = PlannedFactory()

    agree(case, step())
    agree(case, ours(), version=1)

    assert case.steps.count() == 2


def test_what_was_said_of_a_step_is_kept_and_read_by_the_client():
    case = CalledFactory()

    agree(case, step() | {"words": "The blue notebook"}, ours())

    own = case.steps.order_by("id").first()
    assert (own.words, facts.of_steps([own.pk])[own.pk].why) == ("The blue notebook",) * 2


# Dropped, or on another day

ACTS = {
    "drop": lambda one, **more: plans.drop(step=one, **({"because": "She has one.", "version": 0} | more)),
    "move": lambda one, **more: plans.re_date(
        step=one, **({"because": "The shop was shut.", "version": 0, "due_on": LATER} | more)
    ),
}
both_acts = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)


def test_a_step_that_nobody_needs_is_dropped_and_not_done():
    one = StepFactory()

    plans.drop(step=one, by=one.case.advisor, version=0, because="She has one.")

    one.refresh_from_db()
    assert (one.is_dropped, one.is_done, one.closed_by, one.version) == (True, False, one.case.advisor, 1)
    assert (names_of(Step, one.pk), Event.objects.get().data) == (["casework.step_dropped"], {"kind": one.kind.code})
    assert ENTREPRENEUR in Event.objects.get().audience
    (rows,) = plan_items.items(Scope(enterprise_ids=[one.enterprise_id]))
    assert (list(Step.objects.open()), rows.count()) == ([], 0)


def test_a_dropped_step_may_be_agreed_again():
    one = StepFactory()
    plans.drop(step=one, by=one.case.advisor, version=0, because="She has one.")

    agree(one.case, step(one.kind))

    assert one.case.steps.open().count() == 1


def test_the_history_of_a_moved_step_says_both_days():
    one = StepFactory(due_on=SOON)

    plans.re_date(step=one, by=one.case.advisor, version=0, due_on=LATER, because="The shop was shut.")

    one.refresh_from_db()
    event = Event.objects.get()
    assert (one.due_on, one.was_due_on, one.moved_because, one.version) == (LATER, SOON, "The shop was shut.", 1)
    assert event.data == {"kind": one.kind.code, "was": "2026-12-01", "now": "2026-12-20"}
    assert (event.name, ENTREPRENEUR in event.audience) == ("casework.step_moved", True)
    told = timeline.of_event(event, one.case, steps={one.kind.code: one.kind.label}, places={}, reasons={})
    assert told["text"] == f"A step of the plan has another day: {one.kind.label}, 20 Dec in place of 1 Dec"


@both_acts
def test_both_ask_for_a_reason(act):
    one = StepFactory()

    with pytest.raises(ValidationError, match="Write why"):
        act(one, by=one.case.advisor, because="")


def test_another_day_is_another_one():
    one = StepFactory(due_on=LATER)

    with pytest.raises(ValidationError, match="on this day already"):
        ACTS["move"](one, by=one.case.advisor)


@both_acts
def test_neither_happens_over_somebody_elses_change(act):
    one = StepFactory(version=1)

    with pytest.raises(EditConflict):
        act(one, by=one.case.advisor)


@both_acts
@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROGRAMME_MANAGER, Role.LOAN_OFFICER, Role.ADVISOR])
def test_only_advisors_of_the_district_do_either(role, act):
    with pytest.raises(PermissionDenied):
        act(StepFactory(), by=colleague(role))


@both_acts
def test_what_is_over_stays_as_it_is(act):
    done, dropped, ended = StepFactory(), StepFactory(), StepFactory(case=ClosedFactory())
    plans.close_step(step=done, by=done.case.advisor)
    plans.drop(step=dropped, by=dropped.case.advisor, version=0, because="She has one.")

    for one, refusal in ((done, "done already"), (dropped, "was dropped")):
        with pytest.raises(ValidationError, match=refusal):
            act(one, by=one.case.advisor, version=1)
    with pytest.raises(MoveRefused):
        act(ended, by=ended.case.advisor)


def lacks_a_rule(**facts):
    with pytest.raises(IntegrityError):
        StepFactory(**facts)


RULES = {
    "casework_dropped_step_is_closed_by_no_event": {"dropped_because": "She has one."},
    "casework_step_moved_with_day_and_reason": {"was_due_on": SOON},
}


@pytest.mark.parametrize("facts", RULES.values(), ids=RULES)
def test_the_database_holds_what_belongs_together(facts):
    lacks_a_rule(**facts)


@pytest.mark.parametrize(("name", "facts"), RULES.items())
@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="control: without its rule the database takes it")
def test_the_database_holds_what_belongs_together_control(name, facts):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE casework_step DROP CONSTRAINT {name}")

    lacks_a_rule(**facts)


def test_every_field_of_a_step_is_safe_to_copy_or_never_copied():
    assert {field.name for field in Step._meta.concrete_fields} == Step.SAFE_TO_COPY | Step.NEVER_COPIED


def post(client, name, one, **typed):
    path = reverse(f"casework:step-{name}", args=[one.pk])
    return client.post(path, {"version": one.version, "request_key": uuid.uuid4()} | typed)


def test_a_colleague_moves_and_drops_a_step_and_the_client_reads_why(signed_in):
    one = StepFactory(due_on=dt.date(2026, 11, 30), words="The blue notebook")
    client = signed_in(one.case.advisor)
    assert [client.get(reverse(f"casework:step-{name}", args=[one.pk])).status_code for name in ("move", "drop")] == [
        200, 200
    ]  # fmt: skip
    refused = post(client, "move", one, due_on="", because="")
    assert refused.context["form"].errors.keys() == {"due_on", "because"}
    day = timezone.localdate() + dt.timedelta(days=40)

    moved = post(client, "move", one, due_on=f"{day:%d-%m-%Y}", because="The shop was shut.")

    one.refresh_from_db()
    own = signed_in(one.case.person.user)
    line, page = (answer := own.get("/my/")).context["business"].plan[0], answer.text
    assert (moved["Location"], one.due_on) == (one.case.get_absolute_url(), day)
    assert line["note"].startswith("You, by ")
    assert line["note"].endswith("in place of 30 Nov 2026")
    assert (line["words"], line["why"]) == ("The blue notebook", "The shop was shut.")
    assert 'Why: <span dir="auto">The shop was shut.</span>' in page
    assert "The shop was shut." in client.get(one.get_absolute_url()).content.decode()

    post(client, "drop", one, because="She has one.")

    one.refresh_from_db()
    line = own.get("/my/").context["business"].plan[0]
    assert (line["state"], line["note"].rpartition(": ")[2]) == ("dropped", apart("She has one."))
    assert [row["state"] for row in client.get(one.case.get_absolute_url()).context["page"].plan] == ["dropped"]
    page = client.get(one.get_absolute_url()).content.decode()
    assert "She has one." in page
    assert "Drop this step" not in page
    assert client.get(reverse("casework:step-drop", args=[one.pk])).status_code == 200


def test_readers_find_no_way_to_either(signed_in):
    one = StepFactory()
    auditor = signed_in(colleague(Role.AUDITOR))

    assert "Drop this step" not in auditor.get(one.get_absolute_url()).content.decode()
    assert [auditor.get(reverse(f"casework:step-{name}", args=[one.pk])).status_code for name in ("move", "drop")] == [
        403, 403
    ]  # fmt: skip
