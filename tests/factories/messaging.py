import uuid
from datetime import UTC, datetime, timedelta

import factory

from messaging.kinds import Kind, Recipient
from messaging.models import Message

NOON = datetime(2026, 11, 24, 12 - 5, tzinfo=UTC)  # in Pakistan
NIGHT = NOON + timedelta(hours=11)
MORNING = NOON + timedelta(hours=20)


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Message

    kind = "test.hello"
    target_label = "accounts.user"
    target_id = factory.Sequence(int)
    dedup_key = factory.Sequence("{:064d}".format)
    due_at = NOON


class LeasedFactory(MessageFactory):
    state = "leased"
    token = factory.LazyFunction(uuid.uuid4)
    lease_until = NOON


def to_their_phone(user):
    return Recipient(user.phone, "en") if user.phone else None


def hello(**changes):
    """A kind whose target is a user, sent to the user's phone."""
    plain = {"name": "test.hello", "recipient": to_their_phone, "render": lambda user, _language: f"Hello {user.pk}"}
    return Kind(**plain | changes)
