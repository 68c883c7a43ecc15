"""What the check said is kept where somebody acts on it, and stands beside what was refused afterwards."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from casework.actions import referrals
from casework.models import Case
from loans.actions import applications
from loans.models import FinancingPartner, Offer, PreCheck, RefusalReason
from loans.pages.refusals import gather
from tests.factories.accounts import colleague
from tests.factories.loans import ApplicationFactory, RefusalReasonFactory, lender, referral, refused
from tests.loans.test_models import refused_by
from tests.loans.test_precheck import lent_to, ready  # noqa: F401 (a fixture)
from tests.loans.test_views import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return lender()


def received(place, *, is_owing=False):
    """An application that the branch received, with what the check said then."""
    FinancingPartner.objects.filter(pk=place.product.partner_id).update(most_loans=0)
    place.offer.product.partner.refresh_from_db()
    sent = referral(branch=place.branch)
    if is_owing:
        lent_to(sent.case.person)
    facts = {"offer": place.offer, "amount": 6000, "months": 6}
    return applications.receive(referral=sent, version=sent.version, **facts, by=place.staff.officer)


def refuse(place, application, reason):
    return applications.refuse(
        application=application, version=application.version, refusal=reason, by=place.staff.manager
    )


def test_what_the_check_said_is_kept_with_the_application(place):
    made = received(place, is_owing=True)

    kept = made.pre_check
    assert (kept.amount, kept.months, kept.offer, kept.by) == (6000, 6, place.offer, place.staff.officer)
    assert (kept.answers["loans"], kept.answers["plan"], kept.answers["card-valid"]) == ("fail", "pass", "unknown")
    assert "household" not in kept.answers


def test_what_the_advisor_read_is_kept_with_the_referral(place, ready):  # noqa: F811 (the fixture)
    advisor = colleague(Role.ADVISOR, districts=[ready.enterprise.district])
    Case.objects.filter(pk=ready.pk).update(advisor=advisor)

    made = referrals.refer_to_lender(
        case=ready, to_office=place.branch, by=advisor, version=ready.version, is_told=True
    )

    assert (made.pre_check.answers["fund"], made.pre_check.by) == ("pass", advisor)


def test_where_nothing_is_lent_nothing_is_kept_with_the_referral(place, ready):  # noqa: F811 (the fixture)
    Offer.objects.update(is_open=False)
    advisor = colleague(Role.ADVISOR, districts=[ready.enterprise.district])
    Case.objects.filter(pk=ready.pk).update(advisor=advisor)

    made = referrals.refer_to_lender(
        case=ready, to_office=place.branch, by=advisor, version=ready.version, is_told=True
    )

    assert not PreCheck.objects.filter(referral=made).exists()


def test_a_check_is_of_a_referral_or_of_an_application(place):
    made = received(place)
    facts = {"offer": place.offer, "amount": 1, "months": 1, "by": place.staff.officer}

    assert refused_by("loans_pre_check_is_of_one", lambda: PreCheck.objects.create(**facts))
    assert str(made.pre_check) == f"check {made.pre_check.pk}"


def test_a_check_is_seen_with_what_it_is_of(place):
    kept = received(place).pre_check
    readers = (place.staff.officer, colleague(Role.PROGRAMME_MANAGER), lender().staff.officer)

    assert [PreCheck.objects.visible_to(user).filter(pk=kept.pk).exists() for user in readers] == [True, True, False]


def test_what_was_refused_stands_beside_what_the_check_had_said(place):
    """The lender reads for how much of it the check could have spared everybody the way, and opens the rows."""
    reason, other = RefusalReason.objects.get(code="existing-loan"), RefusalReasonFactory()
    caught = refuse(place, received(place, is_owing=True), reason)
    missed = refuse(place, received(place), reason)
    never = ApplicationFactory(product=place.product, branch=place.branch, **refused(refusal=other))
    ApplicationFactory(**refused(refusal=reason))
    reader = place.staff.manager

    page = gather(reader)

    assert (page.refused, page.caught) == (3, 1)
    numbers = {
        str(row["cells"][0]["text"]): [str(cell["text"]) for cell in row["cells"][1:]]
        for group in page.groups
        for row in group["rows"]
    }
    counted = {
        label: [text.replace("<bdi>", "").replace("</bdi>", "") for text in row] for label, row in numbers.items()
    }
    assert counted == {reason.label: ["2", "1", "1", "0", "0"], other.label: ["1", "0", "0", "0", "1"]}
    assert [names(gather(reader, **asked)) for asked in (
        {"reason": "existing-loan", "said": "fail"}, {"reason": "existing-loan", "said": "pass"}, {"said": "none"},
        {"reason": other.code}, {"said": "unknown"}, {"reason": "x", "said": "x"},
    )] == [
        {caught.reference}, {missed.reference}, {never.reference}, {never.reference}, set(),
        {caught.reference, missed.reference, never.reference},
    ]  # fmt: skip


def names(page):
    return {row["cells"][3]["text"] for group in page.row_groups for row in group["rows"]}


@pytest.mark.parametrize("number", [1, 3, 60])
def test_refusals_are_counted_with_as_many_queries_for_any_number(place, signed_in, number, django_assert_num_queries):
    reason = RefusalReasonFactory()
    for _one in range(number):
        ApplicationFactory(product=place.product, branch=place.branch, **refused(refusal=reason))
    reader = place.staff.manager
    gather(reader)

    with django_assert_num_queries(3):
        page = gather(reader)

    assert (page.refused, bool(page.next_url)) == (number, number > 25)


def test_the_page_of_refusals_says_its_figure(place, signed_in):
    client = signed_in(place.staff.manager)
    empty = text_of(client.get(reverse("loans:refusal-list")))
    refuse(place, received(place, is_owing=True), RefusalReason.objects.get(code="existing-loan"))

    shown = text_of(client.get(reverse("loans:refusal-list"), {"reason": "existing-loan", "said": "fail"}))

    assert "Nothing was refused" in empty
    assert "Refused for what the check could have said: 1 of 1." in shown
