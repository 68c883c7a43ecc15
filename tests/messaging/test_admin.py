import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.factories.accounts import colleague
from tests.factories.messaging import NOON, MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(signed_in):
    return signed_in(colleague(Role.ADMINISTRATOR))


@pytest.fixture
def message():
    return MessageFactory(kind="messaging.code", secret="SEALED", expires_at=NOON)


def test_an_administrator_reads_what_became_of_messages(admin, message):
    pages = [
        admin.get(reverse("admin:messaging_message_changelist"), {"state__exact": "waiting", "kind": "messaging.code"}),
        admin.get(reverse("admin:messaging_message_change", args=[message.pk])),
    ]

    assert [page.status_code for page in pages] == [200, 200]
    assert [("messaging.code" in page.content.decode(), "SEALED" in page.content.decode()) for page in pages] == [
        (True, False),
        (True, False),
    ]


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_nobody_writes_messages_by_hand(admin, message, verb):
    arguments = [] if verb == "add" else [message.pk]

    response = admin.post(reverse(f"admin:messaging_message_{verb}", args=arguments), {"kind": "other"})

    message.refresh_from_db()
    assert (response.status_code, message.kind) == (403, "messaging.code")
