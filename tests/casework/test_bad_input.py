"""Promise 16: whatever is typed into a form of casework, the page answers, and what was refused is not stored."""

import uuid

import pytest
from django.urls import reverse

from accounts import throttles
from accounts.roles import Role
from enterprises import pace
from kit.fields import TypedField
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.barriers import BarrierFactory, BarrierReportFactory
from tests.factories.call_backs import DeniedFactory, DrawnCallBackFactory
from tests.factories.casework import (
    AcceptedTransferFactory,
    ApprovedPlanFactory,
    AttemptFactory,
    BusinessPlanFactory,
    CalledFactory,
    ClearedFlagFactory,
    ClosedFactory,
    ContactFactory,
    DrawnPlanFactory,
    EnquiryFactory,
    FlagFactory,
    IntroductionFactory,
    MeetingFactory,
    OfferedIntroductionFactory,
    PauseFactory,
    RefusedTransferFactory,
    RemarkedPlanFactory,
    StepFactory,
    SubmittedPlanFactory,
    TransferFactory,
    WritingFactory,
    ready_to_refer,
    smeda_office,
)
from tests.factories.enterprises import entrepreneur
from tests.factories.grievances import GrievanceFactory, ResolvedGrievanceFactory
from tests.factories.health import HealthCheckFactory
from tests.factories.outcomes import FollowUpFactory, MeasureFactory
from tests.hostile import ask_with, throw_at

pytestmark = pytest.mark.django_db
FACTS = {
    "purpose": "Cloth", "own_share": "0", "months": "3", "at_rent": "4", "say_start_1": "Cloth", "sum_start_1": "9",
    "say_costs_1": "Thread", "sum_costs_1": "1", "say_sales_1": "Suits", "sum_sales_1": "9",
}  # fmt: skip
# A page, what it is about, and its fields besides the version: with what is right where chance would never find it.
FORMS = {
    "contact-create": (CalledFactory, ["channel", "agreed", "next_on", "minutes"]),
    "note-create": (CalledFactory, {"text": "Called.", "readers": "internal"}),
    "plan-create": (CalledFactory, [f"{name}_{row}" for row in range(1, 7) for name in ("step", "due", "words")]),
    "business-plan-create": (CalledFactory, FACTS),
    "business-plan-edit": (BusinessPlanFactory, FACTS),
    "business-plan-submit": (BusinessPlanFactory, []),
    "business-plan-approve": (SubmittedPlanFactory, []),
    "business-plan-return": (SubmittedPlanFactory, ["remark"]),
    "referral-create": (ready_to_refer, ["to_office", "is_told"]),
    "consent-create": (CalledFactory, []),
    "case-close": (CalledFactory, {"outcome": "moved"}),
    "attempt-create": (CalledFactory, {"channel": "visit", "result": "not_there"}),
    "pause-create": (CalledFactory, {"reason": "ill", "until_on": "", "note": "x"}),
    "case-wishes": (CalledFactory, {"woman": "on", "language": "ps"}),
    "case-reopen": (ClosedFactory, {"reason": "Back in town."}),
    "pause-end": (PauseFactory, []),
    "business-plan-set-aside": (ApprovedPlanFactory, []),
    "meeting-create": (CalledFactory, {"channel": "office", "day": "", "time": "10:00", "minutes": "30", "place": ""}),
    "meeting-confirm": (MeetingFactory, []),
    "meeting-decline": (MeetingFactory, []),
    "meeting-miss": (MeetingFactory, []),
    "meeting-cancel": (MeetingFactory, {"reason": "The road is shut."}),
    "contact-remove": (ContactFactory, {"because": "It was another client."}),
    "contact-restore": (ContactFactory, []),
    "attempt-remove": (AttemptFactory, {"because": "Typed twice."}),
    "attempt-restore": (AttemptFactory, []),
    "enquiry-remove": (EnquiryFactory, {"because": "Typed twice."}),
    "enquiry-restore": (EnquiryFactory, []),
    "barrier-report": (CalledFactory, {"known": "", "authority": "1", "what": "Asks twice", "days_lost": "3"}),
    "barrier-report-remove": (BarrierReportFactory, []),
    "barrier-report-restore": (BarrierReportFactory, []),
    "outcome-create": (CalledFactory, {"women": "2", "point": "other", "on": "1/11/2026", "grade": "seen"}),
    "outcome-answer": (FollowUpFactory, {"channel": "phone", "women": "2", "sales": "9", "anyway": "no"}),
    "measure-remove": (MeasureFactory, {"because": "A slip."}),
    "measure-restore": (MeasureFactory, []),
    "enquiry-lead": (
        EnquiryFactory,
        {"name": "Rashida", "phone": "", "sex": "woman", "stage": "idea", "district": "multan", "contact": "on"},
    ),
    "step-detail": (StepFactory, []),
    "step-drop": (StepFactory, ["because"]),
    "step-move": (StepFactory, {"due_on": "", "because": "The shop was shut."}),
    "health-list": (CalledFactory, []),
    "health-detail": (HealthCheckFactory, []),
    "introduction-create": (CalledFactory, {"to": "outside", "where": "The chamber", "why": "To meet buyers."}),
    "introduction-detail": (IntroductionFactory, {"contact": "none", "reason": "Nobody was there."}),
    "introduction-offer": (OfferedIntroductionFactory, {"event": "1", "is_answer": "no"}),
    "flag-create": (CalledFactory, {"kind": "safety", "text": "Alone at night.", "owner": "", "due_on": ""}),
    "flag-detail": (FlagFactory, {"clearing": "Settled."}),
    "flag-restore": (ClearedFlagFactory, []),
    "writing-take-back": (WritingFactory, []),
    "thread": (CalledFactory, {"seen": "0", "text": "Come on Monday."}),
    "thread-settle": (CalledFactory, {"seen": "0"}),
    "thread-read": (CalledFactory, []),
    "call-back-detail": (
        DrawnCallBackFactory,
        {"reached": "yes", "took_place": "yes", "is_as_agreed": "no", "is_content": "yes", "words": "All well."},
    ),
    "call-back-settle": (DeniedFactory, {"decision": "It was put right."}),
    "plan-review-detail": (DrawnPlanFactory, {"verdict": "talk", "remark": "Who pays?"}),
    "plan-review-talk": (RemarkedPlanFactory, []),
    "transfer-create": (CalledFactory, {"to": "", "reason": "Near her home."}),
    "transfer-accept": (TransferFactory, []),
    "transfer-refuse": (TransferFactory, {"refusal": "Too far."}),
    "transfer-see": (RefusedTransferFactory, []),
    "transfer-withdraw": (TransferFactory, []),
    "transfer-undo": (AcceptedTransferFactory, []),
}
# What a colleague in particular does, and not any advisor of the office.
SITS_THERE = {
    "flag-detail": lambda flag: flag.owner,
    "flag-restore": lambda flag: flag.cleared_by,
    "call-back-detail": lambda back: colleague(Role.REGIONAL_MANAGER, office=back.read_at),
    "call-back-settle": lambda _back: colleague(Role.PROGRAMME_MANAGER),
    "plan-review-detail": lambda review: colleague(Role.REGIONAL_MANAGER, office=review.read_at),
    "plan-review-talk": lambda review: review.author,
    "writing-take-back": lambda writing: writing.by,
    "transfer-accept": lambda transfer: transfer.to_advisor,
    "transfer-refuse": lambda transfer: transfer.to_advisor,
    "transfer-see": lambda transfer: transfer.by,
    "transfer-withdraw": lambda transfer: transfer.by,
    "transfer-undo": lambda transfer: transfer.decided_by,
}


