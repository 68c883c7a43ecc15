"""Pairs that look alike (R6): found within minutes among everybody, shown within sight, settled once."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Office
from accounts.roles import Role
from enterprises.actions import look_alikes, people
from enterprises.likeness import Facts
from enterprises.models import LookAlike, Person
from enterprises.pages.look_alikes import histories
from enterprises.states import LOOK_ALIKE_MOVES
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.enterprises import (
    EnterpriseFactory,
    GrantFactory,
    LookAlikeFactory,
    OwnershipFactory,
    PersonFactory,
    district,
    entrepreneur,
    system,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 22, tzinfo=dt.UTC)
AKRAM = {"name": "Muhammad Akram", "parent_name": "Allah Ditta", "parent_relation": "father", "sex": "man"}
TYPED = Facts("محمد اکرم", sex="man", parent_name="اللہ دتہ", parent_relation="father", phone="+923001111111")


def person(code="multan", **facts):
    registered = PersonFactory(**AKRAM | {"cnic": None, "cnic_standing": "none", "phone": "+923001111111"} | facts)
    OwnershipFactory(person=registered, enterprise=EnterpriseFactory(district=district(code)))
    return registered


# While somebody types


def test_whoever_looks_alike_is_found_across_scripts_the_likeliest_first(advisor):
    nearly = person(phone="+923002222222")
    same = person()
    person(name="Nasreen Bibi", sex="woman")

    found = people.look_alike(facts=TYPED, by=advisor)

    assert [(candidate.person, candidate.likeness.points) for candidate in found.candidates] == [
        (same, 90),
        (nearly, 60),
    ]
    assert bool(found)


def test_those_who_share_most_are_compared_first_and_the_rest_is_left():
    """Of a crowd that shares a word of the name and of the father's, the one who shares all stands in front."""
    for number in range(5):
        person(name="Akram Ali", parent_name=f"Allah {number}", phone=f"+92300999999{number}")
    same = person(phone="+923002222222")
    phone = person(name="Somebody Else")

    assert list(Person.objects.resembling(TYPED)[:2]) == [phone, same]


def test_the_record_itself_and_what_was_merged_is_left_out(advisor):
    kept = person()
    person(merged_into=kept)

    assert not people.look_alike(facts=TYPED, by=advisor, besides=kept)


def test_out_of_sight_nobody_is_shown(advisor):
    person("lahore", cnic="3630248291056", cnic_standing="claimed")

    assert people.look_alike(facts=TYPED, by=advisor) == people.Found([], None)


def test_for_the_very_same_cnic_the_other_office_is_named_and_nothing_else(advisor):
    kept = person("lahore", cnic="3630248291056", cnic_standing="claimed")
    person("lahore", cnic="3630248291057", cnic_standing="claimed", merged_into=kept)
    PersonFactory(cnic="3630248291055")
    seen = person(cnic="3630248291054", cnic_standing="claimed", name="Somebody Else")
    numbers = ("3630248291056", "3630248291057", "3630248291055", "3630248291054", "3630248291053")

    offices = [people.office_elsewhere(number, by=advisor) for number in numbers]

    lahore = (
        Office.objects.filter(organisation="smeda").covering(district("lahore").pk, on=timezone.localdate()).first()
    )
    assert offices == [lahore, lahore, None, None, None]
    assert people.look_alike(facts=Facts("Other", cnic=seen.cnic), by=advisor).candidates[0].person == seen


@pytest.mark.parametrize("find", [people.look_alike, people.holder_of])
def test_only_colleagues_may_look(find):
    with pytest.raises(PermissionDenied):
        find(facts=TYPED, by=entrepreneur().person.user)


@pytest.mark.parametrize("role", Role)
def test_who_may_look(role):
    may = {"advisor", "regional_manager", "loan_officer", "branch_manager", "programme_manager", "auditor"}

    assert colleague(role).has_perm("enterprises.find_look_alikes") == (role in may)


