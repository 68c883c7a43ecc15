"""Which fields of transfers, flags and referrals elsewhere leave the house, and what the database lets be."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from casework.models import CallBack, Flag, Introduction, PlanReview, Transfer, Writing
from tests.factories.call_backs import DrawnCallBackFactory
from tests.factories.casework import (
    AcceptedTransferFactory,
    CalledFactory,
    DrawnPlanFactory,
    FlagFactory,
    IntroductionFactory,
    RefusedTransferFactory,
    SentWritingFactory,
    TransferFactory,
)

MODELS = {
    Transfer: TransferFactory,
    Flag: FlagFactory,
    Introduction: IntroductionFactory,
    PlanReview: DrawnPlanFactory,
    Writing: SentWritingFactory,
    CallBack: DrawnCallBackFactory,
}


@pytest.mark.parametrize("model", MODELS)
def test_every_field_may_be_copied_or_may_not(model):
    assert {field.name for field in model._meta.concrete_fields} == model.SAFE_TO_COPY | model.NEVER_COPIED
    assert set() == model.SAFE_TO_COPY & model.NEVER_COPIED


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS)
def test_a_row_names_itself_by_its_number(model):
    row = MODELS[model]()

    assert str(row) == f"{model.__name__.lower()} {row.pk}"
    assert (row.enterprise_id, row.person_id) == (row.case.enterprise_id, row.case.person_id)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("made", "wrong"),
    [
        (TransferFactory, {"reason": ""}),
        (TransferFactory, {"decided_at": timezone.now()}),
        (TransferFactory, {"undone_at": timezone.now()}),
        (RefusedTransferFactory, {"refusal": ""}),
        (AcceptedTransferFactory, {"decided_by": None}),
        (AcceptedTransferFactory, {"state": "undone"}),
    ],
)
def test_the_database_keeps_no_transfer_without_who_when_and_why(made, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        made(**wrong)


@pytest.mark.django_db
def test_the_database_lets_one_be_asked_at_a_time():
    case = CalledFactory()
    TransferFactory(case=case)

    with pytest.raises(IntegrityError), transaction.atomic():
        TransferFactory(case=case)
