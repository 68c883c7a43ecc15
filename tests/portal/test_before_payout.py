"""What keeps the money of an approved loan back: one rule, and every page says the same."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from enterprises.models import Document
from journal.open_items import Scope, united
from loans.actions import loans
from loans.conditions import lacks_of, papers_lacking
from loans.open_items import open_items
from loans.pages.lists import desk
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.casework import ApprovedPlanFactory, PlannedFactory, TakenReferralFactory
from tests.factories.enterprises import OwnershipFactory, PersonFactory
from tests.factories.loans import ApplicationFactory, GuarantorFactory, approved, bring_papers, lender
from tests.factories.training import SeatedFactory, SittingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]
CARD, PAPERS = "Show your identity card to your advisor", "Send or bring papers for your loan"


@pytest.fixture
def place():
    return lender()


def waiting(place, *, is_card_seen, is_complete):
    """An approved loan of a client whom an advisor has."""
    case = PlannedFactory(person__user=EntrepreneurUserFactory())
    case.person.cnic_standing = "verified" if is_card_seen else "claimed"
    case.person.save()
    facts = {"product": place.product, "branch": place.branch, "enterprise": case.enterprise, "person": case.person}
    facts["business_plan"] = plan = ApprovedPlanFactory(case=case)
    facts["referral"] = TakenReferralFactory(case=case, business_plan=plan, to_office=place.branch)
    application = ApplicationFactory(**facts, due_on=timezone.localdate(), **approved())
    GuarantorFactory.create_batch(2, application=application)
    if is_complete:
        bring_papers(application)
    return application


@pytest.mark.parametrize(
    ("is_card_seen", "is_complete", "kinds", "first", "waits_for"),
    [
        (True, True, ["disbursement"], "Your loan will be paid out", "Approved, not paid out yet"),
        (False, True, ["card"], CARD, "Approved, still to come: identity card"),
        (True, False, ["papers"], PAPERS, "Approved, still to come: papers"),
        (False, False, ["card", "papers"], CARD, "Approved, still to come: identity card, papers"),
    ],
)
def test_every_page_says_what_keeps_the_money_back(  # noqa: PLR0917 (a table's columns)
    place, signed_in, is_card_seen, is_complete, kinds, first, waits_for
):
    """L5: the client's two pages, the officer's desk, the advisor's own list and the list of cards agree."""
    application = waiting(place, is_card_seen=is_card_seen, is_complete=is_complete)
    advisor = application.enterprise.case.advisor
    own = signed_in(application.person.user)

    found = united(open_items(Scope(enterprise_ids=[application.enterprise_id])), limit=20)
    held = united(open_items(Scope(user_id=advisor.pk)), limit=20)
    my = own.get("/my/").context["business"].next_step
    page = own.get(reverse("loans:my-application", args=[application.pk])).context["next_step"]
    (row,) = desk(place.staff.officer, on=timezone.localdate()).applications[0]["rows"]
    cards = signed_in(colleague(Role.PROGRAMME_MANAGER)).get("/desk/claims/").content.decode()

    assert [item["kind"] for item in found] == [f"loans.{kind}" for kind in kinds]
    assert [(item["kind"], item["target_id"]) for item in held] == (
        [("loans.card", application.enterprise_id)] if not is_card_seen else []
    )
    assert (str(my["title"]), row["cells"][2]["text"], application.reference in cards) == (
        first,
        waits_for,
        not is_card_seen,
    )
    if not (is_card_seen and is_complete):
        office = " · ".join(filter(None, (my["office"], my["phone"])))
        assert [page[name] for name in ("title", "holder", "office")] == [my["title"], my["holder"], office]
        assert [str(thing) for thing in page["bring"]] == my["bring"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_cards_asks_as_often_for_three_loans_as_for_one(
    place, signed_in, number, django_assert_num_queries
):
    for _one in range(number):
        waiting(place, is_card_seen=False, is_complete=False)
    client = signed_in(colleague(Role.PROGRAMME_MANAGER))

    with django_assert_num_queries(6):
        page = client.get("/desk/claims/")

    assert len(page.context["panels"][0]["context"]["page"].rows) == number


def test_the_papers_are_sent_for_the_business_that_waits_not_for_the_newest(place, signed_in):
    application = waiting(place, is_card_seen=True, is_complete=False)
    OwnershipFactory(person=application.person)
    type(application.enterprise).objects.filter(pk=application.enterprise_id).update(reference="MUL-4827")
    own = signed_in(application.person.user)

    business = own.get("/my/?ref=MUL-4827").context["business"]
    (action,) = business.next_step["actions"]

    assert own.get(action["url"]).context["enterprise"] == application.enterprise


@pytest.mark.parametrize(
    ("is_card_seen", "is_complete", "title", "buttons"),
    [
        (True, True, "Pay out the money", ["Pay out"]),
        (False, True, "See the applicant's identity card", []),
        (True, False, "Papers to come: Identity card (CNIC): front, ...", []),
    ],
)
def test_the_cashier_reads_who_does_it(place, signed_in, is_card_seen, is_complete, title, buttons):  # noqa: PLR0917
    """L5: no button leads to a page that says no."""
    application = waiting(place, is_card_seen=is_card_seen, is_complete=is_complete)

    page = signed_in(place.staff.cashier).get(application.get_absolute_url()).context["page"]

    assert (str(page.next_step["title"])[:16], [str(one["label"]) for one in page.actions]) == (
        title[:16],
        buttons,
    )


@pytest.mark.parametrize(("is_complete", "is_partner"), [(False, False), (True, False), (False, True)])
def test_papers_that_lack_are_the_clients_turn_before_anybody_decides(signed_in, is_complete, is_partner):
    """L5: beside a class that comes first, each line leads on; a partner is asked for nobody's papers."""
    application = ApplicationFactory(person__user=EntrepreneurUserFactory())
    reader, lacking = application.person, [kind.label for kind in papers_lacking(application)]
    begins = timezone.now() + dt.timedelta(hours=1)
    sitting = SittingFactory(starts_at=begins, ends_at=begins + dt.timedelta(hours=2))
    SeatedFactory(run=sitting.run, enterprise=application.enterprise)
    application.due_on = begins.date() + dt.timedelta(days=9)
    application.save()
    if is_complete:
        bring_papers(application)
    if is_partner:
        partner = PersonFactory(user=EntrepreneurUserFactory())
        reader = OwnershipFactory(person=partner, enterprise=application.enterprise, is_contact=False).person

    response = signed_in(reader.user).get("/my/")
    business = response.context["business"]

    papers = (f"{PAPERS}: {', '.join(lacking)}", "You", f"/my/papers/?ref={application.enterprise.reference}#missing")
    asked = ("The lender looks at your loan application", "The lender's officer", f"/my/application/{application.pk}/")
    expected = [] if is_partner else [asked] if is_complete else [papers, asked]
    assert business.next_step["kind"] == "training.sitting"
    assert [(str(line["in_full"]), line["holder"], line["url"]) for line in business.also] == expected
    assert [f'<a href="{url}">' in response.text for _title, _holder, url in (papers, asked)] == [
        papers in expected, asked in expected,
    ]  # fmt: skip


@pytest.mark.parametrize("is_complete", [True, False])
def test_the_advisor_reads_at_the_lenders_what_the_money_waits_for(place, signed_in, is_complete):
    """L5: instead of a day on which an answer is due that was given."""
    application = waiting(place, is_card_seen=True, is_complete=is_complete)
    case = application.enterprise.case

    text = signed_in(case.advisor).get(case.get_absolute_url()).text
    box = text[text.index('id="papers"') : text.index('id="timeline"')]

    stands = "Approved, not paid out yet" if is_complete else "Approved, still to come: papers"
    assert (f'idle">{stands}</span>' in box, "Taken up" in box, "answer due" in box) == (True, False, False)
    assert application.referral.due_on


@pytest.mark.parametrize("requires_course", [False, True])
def test_the_client_is_not_sent_for_money_that_waits_for_something_else(place, signed_in, requires_course):
    """L5: neither page says "come for your money" while a course, for instance, has to come first."""
    application = waiting(place, is_card_seen=True, is_complete=True)
    type(place.product).objects.update(requires_course=requires_course)
    own = signed_in(application.person.user)

    titles = [str(own.get("/my/").context["business"].next_step["title"])]
    titles += [str(own.get(reverse("loans:my-application", args=[application.pk])).context["next_step"]["title"])]

    waits = "Something has to come before your money. Ask at the branch."
    assert titles == (
        [waits] * 2 if requires_course else ["Your loan will be paid out", "Come to the branch for your money"]
    )
    staff = signed_in(place.staff.cashier).get(application.get_absolute_url()).context["page"]
    assert str(staff.next_step["title"]) == (
        "Before the money is given: Course finished" if requires_course else "Pay out the money"
    )


@pytest.mark.parametrize(
    ("scan", "is_lacking", "said"),
    [
        ("none", False, None),
        ("clean", False, None),
        ("waiting", True, "Being checked for viruses: "),
        ("infected", True, "Still missing: "),
    ],
)
def test_a_paper_counts_once_the_virus_check_let_it_through(place, scan, is_lacking, said):
    """C13, L5: the list, the rule of one document and the money agree; `clean` is the control of the others."""
    application = waiting(place, is_card_seen=True, is_complete=True)
    Document.objects.update(scan=scan)
    today = timezone.localdate()

    refused = ""
    try:
        loans.disburse(application=application, version=0, instrument="CHQ 1", by=place.staff.cashier)
    except ValidationError as refusal:
        refused = " ".join(refusal.messages)

    assert (bool(papers_lacking(application)), (said or "-") in refused) == (is_lacking, said is not None)
    assert (lacks_of([application])[application.pk] == ["papers"]) is is_lacking
    assert {document.counts(on=today) for document in Document.objects.all()} == {not is_lacking}
    assert set(Document.objects.counting(on=today)) == (set() if is_lacking else set(Document.objects.all()))


@pytest.mark.parametrize(
    ("scan", "title", "holder"),
    [("waiting", "Your papers are being checked for viruses", ""), ("infected", PAPERS, "You")],
)
def test_the_client_reads_that_papers_are_being_checked(place, signed_in, scan, title, holder):
    application = waiting(place, is_card_seen=True, is_complete=True)
    Document.objects.update(scan=scan)
    own = signed_in(application.person.user)

    pages = [own.get("/my/").context["business"].next_step]
    pages += [own.get(reverse("loans:my-application", args=[application.pk])).context["next_step"]]
    papers = own.get("/my/papers/").context["papers"].missing

    said = [(str(page["title"]), page["holder"], bool(page["actions"])) for page in pages]
    assert said == [(title, holder, scan == "infected")] * 2
    assert {line["is_in_check"] for line in papers} == {scan == "waiting"}
