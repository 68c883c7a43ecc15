import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Office, User
from accounts.roles import Role
from casework.models import StepKind
from casework.open_items import ESCALATED
from enterprises.actions.statements import state
from enterprises.models import Consent, Enterprise, Statement
from enterprises.summaries import to_keep_ready
from journal.events import ENTREPRENEUR, record
from kit import words
from portal.pages import my, owned
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.casework import (
    ApprovedPlanFactory,
    CaseFactory,
    ClosedFactory,
    ContactFactory,
    NoteFactory,
    PlannedFactory,
    ReferralFactory,
    StepFactory,
    SubmittedPlanFactory,
    branch,
    smeda_office,
)
from tests.factories.enterprises import (
    CardReleaseFactory,
    ClaimFactory,
    ConsentFactory,
    EnterpriseFactory,
    OwnershipFactory,
    PersonFactory,
    PhoneChangeFactory,
    entrepreneur,
    system,
)
from tests.factories.loans import ApplicationFactory, LoanFactory, approved, refused
from tests.factories.messaging import MessageFactory
from tests.factories.papers import DocumentRequestFactory
from tests.factories.training import CourseRunFactory, EnrolmentFactory, SeatedFactory, SittingFactory

pytestmark = pytest.mark.django_db
MY_QUERIES = 16
ASIDE = {"enterprises.claim", "enterprises.consent_lapsed", "enterprises.called_wrong"}


def due(days):
    return timezone.localdate() + dt.timedelta(days=days)


def page(signed_in, person, **query):
    return signed_in(person.user).get("/my/", query).context["business"]


@pytest.fixture
def case():
    return CaseFactory(first_contact_due_on=due(2))


def test_the_next_step_says_what_who_until_when_and_what_to_bring(signed_in, case):
    kind = StepKind.objects.get(code="bank-account")
    StepFactory(case=case, kind=kind, due_on=due(1))

    step = page(signed_in, case.person).next_step

    assert (step["title"], step["holder"], step["until"], step["is_late"]) == (kind.name, "You", due(1), False)
    assert step["bring"] == [part.strip() for part in kind.bring.split(",")]


def test_the_first_call_says_what_the_confirmation_asked_to_keep_ready(signed_in, case):
    step = page(signed_in, case.person).next_step

    assert (step["title"], step["bring"]) == ("Your advisor calls you", to_keep_ready(is_idea=False))


def test_the_office_that_has_it_is_called_by_a_tap(signed_in, case):
    """N2: the number is read from the left, in either language."""
    Office.objects.filter(pk=case.office_id).update(phone="061-4540001")

    said = signed_in(case.person.user).get("/my/").text

    assert '<a href="tel:0614540001"><bdi>061-4540001</bdi></a>' in said


def test_the_next_class_says_which_course_when_where_and_what_to_bring(signed_in):
    owner = entrepreneur()
    begins = dt.datetime.combine(due(1), dt.time(14, 30), tzinfo=timezone.get_current_timezone())
    sitting = SittingFactory(starts_at=begins, ends_at=begins + dt.timedelta(hours=2))
    SeatedFactory(run=sitting.run, enterprise=owner.enterprise)

    step = page(signed_in, owner.person).next_step

    assert (step["title"], step["holder"], step["until"]) == (
        f"Your next class: {sitting.run.course.name}",
        "You",
        due(1),
    )
    assert [(fact["label"], fact["text"]) for fact in step["about"]] == [
        ("When", f"{words.plain(words.day(due(1)))}, 2:30 pm to 4:30 pm"),
        ("Where", sitting.run.where_in_full),
    ]
    assert step["bring"] == ["Your CNIC", "a notebook and a pen"]
    assert (step["since"], step["last_day"]) == (None, None)  # the day of the class is the one day that is said


def test_each_open_item_stands_there_once_and_a_call_is_no_next_step(signed_in):
    case = PlannedFactory(next_contact_on=due(1))
    first, second = (StepFactory(case=case, due_on=due(days)) for days in (2, 3))

    shown = page(signed_in, case.person)

    assert (shown.next_step["title"], [line["kind"] for line in shown.also]) == (
        first.kind.label,
        ["casework.next_contact"],
    )
    assert [(line["label"], line["state"]) for line in shown.plan] == [
        (first.kind.label, "todo"),
        (second.kind.label, "todo"),
    ]


