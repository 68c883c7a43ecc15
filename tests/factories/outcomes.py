import datetime as dt

import factory
from django.utils import timezone

from casework.models import FollowUp, Measure
from casework.states import FollowUpState
from tests.factories.casework import CalledFactory


class FollowUpFactory(factory.django.DjangoModelFactory):
    """Asked today, 6 months after they began."""

    class Meta:
        model = FollowUp

    case = factory.SubFactory(CalledFactory)
    point = "m6"
    due_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=30))


class AnsweredFollowUpFactory(FollowUpFactory):
    """On their own page."""

    state = FollowUpState.ANSWERED
    anyway = "no"
    answered_at = factory.LazyFunction(timezone.now)
    answered_by = factory.SelfAttribute("case.person.user")


class ToldFollowUpFactory(AnsweredFollowUpFactory):
    """On the telephone: three women work there."""

    class Meta:
        skip_postgeneration_save = True

    channel = "phone"
    answered_by = factory.SelfAttribute("case.advisor")
    to_confirm_since = factory.SelfAttribute("answered_at")

    @factory.post_generation
    def women(self, create, extracted, **_kwargs):
        Measure.objects.create(
            case=self.case, what="women", point=self.point, value=3, on=timezone.localdate(), grade="said",
            follow_up=self, by=self.case.advisor,
        )  # fmt: skip


class UnansweredFollowUpFactory(FollowUpFactory):
    state = FollowUpState.UNANSWERED


FOLLOW_UPS = {
    FollowUpState.ASKED: FollowUpFactory,
    FollowUpState.ANSWERED: AnsweredFollowUpFactory,
    FollowUpState.UNANSWERED: UnansweredFollowUpFactory,
}


class MeasureFactory(factory.django.DjangoModelFactory):
    """Two women work there, as the client said."""

    class Meta:
        model = Measure

    case = factory.SubFactory(CalledFactory)
    what = "women"
    value = 2
    on = factory.LazyFunction(timezone.localdate)
    grade = "said"
    by = factory.SelfAttribute("case.advisor")
