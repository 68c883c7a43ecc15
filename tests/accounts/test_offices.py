"""Offices that open and close, and who serves what they covered."""

import datetime as dt
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Office, OfficeDistrict
from accounts.querysets import LONGEST_CHAIN
from accounts.roles import Role
from casework.actions.assignment import offices_upward
from casework.actions.referrals import branches_for
from casework.models import Case
from enterprises import open_items
from journal.open_items import Scope
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.casework import CalledFactory, branch, smeda_office
from tests.factories.enterprises import ClaimFactory, district

pytestmark = pytest.mark.django_db
CLOSING = dt.date(2026, 11, 26)
EVE = CLOSING - dt.timedelta(days=1)


def covering(on):
    """Offices of the tests that serve Multan; those of the reference data cover whole provinces."""
    return list(Office.objects.covering(district().pk, on=on).filter(depth=2))


def close(office, *, successor=None, on=CLOSING):
    office.closed_on, office.successor = on, successor
    office.full_clean()
    office.save()
    return office


def test_cover_passes_to_the_successor_on_the_closing_day():
    old, new = smeda_office("multan"), OfficeFactory()
    close(old, successor=new)

    assert {on: covering(on) for on in (EVE, CLOSING)} == {EVE: [old], CLOSING: [new]}


def test_cover_passes_to_the_successor_on_the_closing_day_control(monkeypatch):
    """Without the chain the district is left with nobody: the same look, failing at the same place."""
    monkeypatch.setattr("accounts.querysets.LONGEST_CHAIN", 1)

    with pytest.raises(AssertionError):
        test_cover_passes_to_the_successor_on_the_closing_day()


def test_a_chain_is_followed_to_the_first_open_office_and_ends_where_nobody_took_over():
    third = OfficeFactory()
    second = close(OfficeFactory(), successor=third, on=CLOSING + dt.timedelta(days=2))
    first = close(smeda_office("multan"), successor=second)
    days = [CLOSING + dt.timedelta(days=step) for step in (0, 1, 2)]

    assert [covering(on) for on in days] == [[second], [second], [third]]
    assert [first.heir(on=on) for on in (EVE, *days)] == [first, second, second, third]

    close(third, on=days[2] + dt.timedelta(days=1))

    assert (covering(third.closed_on), Office.objects.get(pk=first.pk).heir(on=third.closed_on)) == ([], None)


def test_an_office_serves_from_its_first_day_on():
    office = smeda_office("multan", opened_on=CLOSING)

    assert {on: covering(on) for on in (EVE, CLOSING)} == {EVE: [], CLOSING: [office]}
    assert list(Office.objects.open(on=EVE).filter(pk=office.pk)) == []


def test_an_office_that_covers_twice_stands_once():
    old, new = smeda_office("multan"), smeda_office("multan")
    close(old, successor=new)

    assert covering(CLOSING) == [new]


def test_cover_is_found_in_one_query(django_assert_num_queries):
    close(smeda_office("multan"), successor=OfficeFactory())

    multan = district().pk

    with django_assert_num_queries(1):
        assert len(Office.objects.covering(multan, on=CLOSING)) == 2


def test_new_cases_go_to_the_successor_from_the_closing_day_on():
    old, new = smeda_office("multan"), OfficeFactory()
    close(old, successor=new)
    found = {on: next(offices_upward(district().pk, today=on)) for on in (EVE, CLOSING)}

    assert found == {EVE: old, CLOSING: new}


def test_above_a_closed_regional_office_stands_its_successor():
    region, new_region = OfficeFactory(depth=1), OfficeFactory(depth=1)
    office = smeda_office("multan", parent=region)
    close(region, successor=new_region)

    upward = list(offices_upward(district().pk, today=CLOSING))

    assert upward[:2] == [office, new_region]
    assert region not in upward