# By the minute


def test_whoever_registered_is_compared_within_the_minute_and_then_nobody_until_somebody_changes():
    """R6: a duplicate stands on the list when the next minute's job has run, not on the next morning."""
    second = person()
    before = look_alikes.due_period(NOW)
    look_alikes.compare(now=NOW)
    after = look_alikes.due_period(NOW)

    Person.objects.filter(pk=second.pk).update(version=second.version + 1)

    assert (before, after, look_alikes.due_period(NOW)) == ("2026-11-20T22.00", None, "2026-11-20T22.00")


def test_a_pair_is_found_once_however_often_it_is_looked_for():
    first, second = person(), person(phone="+923002222222")
    PersonFactory(name="Muhammad Akram", parent_name="Khuda Bakhsh", parent_relation="father")

    runs = [look_alikes.compare(now=NOW) for _run in range(2)]

    assert runs == [{"compared": 3, "found": 1}, {"compared": 0, "found": 0}]
    assert list(LookAlike.objects.values_list("first", "second", "points", "found_at")) == [
        (first.pk, second.pk, 65, NOW)
    ]


def test_whoever_changed_is_compared_again_and_what_was_put_right_goes():
    _first, second = person(), person()
    look_alikes.compare(now=NOW)
    Person.objects.filter(pk=second.pk).update(name="Ghulam Rasool", version=second.version + 1)

    run = look_alikes.compare(now=NOW)

    second.refresh_from_db()
    assert (run, LookAlike.objects.count()) == ({"compared": 1, "found": 0}, 0)
    assert second.likeness_keys[0] == "glm/al"


def test_what_a_colleague_settled_stays_settled(advisor):
    _first, second = person(), person()
    look_alikes.compare(now=NOW)
    look_alikes.tell_apart(look_alike=LookAlike.objects.get(), by=advisor, version=0)
    Person.objects.filter(pk=second.pk).update(version=5)

    assert look_alikes.compare(now=NOW) == {"compared": 1, "found": 0}
    assert LookAlike.objects.get().state == "apart"


def test_a_run_ends_and_the_next_goes_on():
    person()
    person()

    assert [look_alikes.compare(now=NOW, most=1) for _run in range(3)] == [
        {"compared": 1, "found": 1},
        {"compared": 1, "found": 0},
        {"compared": 0, "found": 0},
    ]


def test_an_edit_while_it_is_compared_is_compared_again():
    edited = person()
    Person.objects.filter(pk=edited.pk).update(version=1)

    look_alikes.compare_one(edited, now=NOW)

    assert list(Person.objects.uncompared()) == [edited]


# Settling


def test_two_people_are_told_apart_by_whom_and_when(advisor):
    pair = LookAlikeFactory(first=person(), second=person())

    settled = look_alikes.tell_apart(look_alike=pair, by=advisor, version=0)

    assert (settled.state, settled.decided_by, settled.version) == ("apart", advisor, 1)
    assert abs(settled.decided_at - timezone.now()) < dt.timedelta(minutes=1)
    assert list(Event.objects.values_list("name", "audience", "data")) == [
        ("enterprises.told_apart", ["advisors", "managers"], {})
    ]


VERBS = {"tell_apart": look_alikes.tell_apart, "doubt": look_alikes.doubt}


@pytest.mark.parametrize("verb", LOOK_ALIKE_MOVES)
@pytest.mark.parametrize("state", ["suspected", "apart", "merged"])
def test_what_is_settled_is_not_settled_again(advisor, verb, state):
    if state in LOOK_ALIKE_MOVES[verb].sources:
        return
    decided = {} if state == "suspected" else {"decided_by": advisor, "decided_at": NOW}
    pair = LookAlikeFactory(first=person(), second=person(), state=state, **decided)

    with pytest.raises(MoveRefused):
        VERBS[verb](look_alike=pair, by=advisor, version=0)


