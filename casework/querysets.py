from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from casework.states import OPEN_CASES
from enterprises.querysets import sight_of


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(sight_of(user, prefix="enterprise__"))

    def open(self):
        return self.filter(state__in=OPEN_CASES)

    def called(self):
        """Open cases whose first call was made: the next contact is agreed."""
        return self.filter(state__in=OPEN_CASES - {"new"})

    def uncalled(self, *, before=None):
        """Cases whose first call is still to be made; with a day, those whose call was due before it."""
        rows = self.filter(state="new")
        return rows if before is None else rows.filter(first_contact_due_on__lt=before)

    def for_list(self):
        return self.select_related("enterprise__district", "enterprise__sector", "person", "advisor", "office")


class OfCaseQuerySet(models.QuerySet):
    """Rows that hang on a case and take its sight."""

    def visible_to(self, user):
        cases = apps.get_model("casework", "Case").objects.visible_to(user)
        return self.filter(Exists(cases.filter(pk=OuterRef("case_id"))))


class NoteQuerySet(OfCaseQuerySet):
    def visible_to(self, user):
        """An internal note is for SMEDA's own: neither the entrepreneur nor another organisation reads it."""
        rows = super().visible_to(user)
        if user.is_entrepreneur:
            return rows.filter(is_shared=True)
        if user.is_system or user.district_ids or user.has_role("programme_manager", "auditor"):
            own = Q(case__enterprise__district_id__in=user.district_ids)
            if user.is_system or user.has_role("programme_manager", "auditor"):
                return rows
            return rows.filter(own | Q(is_shared=True))
        return rows.filter(is_shared=True)


class StepQuerySet(OfCaseQuerySet):
    def open(self):
        return self.filter(closed_at__isnull=True)


class BusinessPlanQuerySet(OfCaseQuerySet):
    def awaiting_approval(self):
        return self.filter(state="submitted")

    def approved(self):
        return self.filter(state="approved")


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who sees the case sees its referrals; the office or person referred to sees its own."""
        cases = apps.get_model("casework", "Case").objects.visible_to(user)
        mine = Q(pk__in=[]) if user.is_entrepreneur else Q(to_office_id__in=user.office_ids)
        return self.filter(Exists(cases.filter(pk=OuterRef("case_id"))) | mine)

    def open(self):
        return self.filter(state__in=["sent", "taken"])


class EnquiryQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system or user.has_role("programme_manager", "auditor"):
            return self
        return self.filter(district_id__in=user.district_ids)
