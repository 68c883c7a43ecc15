import factory
from django.utils import timezone

from casework.models import Answer, HealthCheck, Option, Question, Questionnaire
from casework.states import HealthState
from tests.factories.casework import CalledFactory


class QuestionnaireFactory(factory.django.DjangoModelFactory):
    """One that was not published yet."""

    class Meta:
        model = Questionnaire

    number = factory.Sequence(lambda number: 100 + number)


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    questionnaire = factory.SubFactory(QuestionnaireFactory)
    code = factory.Sequence("question-{}".format)
    name = factory.Sequence("Question {}?".format)
    name_ur = factory.Sequence("سوال {}؟".format)
    area = "money"
    order = factory.Sequence(lambda number: number)


class OptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Option

    question = factory.SubFactory(QuestionFactory)
    order = 1
    name = "Every day"
    name_ur = "ہر روز"
    points = 3


class HealthCheckFactory(factory.django.DjangoModelFactory):
    """Begun with the questions of today, and nothing answered."""

    class Meta:
        model = HealthCheck

    case = factory.SubFactory(CalledFactory)
    questionnaire = factory.LazyFunction(Questionnaire.objects.current)
    by = factory.SelfAttribute("case.advisor")


class DoneHealthCheckFactory(HealthCheckFactory):
    """Finished with these scores; its answers stand nowhere."""

    state = HealthState.DONE
    done_by = factory.SelfAttribute("by")
    done_at = factory.LazyFunction(timezone.now)
    scores = factory.LazyFunction(
        lambda: {"records": 33, "money": 50, "market": 75, "operations": 100, "people": 67, "compliance": 0}
    )


class AnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Answer

    health_check = factory.SubFactory(HealthCheckFactory)
    question = factory.LazyAttribute(lambda answer: answer.health_check.questionnaire.questions.first())
    option = factory.LazyAttribute(lambda answer: answer.question.options.first())


HEALTH_CHECKS = {HealthState.DRAFT: HealthCheckFactory, HealthState.DONE: DoneHealthCheckFactory}


def answered(*, best=True, weak=(), **facts):
    """A check of which every question has its best answer (or its worst), and those with these codes the worst."""
    check = HealthCheckFactory(**facts)
    for question in check.questionnaire.questions.prefetch_related("options"):
        by_points = sorted(question.options.all(), key=lambda option: option.points)
        is_weak = not best or question.code in weak
        AnswerFactory(health_check=check, question=question, option=by_points[0 if is_weak else -1])
    return check
