import pytest
from django.db import IntegrityError, transaction

from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, TooDeep, UnknownEvent, record
from journal.models import Audience, Event
from tests.factories.casework import CaseFactory
from tests.factories.enterprises import system

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return CaseFactory()


def write(name, case, **more):
    return record(name, target=case, by=system(), audience={ADVISORS}, **more)


def test_an_event_names_whose_it_is(wired, case):
    wired({"test.done": ()})

    event = record("test.done", target=case, by=case.advisor, audience={MANAGERS, ENTREPRENEUR}, data={"step": 3})

    event.refresh_from_db()
    assert (event.name, event.target_label, event.target_id, event.enterprise_id, event.person_id, event.by) == (
        "test.done",
        "casework.case",
        case.pk,
        case.enterprise_id,
        case.person_id,
        case.advisor,
    )
    assert (event.audience, event.data) == (["entrepreneur", "managers"], {"step": 3})
    assert str(event) == f"test.done casework.case:{case.pk}"


def test_an_event_about_what_belongs_to_nobody_names_nobody(wired, case):
    wired({"test.done": ()})

    event = write("test.done", case.office)

    assert (event.enterprise_id, event.person_id, event.data) == (None, None, {})


def test_an_event_that_is_not_wired_is_refused(wired, case):
    wired({})

    with pytest.raises(UnknownEvent, match=r"test\.done"):
        write("test.done", case)

    assert Event.objects.count() == 0


def test_an_event_without_readers_is_refused(wired, case):
    wired({"test.done": ()})

    with pytest.raises(IntegrityError, match="journal_event_has_audience"), transaction.atomic():
        record("test.done", target=case, by=system(), audience=set())

    assert Event.objects.count() == 0


def test_reactions_run_in_their_order_with_the_event(wired, case):
    seen = []
    wired({"test.done": (lambda event: seen.append(("one", event.pk)), lambda event: seen.append(("two", event.pk)))})

    event = write("test.done", case)

    assert seen == [("one", event.pk), ("two", event.pk)]


def test_a_reaction_that_fails_takes_the_event_back(wired, case):
    def fail(_event):
        raise RuntimeError

    wired({"test.done": (fail,)})

    with pytest.raises(RuntimeError):
        write("test.done", case)

    assert Event.objects.count() == 0


def test_reactions_may_record_two_levels_of_events(wired, case):
    wired(
        {
            "test.one": (lambda _event: write("test.two", case),),
            "test.two": (lambda _event: write("test.three", case),),
            "test.three": (),
        }
    )

    write("test.one", case)

    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == ["test.one", "test.two", "test.three"]


def test_reactions_that_go_round_in_a_circle_are_refused_and_leave_nothing(wired, case):
    wired(
        {"test.one": (lambda _event: write("test.two", case),), "test.two": (lambda _event: write("test.one", case),)}
    )

    with pytest.raises(TooDeep):
        write("test.one", case)

    assert Event.objects.count() == 0


def test_the_depth_is_forgotten_after_a_failure(wired, case):
    def fail(_event):
        raise RuntimeError

    wired({"test.fails": (fail,), "test.done": ()})
    for _ in range(5):
        with pytest.raises(RuntimeError):
            write("test.fails", case)

    write("test.done", case)

    assert Event.objects.count() == 1


def test_events_are_read_by_enterprise_and_reader(wired, case):
    wired({"test.done": ()})
    for_entrepreneur = record("test.done", target=case, by=system(), audience={ENTREPRENEUR, ADVISORS})
    for_advisors = write("test.done", case)
    write("test.done", CaseFactory())

    about = Event.objects.about({case.enterprise_id})

    found = [list(about.for_list()), list(about.for_audience(Audience.ENTREPRENEUR, Audience.LENDER))]
    assert found == [[for_advisors, for_entrepreneur], [for_entrepreneur]]


@pytest.mark.parametrize("count", [1, 3])
def test_a_timeline_costs_one_query(wired, case, django_assert_num_queries, count):
    wired({"test.done": ()})
    for _ in range(count):
        write("test.done", case)

    with django_assert_num_queries(1):
        writers = {event.by.username for event in Event.objects.for_list()}

    assert writers == {"system"}
