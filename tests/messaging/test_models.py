import uuid

import pytest
from django.db import IntegrityError, models, transaction

from messaging.models import Message
from tests.factories.messaging import NOON, LeasedFactory, MessageFactory

TOKEN = uuid.UUID(int=1)
# What each constraint refuses, and a row that differs only in what the constraint asks for.
REFUSED = {
    "messaging_known_state": ({"state": "lost"}, {}),
    "messaging_target_label_and_id_together": ({"target_label": ""}, {"target_label": "", "target_id": None}),
    "messaging_lease_and_token_together": (
        {"state": "leased", "token": TOKEN},
        {"state": "leased", "token": TOKEN, "lease_until": NOON},
    ),
    "messaging_sent_and_sent_at_together": ({"state": "sent"}, {"state": "sent", "sent_at": NOON}),
    "messaging_end_has_its_reason": ({"state": "dead"}, {"state": "dead", "last_error": "rejected_400"}),
    "messaging_secret_only_while_open": (
        {"state": "sent", "sent_at": NOON, "secret": "sealed", "expires_at": NOON},
        {"state": "sent", "sent_at": NOON, "expires_at": NOON},
    ),
    "messaging_secret_expires": ({"secret": "sealed"}, {"secret": "sealed", "expires_at": NOON}),
    "messaging_begun_is_counted": (
        {"state": "leased", "token": TOKEN, "lease_until": NOON, "begun_at": NOON},
        {"state": "leased", "token": TOKEN, "lease_until": NOON, "begun_at": NOON, "attempts": 1},
    ),
}


def test_every_constraint_has_its_refused_row():
    named = {rule.name for rule in Message._meta.constraints if isinstance(rule, models.CheckConstraint)}

    assert set(REFUSED) == named


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_constraint_refuses_the_row_and_takes_its_neighbour(name):
    wrong, right = REFUSED[name]

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        MessageFactory(**wrong)
    MessageFactory(**right)

    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_dedup_key_is_unique():
    MessageFactory(dedup_key="a")

    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory(dedup_key="a")

    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_message_is_named_by_kind_and_number():
    message = LeasedFactory()

    assert str(message) == f"test.hello {message.pk}"


@pytest.mark.django_db
def test_dead_and_ambiguous_are_for_a_person_to_look_at():
    dead = MessageFactory(state="dead", last_error="rejected_400")
    doubtful = MessageFactory(state="ambiguous", last_error="time_out")
    waiting = MessageFactory()

    found = [list(Message.objects.dead()), list(Message.objects.ambiguous()), list(Message.objects.open())]

    assert found == [[dead], [doubtful], [waiting]]


@pytest.mark.django_db
def test_due_are_those_whose_time_has_come():
    due = MessageFactory(due_at=NOON)
    MessageFactory(due_at=NOON.replace(hour=8))
    LeasedFactory()

    assert list(Message.objects.due(now=NOON)) == [due]
