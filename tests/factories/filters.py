import factory

from accounts.roles import Role
from casework.models import SavedFilter
from tests.factories.accounts import colleague


class SavedFilterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SavedFilter

    user = factory.LazyFunction(lambda: colleague(Role.ADVISOR))
    name = factory.Sequence("Filter {}".format)
    chosen = factory.LazyFunction(lambda: {"whose": "mine"})
