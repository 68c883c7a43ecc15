"""The two faces of sight say the same, for every role, relation and state: `visible_to` and the permission to view."""

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import LENDER_ROLES, Role
from casework.models import (
    Barrier,
    BarrierReport,
    BusinessPlan,
    Call,
    CallBack,
    Case,
    Contact,
    Enquiry,
    Flag,
    FollowUp,
    Grievance,
    HealthCheck,
    HelpdeskEvent,
    Introduction,
    Measure,
    Meeting,
    Note,
    PlanReview,
    Referral,
    Step,
    Transfer,
    Writing,
)
from casework.rules import is_complained_of
from casework.states import ReferralState
from enterprises.models import Grant
from tests.factories.accounts import AppointmentFactory, EntrepreneurUserFactory, UserFactory, colleague
from tests.factories.barriers import BarrierReportFactory
from tests.factories.call_backs import CALL_BACKS
from tests.factories.casework import (
    CASES,
    FLAGS,
    INTRODUCTIONS,
    PLAN_REVIEWS,
    PLANS,
    REFERRALS,
    TRANSFERS,
    WRITINGS,
    CalledFactory,
    CallFactory,
    ContactFactory,
    EnquiryFactory,
    HelpdeskEventFactory,
    MeetingFactory,
    NoteFactory,
    StepFactory,
    TransferFactory,
    branch,
    smeda_office,
)
from tests.factories.enterprises import GrantFactory, district, system
from tests.factories.grievances import GrievanceFactory, category, head_office, programme_manager
from tests.factories.health import DoneHealthCheckFactory, HealthCheckFactory
from tests.factories.outcomes import FollowUpFactory, MeasureFactory

pytestmark = pytest.mark.django_db

MODELS = {
    Case: "casework.view_case",
    Contact: "casework.view_contact",
    Call: "casework.view_call",
    Note: "casework.view_note",
    Step: "casework.view_plan",
    Meeting: "casework.view_meeting",
    HealthCheck: "casework.view_health_check",
    Barrier: "casework.view_barrier",
    BarrierReport: "casework.view_barrier_report",
    FollowUp: "casework.view_follow_up",
    Measure: "casework.view_measure",
    BusinessPlan: "casework.view_business_plan",
    Referral: "casework.view_referral",
    Enquiry: "casework.view_enquiry",
    Grievance: "casework.view_grievance",
    HelpdeskEvent: "casework.view_helpdesk_event",
    Transfer: "casework.view_transfer",
    Flag: "casework.view_flag",
    CallBack: "casework.view_call_back",
    PlanReview: "casework.view_plan_review",
    Introduction: "casework.view_introduction",
    Writing: "casework.view_writing",
}


def everything():
    """Rows of every model in every state; the referrals, whose branches differ, in one district and another."""
    for made in CASES.values():
        case = made()
        ContactFactory(case=case)
        ContactFactory(case=case, **taken_out(case))
        CallFactory(case=case)
        MeetingFactory(case=case)
        HealthCheckFactory(case=case)
        DoneHealthCheckFactory(case=case)
        FollowUpFactory(case=case)
        BarrierReportFactory(case=case)
        MeasureFactory(case=case)
        NoteFactory(case=case, is_shared=True)
        NoteFactory(case=case, is_shared=False)
        NoteFactory(case=case, is_shared=True, removed_at=timezone.now(), removed_by=case.advisor)
        StepFactory(case=case)
    for made in (
        *PLANS.values(),
        *TRANSFERS.values(),
        *FLAGS.values(),
        *INTRODUCTIONS.values(),
        *PLAN_REVIEWS.values(),
        *WRITINGS.values(),
        *CALL_BACKS.values(),
    ):
        made()
    TransferFactory(to_office=smeda_office(), to_advisor=None, case__enterprise__district=district("lahore"))
    for made in REFERRALS.values():
        made()
    elsewhere = CalledFactory(enterprise__district=district("lahore"), office=smeda_office("lahore"))
    NoteFactory(case=elsewhere)
    EnquiryFactory()
    for made in (HelpdeskEventFactory, EnquiryFactory):
        made(district=district("lahore"), office=smeda_office("khanewal"))
    EnquiryFactory(district=district("lahore"))
    gone = EnquiryFactory()
    Enquiry.objects.filter(pk=gone.pk).update(
        removed_at=timezone.now(), removed_by=gone.by, removed_because="Typed twice."
    )
    # Answered in Multan for somebody in Lahore, and the other way round.
    EnquiryFactory(office=smeda_office("lahore"))
    complaints()


def taken_out(case):
    return {"removed_at": timezone.now(), "removed_by": case.advisor, "removed_because": "Typed twice."}


def complaints():
    """Of either weight, about an office, a colleague, or nobody in particular; owned here, elsewhere and by nobody."""
    here, manager = smeda_office(), colleague(Role.REGIONAL_MANAGER)
    for kind in ("delay", "money"):
        for about in ({}, {"about_office": here}, {"about_user": programme_manager()}):
            GrievanceFactory(category=category(kind), office=here, **about)
        GrievanceFactory(category=category(kind), owner=None, office=head_office())
        GrievanceFactory(category=category(kind), about_office=manager.appointments.get().office)
    GrievanceFactory(complainant=owner().person)


def granted(role, *, to_user=False):
    """Somebody of the role from elsewhere, whom grants let see every enterprise that has a referral or a plan."""
    user = colleague(role, office=branch("lahore") if role in LENDER_ROLES else smeda_office("lahore"))
    office = user.appointments.get().office
    for case in Case.objects.exclude(business_plans=None):
        given = {"user": user} if to_user else {"office": office}
        GrantFactory(enterprise=case.enterprise, purpose=Grant.Purpose.APPLICATION, **given)
    return user


