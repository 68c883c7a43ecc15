"""Taking joined records apart, and joining at the same moment as others act (R7)."""

import datetime as dt
import threading

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from casework.models import Case
from casework.timeline import events_of
from enterprises import relations
from enterprises.actions import consents, enterprises, look_alikes, merges
from enterprises.actions.enterprises import Business
from enterprises.models import Consent, Grant, LookAlike, Merge, MergedRow, Ownership, Person, Sector
from enterprises.relations import Rule
from journal.models import Event, Versioned
from tests.committed import at_once, committed_rows
from tests.enterprises.joining import business, fresh, join, record, undo
from tests.enterprises.world import ONCE, WORLD, everything, untouched
from tests.factories import casework as cases
from tests.factories import enterprises as people
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.enterprises import district, entrepreneur, system
from tests.thorough import examples

pytestmark = pytest.mark.django_db


# The way back


def test_after_thirty_days_it_stays(manager):
    made = join(record(), record(), by=manager)
    Merge.objects.filter(pk=made.pk).update(at=timezone.now() - dt.timedelta(days=30, minutes=1))

    with pytest.raises(ValidationError, match="thirty days"):
        undo(made, by=manager)


def test_it_is_undone_once_and_not_while_the_kept_record_was_joined_itself(manager):
    kept, gone, other = record(), record(), record()
    made = join(kept, gone, by=manager)
    above = join(other, kept, by=manager)

    with pytest.raises(ValidationError, match="Undo that first"):
        undo(made, by=manager)
    undo(above, by=manager)
    undo(made, by=manager)
    with pytest.raises(ValidationError, match="apart already"):
        undo(made, by=manager)
    assert [fresh(person).is_merged for person in (kept, gone, other)] == [False] * 3


def test_what_came_later_stays_with_the_kept_record_and_is_said(manager):
    kept, gone = record(), record()
    made = join(kept, gone, by=manager, same=True)
    case = kept.cases.get(outcome="")
    note = cases.NoteFactory(case=case)

    said = [(str(title), number) for title, number in merges.later_rows(made)]
    undo(made, by=manager)

    assert said == [("Notes of the case", 1)]
    assert fresh(note).case == case


def test_taken_apart_each_of_the_two_says_so_in_its_history(manager):
    kept, gone = record(), record()
    case = gone.cases.get()
    made = join(kept, gone, by=manager)

    undo(made, by=manager)

    told = Event.objects.filter(name="enterprises.unmerged").order_by("id").values_list("person_id", flat=True)
    assert list(told) == [kept.pk, gone.pk]
    assert fresh(case).person == gone
    for person in (kept, gone):
        of_person = person.cases.get()
        rows = events_of(of_person, user=manager, records=of_person.enterprise.record_ids())[1]
        assert rows.filter(name="enterprises.unmerged").count() == 1


def test_what_was_taken_over_goes_back(manager):
    kept, gone = record(phone=""), record(phone="+923009999998")
    made = join(kept, gone, by=manager)
    taken_over = fresh(kept).phone

    _made, left = undo(made, by=manager)

    assert (taken_over, fresh(kept).phone, left) == ("+923009999998", "", 0)


def test_what_was_changed_since_stays_and_is_counted(manager):
    kept, gone, third = record(phone=""), record(), record()
    case = gone.cases.get()
    made = join(kept, gone, by=manager)
    Case.objects.filter(pk=case.pk).update(person=third)
    Person.objects.filter(pk=kept.pk).update(phone="+923009999999")

    _made, left = undo(made, by=manager)

    assert left == 2
    assert (fresh(case).person, fresh(kept).phone) == (third, "+923009999999")


def test_what_no_longer_fits_stays_and_is_counted(manager):
    kept, gone = record(), record()
    people.PinFactory(person=gone)
    made = join(kept, gone, by=manager)
    people.PinFactory(person=gone)

    _made, left = undo(made, by=manager)

    assert (left, kept.pin.person) == (1, kept)


def test_sight_that_ended_meanwhile_does_not_come_back(manager):
    kept, gone = record(), record()
    office = OfficeFactory()
    grants = [people.GrantFactory(enterprise=business(one), office=office) for one in (kept, gone)]
    made = join(kept, gone, by=manager, same=True)
    Grant.objects.filter(pk=grants[0].pk).update(until_at=timezone.now())

    _made, left = undo(made, by=manager)

    assert (left, [fresh(grant).until_at is None for grant in grants]) == (0, [False, False])


