"""Results: known in a stated way, asked for after 6 and 12 months, and out of every total once taken out."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from casework.actions import outcomes
from casework.messages import OUTCOME_ASKED, OUTCOME_REMINDER
from casework.models import FollowUp, Measure
from casework.open_items import open_items
from casework.states import FollowUpState
from enterprises.models import Consent, Enterprise, Person
from journal.events import ADVISORS, record
from journal.models import Event, JobRun
from journal.moves import EditConflict, MoveRefused
from journal.open_items import Scope, united
from kit.days import months_after
from messaging import kinds
from messaging.models import Message
from messaging.outbox import plan
from portal.jobs import follow_up as nightly_job
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.casework import CalledFactory, CaseFactory, ClosedFactory, smeda_office
from tests.factories.enterprises import EnterpriseFactory, OwnershipFactory, PersonFactory, StatementFactory, system
from tests.factories.outcomes import (
    AnsweredFollowUpFactory,
    FollowUpFactory,
    MeasureFactory,
    UnansweredFollowUpFactory,
)

pytestmark = pytest.mark.django_db
NOW, TODAY = timezone.now, timezone.localdate
ALL = {"women": 3, "women_paid": 1, "men": 0, "men_paid": 0, "sales": 40_000, "profit": 2, "income": 3, "bank": 1}


def noted(case, *, by=None, **changes):
    facts = {"values": {"women": 3}, "on": TODAY(), "point": "other", "grade": "seen"} | changes
    return outcomes.note(case=case, by=by or case.advisor, **facts)


def measured(case):
    rows = case.measures.standing().order_by("pk")
    return [(one.what, one.point, one.value, one.grade) for one in rows]


def answer(follow_up, *, by=None, **changes):
    facts = {"values": ALL, "anyway": "no", "version": follow_up.version} | changes
    return outcomes.answer(follow_up=follow_up, by=by or follow_up.case.person.user, **facts)


def client_since(months, *, days=0, made=CalledFactory, **facts):
    """A case of somebody who became a client so many months and days ago."""
    began = timezone.make_aware(
        dt.datetime.combine(months_after(TODAY(), -months) - dt.timedelta(days=days), dt.time(12))
    )
    return made(enterprise__client_since=began, **facts)


def url(name, *args):
    return reverse(f"casework:{name}", args=args)


def keyed(**fields):
    return fields | {"request_key": str(uuid.uuid4())}


# Written down


def test_a_colleague_writes_down_what_they_heard_or_saw():
    case = CalledFactory()

    noted(case, values={"women": 3, "women_paid": None, "sales": 40_000}, grade="seen")

    assert measured(case) == [("women", "other", 3, "seen"), ("sales", "other", 40_000, "seen")]
    assert list(Event.objects.order_by("pk").values_list("name", "data")) == [
        ("casework.measured", {"kind": "women"}),
        ("casework.measured", {"kind": "sales"}),
    ]


def test_a_newer_figure_of_the_same_point_takes_the_place_of_the_one_before():
    case = CalledFactory()

    for women in (2, 3):
        noted(case, values={"women": women}, point="baseline")

    assert measured(case) == [("women", "baseline", 3, "seen")]
    assert [one.removed_by for one in case.measures.exclude(removed_at=None)] == [case.advisor]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"grade": "confirmed"}, PermissionDenied),
        ({"values": {"loan": 50_000}}, PermissionDenied),
        ({"values": {"women": None}}, ValidationError),
        ({"on": timezone.localdate() + dt.timedelta(days=2)}, ValidationError),
    ],
)
def test_nobody_types_what_the_client_confirms_or_an_event_proves(changes, refusal):
    case = CalledFactory()

    with pytest.raises(refusal):
        noted(case, **changes)

    assert measured(case) == []


@pytest.mark.xfail(strict=True, raises=IntegrityError)
def test_nobody_types_what_the_client_confirms_control():
    """Past the action the database holds it: a confirmed figure needs the answer it stands in."""
    MeasureFactory(grade="confirmed")


def test_what_the_client_answered_stands():
    follow_up = FollowUpFactory(case=client_since(6))
    answer(follow_up, values={"women": 3})

    with pytest.raises(ValidationError, match="answered this themselves"):
        noted(follow_up.case, values={"women": 9}, point="m6")

    assert measured(follow_up.case) == [("women", "m6", 3, "confirmed")]


def test_a_colleague_from_elsewhere_measures_nothing():
    with pytest.raises(PermissionDenied):
        noted(CalledFactory(), by=colleague(Role.ADVISOR, office=smeda_office("lahore")))


# From the registration


def said_at(case, *fields, days=1):
    at = case.enterprise.client_since + dt.timedelta(days=days)
    return [StatementFactory(person=None, enterprise=case.enterprise, field=field, at=at) for field in fields]


SAID = {"enterprise__workers": 5, "enterprise__women": 2, "enterprise__sales": 3_000, "enterprise__sales_per": "day"}


def test_what_the_registration_says_is_the_beginning_and_taken_once():
    case = client_since(1, **SAID)
    said_at(case, "women", "workers", "sales")

    taken = [outcomes.take_baseline(case=case), outcomes.take_baseline(case=case)]

    assert taken == [3, 0]
    assert measured(case) == [
        ("women", "baseline", 2, "said"),
        ("men", "baseline", 3, "said"),
        ("sales", "baseline", 75_000, "said"),
    ]


@pytest.mark.parametrize(
    ("days", "facts", "expected"),
    [
        (90, {}, 3),
        (91, {}, 0),
        (1, {"enterprise__women": None}, 1),
        (1, {"enterprise__sales": None, "enterprise__sales_per": ""}, 2),
    ],
)
def test_what_was_said_long_after_is_no_beginning(days, facts, expected):
    case = client_since(6, **SAID | facts)
    said_at(case, "women", "workers", "sales", days=days)

    assert outcomes.take_baseline(case=case) == expected
    assert outcomes.take_baselines() == 0


def test_what_was_said_before_anybody_took_it_over_is_taken_in_the_night():
    case = client_since(6, **SAID)
    said_at(case, "women", "sales")
    client_since(6, **SAID | {"enterprise__women": None})

    assert nightly_job(JobRun())["baselines"] == 3
    assert len(measured(case)) == 3


def test_a_lead_has_no_beginning_yet_and_a_business_without_a_case_none_at_all():
    lead = CalledFactory(enterprise__client_since=None, **SAID)

    assert outcomes.take_baseline(case=lead) == 0
    record("enterprises.became_client", target=lead.enterprise, by=system(), audience=[ADVISORS])
    record("enterprises.became_client", target=EnterpriseFactory(), by=system(), audience=[ADVISORS])
    assert not Measure.objects.exists()


def test_details_that_a_client_fills_in_are_taken_at_once():
    case = client_since(0, **SAID)
    said_at(case, "women", "sales", days=0)
    of = {"target": case.enterprise, "by": system(), "audience": [ADVISORS]}

    record("enterprises.details_changed", of=case, **of)

    assert [what for what, *_rest in measured(case)] == ["women", "men", "sales"]


# By events


def obtained(case, **data):
    facts = {"kind": "ntn", "registration": 1} | data
    return record("formalisation.obtained", target=case, by=case.advisor, audience=[ADVISORS], data=facts)


def test_registrations_and_loans_are_results_by_themselves():
    case = CalledFactory()

    event = obtained(case, is_new=True, on="2026-03-04")
    obtained(case, kind="bank")
    obtained(case, is_new=False)
    record("loans.disbursed", target=case, by=system(), audience=[ADVISORS], data={"amount": 50_000, "loan": 1})
    outcomes.measure_by_event(event)  # a second time

    assert measured(case) == [
        ("registrations", "other", 1, "documented"),
        ("registrations", "other", 1, "documented"),
        ("bank", "other", 1, "documented"),
        ("loan", "other", 50_000, "documented"),
    ]
    assert case.measures.get(event_id=event.pk).on == dt.date(2026, 3, 4)


@pytest.mark.xfail(strict=True, raises=IntegrityError)
def test_an_event_is_a_result_once_control():
    one = MeasureFactory(event_id=7)
    MeasureFactory(event_id=7, case=one.case)


def test_an_event_without_a_case_is_no_result():
    record("formalisation.obtained", target=OwnershipFactory(), by=system(), audience=[ADVISORS], data={"kind": "ntn"})

    assert not Measure.objects.exists()


# Asked


def asked():
    return list(FollowUp.objects.order_by("case_id", "point").values_list("case_id", "point"))


def test_who_began_6_or_12_months_ago_is_asked_once():
    half, whole = client_since(6), client_since(12)
    for other in ((6, -1), (9, 0), (12, -1), (15, 0)):
        client_since(other[0], days=other[1])

    counts = [outcomes.ask_due(now=NOW(), by=system()) for _night in range(2)]

    assert counts == [2, 0]
    assert asked() == [(half.pk, "m6"), (whole.pk, "m12")]
    assert list(Message.objects.values_list("kind", flat=True)) == ["casework.outcome_asked"] * 2
    assert FollowUp.objects.first().due_on == TODAY() + dt.timedelta(days=30)


def test_closed_cases_are_asked_too_but_no_dead_merged_or_silent_ones():
    closed = client_since(6, made=ClosedFactory)
    for outcome in ("died", "merged"):
        client_since(6, made=ClosedFactory, outcome=outcome)
    client_since(6, enterprise__merged_into=EnterpriseFactory())
    CalledFactory(enterprise__client_since=None)
    silent = client_since(6)
    silent.person.consents.update(withdrawn_at=NOW())

    outcomes.ask_due(now=NOW(), by=system())

    assert asked() == [(closed.pk, "m6")]


def test_who_was_asked_this_minute_is_asked_once():
    case = client_since(6)

    assert [outcomes.ask(case=case, point="m6", now=NOW(), by=system()) for _job in range(2)] == [True, False]


def fails_for(monkeypatch, name, case):
    """The night's step fails for this one client, after it has written something."""
    act = getattr(outcomes, name)

    def failing(*args, **facts):
        made = act(*args, **facts)
        if (args[0].case_id if args else facts["case"].pk) == case.pk:
            raise RuntimeError
        return made

    monkeypatch.setattr(outcomes, name, transaction.atomic(failing))


