"""To whom casework writes."""

from django.conf import settings

from casework.models import Case
from enterprises.discretion import reach_if_allowed
from messaging.kinds import Kind, Recipient
from messaging.models import Message
from messaging.querysets import MessageQuerySet


def to_advisor(case: Case) -> Recipient | None:
    """The colleague who has the case; a manager who stands in is told too, because the case is theirs."""
    advisor = case.advisor
    return Recipient(phone=advisor.phone, language=settings.LANGUAGE_CODE) if advisor.phone else None


def to_owner(case: Case) -> Recipient | None:
    """The entrepreneur, while they let SMEDA contact them."""
    return reach_if_allowed(case.person)


def sent_of(kind: Kind, case: Case) -> MessageQuerySet:
    """What went out of the kind about the case. By the person, of whom there is an index."""
    told = Message.objects.filter(person_id=case.person_id, kind=kind.name, state="sent")
    return told.filter(target_label=case._meta.label_lower, target_id=case.pk)
