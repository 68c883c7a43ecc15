import datetime as dt
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models import User
from accounts.roles import NATIONAL_ROLES


class EnquiryQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        return self.filter(district_id__in=user.district_ids)

    def from_phone(self, phone: str) -> Self:
        """What was asked from this number, on whatever day."""
        return self.filter(phone=phone)

    def of_day(self, day: dt.date) -> Self:
        """What was asked from that midnight to the next, in the portal's time zone."""
        begins = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
        return self.filter(at__gte=begins, at__lt=begins + dt.timedelta(days=1))

    def for_list(self) -> Self:
        return self.select_related("topic", "district", "by").order_by("-at", "-id")
