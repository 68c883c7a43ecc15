"""In Django admin reference data is kept; applications, loans and the ledger are looked at, without a name."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from loans.models import Application, FinancingPartner, LedgerEntry, Loan, Product, RefusalReason
from tests.factories.accounts import colleague
from tests.factories.loans import LedgerEntryFactory

pytestmark = pytest.mark.django_db
KEPT = [FinancingPartner, Product, RefusalReason]
LOOKED_AT = [Application, Loan, LedgerEntry]


def page(model, what, *args):
    return reverse(f"admin:loans_{model._meta.model_name}_{what}", args=args)


@pytest.fixture
def administrator(signed_in):
    return signed_in(colleague(Role.ADMINISTRATOR))


@pytest.mark.parametrize("model", KEPT)
def test_reference_data_is_kept(administrator, model):
    pages = [page(model, "changelist"), page(model, "add"), page(model, "change", model.objects.first().pk)]

    assert [administrator.get(path).status_code for path in pages] == [200, 200, 200]


def test_a_reason_is_closed_and_neither_taken_away_nor_given_another_code(administrator):
    """Referrals that came back name it by its code alone."""
    reason = RefusalReason.objects.get(code="other")

    form = administrator.get(page(RefusalReason, "change", reason.pk)).context["adminform"].form
    gone = administrator.post(page(RefusalReason, "delete", reason.pk), {"post": "yes"})

    assert ("code" in form.fields, gone.status_code, RefusalReason.objects.filter(code="other").exists()) == (
        False, 403, True,
    )  # fmt: skip


@pytest.mark.parametrize("model", LOOKED_AT)
def test_state_and_money_are_looked_at(administrator, model):
    entry = LedgerEntryFactory()
    pk = {Application: entry.loan.application_id, Loan: entry.loan_id, LedgerEntry: entry.pk}[model]

    shown = [administrator.get(path) for path in (page(model, "changelist"), page(model, "change", pk))]

    assert [response.status_code for response in shown] == [200, 200]
    assert [entry.loan.person.name in response.content.decode() for response in shown] == [False, False]


@pytest.mark.parametrize("model", LOOKED_AT)
def test_state_and_money_are_not_changed(administrator, model):
    entry = LedgerEntryFactory()
    pk = {Application: entry.loan.application_id, Loan: entry.loan_id, LedgerEntry: entry.pk}[model]
    paths = [page(model, "add"), page(model, "change", pk), page(model, "delete", pk)]

    assert [administrator.post(path, {"amount": 1}).status_code for path in paths] == [403, 403, 403]


def test_admin_is_not_for_the_branch(signed_in):
    assert signed_in(colleague(Role.BRANCH_MANAGER)).get(page(Loan, "changelist")).status_code == 403