def test_whether_they_are_two_people_is_asked_again_and_who_said_so_stays_known(advisor):
    pair = LookAlikeFactory(first=person(), second=person())
    look_alikes.tell_apart(look_alike=pair, by=advisor, version=0)

    doubted = look_alikes.doubt(look_alike=pair, by=advisor, version=1)

    assert (doubted.state, doubted.decided_by, doubted.decided_at) == ("suspected", None, None)
    assert [(one["text"], one["by"]) for one in histories([pair])[pair.pk]] == [
        ("Two people with like names were told apart", advisor),
        ("Whether they are two people is asked again", advisor),
    ]


def test_a_pair_that_somebody_doubts_stays_though_the_names_look_alike_no_longer(advisor):
    """What nobody ever judged goes; of this the page had said that it is on the list again."""
    one = person()
    doubted, never = (LookAlikeFactory(first=one, second=person(name=name)) for name in ("Zafar Iqbal", "Hamid Mir"))
    look_alikes.tell_apart(look_alike=doubted, by=advisor, version=0)
    look_alikes.doubt(look_alike=doubted, by=advisor, version=1)

    look_alikes.compare_one(one, now=NOW)

    assert never not in LookAlike.objects.all()
    assert list(LookAlike.objects.suspected()) == [doubted]


def test_an_older_version_is_refused(advisor):
    pair = LookAlikeFactory(first=person(), second=person(), version=2)

    with pytest.raises(EditConflict):
        look_alikes.tell_apart(look_alike=pair, by=advisor, version=1)


def test_whoever_sees_one_of_the_two_alone_sees_and_settles_nothing(advisor):
    pair = LookAlikeFactory(first=person(), second=person("lahore"))

    with pytest.raises(PermissionDenied):
        look_alikes.tell_apart(look_alike=pair, by=advisor, version=0)
    assert list(LookAlike.objects.visible_to(advisor)) == []


@pytest.mark.parametrize("role", [*Role, "entrepreneur", "system"])
def test_what_one_sees_in_lists_one_sees_one_by_one(role):
    owner = entrepreneur()
    pairs = [
        LookAlikeFactory(first=person(), second=person()),
        LookAlikeFactory(first=person(), second=person("lahore")),
        LookAlikeFactory(first=person("lahore"), second=person("lahore")),
        LookAlikeFactory(first=owner.person, second=person()),
    ]
    others = {"entrepreneur": lambda: owner.person.user, "system": system}
    user = others[role]() if role in others else colleague(role, districts=[district()])

    seen = set(LookAlike.objects.visible_to(user))

    assert seen == {pair for pair in pairs if user.has_perm("enterprises.view_look_alike", pair)}
    assert not user.has_perm("enterprises.view_look_alike")
    assert not user.has_perm("enterprises.settle_look_alike")


def test_a_grant_shows_the_pair_and_does_not_let_settle():
    office = OfficeFactory()
    pair = LookAlikeFactory(first=person("lahore"), second=person("lahore"))
    for side in (pair.first, pair.second):
        GrantFactory(enterprise=side.ownerships.get().enterprise, office=office)
    guest = colleague(Role.ADVISOR, office=office)

    assert list(LookAlike.objects.visible_to(guest)) == [pair]
    assert not guest.has_perm("enterprises.settle_look_alike", pair)


def test_a_row_names_numbers_alone_and_says_why():
    pair = LookAlikeFactory(reasons=["name", "phone", "parent_differs"])

    assert str(pair) == f"{pair.first_id} · {pair.second_id}"
    assert pair.likeness.words_for == ["The names sound the same", "Same mobile number"]
    assert pair.likeness.words_against == ["The fathers have different names"]


def test_people_on_file_before_are_found_after_the_migration():
    PersonFactory(**AKRAM, likeness_keys=[])

    import_module("enterprises.migrations.0015_fill_likeness_keys").fill(apps, None)

    assert Person.objects.get().likeness_keys == ["akrm/al", "akrm/aldt", "akrm/dt"]
