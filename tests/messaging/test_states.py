from itertools import product

import pytest

from messaging.models import Message
from messaging.states import CHANGES, MessageState
from tests.factories.messaging import NOON, LeasedFactory, MessageFactory

FIELDS = {
    "claim": {"lease_until": NOON, "token": "6f1c2a52-6c0e-4b8e-9d1b-000000000000"},
    "put_back": {},
    "finish": {"sent_at": NOON},
    "give_up": {"last_error": "rejected_400"},
    "drop": {"last_error": "not_due"},
    "doubt": {"last_error": "time_out"},
}


def message_in(state):
    if state == MessageState.LEASED:
        return LeasedFactory()
    sent_at = NOON if state == MessageState.SENT else None
    reason = "" if state in {MessageState.WAITING, MessageState.SENT} else "reason"
    return MessageFactory(state=state, sent_at=sent_at, last_error=reason)


@pytest.mark.django_db
@pytest.mark.parametrize(("verb", "state"), list(product(CHANGES, MessageState)))
def test_each_change_is_made_from_its_sources_and_from_nowhere_else(verb, state):
    message = message_in(state)

    changed = Message.objects.filter(pk=message.pk).change(verb, **FIELDS[verb])

    message.refresh_from_db()
    allowed = state in CHANGES[verb].sources
    assert (changed, message.state) == ((1, CHANGES[verb].target) if allowed else (0, state))


def test_every_end_is_an_end():
    ends = {change.target for change in CHANGES.values()} - {"waiting", "leased"}

    leading_on = {source for change in CHANGES.values() for source in change.sources}

    assert ends & leading_on == set()


@pytest.mark.django_db
def test_a_message_that_is_over_keeps_no_secret_and_no_lease():
    message = LeasedFactory(secret="sealed", expires_at=NOON, begun_at=NOON, attempts=1)

    Message.objects.held(message).change("finish", sent_at=NOON)

    message.refresh_from_db()
    left = (message.secret, message.lease_until, message.token, message.begun_at)
    assert left == ("", None, None, None)