@pytest.mark.parametrize("classes", [1, 3])
def test_more_items_of_one_kind_cost_no_more_questions(signed_in, classes, django_assert_num_queries):
    owner = entrepreneur()
    client = signed_in(owner.person.user)
    for day in range(classes):
        begins = timezone.now() + dt.timedelta(days=day + 1)
        sitting = SittingFactory(starts_at=begins, ends_at=begins + dt.timedelta(hours=2))
        SeatedFactory(run=sitting.run, enterprise=owner.enterprise)

    with django_assert_num_queries(MY_QUERIES):
        found = client.get("/my/").context["business"]

    assert len([found.next_step, *found.also]) == classes


def test_the_courses_card_says_the_place_on_a_waiting_list_and_what_comes_of_it(signed_in, case):
    StepFactory(case=case, due_on=due(1))
    run = CourseRunFactory(starts_on=due(5), ends_on=due(9))
    EnrolmentFactory(run=run, asked_at=timezone.now() - dt.timedelta(hours=1))
    EnrolmentFactory(run=run, enterprise=case.enterprise, person=case.person)

    shown = page(signed_in, case.person)

    told = (
        "Number 2 on the list. All 25 seats are taken. When somebody gives up a seat until "
        f"{words.plain(words.day(run.starts_on))}, the first on the list gets it at once, and a message."
    )
    assert [(line["title"], line["about"][0]["text"]) for line in shown.waiting] == [
        (f"Waiting list: {run.course.name}", told)
    ]
    assert [line["kind"] for line in shown.also] == ["casework.first_contact"]
    assert "Waiting list: Course" in signed_in(case.person.user).get("/my/").text


def test_the_next_instalment_says_the_last_day_on_time(signed_in):
    """7 February 2027 is a Sunday: paying on Monday is on time here, as on the loan's own pages."""
    loan = LoanFactory(disbursed_on=dt.date(2027, 1, 9), first_due_on=dt.date(2027, 2, 7))
    loan.person.user = EntrepreneurUserFactory()
    loan.person.save()

    step = page(signed_in, loan.person).next_step

    assert (step["title"], step["until"]) == ("Your next instalment", dt.date(2027, 2, 8))


def test_an_approved_loan_says_how_much_waits(signed_in):
    application = ApplicationFactory(**approved())
    application.person.user = EntrepreneurUserFactory()
    application.person.save()

    step = page(signed_in, application.person).next_step

    assert [(fact["label"], fact["text"]) for fact in step["about"]] == [("Approved", "<bdi>Rs 6,000</bdi>")]


@pytest.mark.parametrize("is_partner", [False, True])
def test_a_no_says_why_what_to_do_when_to_ask_again_and_who_helps(signed_in, case, is_partner):
    """N2: on the page of whoever asked, not of who owns the business with them; a newer application takes it away."""
    other = PersonFactory(user=EntrepreneurUserFactory())
    partner = OwnershipFactory(person=other, enterprise=case.enterprise, is_contact=False).person
    application = ApplicationFactory(enterprise=case.enterprise, person=case.person, **refused())
    reader = partner if is_partner else case.person
    client = signed_in(reader.user)

    response = client.get("/my/")
    ApplicationFactory(enterprise=case.enterprise, person=case.person, received_at=timezone.now())

    why = [application.refusal.name, application.refusal.remedy, words.day(application.ask_again_on), "Who helps you"]
    assert [words in response.text for words in why] == [not is_partner] * 4
    assert client.get("/my/").context["business"].refusal is None


@pytest.mark.parametrize("was_given", [True, False])
def test_whoever_may_not_be_called_reads_that_nobody_calls_and_how_to_reach_the_office(signed_in, case, was_given):
    """R9: and a partner in the business, who may be called, reads nothing of it."""
    ended = dt.datetime(2026, 11, 3, 12, tzinfo=dt.UTC)
    told = Consent.objects.filter(person=case.person)
    told.update(withdrawn_at=ended) if was_given else told.delete()
    partner = OwnershipFactory(enterprise=case.enterprise, is_contact=False, person__user=EntrepreneurUserFactory())

    response = signed_in(case.person.user).get("/my/")

    business = response.context["business"]
    assert (business.silence, business.next_step) == (
        {"since": ended if was_given else None}
        | {"office": case.office.label, "phone": case.office.phone},
        None,
    )  # fmt: skip
    assert ("You get only codes to sign in" in response.text, "Call whenever" in response.text) == (True, False)
    assert page(signed_in, partner.person).silence is None


