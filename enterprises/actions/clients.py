"""Leads and clients. Work on a lead never enters a total; it becomes a client by one rule, and that is written down."""

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from enterprises.models import Enterprise, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from messaging.outbox import queue

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


def lacking(enterprise: Enterprise, person: Person) -> list[Promise]:
    """What a lead still lacks to be a client: permission to be contacted, and a way to find its owner."""
    can_be_found = bool(person.phone or enterprise.place)
    return [
        said
        for is_there, said in (
            (person.lets_contact, _("the owner's permission to be contacted")),
            (can_be_found, _("a mobile number or an address")),
        )
        if not is_there
    ]


def promote_if_ready(enterprise: Enterprise, *, by: User, is_told: bool = False) -> bool:
    """Make a lead that lacks nothing a client, in the caller's transaction, once; return whether it became one now.

    They get what anybody gets at registration, the reference and who calls by when; unless somebody else tells them.
    """
    person = Person.objects.contacts_of(enterprise).first()
    if enterprise.client_since is not None or person is None or lacking(enterprise, person):
        return False
    now = timezone.now()
    leads = Enterprise.objects.filter(pk=enterprise.pk, client_since__isnull=True)
    if not leads.update(client_since=now):
        enterprise.refresh_from_db(fields=["client_since"])
        return False
    enterprise.client_since = now
    record("enterprises.became_client", target=enterprise, by=by, audience=AUDIENCE)
    if not is_told:
        queue("enterprises.registered_for_you", target=enterprise, by=by)
    return True