def test_one_client_who_fails_stops_no_other_of_the_night(monkeypatch, caplog):
    """What was written for that client is gone: the next night asks again."""
    first, second, third = client_since(6), client_since(6), client_since(12)
    fails_for(monkeypatch, "ask", second)

    count = outcomes.ask_due(now=NOW(), by=system())

    assert (count, asked()) == (2, [(first.pk, "m6"), (third.pk, "m12")])
    assert [record.row for record in caplog.records if record.levelname == "ERROR"] == [second.pk]


@pytest.mark.xfail(strict=True, raises=RuntimeError, reason="the control: where the first fault ends the night")
def test_one_client_who_fails_stops_no_other_of_the_night_control(monkeypatch, caplog):
    monkeypatch.setattr(outcomes, "one_by_one", lambda rows, act, **_failed: sum(act(row) for row in rows))

    test_one_client_who_fails_stops_no_other_of_the_night(monkeypatch, caplog)


def test_one_who_fails_stops_nobody_else_from_being_counted_as_silent(monkeypatch):
    late = [FollowUpFactory(due_on=TODAY() - dt.timedelta(days=1)) for _number in range(3)]
    fails_for(monkeypatch, "move", late[1].case)

    assert outcomes.run_out(now=NOW(), by=system()) == 2

    assert list(FollowUp.objects.order_by("pk").values_list("state", flat=True)) == [
        "unanswered",
        "asked",
        "unanswered",
    ]