TOLD = "After that the manager of the office is told."


@pytest.mark.parametrize(("lets", "after"), [(True, TOLD), (False, "")])
def test_only_what_a_manager_is_told_of_is_promised_and_not_where_nobody_may_call(signed_in, case, lets, after):
    """R9: and a partner in the business reads what holds for whom the office calls."""
    PhoneChangeFactory(person=case.person, enterprise=case.enterprise, asked_by=system())
    StepFactory(case=case, kind__owner=StepKind.Owner.ADVISOR)
    ReferralFactory(case=case)
    partner = OwnershipFactory(enterprise=case.enterprise, is_contact=False, person__user=EntrepreneurUserFactory())
    if not lets:
        Consent.objects.filter(person=case.person).update(withdrawn_at=timezone.now())

    def promised(person):
        shown = page(signed_in, person)
        return {line["kind"]: line["after"] for line in (shown.next_step, *shown.also, *shown.waiting) if line}

    mine, theirs = promised(case.person), promised(partner.person)
    others = {kind: said for kind, said in mine.items() if kind not in ESCALATED}
    plan = [line["clock"]["after"] for line in page(signed_in, case.person).plan]
    assert (plan, others) == ([after], {"enterprises.phone_change": "", "casework.referral": ""})
    assert set(theirs.values()) <= {after, ""}


@pytest.mark.parametrize(
    ("is_undone", "why"),
    [
        (
            False,
            "On {day} an officer saw the card of somebody else with this number, and it was taken off your record.",
        ),
        (True, "On {day} your CNIC number was taken off your record: it had come there by mistake."),
    ],
)
def test_whoever_lost_their_number_reads_why(signed_in, case, is_undone, why):
    """R6: what they know of it, and nothing of the other person."""
    at = dt.datetime(2026, 11, 3, 12, tzinfo=dt.UTC)
    undone = {"undone_at": at, "undone_by": system(), "undone_because": "Mistaken.", "loser": case.person}
    release = CardReleaseFactory(
        done=True,
        done_at=at,
        enterprise=case.enterprise,
        **(undone if is_undone else {"claim__person": case.person}),
    )
    type(case.person).objects.filter(pk=case.person_id).update(cnic=None, cnic_standing="none")

    shown = page(signed_in, case.person)

    (line,) = [one for one in (shown.next_step, *shown.also) if one["kind"] == "enterprises.card_lost"]
    said = why.format(day=words.plain(words.day_plain(at)))
    assert line["holder"] == "You"
    assert (line["why"], line["about"]) == (said, [{"icon": "eye", "label": "Why", "text": said}])
    page_of = signed_in(case.person.user).get("/my/").text
    assert (said.partition(" your ")[2] in page_of, release.taker.name in page_of) == (True, False)


def test_what_waits_of_the_person_is_seen_from_each_of_their_businesses(signed_in, case):
    """And what waits of a business from its own page alone."""
    second = OwnershipFactory(person=case.person).enterprise
    CardReleaseFactory(done=True, claim__person=case.person, enterprise=second)
    asked = DocumentRequestFactory(enterprise=second, person=case.person)
    type(case.person).objects.filter(pk=case.person_id).update(cnic=None, cnic_standing="none")

    shown = [page(signed_in, case.person, ref=one.reference) for one in (case.enterprise, second)]

    kinds = [{line["kind"] for line in (one.next_step, *one.also) if line} for one in shown]
    seen = [("enterprises.card_lost" in here, "enterprises.document" in here) for here in kinds]
    assert (seen, asked.enterprise) == ([(True, False), (True, True)], second)


