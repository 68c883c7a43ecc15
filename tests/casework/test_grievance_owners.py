"""Who answers a complaint, over every place in the tree: never whom it is about, nor the area where it is serious."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Appointment, Office
from accounts.roles import Role
from casework.actions import grievance_owners, grievances
from casework.actions.grievance_owners import Matter, owner_of
from casework.models import Grievance, GrievanceCategory
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.casework import smeda_office
from tests.factories.enterprises import district, system
from tests.factories.grievances import GrievanceFactory, category, head_office, programme_manager, region

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)
LENDER = Office.Organisation.LENDER


@pytest.fixture
def tree():
    """Head office, two regions, a town's office, and the lender's branch in that town with its area."""
    south, north = region(), region()
    town = smeda_office("multan", parent=south)
    area = OfficeFactory(organisation=LENDER, depth=1)
    branch = smeda_office("multan", parent=area, organisation=LENDER)
    return SimpleNamespace(
        head=head_office(),
        south=south,
        town=town,
        area=area,
        branch=branch,
        advisor=colleague(Role.ADVISOR, office=town),
        officer=colleague(Role.LOAN_OFFICER, office=branch),
        area_manager=colleague(Role.AREA_MANAGER, office=area),
        southern=colleague(Role.REGIONAL_MANAGER, office=south),
        northern=colleague(Role.REGIONAL_MANAGER, office=north),
        programme=programme_manager(),
        committee=colleague(Role.COMMITTEE_MEMBER, office=head_office()),
    )


# Kind of complaint, the office and the colleague complained of, and who answers.
ANSWERS = [
    ("delay", "town", None, "southern"),
    ("delay", "town", "advisor", "southern"),
    ("delay", "branch", None, "southern"),
    ("delay", "branch", "officer", "southern"),
    ("delay", "area", "area_manager", "southern"),
    ("delay", None, None, "southern"),
    # The manager over the town is complained of, or their own office.
    ("delay", "town", "southern", "programme"),
    ("delay", "south", None, "programme"),
    # Serious: past the branch and its area, whoever stands there.
    ("money", "town", None, "programme"),
    ("money", "town", "advisor", "programme"),
    ("money", "south", "southern", "programme"),
    ("money", "branch", "officer", "programme"),
    ("harassment", None, None, "programme"),
    # Of the head office, or of who manages the programme: the steering committee, which stands above both.
    ("delay", "head", None, "committee"),
    ("money", "head", None, "committee"),
    ("conduct", "town", "programme", "committee"),
    ("delay", "head", "programme", "committee"),
    ("money", "head", "committee", "southern"),
]


@pytest.mark.parametrize(("code", "office", "user", "owner"), ANSWERS)
def test_who_answers(tree, code, office, user, owner):
    at = {name: getattr(tree, name) if name else None for name in (office, user)}
    matter = Matter(category(code), at[office], at[user], district().pk)

    found = owner_of(matter, today=TODAY)

    assert found.user == getattr(tree, owner)


@pytest.mark.xfail(strict=True, reason="the control: without the guard the one complained of answers")
def test_who_answers_control(tree, monkeypatch):
    monkeypatch.setattr(grievance_owners, "may_own", lambda user, matter: user is not None)

    matter = Matter(category(), tree.town, tree.southern, district().pk)

    assert owner_of(matter, today=TODAY).user == tree.programme


def test_nobody_of_the_branch_or_its_area_answers_what_is_serious(tree):
    """Over every kind that is serious, and every office with somebody in it."""
    serious = GrievanceCategory.objects.filter(is_serious=True)
    offices = [tree.town, tree.south, tree.branch, tree.area]

    owners = {
        owner_of(Matter(kind, office, None, district().pk), today=TODAY).user for kind in serious for office in offices
    }

    assert owners == {tree.programme}


def test_who_stands_above_comes_next_and_the_last_one_keeps_it(tree):
    matter = Matter(category(), tree.town, None, district().pk)

    chain = [owner_of(matter, today=TODAY).user]
    for _step in range(4):
        chain.append(owner_of(matter, today=TODAY, above=chain[-1]).user)

    assert chain == [tree.southern, tree.programme, *[tree.committee] * 3]


def test_of_the_head_office_without_a_committee_a_region_answers(tree):
    Appointment.objects.filter(user=tree.committee).delete()

    assert owner_of(Matter(category(), tree.head, None, district().pk), today=TODAY).user == tree.southern


def refused(grievance):
    """Whoever has it answers, and whoever complained says no."""
    told = grievances.answer(
        grievance=grievance, by=grievance.owner, version=grievance.version, text="No.", is_remedied=True
    )
    return grievances.judge(grievance=told, by=system(), version=told.version, is_right=False, text="Wrong.")


def refusals(tree, *, times):
    """Who has it before each of so many refusals, and after the last."""
    grievance = GrievanceFactory(owner=tree.southern, office=tree.south, about_office=tree.town, district=district())
    owners = [grievance.owner]
    for _time in range(times):
        grievance = refused(grievance)
        owners.append(grievance.owner)
    return owners


def test_after_each_no_somebody_looks_who_never_answered_it(tree):
    """Up the ladder, then elsewhere; where nobody is left nobody has it, rather than one of those who answered."""
    expected = [tree.southern, tree.programme, tree.committee, tree.northern, None]

    assert refusals(tree, times=4) == expected


@pytest.mark.xfail(strict=True, reason="the control: with answers forgotten the top of the ladder looks at its own")
def test_after_each_no_somebody_looks_who_never_answered_it_control(tree, monkeypatch):
    monkeypatch.setattr(grievance_owners, "refuted", lambda grievance, *, comes_back: frozenset())

    test_after_each_no_somebody_looks_who_never_answered_it(tree)


def test_what_nobody_may_look_at_again_waits_for_a_newcomer(tree):
    """Neither night nor hand gives it back to one of those who answered; it counts among what nobody has."""
    refusals(tree, times=4)
    counts = [grievances.hand_on(now=timezone.now(), by=system())]
    left = Grievance.objects.of_nobody(on=timezone.localdate()).count()

    newcomer = programme_manager()
    counts.append(grievances.hand_on(now=timezone.now(), by=system()))

    assert (counts, left, Grievance.objects.get().owner) == ([0, 1], 1, newcomer)


def test_who_answered_after_the_no_keeps_it_when_the_office_is_put_right(tree):
    grievance = GrievanceFactory(owner=tree.southern, office=tree.south, about_office=tree.town, district=district())
    disputed = refused(grievance)
    told = grievances.answer(
        grievance=disputed, by=disputed.owner, version=disputed.version, text="So.", is_remedied=True
    )

    directed = grievances.direct(
        grievance=told, by=tree.programme, version=told.version, about_office=tree.area, about_user=None
    )

    assert directed.owner == tree.programme


def test_where_nobody_may_answer_it_waits_at_the_head_office():
    found = owner_of(Matter(category("money")), today=TODAY)

    assert found == (head_office(), None)


def test_a_branch_whose_district_is_not_said_is_looked_at_by_the_manager_of_its_district(tree):
    assert owner_of(Matter(category(), tree.branch), today=TODAY).user == tree.southern


def test_the_database_lets_nobody_own_what_is_about_them(tree):
    with pytest.raises(IntegrityError, match="owner_is_not_whom_it_is_about"), transaction.atomic():
        GrievanceFactory(owner=tree.southern, about_user=tree.southern)
