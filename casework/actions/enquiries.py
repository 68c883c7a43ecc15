"""Questions at the helpdesk."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Office, User
from casework.models import Enquiry, Topic
from places.models import District


@transaction.atomic
def log(
    *,
    by: User,
    office: Office,
    channel: str,
    topic: Topic,
    district: District,
    answer: str,
    name: str = "",
    phone: str = "",
) -> Enquiry:
    """Write down a question and the answer given. It is closed with that: an enquiry has no clock."""
    if not by.has_perm("casework.log_enquiry"):
        raise PermissionDenied("casework.log_enquiry")
    enquiry = Enquiry(
        by=by, office=office, channel=channel, topic=topic, district=district, answer=answer, name=name, phone=phone
    )
    enquiry.full_clean()
    enquiry.save()
    return enquiry
