import pytest

from journal import sentences
from journal.models import Event
from journal.sentences import sentence


@pytest.fixture(autouse=True)
def words():
    installed = dict(sentences._sentences)
    sentences.install({"loans.approved": "Loan of Rs %(amount)s approved", "casework.contacted": "Contact"})
    yield
    sentences.install(installed)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("loans.approved", {"amount": 50000}, "Loan of Rs 50,000 approved"),
        ("loans.approved", {"amount": "50000"}, "Loan of Rs 50000 approved"),
        ("loans.approved", {"amount": True}, "Loan of Rs True approved"),
        ("loans.approved", {}, "Loan of Rs – approved"),
        ("casework.contacted", {"kind": "visit"}, "Contact"),
        ("retired.name", {"amount": 1}, "retired.name"),
    ],
)
def test_an_event_is_said_with_its_data(name, data, said):
    assert sentence(Event(name=name, data=data)) == said
