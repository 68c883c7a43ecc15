import datetime as dt

import factory
from django.utils import timezone

from enterprises import vault
from enterprises.models import Document, DocumentKind, DocumentRequest, Passport
from kit.washing import Washed
from tests.factories.accounts import OfficeFactory
from tests.factories.enterprises import OwnershipFactory, system

# Not pictures: the vault keeps any bytes. What makes pictures of uploads is tested in tests/kit/test_washing.py.
PAPER = Washed("jpeg", b"a paper", b"its picture", b"small")


def kind(code):
    return DocumentKind.objects.get(code=code)


class DocumentKindFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DocumentKind

    code = factory.Sequence("paper-{}".format)
    name = factory.Sequence("Paper {}".format)
    name_ur = factory.Sequence("کاغذ {}".format)
    about = DocumentKind.About.ENTERPRISE


class DocumentFactory(factory.django.DjangoModelFactory):
    """A paper about an enterprise; its file is in the vault."""

    class Meta:
        model = Document
        skip_postgeneration_save = True

    kind = factory.SubFactory(DocumentKindFactory)
    enterprise = factory.LazyFunction(lambda: OwnershipFactory().enterprise)
    form = Document.Form.JPEG
    size = len(PAPER.content)
    sha256 = PAPER.sha256
    uploaded_by = factory.LazyFunction(system)

    @factory.post_generation
    def file(self, create, extracted, **kwargs):
        for part, content in zip(vault.PARTS, (PAPER.content, PAPER.preview, PAPER.small), strict=True):
            vault.write(self.name, content, part)


class CardFactory(DocumentFactory):
    """A paper about a person."""

    kind = factory.LazyFunction(lambda: kind("cnic-front"))
    enterprise = None
    person = factory.LazyFunction(lambda: OwnershipFactory().person)


class DocumentRequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DocumentRequest

    kind = factory.SubFactory(DocumentKindFactory)
    person = factory.LazyFunction(lambda: OwnershipFactory().person)
    enterprise = factory.LazyAttribute(lambda request: request.person.ownerships.get().enterprise)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=7))
    asked_by = factory.LazyFunction(system)
    office = factory.SubFactory(OfficeFactory)


class PassportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Passport

    person = factory.LazyFunction(lambda: OwnershipFactory().person)
    enterprise = factory.LazyAttribute(lambda passport: passport.person.ownerships.get().enterprise)
    issued_by = factory.LazyFunction(system)
