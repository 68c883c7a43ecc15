"""How a client began: taken over from the details, and by no night or page that stops at one row."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from casework.actions import outcomes
from casework.states import FollowUpState
from enterprises.actions.clients import promote_if_ready
from enterprises.models import Consent, Enterprise
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
