from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from messaging import outbox
from messaging.kinds import UnknownKind
from messaging.models import Message
from messaging.sealing import unseal
from tests.factories.accounts import EntrepreneurUserFactory, UserFactory
from tests.factories.messaging import NOON, hello

pytestmark = pytest.mark.django_db

# sha256 of "test.hello|accounts.user:7|". A change of it would send again everything that was ever sent.
KNOWN_KEY = "45d8886ee170e4e44af58593db92e9b14ca59f47c59d39b0ffe78ddb64d829e8"


def test_a_queued_message_holds_ids_and_nothing_to_read(install):
    install([hello(urgent=True)])
    user, colleague = EntrepreneurUserFactory(phone="+923000001234"), UserFactory()

    outbox.queue("test.hello", target=user, by=colleague, due_at=NOON)

    found = Message.objects.values(
        "kind", "target_label", "target_id", "person_id", "by_id", "language", "is_urgent", "due_at", "state", "secret"
    ).get()
    assert found == {
        "kind": "test.hello",
        "target_label": "accounts.user",
        "target_id": user.pk,
        "person_id": None,
        "by_id": colleague.pk,
        "language": "",
        "is_urgent": True,
        "due_at": NOON,
        "state": "waiting",
        "secret": "",
    }


def test_the_key_is_the_same_for_ever(install):
    install([hello()])
    user = EntrepreneurUserFactory.build(pk=7)

    outbox.queue("test.hello", target=user)

    assert Message.objects.get().dedup_key == KNOWN_KEY


def test_the_same_message_is_queued_once(install):
    install([hello()])
    user = EntrepreneurUserFactory()

    outbox.queue("test.hello", target=user)
    outbox.queue("test.hello", target=user)

    assert Message.objects.count() == 1


def test_kind_target_and_key_each_make_another_message(install):
    install([hello(), hello(name="test.bye")])
    one, two = EntrepreneurUserFactory.create_batch(2)

    outbox.queue("test.hello", target=one)
    outbox.queue("test.hello", target=two)
    outbox.queue("test.bye", target=one)
    outbox.queue("test.hello", target=one, key="second decision")

    assert Message.objects.values("dedup_key").distinct().count() == 4


def test_a_kind_that_names_its_occasion_takes_no_key(install):
    install([hello(occasion=lambda _user: "2026-12-01")])

    with pytest.raises(ValueError, match=r"test\.hello names its occasion itself"):
        outbox.queue("test.hello", target=EntrepreneurUserFactory(), key="a")

    assert Message.objects.count() == 0


def test_unknown_kind_is_refused_when_queued(install):
    install([])

    with pytest.raises(UnknownKind):
        outbox.queue("test.hello", target=EntrepreneurUserFactory())


def test_a_message_falls_with_the_action_that_queued_it(install):
    install([hello()])
    user = EntrepreneurUserFactory()

    with transaction.atomic():
        outbox.queue("test.hello", target=user)
        transaction.set_rollback(True)

    assert Message.objects.count() == 0


def test_queueing_costs_two_queries(install, django_assert_num_queries):
    install([hello()])
    user = EntrepreneurUserFactory()

    with django_assert_num_queries(2):
        outbox.queue("test.hello", target=user)


def test_a_code_waits_sealed_and_urgent():
    expires_at = timezone.now() + timedelta(minutes=10)

    outbox.queue_code(phone="+923000001234", text="Your code: 482910", language="en", expires_at=expires_at)

    message = Message.objects.get()
    assert (message.kind, message.is_urgent, message.expires_at, message.target_id) == (
        "messaging.code",
        True,
        expires_at,
        None,
    )
    assert unseal(message.secret) == {"phone": "+923000001234", "text": "Your code: 482910"}


def test_nothing_of_a_code_can_be_read_in_the_database():
    expires_at = timezone.now() + timedelta(minutes=10)

    outbox.queue_code(phone="+923000001234", text="Your code: 482910", language="en", expires_at=expires_at)

    with connection.cursor() as cursor:
        cursor.execute("SELECT message::text FROM messaging_message AS message")
        (row,) = cursor.fetchone()
    assert [hidden in row for hidden in ("482910", "3000001234")] == [False, False]


def test_a_code_with_its_own_row_is_queued_once_and_others_each_time():
    code = {
        "phone": "+923000001234",
        "text": "1",
        "language": "en",
        "expires_at": timezone.now() + timedelta(minutes=1),
    }
    row = EntrepreneurUserFactory()

    outbox.queue_code(**code, target=row)
    outbox.queue_code(**code, target=row)
    outbox.queue_code(**code)
    outbox.queue_code(**code)

    assert list(Message.objects.order_by("id").values_list("target_id", flat=True)) == [row.pk, None, None]
