import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from casework.states import CASE_MOVES, CaseState
from journal import moves
from journal.events import ADVISORS
from journal.models import Event
from journal.moves import EditConflict, MoveRefused, hold, move
from tests.committed import at_once, committed_rows
from tests.factories.casework import BusinessPlanFactory, CaseFactory, ClosedFactory
from tests.factories.enterprises import entrepreneur

MOVED = CASE_MOVES["log_first_contact"].event


@pytest.fixture(autouse=True)
def nothing_reacts(wired):
    wired({MOVED: ()})


def first_contact(case, *, by=None, version=0, **changes):
    told = {"first_contact_at": timezone.now()} | changes
    return move(case, "log_first_contact", by=by or case.advisor, version=version, audience={ADVISORS}, **told)


# One at a time


@pytest.mark.django_db
def test_a_move_changes_the_record_and_writes_its_event():
    case = CaseFactory()
    called_at = timezone.now()

    moved = first_contact(case, data={"n": 1}, first_contact_at=called_at)

    case.refresh_from_db()
    assert (case.state, case.version, case.first_contact_at) == (CaseState.CONTACTED, 1, called_at)
    assert (moved, moved.state, moved.version) == (case, CaseState.CONTACTED, 1)
    assert list(Event.objects.values_list("name", "target_id", "by", "audience", "data")) == [
        (MOVED, case.pk, case.advisor_id, ["advisors"], {"n": 1})
    ]


def left(case):
    case.refresh_from_db()
    return (case.state, case.version, case.first_contact_at, Event.objects.count())


@pytest.mark.django_db
def test_a_move_from_the_wrong_state_is_refused_in_words():
    case = ClosedFactory()

    with pytest.raises(MoveRefused) as refusal:
        first_contact(case)

    assert (refusal.value.verb, refusal.value.item, str(refusal.value)) == (
        "log_first_contact",
        case,
        "This cannot be done now: it is “closed”.",
    )
    assert left(case) == (CaseState.CLOSED, 0, None, 0)


@pytest.mark.django_db
def test_a_move_by_somebody_who_may_not_is_refused():
    case = CaseFactory()

    with pytest.raises(PermissionDenied, match=r"casework\.work_case"):
        first_contact(case, by=entrepreneur().person.user)

    assert left(case) == (CaseState.NEW, 0, None, 0)


@pytest.mark.django_db
def test_a_move_with_values_that_do_not_fit_is_refused():
    case = CaseFactory()

    with pytest.raises(ValidationError):
        first_contact(case, first_contact_due_on=None)

    assert left(case) == (CaseState.NEW, 0, None, 0)


@pytest.mark.django_db
def test_a_move_from_an_old_page_is_an_edit_conflict():
    case = CaseFactory(version=4)

    with pytest.raises(EditConflict) as conflict:
        first_contact(case, version=3)

    assert (conflict.value.item, conflict.value.item.version) == (case, 4)
    assert left(case) == (CaseState.NEW, 4, None, 0)


@pytest.mark.django_db
def test_a_reaction_that_fails_takes_the_move_back(wired):
    def fail(_event):
        raise RuntimeError

    wired({MOVED: (fail,)})
    case = CaseFactory()

    with pytest.raises(RuntimeError):
        first_contact(case)

    assert left(case) == (CaseState.NEW, 0, None, 0)


@pytest.mark.django_db
def test_tasks_move_without_a_version_because_they_showed_none():
    case = CaseFactory(version=4)

    first_contact(case, version=None)

    case.refresh_from_db()
    assert (case.state, case.version) == (CaseState.CONTACTED, 5)


# Real connections


@pytest.fixture
def committed(db):
    with committed_rows():
        yield


def race(count, *, version):
    """So many officers click together: one move is made, the others are refused, one event is written."""
    case = CaseFactory()

    found = at_once(count, lambda _officer: first_contact(case, version=version))

    made = [answer for answer in found if not isinstance(answer, Exception)]
    assert (len(made), Event.objects.filter(target_id=case.pk).count()) == (1, 1)
    return {type(answer) for answer in found if isinstance(answer, Exception)}


def unlocked(count):
    """`hold` without its lock: all look before anybody writes."""
    looked = threading.Barrier(count)

    def look(item, *, version):
        found = type(item)._default_manager.get(pk=item.pk)
        looked.wait(10)
        if version is not None and found.version != version:
            raise EditConflict(found)
        return found

    return look


@pytest.mark.concurrency
@pytest.mark.parametrize("count", [2, 20])
@pytest.mark.parametrize(("version", "refusal"), [(0, EditConflict), (None, MoveRefused)])
def test_of_officers_who_click_together_one_succeeds(committed, count, version, refusal):
    assert race(count, version=version) == {refusal}


@pytest.mark.concurrency
@pytest.mark.parametrize("version", [0, None])
def test_without_the_lock_both_succeed(committed, monkeypatch, version):
    monkeypatch.setattr(moves, "hold", unlocked(2))

    with pytest.raises(AssertionError):
        race(2, version=version)


def write_together(lock):
    """Promise 10: twenty colleagues add a word each to one text, again and again until it is saved.

    Returns for each conflict whether the loser saw another text than the one they had begun with.
    """
    plan = BusinessPlanFactory(purpose="")
    waiting, others = threading.Barrier(20), []

    def write(colleague):
        seen = type(plan).objects.get(pk=plan.pk)
        waiting.wait(10)
        while True:
            typed = f"{seen.purpose} w{colleague}".strip()
            try:
                save(seen, typed, lock)
            except EditConflict as conflict:
                others.append(conflict.item.purpose != seen.purpose)
                seen = conflict.item
            else:
                return

    at_once(20, write)

    plan.refresh_from_db()
    assert sorted(plan.purpose.split()) == sorted(f"w{colleague}" for colleague in range(20))
    return others


def save(seen, typed, lock):
    with transaction.atomic():
        held = lock(seen, version=seen.version)
        held.purpose, held.version = typed, held.version + 1
        held.save(update_fields=["purpose", "version"])


@pytest.mark.concurrency
def test_what_was_saved_survives(committed):
    others = write_together(hold)

    assert (len(others) >= 19, all(others)) == (True, True)


@pytest.mark.concurrency
def test_without_the_version_texts_are_overwritten(committed):
    with pytest.raises(AssertionError):
        write_together(lambda item, version: item)
