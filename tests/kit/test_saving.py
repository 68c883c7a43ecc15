import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Model

from enterprises.models import Sector
from kit.saving import save
from tests.factories.casework import CaseFactory
from tests.factories.training import CourseRunFactory

pytestmark = pytest.mark.django_db


def code_twice(how):
    """What saving a second row with the code of the first says, beside which fields."""
    first = Sector.objects.order_by("pk").first()
    with pytest.raises(ValidationError) as refused:
        how(Sector(code=first.code, name="Looms", name_ur="کھڈیاں"))
    return refused.value.message_dict


def test_what_the_database_refuses_is_said_in_words():
    assert code_twice(save) == {"code": ["Sector with this Code already exists."]}


@pytest.mark.xfail(strict=True, raises=IntegrityError, reason="the control: a bare save says it in PostgreSQL's words")
def test_what_the_database_refuses_is_said_in_words_control():
    assert code_twice(Model.save) == {"code": ["Sector with this Code already exists."]}


def test_the_transaction_goes_on_after_a_refusal():
    code_twice(save)

    save(Sector(code="looms", name="Looms", name_ur="کھڈیاں"))

    assert Sector.objects.filter(code="looms").exists()


def test_a_broken_constraint_is_said_in_its_own_words():
    run = CourseRunFactory()
    run.ends_on = run.starts_on - dt.timedelta(days=1)

    with pytest.raises(ValidationError) as refused:
        save(run, update_fields=["ends_on"])

    assert refused.value.messages == ["The last day comes before the first day."]


def test_fields_that_are_not_written_are_not_asked():
    case = CaseFactory()
    case.state, case.first_contact_due_on = "no such state", None

    with pytest.raises(ValidationError) as refused:
        save(case, update_fields=["first_contact_due_on"])

    assert list(refused.value.message_dict) == ["first_contact_due_on"]


def test_a_sound_row_costs_three_statements(django_assert_num_queries):
    case = CaseFactory()

    with django_assert_num_queries(3):  # savepoint, update, release
        save(case, update_fields=["version"])
