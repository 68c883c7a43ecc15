import factory
from django.utils import timezone

from accounts.roles import Role
from casework.models import CallBack
from casework.states import CallBackState
from tests.factories.accounts import colleague
from tests.factories.casework import DUE, CalledFactory, ContactFactory


class SessionFactory(ContactFactory):
    """A contact that counts in the reports."""

    is_substantive = True
    is_specific = True


class SparedCallBackFactory(factory.django.DjangoModelFactory):
    """A contact whose lot fell on nothing."""

    class Meta:
        model = CallBack

    case = factory.SubFactory(CalledFactory)
    contact = factory.LazyAttribute(lambda lot: SessionFactory(case=lot.case))
    author = factory.SelfAttribute("contact.by")
    logged_at = factory.SelfAttribute("contact.at")


class DrawnCallBackFactory(SparedCallBackFactory):
    state = CallBackState.DRAWN
    read_at = factory.SelfAttribute("case.office")
    drawn_at = factory.LazyFunction(timezone.now)
    due_on = DUE


class CalledBackFactory(DrawnCallBackFactory):
    state = CallBackState.CALLED
    called_by = factory.LazyAttribute(lambda lot: colleague(Role.REGIONAL_MANAGER, office=lot.case.office))
    called_at = factory.LazyFunction(timezone.now)
    took_place = "yes"
    is_as_agreed = "yes"
    is_content = "yes"


class DeniedFactory(CalledBackFactory):
    state = CallBackState.DENIED
    took_place = "no"
    is_as_agreed = ""
    words = "Nobody came that day."


class SettledFactory(DeniedFactory):
    state = CallBackState.SETTLED
    settled_by = factory.LazyFunction(lambda: colleague(Role.PROGRAMME_MANAGER))
    settled_at = factory.LazyFunction(timezone.now)
    decision = "It was another day, and is put right."


class VainFactory(DrawnCallBackFactory):
    state = CallBackState.VAIN
    called_by = factory.LazyAttribute(lambda lot: colleague(Role.REGIONAL_MANAGER, office=lot.case.office))
    called_at = factory.LazyFunction(timezone.now)


class EndedCallBackFactory(DrawnCallBackFactory):
    state = CallBackState.ENDED


CALL_BACKS = {
    CallBackState.SPARED: SparedCallBackFactory,
    CallBackState.DRAWN: DrawnCallBackFactory,
    CallBackState.CALLED: CalledBackFactory,
    CallBackState.DENIED: DeniedFactory,
    CallBackState.SETTLED: SettledFactory,
    CallBackState.VAIN: VainFactory,
    CallBackState.ENDED: EndedCallBackFactory,
}
