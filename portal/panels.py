"""What stands beside a case: papers, courses, the loan, registrations. A few queries each, however long the case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Max, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework import panels
from casework.destinations import Destination
from casework.models import Case, Meeting, Referral
from casework.pages.meeting import tag_of as tag_of_meeting
from casework.states import ReferralState
from enterprises.models import Claim, Document, Enterprise, Person, PhoneChange
from enterprises.open_items import of_person, of_registration
from enterprises.pages.wrong import fields_of
from formalisation.models import Registration, RegistrationKind
from journal.open_items import GIVEN, MOST, as_dicts, union
from kit import words
from kit.given import Given, Text, kept
from kit.paging import page
from loans.conditions import standings
from loans.models import Application, Loan, Product
from loans.pages.loan import tag_of
from loans.pages.precheck import of_case
from loans.pages.referral import No, no_of
from loans.schedule import days_late
from places.calendar import LENDING, Calendar, on_time_until
from portal.pages import papers
from training.models import Course, Enrolment
from training.pages.runs import said
from training.states import RunState

CALLED_WRONG = "enterprises.called_wrong"
ASKED_OF_PERSON = {"enterprises.phone_facts", "enterprises.consent_lapsed"}
# What an item's page asks of its reader, about the record that it is of; others are pages of the business itself.
OPENED_BY: dict[str, tuple[type[Model], str]] = {
    "enterprises.claim": (Claim, "enterprises.view_claim"),
    "enterprises.card_lost": (Person, "enterprises.add_card"),
    "enterprises.card_back": (Person, "enterprises.add_card"),
    "enterprises.phone_change": (PhoneChange, "enterprises.view_phone_change"),
    "enterprises.phone_facts": (Person, "enterprises.keep_phone"),
    "enterprises.called_wrong": (Enterprise, "enterprises.correct_enterprise"),
}
Shown = tuple[str, dict[str, Any]] | None


# What is kept of the queries: see `kit.given.kept`.
ENTERPRISE_ID = Given("enterprise_id", BigIntegerField())


def last_meetings() -> QuerySet:
    return Meeting.objects.of_given_case().order_by("-starts_at", "-id")[:3]


def last_enrolments() -> QuerySet:
    rows = Enrolment.objects.filter(enterprise_id=ENTERPRISE_ID).select_related("run__course", "certificate")
    return rows.order_by("-asked_at")[:5]


def newest_loan() -> QuerySet:
    return Loan.objects.filter(enterprise_id=ENTERPRISE_ID).order_by("-disbursed_on")[:1]


def newest_applications() -> QuerySet:
    """The newest, with all that either of the panels says of it."""
    applied = Application.objects.filter(enterprise_id=ENTERPRISE_ID).order_by("-received_at", "-id")
    return applied.select_related("branch", "product", "refusal", "person")[:1]


def newest_to_lender() -> QuerySet:
    return Referral.objects.of_given_case().filter(to=Referral.To.LENDER).order_by("-pk")[:1]


def last_registrations() -> QuerySet:
    return Registration.objects.filter(enterprise_id=ENTERPRISE_ID).for_list()[:5]


def meetings(_request: HttpRequest, case: Case) -> Shown:
    """The appointment that is kept for the client, and what became of the last ones."""
    rows = kept(last_meetings).ask({"case_id": case.pk}, case=case)
    shown = [{"meeting": meeting, "tag": tag_of_meeting(meeting)} for meeting in rows]
    return ("portal/_case_meetings.html", {"meetings": shown}) if shown else None


def documents(request: HttpRequest, case: Case) -> Shown:
    """Papers that are here and those that are still missing, and the way to the passport."""
    context = {
        "papers": papers.gather(case.enterprise, user=request.user, on=timezone.localdate()),
        "enterprise_id": case.enterprise_id,
        "may_keep": request.user.has_perm("enterprises.keep_document", Document(enterprise=case.enterprise)),
    }
    return "portal/_case_documents.html", context


def registration(request: HttpRequest, case: Case, *, kinds: Mapping[str, Any]) -> Shown:
    """What waits of their registration, by day, each with the page where it is done, if the reader may go there.

    What is the person's stands on one of their businesses, and is seen from each that the same advisor has.
    """
    today = timezone.localdate()
    items = said_once(waiting_of(case, on=today), enterprise_id=case.enterprise_id)
    fields = fields_of([case.enterprise_id]) if any(item["kind"] == CALLED_WRONG for item in items) else {}
    opened, steps = opened_to(request.user, items), []
    for item in items:
        kind = kinds[item["kind"]]
        due = words.plain(words.due_in(item["due_on"], today))
        wrong = fields.get(item["target_id"]) if item["kind"] == CALLED_WRONG else None
        may_open = (item["kind"], item["target_id"]) in opened
        steps.append(
            {
                "label": kind.label,
                "note": _("{what}: {which}").format(what=due, which=wrong) if wrong else due,
                "state": "todo",
                "url": reverse(kind.url_name, args=[item["target_id"]]) if may_open else "",
            }
        )
    return ("portal/_case_registration.html", {"steps": steps}) if steps else None


def waiting_of(case: Case, *, on: date) -> list[dict[str, Any]]:
    """What waits of the registration of this business, and of its person where the same advisor has another one."""
    about = {"enterprise_ids": [case.enterprise_id], "today": on, "now": timezone.now()}
    of_case = {"case_id": case.pk, "person_id": case.person_id, "advisor_id": case.advisor_id}
    return as_dicts(registering().rows(about | of_case))


@cache
def registering() -> Text:
    here = replace(GIVEN, user_id=None, office_ids=frozenset())
    case, person, advisor = (Given(name, BigIntegerField()) for name in ("case_id", "person_id", "advisor_id"))
    others = Case.objects.open().filter(person_id=person, advisor_id=advisor).exclude(pk=case)
    beside = replace(here, enterprise_ids=others.values("enterprise_id"))
    return Text.of(union([*of_registration(here), *of_person(person, beside)], limit=MOST))


def said_once(found: Sequence[dict[str, Any]], *, enterprise_id: int) -> list[dict[str, Any]]:
    """What is asked of a person stands at each of their businesses; beside this one it is said once."""
    here = {item["kind"] for item in found if item["enterprise_id"] == enterprise_id} & ASKED_OF_PERSON
    return [item for item in found if item["enterprise_id"] == enterprise_id or item["kind"] not in here]


def opened_to(user: User, items: Sequence[Mapping[str, Any]]) -> set[tuple[str, int]]:
    """Of which items, by kind and target, the user may open the page: the case may be in sight where those are not."""
    opened = {(item["kind"], item["target_id"]) for item in items if item["kind"] not in OPENED_BY}
    for model in {model for model, _needs in OPENED_BY.values()}:
        asked = [item for item in items if OPENED_BY.get(item["kind"], (None,))[0] is model]
        rows = model._default_manager.in_bulk([item["target_id"] for item in asked]) if asked else {}
        for item in asked:
            if user.has_perm(OPENED_BY[item["kind"]][1], rows[item["target_id"]]):
                opened.add((item["kind"], item["target_id"]))
    return opened


def training(request: HttpRequest, case: Case) -> Shown:
    """Courses that the client joined, and the way to the next one."""
    enrolments = kept(last_enrolments).ask({"enterprise_id": case.enterprise_id})
    context = {
        "enrolments": [(enrolment, said(enrolment)) for enrolment in enrolments],
        "enterprise_id": case.enterprise_id,
        "may_enrol": request.user.has_perm("training.enrol_enterprise", case.enterprise),
    }
    return "portal/_case_training.html", context


def loan(request: HttpRequest, case: Case) -> Shown:
    """Where the loan stands, in words; what was lent and what is left."""
    application = newest_application(case)
    if application is None:
        return None
    given = next(iter(kept(newest_loan).ask({"enterprise_id": case.enterprise_id})), None)
    today = timezone.localdate()
    # Of a loan that rests nobody asks for anything.
    is_asked = given is not None and given.next_due_on is not None and not given.is_frozen
    due = due_of(given, on=today, reader=request.user) if is_asked else None
    shown = {"application": application, "standing": standings([application])[application.pk]}
    return "portal/_case_loan.html", shown | {"loan": given, "due": due, "today": today}


def cards(request: HttpRequest) -> Shown:
    """Applicants of approved loans whose card an advisor has still to see."""
    waiting = Application.objects.visible_to(request.user).awaiting_disbursement().lacking_card()
    rows = waiting.for_list().select_related("enterprise__district")
    found = page(rows, order=("due_on", "id"), after=request.GET.get("loans"))
    return ("portal/_cards_of_loans.html", {"page": found}) if found.rows else None


def courses() -> list[tuple[Destination, bool]]:
    return [(named(course), course.is_open) for course in Course.objects.all()]


def registration_kinds() -> list[tuple[Destination, bool]]:
    return [(named(kind), kind.is_open) for kind in RegistrationKind.objects.all()]


def named(row: Course | RegistrationKind) -> Destination:
    return Destination(row.code, row.name, row.name_ur)


def seats_of(case: Case) -> dict[str, str]:
    """Courses on whose list they stand, or in which they have a seat, by code."""
    rows = Enrolment.objects.live().filter(person=case.person_id, run__state=RunState.PLANNED)
    return {row.run.course.code: since(said(row), row.run.starts_on) for row in rows.select_related("run__course")}


def registrations_of(case: Case) -> dict[str, str]:
    rows = Registration.objects.filter(enterprise=case.enterprise_id).select_related("kind")
    return {row.kind.code: since(_("On file"), row.obtained_on) for row in rows}


def since(text: str, day: date) -> str:
    return _("{text}, {day}").format(text=text, day=words.plain(words.day_plain(day)))


def most_lent() -> int | None:
    """The largest amount of any loan on offer."""
    offered = Product.objects.filter(is_open=True, partner__is_open=True)
    most: int | None = offered.aggregate(most=Max("max_amount"))["most"]
    return most


def is_lent_to(person_id: int) -> bool:
    """A loan of theirs is applied for, or runs."""
    asked = Application.objects.open().filter(person=person_id)
    return asked.exists() or Loan.objects.filter(person=person_id, ended_on__isnull=True).exists()


def vouches(person_id: int) -> bool:
    """They are a guarantor of somebody whose loan is applied for, or runs."""
    vouched = Application.objects.filter(guarantors__person=person_id)
    loans = Loan.objects.filter(application__in=vouched.values("pk"), ended_on__isnull=True)
    return vouched.open().exists() or loans.exists()


def refusal(_request: HttpRequest, case: Case) -> Shown:
    """Why the lender said no to the client's newest referral or application, and when to ask again."""
    if (no := declined_of(case)) is not None:
        return "portal/_case_declined.html", {"no": no}
    application = newest_application(case)
    if application is None or application.refusal is None:
        return None
    return "portal/_case_refusal.html", {"application": application}