@pytest.mark.parametrize(("is_named", "holder"), [(True, "Sadia Anwar, your advisor"), (False, "Your advisor")])
def test_the_advisors_name_is_told_only_if_they_agree(signed_in, is_named, holder):
    advisor = colleague(Role.ADVISOR, full_name="Sadia Anwar", is_named_to_clients=is_named)
    case = CaseFactory(advisor=advisor, first_contact_due_on=due(2))

    step = page(signed_in, case.person).next_step

    assert (step["holder"], step["after"]) == (holder, TOLD)


def test_the_road_leaves_out_what_was_not_needed(signed_in, case):
    for name in ("enterprises.registered", "casework.plan_agreed", "loans.disbursed"):
        record_as_it_was(name, case)

    road = page(signed_in, case.person).road

    assert said(road) == [
        ("Registered", "done"),
        ("Plan made", "done"),
        ("Loan received", "done"),
        ("Pay back the loan", "now"),
    ]


def test_the_road_keeps_a_course_ahead_while_the_plan_has_it(signed_in, case):
    for name in ("enterprises.registered", "loans.disbursed"):
        record_as_it_was(name, case)
    StepFactory(case=case, kind=StepKind.objects.get(code="course"))

    def road():
        return page(signed_in, case.person).road

    before = said(road())
    record_as_it_was("training.certified", case)

    behind = [("Registered", "done"), ("Loan received", "done")]
    assert before == [*behind, ("Finish a course", "now"), ("Pay back the loan", "todo")]
    assert said(road()) == [behind[0], ("Course finished", "done"), behind[1], ("Pay back the loan", "now")]


def said(road):
    return [(str(step["label"]), step["state"]) for step in road]


def record_as_it_was(name, case):
    data = {"amount": 1} if name.startswith("loans") else {}
    record(name, target=case.enterprise, by=User.objects.system(), audience={ENTREPRENEUR}, data=data)


def test_internal_notes_are_not_on_the_page(signed_in, case):
    shared = NoteFactory(case=case, is_shared=True)
    NoteFactory(case=case, is_shared=False)

    assert page(signed_in, case.person).notes == [shared]


def test_somebody_with_two_businesses_chooses(signed_in, case):
    other = EnterpriseFactory()
    OwnershipFactory(person=case.person, enterprise=other)

    found = page(signed_in, case.person, ref=case.enterprise.reference)

    assert (found.enterprise, [one["enterprise"] for one in found.others]) == (case.enterprise, [other])


@pytest.mark.parametrize("others", [1, 3])
def test_each_other_business_is_named_with_its_next_step(signed_in, case, others, django_assert_num_queries):
    kinds = list(StepKind.objects.exclude(code="course")[:others])
    for days, kind in enumerate(kinds):
        owned = OwnershipFactory(person=case.person, is_contact=False)
        StepFactory(case=PlannedFactory(enterprise=owned.enterprise, person=case.person), kind=kind, due_on=due(days))
    client = signed_in(case.person.user)
    Enterprise.objects.exclude(pk=case.enterprise_id).update(name="")  # called by their trades

    with django_assert_num_queries(MY_QUERIES + 11):
        response = client.get("/my/", {"ref": case.enterprise.reference})

    found = response.context["business"]
    assert [(one["next_step"]["title"], one["next_step"]["until"]) for one in found.others] == [
        (kind.label, due(days)) for days, kind in reversed(list(enumerate(kinds)))
    ]
    named = f"This page is about <b>{words_of(case)}</b>, <bdi>{case.enterprise.reference}</bdi>."
    shown = [named, *(f"<bdi>{one['enterprise'].reference}</bdi>" for one in found.others)]
    assert [words in response.text for words in shown] == [True] * len(shown)


def words_of(case):
    return f'<span dir="auto">{case.enterprise.name}</span>'


def test_the_reference_of_somebody_else_opens_the_own_business(signed_in, case):
    foreign = entrepreneur()

    assert page(signed_in, case.person, ref=foreign.enterprise.reference).enterprise == case.enterprise