def advisor_for(item):
    return colleague(Role.ADVISOR, office=getattr(item, "case", item).office)


@pytest.mark.parametrize("name", FORMS)
def test_whatever_is_typed_the_page_answers_and_keeps_nothing_refused(name, signed_in):
    make, fields = FORMS[name]
    item = make()

    client = signed_in(SITS_THERE.get(name, advisor_for)(item))
    throw_at(reverse(f"casework:{name}", args=[item.pk]), client=client, fields=fields, app="casework")


def test_whatever_is_answered_in_a_business_check_the_page_answers(signed_in):
    check = HealthCheckFactory()
    asked = dict.fromkeys(check.questionnaire.questions.filter(area="money").values_list("code", flat=True), "1")

    path = reverse("casework:health-area", args=[check.pk, "money"])
    throw_at(path, client=signed_in(advisor_for(check)), fields=asked, app="casework")


@pytest.mark.parametrize(
    ("name", "fields"),
    [("barrier-detail", ["what", "owner", "answer"]), ("barrier-join", ["into"]), ("barrier-part", [])],
)
def test_whatever_is_typed_of_an_obstacle_the_page_answers(name, fields, signed_in):
    client = signed_in(colleague(Role.PROGRAMME_MANAGER))
    throw_at(reverse(f"casework:{name}", args=[BarrierFactory().pk]), client=client, fields=fields, app="casework")


