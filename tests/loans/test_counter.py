"""The counter: whose money it is, told by any number or by names; asked once more; then saved."""

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from kit import words
from kit.templatetags.kit import cnic
from loans.actions import receipts
from loans.actions.receipts import SlipTakenError
from loans.models import LedgerEntry, Loan
from tests.factories.accounts import colleague
from tests.factories.enterprises import PersonFactory
from tests.factories.loans import LoanFactory, branch_of, disbursed, lender, staff_of

pytestmark = pytest.mark.django_db
COUNTER = reverse("loans:counter")
TYPED = {"amount": "1,000", "slip": "118/0802", "received_on": "7-10-2026"}


@pytest.fixture
def place():
    return lender()


def loan_of(place, name="Nasreen", parent_name="Allah Ditta", **attributes):
    person = PersonFactory(name=name, parent_name=parent_name, **attributes)
    return LoanFactory(application=disbursed(product=place.product, branch=place.branch, person=person))


def names_on(response):
    return [row["cells"][1]["text"] for group in response.context["found"].groups for row in group["rows"]]


@pytest.mark.parametrize(
    "typed",
    [
        "36302-1234567-8",
        "۳۶۳۰۲۱۲۳۴۵۶۷۸",
        "0302-7654321",
        "٠٣٠٢٧٦٥٤٣٢١",
        "REFERENCE",
        "Nasreen Allah Ditta",
        "Nasrin d/o Allah Ditta",
    ],
)
def test_who_can_be_meant_alone_is_opened_at_once(place, signed_in, typed):
    hers = loan_of(place, cnic="3630212345678", phone="+923027654321")
    hers.reference = "MUL-L-1234"
    hers.save()
    loan_of(place, name="Yasmin", parent_name="Bashir")

    response = signed_in(place.staff.cashier).get(COUNTER, {"q": typed.replace("REFERENCE", hers.reference)})

    assert (response.status_code, response.url) == (302, reverse("loans:receipt-create", args=[hers.pk]))


def test_one_phone_of_several_borrowers_asks_whom(place, signed_in):
    one, other = (loan_of(place, name=name, phone="+923027654321") for name in ("Nasreen", "Rukhsana"))
    LoanFactory(
        application=disbursed(product=place.product, branch=place.branch, person=one.person),
        paid_total=6000, ended_on=dt.date(2026, 11, 1), ended_as="repaid",
    )  # fmt: skip

    response = signed_in(place.staff.cashier).get(COUNTER, {"q": "03027654321"})

    assert names_on(response) == [other.person.name, "Nasreen", "Nasreen"]
    assert response.content.decode().count("autofocus") == 1
    ended = response.context["found"].groups[0]["rows"][-1]["cells"]
    assert [ended[0]["text"], ended[1]["url"]] == ["Repaid", reverse("loans:loan-detail", args=[one.pk + 2])]


@pytest.mark.parametrize("typed", ["3630299999999", "Zzyzx", "12"])
def test_nobody_is_found(place, signed_in, typed):
    loan_of(place)

    response = signed_in(place.staff.cashier).get(COUNTER, {"q": typed})

    assert names_on(response) == []
    assert "No loan was found" in response.text


def test_many_of_one_name_are_cut_and_none_is_opened_by_itself(place, signed_in):
    for _number in range(13):
        loan_of(place)

    response = signed_in(place.staff.cashier).get(COUNTER, {"q": "Nasreen"})

    assert len(names_on(response)) == 12
    assert "There are more." in response.text


def test_names_of_another_branch_are_not_found(place, signed_in):
    loan_of(lender())

    assert names_on(signed_in(place.staff.cashier).get(COUNTER, {"q": "Nasreen"})) == []


# Asking once more


def test_the_form_only_asks_and_the_next_page_saves(place, signed_in):
    loan, client = loan_of(place), signed_in(place.staff.cashier)
    path = reverse("loans:receipt-create", args=[loan.pk])

    asked = client.get(path, TYPED)

    said = [words.plain(fact["text"]) for fact in asked.context["facts"]]
    assert (asked.templates[0].name, LedgerEntry.objects.count()) == ("loans/receipt_confirm.html", 0)
    assert said == ["Rs 1,000", "118/0802", "7 Oct 2026", loan.reference, "Rs 5,000"]
    changed = client.get(f"{path}{asked.context['change_url']}")
    assert (changed.templates[0].name, changed.context["form"]["amount"].value()) == (
        "loans/receipt_create.html", "1,000"
    )  # fmt: skip


def test_what_would_be_refused_is_said_before_it_is_asked_once_more(place, signed_in):
    loan, client = loan_of(place), signed_in(place.staff.cashier)
    path = reverse("loans:receipt-create", args=[loan.pk])
    today = timezone.localdate()

    too_much = client.get(path, TYPED | {"amount": 7000, "received_on": f"{today + dt.timedelta(days=9):%d/%m/%Y}"})
    nothing = client.get(path, {"amount": "", "slip": "", "received_on": ""})

    assert sorted(too_much.context["form"].errors) == ["amount", "received_on"]
    assert sorted(nothing.context["form"].errors) == ["amount", "received_on", "slip"]