def test_sight_and_team_pass_with_the_cover_and_history_stays():
    today = timezone.localdate()
    old, new = smeda_office("multan"), OfficeFactory()
    before, after = colleague(Role.REGIONAL_MANAGER, office=old), colleague(Role.REGIONAL_MANAGER, office=new)
    case = CalledFactory(office=old)
    close(old, successor=new, on=today)
    sees = {who: type(who).objects.get(pk=who.pk) for who in (before, after)}

    assert {who: set(user.district_ids) for who, user in sees.items()} == {before: set(), after: {district().pk}}
    assert sees[after].office_ids == {old.pk, new.pk}
    assert list(Case.objects.visible_to(sees[after])) == [case]
    assert (Case.objects.get().office, OfficeDistrict.objects.filter(office=old).count()) == (old, 1)


def test_sight_does_not_pass_before_the_closing_day():
    old, new = smeda_office("multan"), OfficeFactory()
    close(old, successor=new, on=timezone.localdate() + dt.timedelta(days=1))
    user = colleague(Role.ADVISOR, office=new)

    assert (user.district_ids, user.office_ids) == (frozenset(), {new.pk})


def test_claims_wait_at_the_successor():
    old, new = smeda_office("multan"), OfficeFactory()
    ClaimFactory()
    close(old, successor=new, on=timezone.localdate())

    found = {
        office: [row[6] for rows in open_items.open_items(Scope(office_ids=frozenset({office.pk}))) for row in rows]
        for office in (old, new)
    }

    assert found == {old: [], new: [new.pk]}


def test_referrals_go_to_the_successor_of_a_branch():
    Office.objects.filter(organisation=Office.Organisation.LENDER).update(closed_on=dt.date(2020, 1, 1))
    case = CalledFactory()
    old, new = branch("multan"), OfficeFactory(organisation=Office.Organisation.LENDER)
    close(old, successor=new, on=timezone.localdate())

    assert list(branches_for(case)) == [new]


@pytest.mark.parametrize(
    ("facts", "field", "code"),
    [
        ({"closed_on": None}, "__all__", "Only an office that closes has a successor, and it is another office."),
        ({"organisation": "lender"}, "successor", "The successor must belong to the same organisation."),
        ({"opened_on": CLOSING}, "__all__", "It cannot close before it opens."),
    ],
)
def test_what_cannot_be_is_refused_in_words(facts, field, code):
    office = OfficeFactory(closed_on=CLOSING)
    office.successor = OfficeFactory()
    for name, value in facts.items():
        setattr(office, name, value)

    with pytest.raises(ValidationError) as refused:
        office.full_clean()

    assert refused.value.message_dict == {field: [code]}


def test_a_circle_of_successors_is_refused():
    one, two = OfficeFactory(), OfficeFactory()
    close(one, successor=two)

    with pytest.raises(ValidationError) as refused:
        close(two, successor=one)

    assert refused.value.message_dict == {"successor": ["These offices would succeed each other in a circle."]}


def test_a_chain_as_long_as_the_query_follows_is_taken_and_one_more_is_refused():
    offices = [OfficeFactory() for _office in range(LONGEST_CHAIN + 1)]
    for office, successor in pairwise(offices[:LONGEST_CHAIN]):
        close(office, successor=successor)
    last, beyond = offices[-2:]

    with pytest.raises(ValidationError) as refused:
        close(last, successor=beyond)

    assert refused.value.message_dict == {"successor": ["This chain of successors is too long. Name the last office."]}


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"opened_on": CLOSING, "closed_on": CLOSING}, "accounts_office_closes_after_it_opens"),
        ({"successor": True}, "accounts_successor_of_a_closed_office"),
    ],
)
def test_the_database_holds_it_too(facts, constraint):
    office = OfficeFactory()
    if "successor" in facts:
        facts = {"successor": OfficeFactory()}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Office.objects.filter(pk=office.pk).update(**facts)


def test_an_unsaved_office_has_no_chain_behind_it():
    assert Office().chain_behind() == 0