@pytest.mark.parametrize("is_partner", [False, True])
def test_a_loan_a_card_and_a_phone_are_one_owners_and_not_anothers(signed_in, is_partner):
    """R7: several own a business, on its first page and among their others; the partner asked for a loan once too.

    A card to look at, a permission to ask for again and what was called wrong, due long since, are no next step.
    """
    loan = LoanFactory(first_due_on=due(5))
    borrower, business = loan.person, loan.enterprise
    ApplicationFactory(person=borrower, enterprise=business)
    ReferralFactory(case__person=borrower, case__enterprise=business)
    type(borrower).objects.filter(pk=borrower.pk).update(
        user=EntrepreneurUserFactory(), cnic=None, cnic_standing="none"
    )
    PhoneChangeFactory(person=borrower, enterprise=business, asked_by=system())
    CardReleaseFactory(done=True, claim__person=borrower, enterprise=business)
    ClaimFactory(on_file=True, newcomer=borrower, enterprise=business, due_on=due(-30))
    type(business).objects.filter(pk=business.pk).update(client_since=timezone.now())
    long_ago = timezone.now() - dt.timedelta(days=40)
    ConsentFactory(person=borrower, withdrawn_at=long_ago, lapsed_at=long_ago, until_on=due(-41))
    state(borrower, ["name"], source="assisted", by=system())
    Statement.objects.update(disputed_at=long_ago)
    partner = PersonFactory(user=EntrepreneurUserFactory())
    OwnershipFactory(person=partner, enterprise=business, is_contact=False)
    ApplicationFactory(person=partner, enterprise=business, **refused())
    reader = partner if is_partner else type(borrower).objects.get(pk=borrower.pk)
    OwnershipFactory(person=reader, enterprise__registered_at=timezone.now() - dt.timedelta(days=400))

    shown = page(signed_in, reader, ref=business.reference)
    beside = page(signed_in, reader, ref=shown.others[0]["enterprise"].reference).others[0]["next_step"]

    kinds = {line["kind"] for line in (shown.next_step, *shown.also) if line}
    of_borrower = {"loans.instalment", "loans.application", "loans.papers", "casework.referral"}
    of_borrower |= {"enterprises.phone_change", "enterprises.card_lost", *ASIDE}
    assert (kinds, shown.loan is None, beside is None) == (set() if is_partner else of_borrower, is_partner, is_partner)
    assert is_partner or {shown.next_step["kind"], beside["kind"]}.isdisjoint(ASIDE)


def test_what_is_one_owners_and_not_anothers_control(signed_in, monkeypatch):
    """The failing control: every item of the business is shown to each of them."""
    monkeypatch.setattr(owned, "own_alone", lambda items, _person: items)

    with pytest.raises(AssertionError):
        test_a_loan_a_card_and_a_phone_are_one_owners_and_not_anothers(signed_in, is_partner=True)


def test_what_goes_on_beside_control(signed_in, monkeypatch):
    """The failing control: what the office does with a card and a permission counts as a step of theirs."""
    monkeypatch.setattr(my, "BESIDE", my.BESIDE - ASIDE)

    with pytest.raises(AssertionError, match="isdisjoint"):
        test_a_loan_a_card_and_a_phone_are_one_owners_and_not_anothers(signed_in, is_partner=False)


def test_a_loan_shows_as_patches(signed_in):
    loan = LoanFactory(first_due_on=due(-40), disbursed_on=due(-80))
    loan.person.user = EntrepreneurUserFactory()
    loan.person.save()

    found = page(signed_in, loan.person).loan
    partner = OwnershipFactory(
        person__user=EntrepreneurUserFactory(), enterprise=loan.enterprise, is_contact=False
    ).person

    assert (found["principal"], found["left"], found["done"], found["count"]) == (6000, 6000, 0, 6)
    assert found["states"].count("late") == 2
    # The loan is the borrower's alone, and so is the page that it leads to.
    assert (found["url"], page(signed_in, partner).loan) == (f"/my/loan/{loan.pk}/", None)


def test_somebody_without_a_business_is_shown_how_to_register(signed_in):
    ownership = entrepreneur()
    ownership.until_on = due(-1)
    ownership.from_on = due(-2)
    ownership.save()

    response = signed_in(ownership.person.user).get("/my/")

    assert (response.status_code, response.context["business"]) == (200, None)


def sent_to(person, kind="loans.receipt", **changes):
    now = timezone.now()
    return MessageFactory(person_id=person.pk, kind=kind, **{"state": "sent", "sent_at": now} | changes)


