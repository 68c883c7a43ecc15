"""The kinds of messages together: named, quiet at night, and short enough to arrive whole."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from accounts.roles import Role
from casework.actions import plans
from casework.models import StepKind
from enterprises.models import DocumentKind, Person
from messaging.texts import most_parts, parts
from portal.message_kinds import KINDS, TITLES, TO_COLLEAGUES
from portal.sample.courses import where
from portal.sample.organisation import TOWNS
from tests.factories.accounts import colleague
from tests.factories.casework import (
    AcceptedTransferFactory,
    CaseFactory,
    MeetingFactory,
    SentWritingFactory,
    StepFactory,
)
from tests.factories.enterprises import (
    ApprovedChangeFactory,
    CardReleaseFactory,
    ClaimFactory,
    DraftFactory,
    NameCorrectionFactory,
    OwnershipFactory,
    PersonFactory,
    district,
)
from tests.factories.grievances import RepliedGrievanceFactory
from tests.factories.loans import lender
from tests.factories.outcomes import FollowUpFactory, ToldFollowUpFactory
from tests.factories.papers import DocumentRequestFactory
from tests.factories.training import CertificateFactory, CourseFactory, CourseRunFactory, SeatedFactory, SittingFactory
from tests.loans.test_messages import everything as of_loans

TEN_O_CLOCK = datetime(2099, 10, 30, 10, tzinfo=timezone.get_default_timezone())
CATALOGUE = Path(settings.BASE_DIR) / "training" / "data" / "courses.csv"


def longest(rows):
    """The longest name in either language, as if one thing had both."""
    rows = list(rows)
    return {name: max((row[name] for row in rows), key=len) for name in rows[0]}


def seat():
    """On the course of the longest name, at the place of the longest one."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        names = longest({name: row[name] for name in ("name", "name_ur")} for row in csv.DictReader(file))
    place = longest(where(town, {}) for town in TOWNS)
    enrolment = SeatedFactory(run=CourseRunFactory(course=CourseFactory(**names), **place))
    SittingFactory(run=enrolment.run, number=1, starts_at=TEN_O_CLOCK)
    CertificateFactory(enrolment=enrolment)
    return enrolment


def targets():
    """Each kind's name, and what it is said about."""
    change, enrolment = ApprovedChangeFactory(), seat()
    steps = sorted(StepKind.objects.all(), key=lambda kind: len(kind.name_ur))
    papers = sorted(DocumentKind.objects.all(), key=lambda kind: len(kind.name_ur))
    yield (
        "enterprises.registered",
        DraftFactory(state="done", reference="MUL-482799999", district=district(), phone="+923000001234"),
    )
    called = CaseFactory(enterprise__reference="MUL-482799999", first_contact_due_on=timezone.localdate())
    yield "enterprises.registered_for_you", called.enterprise
    yield "enterprises.way_in", PersonFactory()
    yield "enterprises.rival", ClaimFactory()
    yield from ((f"enterprises.card_{what}", CardReleaseFactory()) for what in ("released", "taken_back", "returned"))
    yield from ((f"enterprises.phone_{what}", change) for what in ("left", "kept"))
    yield "enterprises.name_corrected", NameCorrectionFactory()
    owned = OwnershipFactory(enterprise__reference="MUL-482799997", is_contact=False)
    yield from ((f"enterprises.owner_{what}", owned) for what in ("added", "beside", "ended", "left"))
    yield "enterprises.document_asked", DocumentRequestFactory(kind=papers[-1])
    yield "casework.first_contact_overdue", CaseFactory(enterprise__reference="MUL-482799998")
    yield "casework.handed_over", CaseFactory()
    yield "casework.closed", CaseFactory()
    yield "casework.reopened", CaseFactory()
    yield "casework.advisor_wrote", SentWritingFactory()
    late = CaseFactory(first_contact_due_on=date(2026, 11, 2))
    yield "portal.late_in_team", colleague(Role.REGIONAL_MANAGER, office=late.office)
    yield "portal.cases_moved", AcceptedTransferFactory(decided_by=colleague(Role.REGIONAL_MANAGER)).to_advisor
    yield "casework.plan_agreed", StepFactory(kind=steps[-1]).case
    moved = StepFactory(kind=steps[-1])
    plans.re_date(step=moved, by=moved.case.advisor, version=0, due_on=date(2026, 12, 30), because="The shop was shut.")
    yield "casework.plan_changed", moved.case
    complaint = RepliedGrievanceFactory(phone="+923001234567", number=100_001, due_on=TEN_O_CLOCK.date())
    yield from ((f"casework.grievance_{what}", complaint) for what in ("received", "replied"))
    yield from ((f"casework.meeting_{what}", MeetingFactory()) for what in ("set", "tomorrow", "cancelled"))
    yield "casework.outcome_asked", FollowUpFactory()
    yield "casework.outcome_reminder", FollowUpFactory()
    yield "casework.outcome_told", ToldFollowUpFactory()
    yield from ((kind.name, enrolment) for kind in KINDS if kind.name.startswith("training."))
    yield from of_loans(lender())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ur"])
def test_every_text_about_the_longest_names_of_the_sample_arrives_whole(language):
    """One part in English, two in Urdu; no course or place is cut, and who has no page is sent to none."""
    kinds = {kind.name: kind for kind in KINDS}
    about = list(targets())
    said = [
        (name, text)
        for name, target in about
        for text in (kinds[name].render(target, language), kinds[name].discreet(target, language))
    ]
    run = next(target.run for name, target in about if name == "training.enrolled")
    with override(language):
        course, place = run.course.label, run.where

    Person.objects.update(cnic=None, cnic_standing="none")
    fresh = [(name, type(target).objects.get(pk=target.pk)) for name, target in about]
    without_page = [
        (name, text)
        for name, target in fresh
        for text in (kinds[name].render(target, language), kinds[name].discreet(target, language))
    ]

    assert {name for name, _target in about} == set(kinds)
    assert [(name, text) for name, text in said + without_page if parts(text) > most_parts(language)] == []
    assert [(name, text) for name, text in without_page if {"en": " page", "ur": "صفح"}[language] in text] == []
    assert {name for name, text in said if course in text} == {name for name in kinds if name.startswith("training.")}
    assert sum(place in text for _name, text in said) == 6


def test_every_kind_of_message_to_an_entrepreneur_has_a_name():
    assert {kind.name for kind in KINDS} - TO_COLLEAGUES == set(TITLES)


def test_only_answers_to_an_act_of_this_minute_are_sent_at_night():
    assert {kind.name for kind in KINDS if kind.is_prompt} == {
        "enterprises.phone_kept",
        "enterprises.phone_left",
        "enterprises.registered",
        "enterprises.way_in",
        "casework.grievance_received",
        "training.enrolled",
        "loans.decision",
        "loans.disbursed",
        "loans.receipt",
        "loans.receipt_reversed",
        "loans.given_back",
    }


def test_nothing_that_a_clock_causes_is_sent_at_night():
    assert [kind.name for kind in KINDS if kind.due and (kind.is_prompt or kind.urgent)] == []
