"""Leads and clients. Work on a lead never enters a total; it becomes a client by one rule, and that is written down."""

import logging

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from enterprises.actions import grants
from enterprises.models import Enterprise, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold
from kit.faults import describe
from messaging.outbox import queue

logger = logging.getLogger(__name__)

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


def lacking(enterprise: Enterprise, person: Person) -> list[Promise]:
    """What a lead still lacks to be a client: permission to be contacted, and a way to find its owner.

    Its other face is `EnterpriseQuerySet.leads_that_lack_nothing`.
    """
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

    The lead is held before anything is read: of two who at once bring what was lacking, one the permission and one the
    address, the second sees what the first brought. They get what anybody gets at registration, the reference and who
    calls by when; unless somebody else tells them.
    """
    if enterprise.client_since is not None:
        return False
    held = hold(enterprise, version=None)
    enterprise.client_since = held.client_since
    person = Person.objects.contacts_of(held).first()
    if held.client_since is not None or held.merged_into_id or person is None or lacking(held, person):
        return False
    held.client_since = enterprise.client_since = timezone.now()
    held.save(update_fields=["client_since"])
    record("enterprises.became_client", target=held, by=by, audience=AUDIENCE)
    if not is_told:
        queue("enterprises.registered_for_you", target=enterprise, by=by)
    return True


def promote_all(person: Person, *, by: User, registering: Enterprise | None = None) -> None:
    """Make clients of the leads about which the portal talks to this person, where they lack nothing now.

    Whoever writes down a permission or a number of the person, or brings records together, calls it; of `registering`
    they are told by whoever registers it.
    """
    leads = Enterprise.objects.filter(pk__in=person.ownerships.current().filter(is_contact=True).values("enterprise"))
    for lead in leads.unmerged().filter(client_since__isnull=True).order_by("pk"):
        promote_if_ready(lead, by=by, is_told=lead == registering)


def promote_left(*, by: User) -> int:
    """Make clients of the leads that lack nothing and that nobody made clients; return how many. Once a night.

    Each in a transaction of its own. One that fails stops no other, and fails the night's job when all the others are
    done, so that it is tried again.
    """
    count, faults = 0, []
    for lead in list(Enterprise.objects.leads_that_lack_nothing().order_by("pk")):
        try:
            count += promote_one(lead, by=by)
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the rest
            logger.error("promotion failed", extra={"enterprise": lead.pk, **describe(error)})  # noqa: TRY400 - codes only
            faults.append(error)
    if faults:
        raise faults[0]
    return count


@transaction.atomic
def promote_one(lead: Enterprise, *, by: User) -> bool:
    """The owner is held first, as by whoever takes back a permission: nobody becomes a client who may not be called."""
    grants.hold_owner(lead)
    return promote_if_ready(lead, by=by)
