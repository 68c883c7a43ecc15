"""Data at national size, here of a few copies: never beside real people, the same again, and nothing out of order."""

import io
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import User
from accounts.roles import Role
from casework.models import Case, Meeting, Step
from enterprises.actions.people import keys_to_find
from enterprises.models import Enterprise, Person
from journal.models import Event, JobRun
from loans.models import LedgerEntry, Loan
from messaging.models import Message
from portal.checks import SAMPLE_DOMAIN
from portal.national import copying, lives, making
from portal.sample import loading
from portal.sweeps import sweep
from reports.actions import months
from reports.models import ClosedMonth
from reports.periods import Month
from tests.factories.accounts import colleague
from tests.factories.enterprises import PersonFactory

pytestmark = pytest.mark.django_db
NUMBERS = {"BORROWERS": 2, "AT_STAGES": 12, "NEWCOMERS": 2, "NEWEST_BORROWERS": (40,), "DUE_DAYS": (1, 20)}


@pytest.fixture
def allowed(settings, tmp_path):
    settings.SAMPLE_DATA, settings.MEDIA_ROOT = True, tmp_path


@pytest.fixture
def small(allowed, monkeypatch):
    """The sample with a few of its people. Loading it takes as long as all else here, so one test has it all."""
    for name, number in NUMBERS.items():
        monkeypatch.setattr(loading, name, number)
    monkeypatch.setattr(making, "COPIES_OF_ONE", 2)
    loading.load()
    return Case.objects.count()


def refused():
    with pytest.raises(CommandError) as caught:
        call_command("synthesize", "--cases", "10", stdout=io.StringIO())
    return str(caught.value)


def test_it_refuses_where_nothing_says_that_this_is_a_sample(settings):
    settings.SAMPLE_DATA = False

    assert refused() == "Synthetic data is for SAMPLE_DATA=1 alone. Never make it beside real people."


def beside_a_colleague():
    colleague(Role.ADVISOR)
    assert refused() == "Colleagues who are not of the sample work in this database."
    assert Person.objects.count() == 0


def test_it_refuses_beside_real_colleagues(allowed):
    beside_a_colleague()


@pytest.mark.xfail(strict=True, reason="the control: nobody looks who is there", raises=pytest.fail.Exception)
def test_it_refuses_beside_real_colleagues_control(allowed, monkeypatch):
    monkeypatch.setattr(making, "refuse_if_real", lambda: None)
    monkeypatch.setattr(making.loading, "load", lambda *, say: colleague(Role.ADVISOR, email=f"a@{SAMPLE_DOMAIN}"))
    monkeypatch.setattr(making, "wanted", lambda number, there: 0)
    beside_a_colleague()


def test_it_refuses_beside_real_people(allowed):
    PersonFactory()
    User.objects.exclude(email=None).delete()

    assert refused() == "There are people in this database who are not of the sample."


def test_every_copy_hangs_together_and_nothing_is_out_of_order(small):
    assert_every_unique_column_has_a_rule()
    assert_what_there_is_already_is_enough()
    assert_it_is_the_same_again(small)
    said = io.StringIO()
    call_command_in_transaction("--cases", 4 * small, said)

    assert Case.objects.count() == Enterprise.objects.count() == 4 * small
    assert {name: number for name, number in sweep(JobRun()).items() if number} == {}
    assert Loan.objects.unbalanced().count() == 0
    assert_whole()
    # Two copies of one advisor, so the third and what follows are another's.
    advisors = Case.objects.filter(advisor__email__startswith="advisor1.multan").values_list(
        "advisor__email", flat=True
    )
    assert set(advisors) == {f"advisor1.multan@{SAMPLE_DOMAIN}", f"advisor1.multan.1@{SAMPLE_DOMAIN}"}
    busy = making.busy_case()
    assert Event.objects.filter(enterprise_id=busy.enterprise_id).count() == making.EVENTS_OF_ONE
    assert "The synthetic data is there." in said.getvalue()
    assert refused() == "This database has its synthetic data already. Begin with an empty one."
    assert_the_next_one_can_come()


def call_command_in_transaction(option, number, said):
    """VACUUM wants no transaction, and a test is one."""
    with mock.patch("portal.management.commands.synthesize.connection") as beside:
        call_command("synthesize", option, number, stdout=said)

    assert beside.cursor().execute.mock_calls == [mock.call("VACUUM ANALYZE")]


def assert_whole():
    """What a copy points to is of the same life, and every figure that was closed is that of all."""
    connection.check_constraints()
    pairs = Case.objects.values_list("enterprise__ownerships__person_id", "person_id")
    assert all(owner == person for owner, person in pairs)
    events = Event.objects.filter(target_label="casework.case")
    cases = dict(Case.objects.values_list("pk", "enterprise_id"))
    assert all(cases[target] == of for target, of in events.values_list("target_id", "enterprise_id"))
    closing = dict(Event.objects.values_list("pk", "enterprise_id"))
    steps = Step.objects.exclude(closing_event_id=None).values_list("closing_event_id", "case__enterprise_id")
    assert all(closing[event] in {of, None} for event, of in steps)
    messages = Message.objects.filter(target_label="loans.ledgerentry")
    assert set(messages.values_list("target_id", flat=True)) <= set(LedgerEntry.objects.values_list("pk", flat=True))
    person = Person.objects.order_by("-pk").first()
    keys = keys_to_find(person.name, person.parent_name, person.birth_year)
    assert (person.likeness_keys, person.sound_keys) == (keys["likeness_keys"], keys["sound_keys"])
    month = Month.of(ClosedMonth.objects.earliest("month").month)
    assert months.frozen(month) == months.figures_of(month, User.objects.system())
    told = Event.objects.filter(name="loans.disbursed").values_list("data__loan", "target_id")
    assert set(told) == set(Loan.objects.values_list("pk", "application_id"))


def assert_the_next_one_can_come():
    person = PersonFactory()
    assert person.pk == Person.objects.order_by("-pk").first().pk


def assert_it_is_the_same_again(small):
    first, again, otherwise = (made_and_undone(seed, cases=2 * small) for seed in (1, 1, 2))

    assert (first == again, first == otherwise) == (True, False)


def made_and_undone(seed, *, cases):
    with transaction.atomic():
        making.make(cases=cases, seed=seed)
        people = list(Person.objects.order_by("pk").values_list("pk", "name", "parent_name", "cnic", "phone"))
        events = list(Event.objects.order_by("pk").values_list("pk", "name", "target_id", "enterprise_id", "at"))
        transaction.set_rollback(True)
    return people, events


def assert_what_there_is_already_is_enough():
    said = io.StringIO()
    call_command("synthesize", "--loans", "1", stdout=said)

    assert said.getvalue() == "The sample has as many already.\n"


def assert_every_unique_column_has_a_rule():
    """What a table asks to be unique of itself, each copy has its own of."""
    for model in lives.tables():
        for field in lives.written(model):
            if field.unique and not (field.primary_key or field.is_relation):
                assert (model, field.column) in copying.OWN_OF_EACH or not model.objects.exists(), (model, field.column)


def test_a_table_is_copied_after_those_that_it_points_to():
    order = lives.tables()

    assert order[-2:] == [Event, Message]
    assert all(
        order.index(other) < order.index(model)
        for model in order
        for other in lives.waits_for(model)
        if other in order and other is not model
    )
    assert {Case, Loan, LedgerEntry, Meeting} <= set(order)
    assert User not in order
    assert {model for model, _column in copying.OWN_OF_EACH} <= set(order)
