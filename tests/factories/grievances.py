import datetime as dt

import factory
from django.utils import timezone

from accounts.models import Office
from accounts.roles import Role
from casework.actions.grievances import digest_of
from casework.models import Grievance, GrievanceCategory, GrievanceEntry
from casework.states import GrievanceState
from tests.factories.accounts import OfficeFactory, UserFactory, colleague

CODE = "12345678"
DUE = dt.date(2026, 11, 26)


def category(code="delay"):
    return GrievanceCategory.objects.get(code=code)


def head_office():
    return Office.objects.get(code="smeda-head")


def programme_manager(**attributes):
    return colleague(Role.PROGRAMME_MANAGER, office=head_office(), **attributes)


def region(*, depth=1, organisation=Office.Organisation.SMEDA, parent=None, **attributes):
    return OfficeFactory(depth=depth, organisation=organisation, parent=parent or head_office(), **attributes)


class GrievanceCategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GrievanceCategory

    code = factory.Sequence("complaint-{}".format)
    name = factory.Sequence("Complaint {}".format)
    name_ur = factory.Sequence("شکایت {}".format)
    days = 5


class GrievanceFactory(factory.django.DjangoModelFactory):
    """A complaint of delay by somebody unknown, at an office with a manager."""

    class Meta:
        model = Grievance

    number = factory.Sequence(lambda n: 500_000 + n)
    digest = factory.LazyAttribute(lambda made: digest_of(made.number, CODE))
    category = factory.LazyFunction(category)
    about = Grievance.About.SMEDA
    text = factory.Sequence("Nobody called me. {}".format)
    language = "en"
    office = factory.LazyFunction(region)
    owner = factory.LazyAttribute(lambda made: colleague(Role.REGIONAL_MANAGER, office=made.office))
    due_on = DUE
    promised_on = factory.SelfAttribute("due_on")


class RepliedGrievanceFactory(GrievanceFactory):
    state = GrievanceState.REPLIED
    replied_at = factory.LazyFunction(timezone.now)


class ResolvedGrievanceFactory(RepliedGrievanceFactory):
    state = GrievanceState.RESOLVED
    resolved_at = factory.LazyFunction(timezone.now)


class DisputedGrievanceFactory(RepliedGrievanceFactory):
    state = GrievanceState.DISPUTED


class ClosedGrievanceFactory(ResolvedGrievanceFactory):
    state = GrievanceState.CLOSED
    agreed_at = factory.LazyFunction(timezone.now)
    closed_at = factory.LazyFunction(timezone.now)


class GrievanceEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GrievanceEntry

    grievance = factory.SubFactory(GrievanceFactory)
    kind = GrievanceEntry.Kind.REPLY
    text = "We looked into it."
    by = factory.LazyFunction(UserFactory)


GRIEVANCES = {
    GrievanceState.RECEIVED: GrievanceFactory,
    GrievanceState.REPLIED: RepliedGrievanceFactory,
    GrievanceState.RESOLVED: ResolvedGrievanceFactory,
    GrievanceState.DISPUTED: DisputedGrievanceFactory,
    GrievanceState.CLOSED: ClosedGrievanceFactory,
}
