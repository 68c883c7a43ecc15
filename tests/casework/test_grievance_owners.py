"""Who answers a complaint, over every place in the tree: never whom it is about, nor the area where it is serious."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Office
from accounts.roles import Role
from casework.actions import grievance_owners
from casework.actions.grievance_owners import Matter, owner_of
from casework.models import GrievanceCategory
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.casework import smeda_office
from tests.factories.enterprises import district
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
    # Of the head office and its manager: another region's, since the south is below the head office as well.
    ("delay", "head", None, "southern"),
    ("conduct", "town", "programme", "northern"),
    ("delay", "head", "programme", "southern"),
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

    assert chain[:2] == [tree.southern, tree.programme]
    assert chain[-1] == chain[-2]


def test_where_nobody_may_answer_it_waits_at_the_head_office():
    found = owner_of(Matter(category("money")), today=TODAY)

    assert found == (head_office(), None)


def test_a_branch_whose_district_is_not_said_is_looked_at_by_the_manager_of_its_district(tree):
    assert owner_of(Matter(category(), tree.branch), today=TODAY).user == tree.southern


def test_the_database_lets_nobody_own_what_is_about_them(tree):
    with pytest.raises(IntegrityError, match="owner_is_not_whom_it_is_about"), transaction.atomic():
        GrievanceFactory(owner=tree.southern, about_user=tree.southern)