# Reminded


def reminders():
    rows = Message.objects.filter(kind="casework.outcome_reminder").order_by("pk")
    return list(rows.values_list("target_id", flat=True))


def planned_for(days):
    """What is planned every morning for so many days, from today on."""
    start = NOW()
    counts = []
    for day in range(days):
        with time_machine.travel(start + dt.timedelta(days=day), tick=False):
            for _time in range(2):
                plan(timezone.now())
        counts.append(len(reminders()))
    return counts


def test_who_does_not_answer_is_reminded_on_day_14_and_25_once_each():
    follow_up = FollowUpFactory()

    counts = planned_for(31)

    assert [counts.index(number) for number in (1, 2)] == [14, 25]
    assert reminders() == [follow_up.pk] * 2


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: where every day is an occasion of its own")
def test_who_does_not_answer_is_reminded_on_day_14_and_25_once_each_control(monkeypatch):
    each_day = replace(OUTCOME_REMINDER, occasion=lambda _one: timezone.localdate().isoformat())
    monkeypatch.setitem(kinds._installed, OUTCOME_REMINDER.name, each_day)

    test_who_does_not_answer_is_reminded_on_day_14_and_25_once_each()


def test_a_day_on_which_the_portal_stood_still_is_made_up_for_and_no_week():
    for left in (14, 13, 3, 2):
        FollowUpFactory(due_on=TODAY() + dt.timedelta(days=left))

    plan(NOW())

    assert [(FollowUp.objects.get(pk=pk).due_on - TODAY()).days for pk in sorted(reminders(), reverse=True)] == [3, 14]


