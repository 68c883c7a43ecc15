import datetime as dt

import factory

from accounts.models import Appointment, Office, OfficeDistrict, User
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


def colleague(role, *, office=None, districts=(), **attributes):
    """A user who holds `role` at an office that covers `districts`."""
    lends = role in {Role.LOAN_OFFICER, Role.CASHIER, Role.BRANCH_MANAGER, Role.AREA_MANAGER}
    office = office or OfficeFactory(organisation=Office.Organisation.LENDER if lends else Office.Organisation.SMEDA)
    for district in districts:
        OfficeDistrict.objects.get_or_create(office=office, district=district, from_on=LONG_AGO)
    return AppointmentFactory(role=role, office=office, user=UserFactory(**attributes)).user
