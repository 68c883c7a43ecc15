"""How a client began: taken over from the details, and by no night or page that stops at one row."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from casework.actions import outcomes
from casework.states import FollowUpState
from enterprises.actions.clients import promote_if_ready
from enterprises.models import Consent, Enterprise
from journal.events import ADVISORS, record
from journal.models import JobRun
from portal.jobs import follow_up as nightly_job
from tests.factories.casework import CalledFactory, consents
from tests.factories.enterprises import StatementFactory, system
from tests.factories.outcomes import UnansweredFollowUpFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now
ABSURD = {"enterprise__sales": 100_000_000, "enterprise__sales_per": "day"}


def beginning(case):
    return dict(case.measures.standing().filter(point="baseline").order_by("pk").values_list("what", "value"))


def told(*fields, made=CalledFactory, **facts):
    """A client of today, of whom these fields were stated."""
    case = made(**{"enterprise__client_since": NOW()} | facts)
    for field in fields:
        StatementFactory(person=None, enterprise=case.enterprise, field=field)
    return case


# More than anybody can mean


def test_what_nobody_can_mean_is_no_beginning():
    case = told("sales", "women", **ABSURD, enterprise__workers=2, enterprise__women=1)

    assert outcomes.take_baseline(case=case) == 2
    assert beginning(case) == {"women": 1, "men": 1}


def test_it_keeps_nobody_from_becoming_a_client():
    case = told("sales", **ABSURD | {"enterprise__client_since": None, "enterprise__place": "Bazaar"})
    consents(case.person, Consent.Kind.CONTACT)

    assert promote_if_ready(case.enterprise, by=system())


@pytest.mark.xfail(strict=True, raises=ValidationError)
def test_it_keeps_nobody_from_becoming_a_client_control(monkeypatch):
    """With the guard off, the figure refuses everything that it comes with."""
    monkeypatch.setattr(outcomes, "MOST", 10 * outcomes.MOST)
    test_it_keeps_nobody_from_becoming_a_client()


def test_the_page_of_details_says_that_it_is_too_much(signed_in):
    case = told(enterprise__stage="running")
    typed = {"version": case.enterprise.version, "sales": "100,000,000", "sales_per": "day"}

    for reader, name in ((case.person.user, "my-details-change"), (case.advisor, "enterprise-change")):
        page = reverse(f"enterprises:{name}", args=[case.enterprise_id, "size"])
        shown = signed_in(reader).post(page, typed | {"request_key": str(uuid.uuid4())})
        assert (shown.status_code, list(shown.context["form"].errors)) == (200, ["sales"])
        assert shown.context["form"]["sales"].value() == "100,000,000"
    assert Enterprise.objects.get(pk=case.enterprise_id).sales is None


# One that fails


@pytest.fixture
def one_fails(monkeypatch):
    """Two of whom it was said before anybody took it over, of whom one cannot be saved."""
    facts = {"enterprise__sales": 3_000, "enterprise__sales_per": "day"}
    bad, good = told("sales", **facts), told("sales", **facts)
    save = outcomes.save

    def saving(measure, **kwargs):
        if measure.case_id == bad.pk:
            raise RuntimeError
        save(measure, **kwargs)

    monkeypatch.setattr(outcomes, "save", saving)
    return good


def test_one_that_fails_stops_nobody_else_of_the_night(one_fails, caplog):
    late = UnansweredFollowUpFactory(state=FollowUpState.ASKED, due_on=timezone.localdate() - outcomes.ANSWER_WITHIN)

    counts = nightly_job(JobRun())

    assert (counts["baselines"], counts["unanswered"]) == (1, 1)
    late.refresh_from_db()
    assert (late.state, beginning(one_fails)) == ("unanswered", {"sales": 75_000})
    assert [record.message for record in caplog.records] == ["a beginning was not taken over"]


@pytest.mark.xfail(strict=True, raises=RuntimeError)
def test_one_that_fails_stops_nobody_else_of_the_night_control(one_fails, caplog, monkeypatch):
    """With the guard off, the first that fails ends the night."""
    monkeypatch.setattr(outcomes, "one_by_one", lambda rows, act, *, failed: sum(act(row) for row in rows))
    test_one_that_fails_stops_nobody_else_of_the_night(one_fails, caplog)


# Corrected, called wrong, and settled by a colleague


PEOPLE = {"enterprise__workers": 30, "enterprise__women": 30}


def say(case, **facts):
    """The details say otherwise by now."""
    Enterprise.objects.filter(pk=case.enterprise_id).update(**facts)
    case.refresh_from_db()


def changed(name, case):
    record(name, target=case.enterprise, by=system(), audience=[ADVISORS])


def test_what_was_taken_over_follows_the_details():
    case = told("women", "workers", **PEOPLE)
    outcomes.take_baseline(case=case)

    say(case, women=3, workers=5)
    changed("enterprises.details_changed", case)

    assert beginning(case) == {"women": 3, "men": 2}
    assert case.measures.filter(removed_by=system()).count() == 2
    assert outcomes.take_baseline(case=case) == 0


def test_what_was_said_long_after_changes_no_beginning():
    case = told("women", "workers", **PEOPLE)
    outcomes.take_baseline(case=case)

    say(case, women=3)
    case.enterprise.statements.update(at=NOW() + dt.timedelta(days=91))

    assert (outcomes.take_baseline(case=case), beginning(case)) == (0, {"women": 30, "men": 0})


@pytest.mark.parametrize(("field", "left"), [("women", {}), ("workers", {"women": 30})])
def test_what_the_client_calls_wrong_is_out_until_it_is_settled(field, left):
    case = told("women", "workers", **PEOPLE)
    outcomes.take_baseline(case=case)

    case.enterprise.statements.filter(field=field).update(disputed_at=NOW())
    changed("enterprises.statement_disputed", case)
    disputed = beginning(case)
    case.enterprise.statements.update(disputed_at=None)
    changed("enterprises.statement_upheld", case)

    assert (disputed, beginning(case)) == (left, {"women": 30, "men": 0})


def test_what_was_called_wrong_without_anybody_looking_is_out_in_the_night():
    case = told("women", **PEOPLE)
    outcomes.take_baseline(case=case)
    case.enterprise.statements.update(disputed_at=NOW())

    nightly_job(JobRun())

    assert beginning(case) == {}


def test_what_was_emptied_is_out():
    case = told("women", "sales", **PEOPLE, enterprise__sales=3_000, enterprise__sales_per="day")
    outcomes.take_baseline(case=case)

    say(case, sales=None, sales_per="")
    outcomes.take_baseline(case=case)

    assert beginning(case) == {"women": 30, "men": 0}


@pytest.mark.parametrize("settled", ["typed", "taken out"])
def test_what_a_colleague_settled_follows_nothing(settled):
    case = told("women", "workers", **PEOPLE)
    outcomes.take_baseline(case=case)
    women = case.measures.get(what="women")
    if settled == "typed":
        facts = {"values": {"women": 4}, "on": timezone.localdate(), "point": "baseline", "grade": "said"}
        outcomes.note(case=case, by=case.advisor, **facts)
    else:
        outcomes.remove(measure=women, by=case.advisor, because="A slip.")

    say(case, women=3)
    outcomes.take_baseline(case=case)

    assert beginning(case) == {"men": 27} | ({"women": 4} if settled == "typed" else {})


@pytest.mark.xfail(strict=True)
def test_what_a_colleague_settled_follows_nothing_control(monkeypatch):
    """With the guard off, the details write over what a colleague wrote down."""
    place = outcomes.place

    def placed(measure):
        measure.is_taken_over = True
        return place(measure)

    monkeypatch.setattr(outcomes, "place", placed)
    test_what_a_colleague_settled_follows_nothing("typed")


# Ideas


NOTHING = {"women": 0, "men": 0, "sales": 0}


def test_an_idea_begins_with_nobody_and_nothing():
    case = told(enterprise__stage="idea")

    counts = [outcomes.take_baseline(case=case) for _time in range(2)]

    assert (counts, beginning(case)) == ([3, 0], NOTHING)
    assert {one.by for one in case.measures.all()} == {system()}


def test_it_stays_so_when_the_idea_runs():
    case = told(enterprise__stage="idea")
    assert nightly_job(JobRun())["baselines"] == 3

    say(case, stage="running", workers=2, women=2)
    StatementFactory(person=None, enterprise=case.enterprise, field="women")
    outcomes.take_baseline(case=case)

    assert beginning(case) == NOTHING


@pytest.mark.parametrize(("days", "expected"), [(1, NOTHING), (0, {})])
def test_who_began_to_run_after_they_came_began_with_nothing(days, expected):
    case = told(enterprise__started_on=timezone.localdate() + dt.timedelta(days=days))

    outcomes.take_baseline(case=case)

    assert beginning(case) == expected
