import datetime as dt

import factory
from django.utils import timezone

from accounts.models import Absence, Appointment, LocalClosure, Office, OfficeDistrict, User
from accounts.roles import Role

LONG_AGO = dt.date(2020, 1, 1)


class OfficeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Office

    code = factory.Sequence("office-{}".format)
    name = factory.Sequence("Office {}".format)
    name_ur = factory.Sequence("دفتر {}".format)
    organisation = Office.Organisation.SMEDA
    depth = 2


class OfficeDistrictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OfficeDistrict

    office = factory.SubFactory(OfficeFactory)
    from_on = LONG_AGO


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    kind = User.Kind.STAFF
    email = factory.Sequence("colleague{}@example.org".format)
    full_name = factory.Sequence("Colleague {}".format)


class EntrepreneurUserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    kind = User.Kind.ENTREPRENEUR
    email = None


class AppointmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Appointment

    user = factory.SubFactory(UserFactory)
    office = factory.SubFactory(OfficeFactory)
    role = Role.ADVISOR
    from_on = LONG_AGO


class AbsenceFactory(factory.django.DjangoModelFactory):
    """Today; by themselves."""

    class Meta:
        model = Absence

    user = factory.SubFactory(UserFactory)
    reason = Absence.Reason.LEAVE
    from_on = factory.LazyFunction(timezone.localdate)
    until_on = factory.SelfAttribute("from_on")
    entered_by = factory.SelfAttribute("user")


class LocalClosureFactory(factory.django.DjangoModelFactory):
    """From the first of the two days to the second; `districts` and `offices` are what is shut."""

    class Meta:
        model = LocalClosure
        skip_postgeneration_save = True

    reason = LocalClosure.Reason.FLOOD
    entered_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def districts(self, create, extracted, **kwargs):
        self.districts.set(extracted or [])

    @factory.post_generation
    def offices(self, create, extracted, **kwargs):
        self.offices.set(extracted or [])


def colleague(role, *, office=None, districts=(), **attributes):
    """A user who holds `role` at an office that covers `districts`."""
    lends = role in {Role.LOAN_OFFICER, Role.CASHIER, Role.BRANCH_MANAGER, Role.AREA_MANAGER, Role.PARTNER_CLERK}
    office = office or OfficeFactory(organisation=Office.Organisation.LENDER if lends else Office.Organisation.SMEDA)
    for district in districts:
        OfficeDistrict.objects.get_or_create(office=office, district=district, from_on=LONG_AGO)
    return AppointmentFactory(role=role, office=office, user=UserFactory(**attributes)).user
