"""What the client is told of a plan that changed: once, after an hour of rest, whatever changed until then."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
import time_machine
from django.utils import timezone

from casework import messages
from casework.actions import plans
from casework.messages.plans import untold
from casework.models import Case, Step, StepKind
from enterprises.models import Consent, Person
from messaging import kinds, outbox
from messaging.models import Message
from tests.factories.casework import ClosedFactory, StepFactory, StepKindFactory

pytestmark = pytest.mark.django_db
KIND = messages.PLAN_CHANGED
SOON, LATER, LATEST = dt.date(2026, 12, 1), dt.date(2026, 12, 20), dt.date(2026, 12, 28)
EVENING = dt.datetime(2026, 11, 24, 19, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def helpline(settings):
    settings.HELPLINE = "0800-00000"


@pytest.fixture
def sent(settings, monkeypatch):
    """The texts that went out."""
    settings.MESSAGE_GATEWAY_URL = "http://gateway.test"
    texts = []

    class Gateway:
        def send(self, *, phone, text, key):
            texts.append(text)
            return key[:20]

    monkeypatch.setattr("messaging.gateway.current", Gateway)
    return texts


def a_step(**facts):
    kind = facts.pop("kind", None) or StepKindFactory(name="Open a bank account")
    return StepFactory(kind=kind, due_on=SOON, **facts)


def move(step, due_on=LATER):
    step.refresh_from_db()
    plans.re_date(step=step, by=step.case.advisor, version=step.version, due_on=due_on, because="The shop was shut.")


def drop(step):
    step.refresh_from_db()
    plans.drop(step=step, by=step.case.advisor, version=step.version, because="She has one.")


def deliver(at):
    with time_machine.travel(at, tick=False):
        outbox.deliver_due(at)


@pytest.mark.parametrize(
    ("owner", "who"), [("entrepreneur", "You"), ("advisor", "Your advisor"), ("partner", "Our partner")]
)
def test_a_step_with_another_day_is_said_with_both_days_and_whose_it_is(owner, who):
    step = a_step(kind=StepKindFactory(name="Open a bank account", name_ur="بینک کھاتہ کھولیں", owner=owner))

    move(step)

    text = KIND.render(step.case, "en")
    assert text == (f"Your plan changed. {who}: Open a bank account, now by 20 Dec in place of 1 Dec. Help 0800-00000")
    assert (KIND.discreet(step.case, "en"), KIND.still_due(step.case)) == (text, True)
    assert "بینک" in KIND.render(step.case, "ur")


def test_a_dropped_step_is_said_without_a_day():
    step = a_step()

    drop(step)

    assert (
        KIND.render(step.case, "en") == "Your plan changed. Not needed any more: Open a bank account. Help 0800-00000"
    )


def test_of_several_the_text_says_where_they_stand():
    """And on a phone that others read, no loan is named."""
    step = a_step(kind=StepKind.objects.get(code="loan-application"))
    move(step)
    said = KIND.render(step.case, "en"), KIND.discreet(step.case, "en")
    assert ["oan" in text for text in said] == [True, False]

    drop(a_step(case=step.case))

    on_page = "Your plan changed. See on your page what is to be done, and by when. Help 0800-00000"
    assert (KIND.render(step.case, "en"), said[1]) == (on_page, on_page)
    Person.objects.update(cnic=None, cnic_standing="none")
    assert KIND.render(Case.objects.get(), "en") == (
        "Your plan changed. Your advisor tells you what is to be done, and by when. Help 0800-00000"
    )


def evening(sent):
    """One step moves and then is dropped, another moves twice; the phone rings in the morning."""
    with time_machine.travel(EVENING, tick=False) as clock:
        one = a_step()
        two = a_step(case=one.case, kind=StepKindFactory())
        for minutes, act in (
            (0, lambda: move(one)),
            (20, lambda: move(two)),
            (50, lambda: move(two, LATEST)),
            (5, lambda: drop(one)),
        ):
            clock.shift(dt.timedelta(minutes=minutes))
            act()
        deliver(EVENING + dt.timedelta(minutes=80))
    return one.case


def test_several_changes_of_one_evening_are_one_text(sent):
    one_text_of_an_evening(sent)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: every change is a text of its own")
def test_several_changes_of_one_evening_are_one_text_control(sent, monkeypatch):
    queue = outbox.queue
    monkeypatch.setitem(kinds._installed, KIND.name, replace(KIND, occasion=None, still_due=kinds.always))
    monkeypatch.setattr(plans.outbox, "queue", lambda *what, **more: queue(*what, **more, key=uuid.uuid4().hex))

    one_text_of_an_evening(sent)


def one_text_of_an_evening(sent):
    case = evening(sent)
    assert sent == []

    deliver(EVENING + dt.timedelta(hours=13, minutes=1))

    assert (len(sent), Message.objects.filter(kind=KIND.name, state="sent").count()) == (1, 1)
    assert (untold(case), KIND.still_due(case)) == ([], False)


def test_a_next_change_is_a_text_of_its_own(sent):
    with time_machine.travel(EVENING - dt.timedelta(days=1), tick=False):
        step = a_step()
        move(step)
    Person.objects.update(language="en")
    deliver(EVENING - dt.timedelta(hours=22, minutes=30))
    with time_machine.travel(EVENING - dt.timedelta(hours=5), tick=False):
        move(step, LATEST)
    deliver(EVENING - dt.timedelta(hours=3))

    assert ["20 Dec in place of 1 Dec" in sent[0], "28 Dec in place of 20 Dec" in sent[1], len(sent)] == [True, True, 2]


def texts_of_a_change_while_one_goes_out(sent, monkeypatch):
    """A colleague gives another step its day in the very moment in which the text about the first one is sent."""
    noon = EVENING - dt.timedelta(hours=7)
    with time_machine.travel(noon, tick=False):
        step = a_step()
        other = a_step(case=step.case, kind=StepKindFactory(name="Buy a machine"))
        Person.objects.update(language="en")
        move(step)

    class Gateway:
        def send(self, *, phone, text, key):
            if not sent:
                move(other, LATEST)
            sent.append(text)
            return key[:20]

    monkeypatch.setattr("messaging.gateway.current", Gateway)
    for minutes in (61, 123):
        with time_machine.travel(noon + dt.timedelta(minutes=minutes)):
            outbox.deliver_due(timezone.now())
    return ["20 Dec in place of 1 Dec" in text for text in sent], ["28 Dec in place of 1 Dec" in text for text in sent]


def test_what_changes_while_a_text_goes_out_is_told_by_the_next(sent, monkeypatch):
    assert texts_of_a_change_while_one_goes_out(sent, monkeypatch) == ([True, False], [False, True])


def put_back(step):
    move(step)
    move(step, SOON)


def done(step):
    move(step)
    step.refresh_from_db()
    plans.close_step(step=step, by=step.case.advisor)


def closed(step):
    move(step)
    step.case = ClosedFactory()
    step.save(update_fields=["case"])


def old(step):
    with time_machine.travel(timezone.now() - dt.timedelta(days=8)):
        move(step)


@pytest.mark.parametrize("what", [put_back, done, closed, old])
def test_nothing_is_told_of_what_is_no_news(what):
    """The day that it had, a step that is done, a case that is closed, a change of long ago."""
    step = a_step()

    what(step)

    assert not KIND.still_due(Step.objects.get(pk=step.pk).case)


def test_whoever_does_not_let_us_write_gets_no_text_and_a_lost_one_asks_for_a_call():
    step = a_step()
    Consent.objects.update(withdrawn_at=timezone.now())

    move(step)

    assert KIND.recipient(step.case) is None
    assert str(KIND.about) == "what changed in the plan"