def precheck(request: HttpRequest, case: Case) -> Shown:
    """What the lender would ask of the plan's loan; a reason is asked where it would be refused."""
    check = of_case(case, reader=request.user, on=timezone.localdate())  # type: ignore[arg-type]
    if check is None:
        return None
    return "portal/_referral_check.html", {"check": check, panels.REASON: check.is_reason_asked}


def newest_application(case: Case) -> Application | None:
    return next(iter(kept(newest_applications).ask({"enterprise_id": case.enterprise_id})), None)


def declined(_request: HttpRequest, case: Case) -> Shown:
    """Why the client's newest referral came back, with what to do."""
    no = declined_of(case)
    return None if no is None else ("portal/_case_declined.html", {"no": no})


def declined_of(case: Case) -> No | None:
    newest = next(iter(kept(newest_to_lender).ask({"case_id": case.pk}, case=case)), None)
    return no_of(newest) if newest is not None and newest.state == ReferralState.DECLINED else None


def due_of(loan: Loan, *, on: date, reader: User) -> dict[str, Any]:
    """What is due next, by when, and how late it is: with what fell due before, where that is not paid."""
    calendar = Calendar.load(LENDING)
    late = days_late(loan.next_due_on, on=on, cutoff=calendar.last_before(on))
    return {
        "amount": loan.due_by(max(on, loan.next_due_on)),
        "until": on_time_until(loan.next_due_on, calendar=calendar),
        "late": tag_of(loan, late, user=reader) if late else None,
    }


def formalisation(request: HttpRequest, case: Case) -> Shown:
    """Registrations on file, and the way to record one."""
    context = {
        "registrations": kept(last_registrations).ask({"enterprise_id": case.enterprise_id}),
        "enterprise_id": case.enterprise_id,
        "may_record": request.user.has_perm("formalisation.record_registration", case.enterprise),
    }
    return "portal/_case_formalisation.html", context
