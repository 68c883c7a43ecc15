import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.utils import timezone

from casework import messages
from casework.actions import cases
from casework.models import Case, StepKind
from enterprises.models import Consent
from messaging.kinds import Recipient, always
from messaging.models import Message
from messaging.texts import parts
from tests.factories.casework import (
    CalledFactory,
    CaseFactory,
    PauseFactory,
    PlannedFactory,
    StepFactory,
    StepKindFactory,
    consents,
    smeda_office,
)
from tests.factories.messaging import MessageFactory

pytestmark = pytest.mark.django_db
PHONE = "+923007654321"


@pytest.fixture(autouse=True)
def helpline(settings):
    settings.HELPLINE = "0800-00000"


def overdue(**attributes):
    """A case whose first call was due yesterday, with an advisor who has a phone."""
    case = CaseFactory(first_contact_due_on=timezone.localdate() - dt.timedelta(days=1), **attributes)
    case.advisor.phone = PHONE
    case.advisor.save()
    return case


def test_overdue_calls_are_planned_for_advisors_with_a_phone():
    late = overdue()
    CaseFactory(first_contact_due_on=timezone.localdate() - dt.timedelta(days=1))  # no phone
    CaseFactory(first_contact_due_on=timezone.localdate())
    CalledFactory(first_contact_due_on=timezone.localdate() - dt.timedelta(days=1))

    assert list(messages.FIRST_CONTACT_OVERDUE.due(timezone.now())) == [late]


def test_the_advisor_is_reminded_once_a_day():
    case = overdue()
    kind = messages.FIRST_CONTACT_OVERDUE

    assert kind.recipient(case) == Recipient(phone=PHONE, language="en")
    assert kind.occasion(case) == timezone.localdate().isoformat()


def test_nobody_is_told_to_call_while_the_client_reads_that_nobody_calls():
    case = overdue()
    pause = PauseFactory(case=case)
    kind = messages.FIRST_CONTACT_OVERDUE
    paused = (list(kind.due(timezone.now())), kind.still_due(case))

    pause.ended_at = timezone.now()
    pause.save()

    assert (paused, list(kind.due(timezone.now())), kind.still_due(case)) == (([], False), [case], True)


def test_of_two_hand_overs_before_the_text_goes_out_one_text_tells_it_all():
    case = CaseFactory()
    kind = messages.HANDED_OVER
    of_case = {"target_label": "casework.case", "target_id": case.pk, "person_id": case.person_id}
    sent = MessageFactory(kind=kind.name, state="sent", sent_at=timezone.now(), **of_case)
    first = kind.still_due(case)
    sent.sent_at = case.assigned_at - dt.timedelta(days=1)
    sent.save()

    assert (first, kind.still_due(case)) == (False, True)


def test_an_advisor_without_a_phone_is_not_reminded():
    assert messages.FIRST_CONTACT_OVERDUE.recipient(CaseFactory()) is None


def test_the_reminder_is_dropped_once_somebody_called():
    case = overdue()
    before = messages.FIRST_CONTACT_OVERDUE.still_due(case)

    Case.objects.update(state="contacted", first_contact_at=timezone.now())
    case.refresh_from_db()

    assert (before, messages.FIRST_CONTACT_OVERDUE.still_due(case)) == (True, False)


@time_machine.travel("2026-11-24 12:00 +0500", tick=False)
def test_what_the_reminder_says():
    case = CaseFactory(enterprise__reference="MUL-4827", first_contact_due_on=dt.date(2026, 11, 26))

    said = messages.FIRST_CONTACT_OVERDUE.render(case, "en")

    assert said == "MUL-4827: the first call was due on 26 Nov. Please call today."


def test_the_entrepreneur_is_told_in_their_language_while_they_allow_contact():
    case = PlannedFactory(lets_contact=False)
    case.person.phone, case.person.language = PHONE, "ur"
    before = messages.PLAN_AGREED.recipient(case)

    consents(case.person)
    allowed = messages.PLAN_AGREED.recipient(case)
    Consent.objects.update(withdrawn_at=timezone.now())
    after = messages.PLAN_AGREED.recipient(case)

    assert (before, allowed, after) == (
        None, Recipient(phone=PHONE, language="ur", person_id=case.person_id), None,
    )  # fmt: skip


def test_without_a_phone_nobody_is_told():
    case = PlannedFactory()
    consents(case.person)
    case.person.phone = ""

    assert messages.PLAN_AGREED.recipient(case) is None