def test_nobody_is_reminded_who_answered_died_has_no_page_or_may_not_be_written_to():
    due_on = TODAY() + dt.timedelta(days=16)
    UnansweredFollowUpFactory(due_on=due_on)
    FollowUpFactory(due_on=due_on, case=ClosedFactory(outcome="died"))
    reached = FollowUpFactory(due_on=due_on)
    silent, unsigned = (FollowUpFactory(due_on=due_on).case.person for _number in range(2))
    silent.consents.update(withdrawn_at=NOW())
    type(unsigned).objects.filter(pk=unsigned.pk).update(cnic=None, cnic_standing="none")

    told = [one.pk for one in FollowUp.objects.to_remind(on=TODAY()) if OUTCOME_REMINDER.recipient(one)]

    assert told == [reached.pk]
    answer(reached)
    assert OUTCOME_REMINDER.still_due(FollowUp.objects.get(pk=reached.pk)) is False


def test_the_nightly_job_asks_and_counts_who_did_not_answer():
    late = FollowUpFactory(due_on=TODAY() - dt.timedelta(days=1))
    FollowUpFactory(due_on=TODAY())
    client_since(6)

    assert nightly_job(JobRun()) == {"baselines": 0, "unanswered": 1, "asked": 1}
    late.refresh_from_db()
    assert late.state == FollowUpState.UNANSWERED


def test_who_answers_while_the_job_runs_is_not_counted_as_silent(monkeypatch):
    late = FollowUpFactory(due_on=TODAY() - dt.timedelta(days=1))
    rows = list(FollowUp.objects.filter(pk=late.pk))
    answer(late)
    monkeypatch.setattr(FollowUp.objects.all().__class__, "over", lambda _rows, on: FakeRows(rows))

    assert outcomes.run_out(now=NOW(), by=system()) == 0


class FakeRows(list):
    def order_by(self, *_names):
        return self


def test_the_text_says_that_it_is_asked_and_nothing_of_the_business():
    with_page, without = FollowUpFactory(), FollowUpFactory()
    Person.objects.filter(pk=without.case.person_id).update(cnic=None, cnic_standing="none")
    without.case.person.refresh_from_db()
    kind = OUTCOME_ASKED

    said = [kind.render(one, "en") for one in (with_page, without)]

    assert kind.render is kind.discreet
    assert ["your page" in text for text in said] == [True, False]
    assert ["calls you" in text for text in said] == [False, True]
    assert kind.still_due(with_page)
    assert not kind.still_due(AnsweredFollowUpFactory())
    assert kind.recipient(with_page).phone == with_page.case.person.phone


