from datetime import date
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Office, User
from accounts.roles import LENDER_ROLES, NATIONAL_ROLES


class SchemeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The lender's own colleagues see its funds, and those who read the whole programme see all."""
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        offices = {office for role, office in user.posts if role in LENDER_ROLES}
        return self.filter(partner__office_id__in=Office.objects.above(offices))


class OfferQuerySet(models.QuerySet):
    def in_force(self, *, on: date) -> Self:
        """What is offered: product, offer and scheme are open; the scheme's other face is its `lends_on`."""
        scheme = Q(scheme__closes_on=None) | Q(scheme__closes_on__gte=on)
        return self.filter(scheme, scheme__opens_on__lte=on, product__is_open=True, is_open=True)

    def at(self, branch: Office) -> Self:
        """What the partner lends whose head office the branch belongs to."""
        heads = Office.objects.above({branch.pk})
        return self.filter(product__partner__office_id__in=heads, product__partner__is_open=True)

    def reaching(self, district_id: int) -> Self:
        """Those whose scheme lends in the district: one that names none lends everywhere."""
        areas = apps.get_model("loans", "FundingScheme").districts.through.objects
        of_scheme = areas.filter(fundingscheme_id=OuterRef("scheme_id"))
        return self.filter(~Exists(of_scheme) | Exists(of_scheme.filter(district_id=district_id)))

    def for_choice(self) -> Self:
        return self.select_related("product", "scheme")


class PurseEntryQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(scheme__in=apps.get_model("loans", "FundingScheme").objects.visible_to(user))

    def counted(self) -> Self:
        """Money that a second person agreed."""
        return self.filter(checked_by__isnull=False)

    def unchecked(self) -> Self:
        return self.filter(checked_by=None)
