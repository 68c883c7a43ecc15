import factory

from enterprises.models import Intake, IntakeRow
from tests.factories.accounts import OfficeFactory, UserFactory

KEYS = ["name", "cnic", "sex", "phone", "phone_owner", "sector", "district", "contact"]


class IntakeFactory(factory.django.DjangoModelFactory):
    """A list that was just sent; nobody has looked at its rows."""

    class Meta:
        model = Intake

    office = factory.SubFactory(OfficeFactory)
    uploaded_by = factory.SubFactory(UserFactory)
    file_name = "camp.xlsx"
    sha256 = factory.Sequence("{:064x}".format)
    headings = KEYS
    columns = KEYS


class IntakeRowFactory(factory.django.DjangoModelFactory):
    """A sound row of somebody whom nobody else resembles."""

    class Meta:
        model = IntakeRow

    intake = factory.SubFactory(IntakeFactory)
    number = factory.Sequence(lambda n: n + 2)

    @factory.lazy_attribute_sequence
    def cells(self, number):
        phone = f"0345-{number:07d}"
        return [
            NAMES[number % len(NAMES)],
            f"36304-{number:07d}-1",
            "Woman",
            phone,
            "Own phone",
            "Tailoring",
            "Multan",
            "yes",
        ]


NAMES = ("Zubaida Perveen", "Gulnaz Akhtar", "Robina Kausar", "Shahnaz Mai", "Tehmina Yousaf", "Farzana Iqbal")