def items_of(case):
    rows = united(open_items(Scope(enterprise_ids=[case.enterprise_id])), limit=50)
    return [(row["owner"], row["holder_id"], row["office_id"]) for row in rows if row["kind"] == "casework.outcome"]


def test_it_waits_for_the_client_with_the_advisor_and_after_the_end_with_the_office():
    open_one, closed = FollowUpFactory(), FollowUpFactory(case=ClosedFactory())
    told = FollowUpFactory()
    Person.objects.filter(pk=told.case.person_id).update(cnic=None, cnic_standing="none")
    case = open_one.case

    assert items_of(case) == [("entrepreneur", case.advisor_id, case.office_id)]
    assert items_of(closed.case) == [("entrepreneur", None, closed.case.office_id)]
    assert items_of(told.case) == [("advisor", told.case.advisor_id, told.case.office_id)]
    for over in (
        AnsweredFollowUpFactory(),
        UnansweredFollowUpFactory(),
        FollowUpFactory(case=ClosedFactory(outcome="died")),
    ):
        assert items_of(over.case) == []


# Answered


def test_the_client_confirms_and_says_whether_it_would_be_so_anyway():
    follow_up = FollowUpFactory()

    answered = answer(follow_up)

    assert (answered.state, answered.anyway, answered.channel, answered.by_themselves) == ("answered", "no", "", True)
    assert measured(follow_up.case) == [(what, "m6", value, "confirmed") for what, value in ALL.items()]
    assert Event.objects.get().data == {"kind": "m6", "channel": ""}


def test_what_an_advisor_was_told_is_said_and_not_confirmed():
    follow_up = FollowUpFactory()

    answered = answer(follow_up, by=follow_up.case.advisor, channel="phone", values={"women": 3})

    assert (answered.channel, answered.by_themselves) == ("phone", False)
    assert measured(follow_up.case) == [("women", "m6", 3, "said")]


def test_a_client_cannot_say_that_a_colleague_was_told():
    follow_up = FollowUpFactory()

    assert answer(follow_up, channel="visit", values={"women": 1}).channel == ""


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"values": dict.fromkeys(ALL)}, ValidationError), ({"version": 7}, EditConflict)],
)
def test_an_answer_that_says_nothing_or_comes_second_is_refused(changes, refusal):
    follow_up = FollowUpFactory()

    with pytest.raises(refusal):
        answer(follow_up, **changes)


def test_an_advisor_says_how_they_were_told():
    follow_up = FollowUpFactory()

    with pytest.raises(ValidationError):
        answer(follow_up, by=follow_up.case.advisor)


def test_it_is_answered_once_and_late_answers_count():
    once = AnsweredFollowUpFactory()
    with pytest.raises(MoveRefused):
        answer(once, by=once.case.advisor, channel="phone")

    assert answer(UnansweredFollowUpFactory()).state == "answered"


@pytest.mark.parametrize("whose", ["other owner", "stranger"])
def test_nobody_answers_for_another(whose):
    follow_up = FollowUpFactory()
    person = PersonFactory(user=EntrepreneurUserFactory())
    if whose == "other owner":
        OwnershipFactory(person=person, enterprise=follow_up.case.enterprise, is_contact=False)

    with pytest.raises(PermissionDenied):
        answer(follow_up, by=person.user)

    assert not Measure.objects.visible_to(person.user).exists()
    assert not FollowUp.objects.visible_to(person.user).exists()


# Taken out


def test_a_figure_that_is_taken_out_leaves_at_once_and_comes_back_for_30_days():
    one = MeasureFactory()
    advisor = one.case.advisor

    outcomes.remove(measure=one, by=advisor, because="A slip.")
    outcomes.remove(measure=one, by=advisor, because="A slip.")
    assert measured(one.case) == []
    outcomes.put_back(measure=one, by=advisor)

    assert measured(one.case) == [("women", "other", 2, "said")]
    assert list(Event.objects.order_by("pk").values_list("name", flat=True)) == [
        "casework.measure_removed",
        "casework.measure_restored",
    ]