@time_machine.travel("2026-11-24 12:00 +0500", tick=False)
@pytest.mark.parametrize(
    ("owners", "said"),
    [
        ("entrepreneur, advisor", "Your plan is agreed. You do next: Get wool, by 3 Dec. Help 0800-00000"),
        ("advisor", "Your plan is agreed. Your advisor does next: Get wool, by 3 Dec. Help 0800-00000"),
        ("partner", "Your plan is agreed. Our partner does next: Get wool, by 3 Dec. Help 0800-00000"),
        (
            "advisor, advisor, entrepreneur",
            "Plan agreed. Your advisor: Get wool, by 3 Dec. You: Get wool, by 5 Dec. Help 0800-00000",
        ),
        (
            "partner, entrepreneur",
            "Plan agreed. Our partner: Get wool, by 3 Dec. You: Get wool, by 4 Dec. Help 0800-00000",
        ),
    ],
)
def test_the_plan_says_what_the_client_does_first_and_who_does_the_next_step(owners, said):
    """C5: the step of an advisor is not called the client's own."""
    case = PlannedFactory()
    for days, owner in enumerate(owners.split(", ")):
        kind = StepKindFactory(name="Get wool", owner=owner)
        StepFactory(case=case, kind=kind, due_on=dt.date(2026, 12, 3 + days))

    assert messages.PLAN_AGREED.render(case, "en") == said


GENERAL = "Your plan is agreed. See your next step on your page. Help 0800-00000"


@pytest.mark.parametrize(("code", "is_general"), [("loan-application", True), ("course", False)])
def test_a_loan_is_not_named_on_a_phone_that_others_read(code, is_general):
    step = StepFactory(kind=StepKind.objects.get(code=code))

    said = messages.PLAN_AGREED.discreet(step.case, "en")

    assert (said == GENERAL, messages.PLAN_AGREED.render(step.case, "en") == GENERAL) == (is_general, False)


def test_a_plan_without_an_open_step_is_said_in_general():
    assert messages.PLAN_AGREED.render(PlannedFactory(), "en") == GENERAL


@pytest.mark.parametrize(("language", "most"), [("en", 1), ("ur", 2)])
def test_no_text_is_longer_than_its_language_allows(language, most, settings):
    StepKindFactory(name="Write " * 16, name_ur="لکھیں " * 16)
    kinds = list(StepKind.objects.all())
    own = StepKindFactory(name="Write " * 16, name_ur="لکھیں " * 16)
    texts = []
    for kind in kinds:
        step = StepFactory(kind=kind, due_on=dt.date(2026, 12, 30))
        texts.append(messages.PLAN_AGREED.render(step.case, language))
        StepFactory(case=step.case, kind=own, due_on=dt.date(2026, 12, 31))
        texts.append(messages.PLAN_AGREED.render(step.case, language))
    texts.append(messages.PLAN_AGREED.render(PlannedFactory(), language))
    texts.append(messages.FIRST_CONTACT_OVERDUE.render(CaseFactory(enterprise__reference="MUL-123456789"), language))

    assert [text for text in texts if parts(text) > most] == []


@pytest.mark.parametrize(("phone", "number"), [("061-1234567", "061-1234567"), ("", "0800-00000")])
def test_a_closed_case_is_told_with_whom_to_call(phone, number):
    case = CaseFactory(office=smeda_office(phone=phone))

    assert messages.CLOSED.render(case, "en") == (
        f"Your case at SMEDA is closed. If you need help again, call {number}."
    )
    assert messages.CLOSED.still_due(case) is False


@pytest.mark.parametrize(("outcome", "told"), [("moved", ["casework.closed"]), ("died", [])])
def test_closing_is_told_unless_nobody_is_there_to_read_it(outcome, told):
    case = CalledFactory()

    cases.close(case=case, by=case.advisor, version=0, outcome=outcome)

    assert list(Message.objects.values_list("kind", flat=True)) == told


def opened_again(state):
    """A case that was closed and opened again, where the text about its end stands so."""
    case = CalledFactory()
    closed = cases.close(case=case, by=case.advisor, version=0, outcome="moved")
    sent_at, error = (timezone.now(), "") if state == "sent" else (None, "x" if state != "waiting" else "")
    Message.objects.filter(kind="casework.closed", target_id=case.pk).update(
        state=state, sent_at=sent_at, last_error=error
    )
    return cases.reopen(case=closed, by=case.advisor, version=closed.version, reason="She is back.")


def told_again(kind):
    """Of which texts about an end it follows that the next one goes out."""
    return [state for state in ("waiting", "dropped", "dead", "sent") if kind.still_due(opened_again(state))]


def test_only_who_was_told_that_the_case_is_closed_is_told_that_it_is_open_again():
    assert told_again(messages.REOPENED) == ["sent"]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: where nobody asks whether they were told")
def test_only_who_was_told_that_the_case_is_closed_is_told_that_it_is_open_again_control():
    assert told_again(replace(messages.REOPENED, still_due=always)) == ["sent"]


def test_what_was_told_of_an_earlier_end_does_not_count_for_the_last_one():
    case = opened_again("sent")
    again = cases.close(case=case, by=case.advisor, version=case.version, outcome="moved")

    assert messages.REOPENED.still_due(again) is False
    opened = cases.reopen(case=again, by=case.advisor, version=again.version, reason="She is back.")

    assert messages.REOPENED.still_due(opened) is False