def test_the_newest_messages_are_named_and_dated(signed_in, case):
    moments = [dt.datetime(2026, 11, day, 4, tzinfo=dt.UTC) for day in (2, 4, 3, 1)]
    kinds = ["casework.plan_agreed", "loans.receipt", "training.enrolled", "enterprises.registered"]
    for kind, moment in zip(kinds, moments, strict=True):
        sent_to(case.person, kind, sent_at=moment)

    letters = page(signed_in, case.person).letters

    assert [(str(letter["label"]), letter["note"]) for letter in letters] == [
        ("Money that you paid", "Wed 4 Nov 2026, 9 am"),
        ("Your seat on a course", "Tue 3 Nov 2026, 9 am"),
        ("Your plan is agreed", "Mon 2 Nov 2026, 9 am"),
    ]


def test_messages_to_others_and_messages_that_never_left_are_not_listed(signed_in, case):
    sent_to(entrepreneur().person)
    sent_to(case.person, state="waiting", sent_at=None)
    sent_to(case.person, state="dead", sent_at=None, last_error="rejected_400")

    response = signed_in(case.person.user).get("/my/messages/")

    assert (response.status_code, response.context["letters"]) == (200, [])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_messages_asks_no_more_for_more_rows(signed_in, case, rows, django_assert_num_queries):
    client = signed_in(case.person.user)
    for _ in range(rows):
        sent_to(case.person)

    with django_assert_num_queries(5):
        response = client.get("/my/messages/")

    assert [str(letter["label"]) for letter in response.context["letters"]] == ["Money that you paid"] * rows


def test_a_long_list_of_messages_goes_on(signed_in, case):
    client = signed_in(case.person.user)
    for _ in range(26):
        sent_to(case.person)

    first = client.get("/my/messages/")
    second = client.get("/my/messages/", {"after": first.context["page"].next})

    assert [len(shown.context["letters"]) for shown in (first, second)] == [25, 1]


def test_a_further_business_is_registered_without_typing_again_who_one_is(signed_in, case):
    """R10: the page leads there, and the questions begin with the business."""
    client = signed_in(case.person.user)

    page = client.get("/my/").content.decode()
    begun = client.post("/register/", {"stage": "running", "request_key": "00000000-0000-4000-8000-000000000001"})

    assert 'href="/register/"' in page
    assert begun["Location"] == "/register/reach/"


def test_every_open_item_says_since_when_who_has_it_and_whom_to_call(signed_in, case):
    """N1: the step of the plan that somebody else does, what is open beside, and the waiting list."""
    Office.objects.filter(pk=case.office_id).update(phone="061-1234567")
    step = StepFactory(case=case, due_on=due(9), kind__owner=StepKind.Owner.PARTNER)
    ReferralFactory(case=case, due_on=due(5), to_office=branch(phone="061-7654321"))
    own = StepFactory(case=case, kind=StepKind.objects.get(code="bank-account"), due_on=due(10))

    shown = page(signed_in, case.person)
    text = signed_in(case.person.user).get("/my/").text

    clock, mine = (line["clock"] for line in shown.plan)
    assert [line["label"] for line in shown.plan] == [step.kind.label, own.kind.label]
    assert (mine["holder"], mine["phone"], mine["since"]) == ("", "", timezone.localdate())
    assert shown.plan[1]["bring"] == [part.strip() for part in own.kind.bring.split(",")]
    assert (clock["holder"], clock["phone"], clock["after"]) == ("Your advisor", "061-1234567", TOLD)
    assert clock["since"] == timezone.localdate()
    lines = [clock, *[line for line in shown.also if line["kind"] == "casework.referral"]]
    assert len(lines) == 2
    assert [f'href="tel:{phones}"' in text for phones in ("0611234567", "0617654321")] == [True, True]