def test_nobody_takes_out_what_the_client_confirmed():
    follow_up = FollowUpFactory()
    answer(follow_up, values={"women": 3})

    with pytest.raises(PermissionDenied):
        outcomes.remove(measure=follow_up.measures.get(), by=follow_up.case.advisor, because="A slip.")


def test_it_comes_back_through_who_took_it_out_alone():
    one = MeasureFactory()
    outcomes.remove(measure=one, by=one.case.advisor, because="A slip.")

    with pytest.raises(PermissionDenied):
        outcomes.put_back(measure=one, by=colleague(Role.ADVISOR, office=one.case.office))


def test_it_does_not_come_back_after_30_days_or_onto_another():
    gone = {"removed_at": NOW() - dt.timedelta(days=31)}
    old = MeasureFactory()
    Measure.objects.filter(pk=old.pk).update(removed_by=old.case.advisor, **gone)
    first = MeasureFactory(point="m6", case=client_since(6))
    outcomes.remove(measure=first, by=first.case.advisor, because="A slip.")
    noted(first.case, point="m6")

    for one, said in ((old, "more than 30 days"), (first, "another figure")):
        with pytest.raises(ValidationError, match=said), transaction.atomic():
            outcomes.put_back(measure=one, by=one.case.advisor)
    assert not Measure.objects.removed_by(first.case.advisor, since=NOW() - dt.timedelta(days=30)).exists()


# Pages


def test_the_client_answers_on_their_page_in_any_digits(signed_in):
    follow_up = FollowUpFactory()
    MeasureFactory(case=follow_up.case, what="sales", value=30_000)
    client, page = signed_in(follow_up.case.person.user), url("my-outcome", follow_up.pk)

    typed = keyed(version=0, women="۳", women_paid="1", sales="۴۰,۰۰۰", profit="2", bank="1", anyway="partly")
    sent = client.post(page, typed)

    assert (sent.status_code, sent["Location"]) == (302, reverse("portal:my"))
    assert [(what, value) for what, _point, value, _grade in measured(follow_up.case)] == [
        ("sales", 30_000), ("women", 3), ("women_paid", 1), ("sales", 40_000), ("profit", 2), ("bank", 1),
    ]  # fmt: skip
    again = client.get(page)
    assert (again.status_code, again.context["form"]["sales"].value(), "Partly" in again.text) == (200, 40_000, True)
    assert client.get(reverse("portal:my")).status_code == 200


def test_more_are_not_paid_than_work_there_and_nothing_typed_is_lost(signed_in):
    follow_up = FollowUpFactory()
    client = signed_in(follow_up.case.person.user)

    shown = client.post(url("my-outcome", follow_up.pk), keyed(version=0, women="1", women_paid="2", anyway="no"))

    assert sorted(shown.context["form"].errors) == ["women_paid"]
    assert shown.context["form"]["women"].value() == "1"


def test_an_advisor_writes_down_what_the_client_told_them(signed_in):
    follow_up = FollowUpFactory()
    client, page = signed_in(follow_up.case.advisor), url("outcome-answer", follow_up.pk)

    assert client.get(page).status_code == 200
    sent = client.post(page, keyed(version=0, channel="phone", women="3", anyway="unsure"))

    assert (sent.status_code, sent["Location"]) == (302, url("outcome-list", follow_up.case_id))
    listed = client.get(sent["Location"])
    assert [row["value"] for row in listed.context["rows"]] == ["3"]


def test_who_only_reads_sees_the_question_and_sends_nothing(signed_in):
    follow_up = FollowUpFactory()
    client, page = signed_in(colleague(Role.AUDITOR)), url("outcome-answer", follow_up.pk)

    assert client.get(page).context["form"] is None
    assert client.post(page, keyed(version=0, channel="phone", women="3", anyway="no")).status_code == 403