def test_the_last_rupee_leaves_nothing(place, signed_in):
    loan, client = loan_of(place), signed_in(place.staff.cashier)

    asked = client.get(reverse("loans:receipt-create", args=[loan.pk]), TYPED | {"amount": 6000})

    assert asked.context["facts"][-1]["text"] == "Nothing"


# Money that another branch takes


@pytest.fixture
def elsewhere(place):
    """Another branch of the same lender, with its own cashier and manager."""
    branch = branch_of(place.product.partner)
    return SimpleNamespace(branch=branch, staff=staff_of(branch))


def take(loan, by, **attributes):
    facts = {"amount": 1000, "received_on": dt.date(2026, 10, 7), "book": 118, "number": 802}
    return receipts.post_receipt(loan=loan, by=by, **(facts | attributes))


def test_another_branch_of_the_lender_finds_by_number_and_not_by_name(place, elsewhere, signed_in):
    loan = loan_of(place, cnic="3630212345678")
    client = signed_in(elsewhere.staff.cashier)

    assert client.get(COUNTER, {"q": "3630212345678"}).url == reverse("loans:receipt-create", args=[loan.pk])
    assert names_on(client.get(COUNTER, {"q": "Nasreen"})) == []
    assert signed_in(lender().staff.cashier).get(reverse("loans:receipt-create", args=[loan.pk])).status_code == 404


def test_another_branch_reads_no_more_than_the_slip_will_say(place, elsewhere, signed_in):
    """Numbers of loans can be counted up, so that whoever takes money elsewhere learns no card and no business."""
    loan = loan_of(place)
    url = reverse("loans:receipt-create", args=[loan.pk])
    read = {}
    for cashier in (place.staff.cashier, elsewhere.staff.cashier):
        page = signed_in(cashier).get(url).content.decode()
        read[cashier] = [text in page for text in (loan.reference, cnic(loan.person.cnic), loan.enterprise.called)]

    assert read == {place.staff.cashier: [True, True, True], elsewhere.staff.cashier: [True, False, False]}


def test_a_receipt_is_of_the_branch_that_took_it(place, elsewhere, signed_in):
    loan = loan_of(place)
    client = signed_in(elsewhere.staff.cashier)
    path = reverse("loans:receipt-create", args=[loan.pk])

    posted = client.post(path, TYPED | {"request_key": str(uuid.uuid4())}, follow=True)

    entry = LedgerEntry.objects.get()
    assert (entry.branch, entry.loan.branch, posted.status_code) == (elsewhere.branch, place.branch, 200)
    assert posted.context["may_open"] is False
    assert client.get(loan.get_absolute_url()).status_code == 404
    assert signed_in(place.staff.manager).get(entry.get_absolute_url()).context["may_reverse"] is False


def test_the_slip_key_is_of_the_branch_that_took_the_money(place, elsewhere):
    loan = loan_of(place)
    take(loan, place.staff.cashier)

    entry = take(loan, elsewhere.staff.cashier)

    with pytest.raises(SlipTakenError) as refusal:
        take(loan, elsewhere.staff.cashier)
    assert refusal.value.first == entry


def test_the_branch_that_took_it_reverses_and_corrects(place, elsewhere):
    loan = loan_of(place)
    entry = take(loan, elsewhere.staff.cashier)
    with pytest.raises(PermissionDenied):
        receipts.reverse_receipt(entry=entry, reason="Not ours", by=place.staff.manager)

    reversal = receipts.reverse_receipt(entry=entry, reason="Twice", by=elsewhere.staff.manager)

    assert (reversal.branch, reversal.reverses) == (elsewhere.branch, entry)
    assert take(loan, elsewhere.staff.cashier, correction=1).branch == elsewhere.branch
    assert list(Loan.objects.unbalanced()) == []


def test_the_desk_of_the_loan_tells_what_another_took(place, elsewhere, signed_in):
    loan = loan_of(place)
    take(loan, elsewhere.staff.cashier)
    take(loan, place.staff.cashier, number=803)

    told = {
        name: [
            row["cells"][1]["text"]
            for group in signed_in(staff.manager).get(reverse("loans:desk")).context["page"].elsewhere
            for row in group["rows"]
        ]
        for name, staff in (("loan's", place.staff), ("other", elsewhere.staff))
    }

    assert told == {"loan's": ["Nasreen"], "other": []}


@pytest.mark.parametrize("role", Role.values)
def test_whose_slip_it_is_agrees_with_its_predicate(place, elsewhere, role):
    entry = take(loan_of(place), elsewhere.staff.cashier)
    users = [colleague(role, office=office) for office in (place.branch, elsewhere.branch, lender().branch)]

    seen = [LedgerEntry.objects.slips_seen_by(user).filter(pk=entry.pk).exists() for user in users]

    assert seen == [user.has_perm("loans.view_receipt", entry) for user in users]
    payable = [Loan.objects.payable_to(user).filter(pk=entry.loan_id).exists() for user in users]
    if role == Role.CASHIER:
        assert payable == [user.has_perm("loans.post_receipt", entry.loan) for user in users] == [True, True, False]


def test_permissions_about_no_receipt_are_refused(place):
    assert not place.staff.cashier.has_perm("loans.view_receipt")
    assert not place.staff.cashier.has_perm("loans.post_receipt")
