import factory

from casework.models import Authority, Barrier, BarrierReport
from tests.factories.casework import CalledFactory
from tests.factories.enterprises import district, system


def authority(code="food"):
    return Authority.objects.get(code=code)


class BarrierFactory(factory.django.DjangoModelFactory):
    """In Multan, and nobody met it yet."""

    class Meta:
        model = Barrier

    authority = factory.LazyFunction(authority)
    district = factory.LazyFunction(lambda: district("multan"))
    what = factory.Sequence("Obstacle {}".format)
    by = factory.LazyFunction(system)


class BarrierReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BarrierReport

    barrier = factory.SubFactory(BarrierFactory)
    case = factory.SubFactory(CalledFactory)
    days_lost = 10
    by = factory.SelfAttribute("case.advisor")