def test_results_stand_beside_the_case_and_each_can_be_taken_out_and_put_back(signed_in):
    case = CaseFactory()
    MeasureFactory(case=case, point="baseline", value=1, on=dt.date(2026, 1, 1))
    newest = MeasureFactory(case=case, value=3)
    for what, value in (("bank", 1), ("profit", 2), ("loan", 20_000), ("loan", 30_000)):
        MeasureFactory(case=case, what=what, value=value)
    client = signed_in(case.advisor)

    page = client.get(case.get_absolute_url())
    (panel,) = [one for one in page.context["panels"] if one["template"] == "casework/_case_outcomes.html"]
    lines = [(line["label"], line["value"], line["before"]) for line in panel["context"]["lines"]]
    removed = client.post(url("measure-remove", newest.pk), keyed(because="A slip."))
    undo = client.get(url("undo-list"))
    restored = client.post(url("measure-restore", newest.pk), keyed())

    assert lines == [
        ("Women who work there", "3", "1 at the beginning"),
        ("Profit of a month", "Rs 10,000 to 25,000", ""),
        ("Own bank account or wallet", "Yes", ""),
        ("Loan received", "Rs 50,000", ""),
    ]
    assert [row["text"] for row in undo.context["rows"]] == ["Women who work there: 3"]
    assert (removed.status_code, restored.status_code) == (302, 302)
    assert len(measured(case)) == 6


def test_a_result_that_cannot_come_back_says_why(signed_in):
    one = MeasureFactory()
    Measure.objects.filter(pk=one.pk).update(removed_by=one.case.advisor, removed_at=NOW() - dt.timedelta(days=31))

    shown = signed_in(one.case.advisor).post(url("measure-restore", one.pk), keyed())

    assert shown.context["form"].non_field_errors() == [
        "This was removed more than 30 days ago, and cannot be put back."
    ]


def test_a_colleague_writes_results_on_the_page(signed_in):
    case = CaseFactory()
    client, page = signed_in(case.advisor), url("outcome-create", case.pk)
    typed = keyed(women="2", bank="0", point="baseline", on=TODAY().isoformat(), grade="seen")

    assert client.get(page).status_code == 200
    refused = client.post(page, typed | {"women": ""} | {"bank": ""})
    sent = client.post(page, typed)
    listed = client.get(url("outcome-list", case.pk))

    assert refused.context["form"].non_field_errors() == ["Fill in one of the figures at least."]
    assert sent.status_code == 302
    assert [(row["label"], row["value"]) for row in listed.context["rows"]] == [
        ("Own bank account or wallet", "No"),
        ("Women who work there", "2"),
    ]


def test_the_list_says_how_each_question_ended(signed_in):
    case = CaseFactory()
    FollowUpFactory(case=case)
    AnsweredFollowUpFactory(case=case, point="m12")

    rows = signed_in(case.advisor).get(url("outcome-list", case.pk)).context["follow_ups"]

    assert ["waits for the client" in row["state"] for row in rows] == [True, False]
    assert "Without us? No" in rows[1]["state"]


def test_consent_is_asked_for_by_name():
    """`to_contact` is what lets anybody be asked at all."""
    case = client_since(6)
    Consent.objects.filter(person=case.person, kind="contact").delete()

    assert (outcomes.ask_due(now=NOW(), by=system()), Enterprise.objects.count()) == (0, 1)


@pytest.mark.parametrize("number", [1, 3, 8])
def test_the_list_of_results_takes_as_many_queries_however_long(number, signed_in, django_assert_num_queries):
    case = CaseFactory()
    for _each in range(number):
        MeasureFactory(case=case)
    FollowUpFactory(case=case)
    client = signed_in(case.advisor)
    client.get(url("outcome-list", case.pk))

    with django_assert_num_queries(LIST_QUERIES):
        client.get(url("outcome-list", case.pk))


LIST_QUERIES = 11
