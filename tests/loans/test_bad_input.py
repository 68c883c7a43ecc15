"""Promise 16: whatever is typed into a form of lending, the page answers, and what was refused is not stored."""

import uuid
from http import HTTPStatus

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loans.models import Application, Guarantor, LedgerEntry, Loan, Vote
from tests.factories.loans import ApplicationFactory, LoanFactory, approved, disbursed, guaranteed, lender, referral
from tests.factories.loans import visited as visit

pytestmark = pytest.mark.django_db
# Lone surrogates cannot be sent: a browser writes UTF-8. The fields' own tests read them all the same.
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(categories=["Cc", "Cf", "Nd", "Mn", "Co"]), max_size=40),
    st.sampled_from(
        ["\x00", "\u202e1000", "\ufeff", "\U000e0041", "۱۰۰۰", "9" * 400, "-1", "1e9", "0/0", "x" * 1_000_000]
    ),
    st.integers(-(2**70), 2**70).map(str),
)
FORMS = {
    "referral-detail": ("officer", ["version", "product", "amount", "months"]),
    "referral-decline": ("officer", ["version", "reason"]),
    "application-visit": ("officer", ["version", "place", "whom_met", "household_agrees"]),
    "application-guarantors": (
        "officer", ["version", "cnic", "name", "sex", "phone", "relation", "has_agreed"],
    ),
    "application-verify": ("officer", ["version"]),
    "application-vote": ("manager", ["version", "approves", "amount", "refusal", "refusal_text"]),
    "application-refuse": ("manager", ["version", "refusal", "refusal_text"]),
    "application-withdraw": ("officer", ["version"]),
    "application-disburse": ("cashier", ["version", "instrument"]),
    "receipt-create": ("cashier", ["amount", "slip", "received_on", "correction"]),
}  # fmt: skip


@pytest.fixture
def place():
    return lender()


def target_of(name, place):
    at = {"product": place.product, "branch": place.branch}
    if name.startswith("referral"):
        return referral(branch=place.branch)
    if name.startswith("receipt"):
        return LoanFactory(application=disbursed(**at))
    state = {"application-vote": guaranteed, "application-disburse": approved, "application-verify": visit}.get(
        name, dict
    )
    return ApplicationFactory(**at, **state())


def stored():
    """Everything that a form of lending could change."""
    return [
        list(Application.objects.order_by("pk").values_list("pk", "state", "version")),
        list(Loan.objects.order_by("pk").values_list("pk", "paid_total")),
        [model.objects.count() for model in (Guarantor, Vote, LedgerEntry)],
    ]


@pytest.mark.parametrize("name", FORMS)
def test_whatever_is_typed_the_page_answers_and_keeps_nothing_refused(place, signed_in, name):
    who, fields = FORMS[name]
    path = reverse(f"loans:{name}", args=[target_of(name, place).pk])
    client = signed_in(getattr(place.staff, who))

    @settings(max_examples=25, suppress_health_check=list(HealthCheck), database=None)
    @given(st.fixed_dictionaries(dict.fromkeys(fields, HOSTILE) | {"version": st.just("0") | HOSTILE}))
    def send(typed):
        before = stored()
        response = client.post(path, {"request_key": str(uuid.uuid4())} | typed)
        assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        if response.status_code != HTTPStatus.FOUND:
            assert stored() == before

    send()


@pytest.mark.parametrize("name", ["desk", "loan-list"])
def test_whatever_stands_in_the_address_the_list_answers(place, signed_in, name):
    client = signed_in(place.staff.officer)

    @settings(max_examples=40, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.fixed_dictionaries(
            {field: HOSTILE.filter(lambda text: len(text) < 5000) for field in ("q", "show", "state", "after")}
        )
    )
    def ask(asked):
        assert client.get(reverse(f"loans:{name}"), asked).status_code == HTTPStatus.OK

    ask()
