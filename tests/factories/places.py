import factory

from places.models import Alias


class AliasFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Alias

    name = factory.Sequence("Town {}".format)
    name_ur = factory.Sequence("قصبہ {}".format)
