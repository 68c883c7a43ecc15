import pytest

from enterprises.models import Draft, Enterprise
from enterprises.references import next_reference, parse
from tests.factories.enterprises import ClaimFactory, EnterpriseFactory, district


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("MUL-4827", "MUL-4827"),
        (" mul 4827 ", "MUL-4827"),
        ("Mul4827", "MUL-4827"),
        ("MUL-۴۸۲۷", "MUL-4827"),
        ("MUL – 4827.", ""),
        ("MUL – 4827", "MUL-4827"),
        ("4827", ""),
        ("MULT-4827", ""),
        ("MUL-" + "1" * 13, ""),
        ("", ""),
        ("\x00\ud800", ""),
    ],
)
def test_a_reference_is_read_as_people_type_it(typed, read):
    assert parse(typed) == read


@pytest.mark.django_db
def test_references_begin_with_the_district_and_are_never_given_twice():
    first, second = (next_reference(district()) for _time in range(2))

    assert (first[:4], second[:4], int(second[4:]) - int(first[4:])) == ("MUL-", "MUL-", 1)


@pytest.mark.django_db
def test_an_enterprise_is_found_by_its_reference():
    enterprise = EnterpriseFactory(reference="MUL-4827")
    EnterpriseFactory(reference="MUL-4828")

    assert list(Enterprise.objects.by_reference("mul 4827")) == [enterprise]
    assert list(Enterprise.objects.by_reference("")) == []


@pytest.mark.django_db
def test_a_registration_that_waits_for_an_advisor_is_found_as_well():
    claim = ClaimFactory(draft__reference="MUL-77")

    assert list(Draft.objects.claimed("MUL 77")) == [claim.draft]
    claim.draft.enterprise = EnterpriseFactory()
    claim.draft.save()
    assert list(Draft.objects.claimed("MUL 77")) == []