def test_a_permission_taken_back_after_the_merge_is_taken_back_for_both(manager):
    kept, gone = record(), record()
    for person in (kept, gone):
        consents.give(person=person, kind="share", by=system())
    made = join(kept, gone, by=manager)
    consents.withdraw(person=fresh(kept), kind="share", by=system())

    undo(made, by=manager)

    assert not Consent.objects.standing().filter(kind="share").exists()


# The law: what was joined and taken apart is as it was


def rows_of_all():
    """Every row of every model, but for the journal, what tells of merges, and versions, which only rise."""
    silent = (Event, Merge, MergedRow)
    return {
        (model._meta.label, row.pk): {
            field.attname: getattr(row, field.attname)
            for field in model._meta.concrete_fields
            if not (issubclass(model, Versioned) and field.name == "version")
        }
        for model in apps.get_models()
        if model not in silent and model._meta.managed
        for row in model._default_manager.all()
    }


@settings(
    max_examples=examples(10),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(mine=set(WORLD) - ONCE, theirs=set(WORLD), states=("CalledFactory", "CalledFactory"), same=True)
@example(mine=set(WORLD) - ONCE, theirs=set(WORLD), states=("PlannedFactory", "ClosedFactory"), same=False)
@given(
    mine=st.sets(st.sampled_from(sorted(set(WORLD) - ONCE))),
    theirs=st.sets(st.sampled_from(sorted(WORLD))),
    states=st.tuples(*[st.sampled_from(["CaseFactory", "CalledFactory", "PlannedFactory", "ClosedFactory"])] * 2),
    same=st.booleans(),
)
def test_joining_and_undoing_leaves_every_row_as_it_was(mine, theirs, states, same, papers_folder):
    """A law (R7): whatever hangs on the two, byte for byte."""
    with transaction.atomic():
        manager = colleague(Role.REGIONAL_MANAGER, districts=[district()])
        people.PersonFactory()  # `earlier`
        kept, gone = (record(case=getattr(cases, state), education="matric") for state in states)
        for one, things in ((kept, mine), (gone, theirs)):
            for thing in sorted(things):
                WORLD[thing](one)
        before = rows_of_all()

        made = join(kept, gone, by=manager, same=same)
        between = rows_of_all()
        _made, left = undo(made, by=manager)

        assert (left, rows_of_all() == before, between == before) == (0, True, False)
        transaction.set_rollback(True)


def test_the_law_speaks_of_every_relation(papers_folder):
    """R7, and the control: of a relation that nothing of that world exercises it says which."""
    people.PersonFactory()
    whole, lacking = record(), record()

    everything(whole)
    everything(lacking, but={"pin"})

    assert (untouched(whole), untouched(lacking)) == ([], ["enterprises.Pin.person"])


def test_the_law_can_fail(manager, monkeypatch):
    """The control: with one relation that is not written down, not every row comes back."""
    kept, gone = record(), record()
    people.PinFactory(person=gone)
    change = merges.change

    def forgetful(made, path, rows, **kwargs):
        change(made, path, rows, **kwargs)
        MergedRow.objects.filter(path="enterprises.Pin.person").delete()

    before = rows_of_all()
    monkeypatch.setattr(merges, "change", forgetful)

    undo(join(kept, gone, by=manager), by=manager)

    assert rows_of_all() != before


# By night and at once


def test_what_was_written_about_the_old_record_in_that_moment_comes_after_it(manager):
    kept, gone = record(), record()
    made = join(kept, gone, by=manager)
    late = people.OwnershipFactory(person=gone)
    people.PinFactory(person=gone)

    moved = [merges.follow(now=timezone.now()) for _time in range(2)]

    assert (moved, fresh(late).person, kept.pin.person) == ([2, 0], kept, kept)
    undo(made, by=manager)
    assert fresh(late).person == gone


def test_there_is_something_to_follow_for_two_days(manager):
    now = timezone.now()
    before = merges.due_period(now)

    join(record(), record(), by=manager)

    assert (before, merges.due_period(now), merges.due_period(now + dt.timedelta(days=3))) == (
        None,
        now.strftime("%Y-%m-%dT%H"),
        None,
    )


def test_what_is_over_is_not_followed(manager):
    made = join(record(), record(), by=manager)
    undo(made, by=manager)
    old = join(record(), record(), by=manager)
    people.OwnershipFactory(person=old.gone)

    assert merges.follow(now=timezone.now() + dt.timedelta(days=3)) == 0
    Person.objects.filter(pk=old.gone_id).update(merged_into=None)
    assert merges.follow(now=timezone.now()) == 0


def test_whoever_works_on_a_record_goes_first(monkeypatch, manager):
    """A lock that is not given is waited for a little, a few times; then the merge gives up and says so."""
    kept, gone = record(), record()
    monkeypatch.setattr(merges, "PAUSE", 0)
    tried = []

    def busy(*_people):
        tried.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE lock_not_available; END $$")

    monkeypatch.setattr(merges, "held", busy)

    with pytest.raises(ValidationError, match="A colleague is working"):
        join(kept, gone, by=manager)
    assert len(tried) == merges.ATTEMPTS


def test_another_fault_of_the_database_is_not_hidden(monkeypatch, manager):
    def broken(*_people):
        raise OperationalError("gone away")

    kept, gone = record(), record()
    monkeypatch.setattr(merges, "held", broken)

    with pytest.raises(OperationalError, match="gone away"):
        join(kept, gone, by=manager)


def cross():
    """Two managers who join the same two records at once, each the other way round; what came of it."""
    with committed_rows():
        managers = [colleague(Role.REGIONAL_MANAGER, districts=[district()]) for _place in range(2)]
        pair = [record(), record()]

        def act(place):
            kept, gone = pair if place else reversed(pair)
            return join(kept, gone, by=managers[place])

        answers = at_once(2, act)
        return answers, [fresh(person).merged_into_id is not None for person in pair]


@pytest.mark.concurrency
def test_of_two_who_join_each_into_the_other_one_does(db):
    answers, merged = cross()

    assert sorted(merged) == [False, True]
    assert sorted(isinstance(answer, Merge) for answer in answers) == [False, True]


@pytest.mark.concurrency
def test_without_the_lock_each_would_lead_to_the_other(db, monkeypatch):
    """The control: both look before either writes."""
    meeting = threading.Barrier(2, timeout=20)

    def unlocked(*persons):
        found = tuple(Person.objects.get(pk=person.pk) for person in persons)
        meeting.wait()
        return found

    monkeypatch.setattr(merges, "held", unlocked)
    monkeypatch.setattr(merges, "raise_version", lambda *_rows: None)  # it locks both too

    _answers, merged = cross()

    assert sorted(merged) != [False, True]


def registered_meanwhile():
    """Somebody registers a business of a person in the very moment in which the record is merged away."""
    with committed_rows():
        manager = colleague(Role.REGIONAL_MANAGER, districts=[district()])
        kept, gone = record(), record()
        facts = Business("running", Sector.objects.get(code="tailoring"), district(), name="Late Shop")

        def act(place):
            if place:
                return join(kept, gone, by=manager, version=0, gone_version=0)
            return enterprises.register(person=gone, business=facts, by=system())

        answers = at_once(2, act)
        merges.follow(now=timezone.now())
        owners = set(Ownership.objects.current().filter(enterprise__name="Late Shop").values_list("person", flat=True))
        held = set(Case.objects.filter(enterprise__name="Late Shop").values_list("person", flat=True))
        return [isinstance(answer, Exception) for answer in answers], owners == held == {kept.pk}


@pytest.mark.concurrency
def test_a_registration_in_that_moment_is_not_lost(db):
    assert registered_meanwhile() == ([False, False], True)


@pytest.mark.concurrency
def test_without_following_it_could_be_lost(db, monkeypatch):
    """The control: the registration is written after the merge looked, and nobody brings it after."""
    begun, done = threading.Event(), threading.Event()
    look, register = merges.newest, enterprises.register

    def late(**facts):
        begun.wait(20)
        return register(**facts)

    def newest():
        begun.set()
        done.wait(1)
        return look()

    monkeypatch.setattr(enterprises, "register", late)
    monkeypatch.setattr(merges, "newest", newest)
    monkeypatch.setattr(merges, "follow", lambda *, now: 0)

    assert registered_meanwhile() == ([False, False], False)


def test_the_nightly_comparison_leaves_joined_records_alone(manager):
    kept, gone = record(name="Muhammad Akram"), record(name="Muhammad Akram")
    join(kept, gone, by=manager)

    look_alikes.compare(now=timezone.now())

    assert not LookAlike.objects.filter(state="suspected").exists()


def test_every_rule_has_its_words():
    said = {
        rule: [str(rule.words_for(going=going, kept_back=back)) for going, back in ((1, 0), (1, 1), (0, 1))]
        for rule in Rule
    }
    assert {rule: all(sentences) for rule, sentences in said.items()} == dict.fromkeys(Rule, True)
    assert {rule.name for rule, sentences in said.items() if len(set(sentences)) == len(sentences)} == {
        "BOTH",
        "KEPT",
        "CLOSE",
        "FOLD",
        "VALUE",
    }
    assert relations.at("nothing.Here.at_all") is None
    assert entrepreneur().person.record_ids()
