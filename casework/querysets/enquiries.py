import datetime as dt
from collections.abc import Collection
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import DISTRICT_ROLES, NATIONAL_ROLES
from kit.days import begin_of


def answered_by(user: User) -> Q:
    """What they answered, and what their offices did where they advise."""
    return Q(by=user) | Q(office_id__in=user.office_ids if user.has_role(*DISTRICT_ROLES) else ())


class HelpdeskEventQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those in the own districts, and those that they or their offices held."""
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        return self.filter(answered_by(user) | Q(district_id__in=user.district_ids))

    def lately(self, *, on: dt.date) -> Self:
        """Those whose enquiries are still written down: a stack of slips comes back with who held it."""
        return self.filter(on__lte=on, on__gt=on - dt.timedelta(days=7))

    def for_list(self, user: User) -> Self:
        """Each with how many enquiries of it the user sees: those to which its number opens."""
        enquiries = apps.get_model("casework", "Enquiry").objects.visible_to(user).filter(event=OuterRef("pk"))
        number = enquiries.order_by().values("event").annotate(number=Count("pk")).values("number")
        return self.annotate(asked=Coalesce(Subquery(number), 0)).select_related("district")


class EnquiryQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """What came from the own districts, and what they or their offices answered: people call from anywhere."""
        rows = self.standing()
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return rows
        return rows.filter(answered_by(user) | Q(district_id__in=user.district_ids))

    def standing(self) -> Self:
        """Those that nobody took out. Every list and total asks for these alone."""
        return self.filter(removed_at__isnull=True)

    def written_by(self, user: User) -> Self:
        return self.filter(by=user)

    def removed_by(self, user: User) -> Self:
        return self.written_by(user).filter(removed_at__isnull=False)

    def of_records(self, enterprise_ids: Collection[int]) -> Self:
        """What was asked of which these businesses came."""
        return self.standing().filter(enterprise_id__in=enterprise_ids)

    def from_phone(self, phone: str) -> Self:
        """What was asked from this number, on whatever day."""
        return self.filter(phone=phone)

    def of_day(self, day: dt.date) -> Self:
        """What was asked from that midnight to the next, in the portal's time zone."""
        begins = begin_of(day)
        return self.filter(at__gte=begins, at__lt=begins + dt.timedelta(days=1))

    def for_list(self) -> Self:
        return self.select_related("topic", "district", "by", "event", "sector", "enterprise__case").order_by(
            "-at", "-id"
        )
