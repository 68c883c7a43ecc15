"""Of two colleagues who answer a client at the very same moment, one does, and the other is told to read that first."""

import pytest

from accounts.roles import Role
from casework.actions import writings
from casework.models import Writing
from tests.committed import at_once, committed_rows
from tests.factories.accounts import colleague
from tests.factories.casework import WritingFactory

TEXTS = 8

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def answered_from_two_desks():
    """What each of two colleagues was told; and how many answers each client got."""
    asked = [WritingFactory() for _one in range(TEXTS)]
    others = [colleague(Role.ADVISOR, office=writing.case.office) for writing in asked]

    def act(place):
        writing = asked[place // 2]
        by = others[place // 2] if place % 2 else writing.case.advisor
        return writings.answer(case=writing.case, by=by, text=f"From desk {place}.", seen=writing.pk)

    answers = at_once(2 * TEXTS, act)
    times = [Writing.objects.filter(case=writing.case_id, is_clients=False).count() for writing in asked]
    return list(zip(answers[::2], answers[1::2], strict=True)), times


def check(outcome):
    answers, times = outcome

    for pair in answers:
        assert sorted(type(answer).__name__ for answer in pair) == ["ValidationError", "Writing"]
    assert times == [1] * TEXTS


def test_one_of_them_answers(db):
    with committed_rows():
        check(answered_from_two_desks())


def test_one_of_them_answers_control(db, monkeypatch):
    """The control: where nobody holds the case first, both of some pair answer."""

    def unlocked(item, *, version):
        return type(item)._default_manager.get(pk=item.pk)

    monkeypatch.setattr(writings, "hold", unlocked)

    with committed_rows(), pytest.raises(AssertionError):
        check(answered_from_two_desks())