def referred_to(state):
    return lambda: colleague(Role.LOAN_OFFICER, office=Referral.objects.get(state=state).to_office)


def stands_in():
    """The advisor of an office far away to whom a case was given, with sight of it by the office's grant."""
    user = colleague(Role.ADVISOR, office=smeda_office("lahore"))
    case = Case.objects.filter(state="contacted").first()
    Case.objects.filter(pk=case.pk).update(advisor=user)
    GrantFactory(enterprise=case.enterprise, office=user.appointments.get().office, purpose=Grant.Purpose.CASE)
    return user


def moved_away():
    """An advisor who still has the case, at an office that does not see it."""
    user = colleague(Role.ADVISOR, office=smeda_office("lahore"))
    Case.objects.filter(state="new").update(advisor=user)
    return user


def owner():
    return Case.objects.get(business_plans__state="approved", referrals=None).person.user


def owner_of_a_complaint():
    return Grievance.objects.filter(category__code="money", about_office=None).exclude(owner=None).first().owner


def complained_of():
    return Grievance.objects.exclude(about_user=None).first().about_user


def manager_of_the_office_complained_of():
    return colleague(Role.REGIONAL_MANAGER, office=Grievance.objects.exclude(about_office=None).last().about_office)


VIEWERS = {
    "who owns a complaint": owner_of_a_complaint,
    "who is complained of": complained_of,
    "the manager of the office complained of": manager_of_the_office_complained_of,
    "the programme's manager at the head office": programme_manager,
    "the portal itself": system,
    "an owner": owner,
    "somebody else's entrepreneur": EntrepreneurUserFactory,
    "a colleague without a post": UserFactory,
    "an advisor who stands in": stands_in,
    "an advisor who moved away": moved_away,
    "a trainer with a grant": lambda: granted(Role.TRAINER, to_user=True),
    "an advisor with a grant": lambda: granted(Role.ADVISOR),
    "a trainer who is an advisor elsewhere": lambda: (
        AppointmentFactory(role=Role.ADVISOR, office=smeda_office("lahore"), user=granted(Role.TRAINER)).user
    ),
    **{f"a {role} at the branch, {state}": referred_to(state) for role in ["loan_officer"] for state in ReferralState},
    **{f"a {role} with a grant": lambda role=role: granted(role) for role in LENDER_ROLES},
    **{f"a {role} of the district": lambda role=role: colleague(role, office=smeda_office()) for role in Role.values},
    **{f"a {role} elsewhere": lambda role=role: colleague(role, office=smeda_office("lahore")) for role in Role.values},
}


def test_what_the_list_shows_is_what_the_permission_lets_view():
    everything()

    assert {name: disputed(viewer) for name, viewer in VIEWERS.items()} == dict.fromkeys(VIEWERS, frozenset())


def disputed(viewer):
    """The rows of which one face says that the viewer sees them, and the other that they do not."""
    with transaction.atomic():
        user = User.objects.get(pk=viewer().pk)
        found = set()
        for model, permission in MODELS.items():
            listed = set(model.objects.visible_to(user))
            found |= listed ^ {row for row in model.objects.all() if user.has_perm(permission, row)}
        transaction.set_rollback(True)
    return found


def seen(user):
    """What of one case the user sees: states of its plans, whether its notes are shared, and how many of the rest."""
    return {
        "cases": Case.objects.visible_to(user).count(),
        "contacts": Contact.objects.visible_to(user).count(),
        "notes": sorted(Note.objects.visible_to(user).values_list("is_shared", flat=True)),
        "plans": sorted(BusinessPlan.objects.visible_to(user).values_list("state", flat=True)),
        "referrals": Referral.objects.visible_to(user).count(),
        "steps": Step.objects.visible_to(user).count(),
    }


@pytest.fixture
def one_case():
    """A referred case with a note of each kind, an approved plan and a draft."""
    referral = REFERRALS[ReferralState.SENT]()
    case = referral.case
    ContactFactory(case=case)
    NoteFactory(case=case, is_shared=True)
    NoteFactory(case=case, is_shared=False)
    StepFactory(case=case)
    PLANS["draft"](case=case, number=2)
    return referral


def test_the_advisor_sees_all_of_it(one_case):
    assert seen(one_case.case.advisor) == {
        "cases": 1,
        "contacts": 1,
        "notes": [False, True],
        "plans": ["approved", "draft"],
        "referrals": 1,
        "steps": 1,
    }


def test_the_entrepreneur_sees_neither_internal_notes_nor_drafts(one_case):
    assert seen(one_case.case.person.user) == {
        "cases": 1,
        "contacts": 1,
        "notes": [True],
        "plans": ["approved"],
        "referrals": 1,
        "steps": 1,
    }


def test_the_lender_sees_the_approved_plan_and_nothing_that_was_said(one_case):
    officer = colleague(Role.LOAN_OFFICER, office=one_case.to_office)

    assert seen(officer) == {
        "cases": 1,
        "contacts": 0,
        "notes": [],
        "plans": ["approved"],
        "referrals": 1,
        "steps": 1,
    }


def test_a_stranger_sees_nothing(one_case):
    assert seen(colleague(Role.ADVISOR, office=smeda_office("lahore"))) == {
        "cases": 0,
        "contacts": 0,
        "notes": [],
        "plans": [],
        "referrals": 0,
        "steps": 0,
    }


def test_of_no_complaint_nobody_is_complained_of():
    assert is_complained_of(colleague(Role.ADVISOR), None) is False
