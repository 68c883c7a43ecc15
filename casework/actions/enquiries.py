"""Questions at the helpdesk."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from accounts.roles import DISTRICT_ROLES
from casework.models import Enquiry, Topic
from kit.saving import save
from places.models import District


@transaction.atomic
def log(
    *,
    by: User,
    channel: str,
    topic: Topic,
    district: District,
    answer: str,
    name: str = "",
    phone: str = "",
) -> Enquiry:
    """Write down a question and the answer given, at the office of whoever answered.

    It is closed with that: an enquiry has no clock.
    """
    if not by.has_perm("casework.log_enquiry"):
        raise PermissionDenied("casework.log_enquiry")
    office_id = next(office for role, office in by.posts if role in DISTRICT_ROLES)
    enquiry = Enquiry(
        by=by,
        office_id=office_id,
        channel=channel,
        topic=topic,
        district=district,
        answer=answer,
        name=name,
        phone=phone,
    )
    save(enquiry)
    return enquiry