COMPLAINT = {
    "category": "delay",
    "about": "smeda",
    "text": "Nobody called.",
    "place": "",
    "name": "",
    "phone": "",
    "sex": "",
}
# Pages of complaints, in which state, and who sits there.
COMPLAINTS = {
    "grievance-answer": (GrievanceFactory, {"text": "We look.", "stands": "replied"}),
    "grievance-note": (GrievanceFactory, {"text": "We look."}),
    "grievance-direct": (GrievanceFactory, ["about_office", "about_user"]),
    "my-complaint": (ResolvedGrievanceFactory, {"verdict": "no", "text": "Nothing came."}),
}


@pytest.mark.parametrize("name", COMPLAINTS)
def test_whatever_is_typed_about_a_complaint_the_page_answers(name, signed_in):
    make, fields = COMPLAINTS[name]
    grievance = make(complainant=entrepreneur().person)
    user = grievance.complainant.user if name == "my-complaint" else grievance.owner

    throw_at(reverse(f"casework:{name}", args=[grievance.pk]), client=signed_in(user), fields=fields, app="casework")


def test_whatever_somebody_says_who_complains_the_page_answers(signed_in):
    told = COMPLAINT | {"channel": "phone", "is_read_back": "on"}

    throw_at(
        reverse("casework:grievance-create"), client=signed_in(colleague(Role.ADVISOR)), fields=told, app="casework"
    )


@pytest.mark.parametrize(
    ("name", "fields"), [("complain", COMPLAINT), ("complain-status", {"number": "1001", "code": "12345678"})]
)
def test_whatever_a_stranger_types_who_complains_the_page_answers(name, fields, client, monkeypatch):
    monkeypatch.setattr(throttles, "allow", lambda *_args, **_limits: True)
    monkeypatch.setattr(pace, "SECONDS", 0)

    throw_at(reverse(f"casework:{name}"), client=client, fields=fields, app="casework")


EVENT = {"name": "At the chamber", "kind": "chamber", "district": "multan", "on": "26/11/2026"}
VISIT = {"who": "MUL-4827", "on": "", "agreed": "She buys cloth.", "next_on": "", "minutes": "30", "present": "client"}


def test_whatever_an_event_is_called_the_page_answers(signed_in):
    client = signed_in(advisor_for(CalledFactory()))

    throw_at(reverse("casework:enquiry-event-list"), client=client, fields=EVENT, app="casework")


def test_whatever_is_typed_from_paper_the_page_answers(signed_in):
    case = CalledFactory(enterprise__reference="MUL-4827")
    fields = {f"{name}_{row}": right for name, right in VISIT.items() for row in (1, 2)}

    throw_at(reverse("casework:visit-list"), client=signed_in(case.advisor), fields=fields, app="casework")


def test_whatever_a_manager_types_who_hands_over_the_page_answers(signed_in):
    case, other = CalledFactory(), colleague(Role.ADVISOR, office=smeda_office())
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    path = reverse("casework:case-hand-over", args=[case.pk])

    throw_at(path, client=signed_in(manager), fields={"to": str(other.pk), "reason": "x"}, app="casework")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("my-meeting", {"answer": "no"}),
        ("my-advisor", {"woman": "on"}),
        ("my-thread", {"text": "When?"}),
    ],
)
def test_whatever_a_client_sends_the_page_answers(name, fields, signed_in):
    meeting = MeetingFactory(case__person__user=EntrepreneurUserFactory())
    path = reverse(f"casework:{name}", args=[meeting.pk if name == "my-meeting" else meeting.case_id])

    throw_at(path, client=signed_in(meeting.case.person.user), fields=fields, app="casework")


ENQUIRY = {"channel": "phone", "topic": "loan", "district": "multan", "answer": "Yes.", "name": "", "phone": ""}


def test_whatever_is_asked_at_the_helpdesk_the_page_answers(signed_in):
    client = signed_in(advisor_for(CalledFactory()))

    throw_at(reverse("casework:enquiry-list"), client=client, fields=ENQUIRY, app="casework")


def test_control_without_cleaning_the_database_refuses(signed_in, monkeypatch):
    monkeypatch.setattr(TypedField, "cleaned", lambda _field, value, *, multiline=False: str(value or ""))
    client = signed_in(advisor_for(CalledFactory()))

    with pytest.raises(ValueError, match="NUL"):
        client.post(reverse("casework:enquiry-list"), ENQUIRY | {"answer": "\x00", "request_key": str(uuid.uuid4())})


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("case-list", ["q", "state", "whose", "after"]),
        ("case-detail", ["show", "after"]),
        ("enquiry-list", ["after"]),
    ],
)
def test_whatever_stands_in_the_address_the_page_answers(name, fields, signed_in):
    case = CalledFactory()
    path = reverse(f"casework:{name}", args=[case.pk] if name == "case-detail" else [])

    ask_with(path, client=signed_in(case.advisor), fields=fields)