def test_a_closed_case_is_said_to_be_closed_and_whom_to_call(signed_in):
    case = ClosedFactory(office=smeda_office(phone="061-1234567"))

    response = signed_in(case.person.user).get("/my/")

    business = response.context["business"]
    assert (business.next_step, business.closed) == (
        None,
        {"since": case.closed_at, "office": case.office.label, "phone": "061-1234567"},
    )
    assert ("Your case is closed" in response.text, "at your side" in response.text) == (True, False)


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_closed_case_promises_nothing_of_its_plan(signed_in, is_closed):
    """Nobody works on it any more: what was done stands, and no day to come, no stop ahead and nothing to tell."""
    case = ClosedFactory() if is_closed else CaseFactory()
    done = StepFactory(case=case, due_on=due(-9), closed_at=timezone.now(), closed_by=case.advisor)
    plan_step = StepFactory(case=case, due_on=due(9), kind=StepKind.objects.get(code="business-plan"))

    shown = page(signed_in, case.person)

    ahead = [stop["label"] for stop in shown.road if stop["state"] != "done"]
    labels = [line["label"] for line in shown.plan]
    assert (labels, bool(ahead), bool(shown.needed)) == (
        ([done.kind.label], False, False) if is_closed else ([plan_step.kind.label, done.kind.label], True, True)
    )


def test_where_the_office_has_no_number_the_helpline_stands(signed_in, settings):
    settings.HELPLINE = "0800-00000"
    case = ClosedFactory()

    assert page(signed_in, case.person).closed["phone"] == "0800-00000"


def test_a_plan_is_read_by_a_colleague_and_goes_nowhere_before_the_client_said_yes(signed_in):
    read, approved_one = SubmittedPlanFactory(), ApprovedPlanFactory()
    Enterprise.objects.filter(pk=approved_one.case.enterprise_id).update(client_since=timezone.now())

    first, then = (
        next(line for line in (shown.next_step, *shown.also) if line["kind"] == kind)
        for shown, kind in (
            (page(signed_in, read.case.person), "casework.business_plan"),
            (page(signed_in, approved_one.case.person), "casework.to_share"),
        )
    )

    assert (str(first["title"]), first["holder"]) == (
        "A second advisor reads your business plan",
        "A colleague of your advisor",
    )
    assert str(then["title"]) == "Your advisor asks you first whether the lender may see your details"


def test_in_the_plan_whoever_has_a_step_is_named_once_and_the_number_to_ask_too(signed_in, case):
    Office.objects.filter(pk=case.office_id).update(phone="061-1234567")
    StepFactory(case=case, due_on=due(1))
    theirs = {"kind__owner": StepKind.Owner.ADVISOR}
    StepFactory(case=case, due_on=due(2), **theirs)
    moved = {"was_due_on": due(1), "moved_because": "A strike."}
    StepFactory(case=case, due_on=due(3), **theirs, **moved)

    shown = page(signed_in, case.person).plan

    asked = f"Ask {case.office.label}"
    assert [(line["clock"]["holder"], line["clock"]["phone"]) for line in shown] == [
        (asked, "061-1234567"),
        ("Your advisor", ""),
        ("Your advisor", ""),
    ]
    assert [line["note"].partition(" ")[0] for line in shown] == ["You,", "By", "By"]


def test_what_was_agreed_in_the_last_talks_is_read_by_the_client_and_by_no_partner(signed_in):
    case = CaseFactory()
    for number in range(5):
        ContactFactory(case=case, agreed=f"She asks {number} shops.", at=timezone.now() + dt.timedelta(minutes=number))
    wrong = {"removed_by": case.advisor, "removed_at": timezone.now(), "removed_because": "The wrong client."}
    case.contacts.filter(agreed="She asks 4 shops.").update(**wrong)
    partner = OwnershipFactory(enterprise=case.enterprise, is_contact=False, person__user=EntrepreneurUserFactory())

    assert [talk.agreed for talk in page(signed_in, case.person).talks] == [
        "She asks 3 shops.", "She asks 2 shops.", "She asks 1 shops.",
    ]  # fmt: skip
    assert page(signed_in, partner.person).talks == []


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: each owner is the client")
def test_what_was_agreed_in_the_last_talks_is_read_by_the_client_and_by_no_partner_control(signed_in, monkeypatch):
    monkeypatch.setattr(my, "is_whom_the_case_calls", lambda case, _person: case is not None)

    test_what_was_agreed_in_the_last_talks_is_read_by_the_client_and_by_no_partner(signed_in)
