"""Joining two records of one person (R7, R10): everything is found once, and one click brings back both."""

import datetime as dt

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from accounts.roles import Role
from casework.models import BusinessPlan, Call, Case, HealthCheck, Questionnaire
from enterprises.actions import consents, merge_plans
from enterprises.actions.people import living
from enterprises.models import Consent, Enterprise, Grant, Ownership, Person, Sector
from enterprises.relations import ENTERPRISE, PERSON
from formalisation.models import Registration, RegistrationKind
from journal.models import Event
from journal.moves import EditConflict
from loans.models import Loan
from messaging.models import Message
from tests.enterprises.joining import business, fresh, join, record, refused, undo
from tests.factories import casework as cases
from tests.factories import enterprises as people
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.enterprises import district, system
from tests.factories.loans import ApplicationFactory, GuarantorFactory, LoanFactory
from tests.factories.papers import DocumentFactory, DocumentRequestFactory, PassportFactory
from tests.factories.training import EnrolmentFactory

pytestmark = pytest.mark.django_db


# What goes over


def test_everything_of_the_second_record_hangs_on_the_first_and_it_leads_there(manager):
    kept, gone = record(), record()
    sent = cases.ReferralFactory(case=gone.cases.get())
    sold = business(gone)

    made = join(kept, gone, by=manager)

    assert fresh(gone).merged_into == kept
    assert living(fresh(gone)) == kept
    assert [merge_plans.enterprises_of(person) for person in (fresh(kept), fresh(gone))] == [
        [*Enterprise.objects.filter(ownerships__person=kept).order_by("registered_at", "pk")],
        [],
    ]
    assert {sold, *merge_plans.enterprises_of(kept)} == set(merge_plans.enterprises_of(kept))
    assert fresh(sent.case).person == kept
    assert fresh(made).pairs == {
        PERSON: [[kept.pk, gone.pk]],
        ENTERPRISE: [],
        "enterprises.Grant": [],
        "casework.Case": [],
    }


def test_what_the_kept_record_lacks_it_takes_over_and_nothing_else(manager):
    kept = record(phone="", parent_name="", birth_year=1980, loans_may_be_named=True)
    gone = record(
        phone="+923001234567", phone_owner="child", loans_may_be_named=False, parent_name="Allah Ditta",
        parent_relation="father", birth_year=1990,
    )  # fmt: skip
    for field in ("phone", "birth_year"):
        people.StatementFactory(person=gone, field=field)

    join(kept, gone, by=manager)

    found = fresh(kept)
    assert (found.phone, found.phone_owner, found.loans_may_be_named, found.parent_name, found.birth_year) == (
        "+923001234567", "child", False, "Allah Ditta", 1980,
    )  # fmt: skip
    assert [list(person.statements.values_list("field", flat=True)) for person in (kept, gone)] == [
        ["phone"],
        ["birth_year"],
    ]


BARE = {"name": "", "stage": "idea", "sector": None}
TOLD = {
    "name": "Nasreen Stitching House", "stage": "running", "started_on": dt.date(2024, 3, 1), "help_wanted": ["loan"],
    "what": "Uniforms", "place": "Shah Rukn-e-Alam", "sales": 900, "sales_per": "day", "workers": 3, "women": 2,
    "premises": "home", "legal_form": "sole", "area": "urban",
}  # fmt: skip


@pytest.mark.parametrize(("mine", "is_bare"), [(BARE, True), ({"name": "Other", "help_wanted": ["course"]}, False)])
def test_a_business_takes_over_every_fact_that_it_lacks_and_gives_it_back(manager, mine, is_bare):
    """R7: an idea of which the other record says since when it runs is none any more."""
    told = TOLD | {"sector": Sector.objects.get(code="tailoring").pk}
    kept, gone = record(), record()
    enterprise = business(kept)
    Enterprise.objects.filter(pk=enterprise.pk).update(**mine)
    Enterprise.objects.filter(pk=business(gone).pk).update(**told)
    people.StatementFactory(person=None, enterprise=business(gone), field="help_wanted")
    before = Enterprise.objects.values(*told).get(pk=enterprise.pk)

    made = join(kept, gone, by=manager, same=True)
    between = Enterprise.objects.values(*told).get(pk=enterprise.pk)
    stated = enterprise.statements.count()
    undo(made, by=manager)

    own = {} if is_bare else mine | {"sector": before["sector"]}
    assert (between, stated) == (told | own, 1 if is_bare else 0)
    assert Enterprise.objects.values(*told).get(pk=enterprise.pk) == before


def unfilled(label, fills):
    """The fields of a record that may be empty, and that a merge neither fills nor says why not."""
    model = apps.get_model(label)
    may_be_empty = {
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key
        and (field.null or field.blank or (field.has_default() and field.get_default() in merge_plans.EMPTY))
    }
    return sorted(may_be_empty - {name for group in fills for name in group} - set(merge_plans.NOT_FILLED[label]))


@pytest.mark.parametrize("label", [PERSON, ENTERPRISE])
def test_no_fact_that_may_be_empty_is_forgotten_by_a_merge(label):
    """R7, and the control: with the first of the groups less, its field is named."""
    first, *others = merge_plans.FILLS[label]

    assert unfilled(label, merge_plans.FILLS[label]) == []
    assert first[0] in unfilled(label, others)


def test_a_lead_that_is_joined_with_a_client_is_a_client(manager):
    kept, gone = record(), record()
    Enterprise.objects.filter(pk=business(kept).pk).update(client_since=None)
    since = business(gone).client_since

    join(kept, gone, by=manager, same=True)

    assert business(fresh(kept)).client_since == since


def test_businesses_that_are_one_are_joined_with_their_cases(manager):
    kept, gone = record(case=cases.PlannedFactory), record()
    first, second = kept.cases.get(), gone.cases.get()
    contact, note = cases.ContactFactory(case=second), cases.NoteFactory(case=second)
    plan = cases.ApprovedPlanFactory(case=second)
    cases.ApprovedPlanFactory(case=first)
    kind = cases.StepKindFactory()
    mine, theirs = cases.StepFactory(case=first, kind=kind), cases.StepFactory(case=second, kind=kind)
    other = cases.StepFactory(case=second)

    join(kept, gone, by=manager, same=True)

    assert (fresh(second).state, fresh(second).outcome, fresh(first).state) == ("closed", "merged", "planned")
    assert [fresh(row).case for row in (contact, note, plan, theirs, other)] == [first] * 5
    assert [fresh(step).closed_at is None for step in (mine, theirs, other)] == [True, False, True]
    assert (fresh(theirs).is_dropped, fresh(theirs).is_done) == (True, False)
    assert list(BusinessPlan.objects.filter(case=first).order_by("pk").values_list("number", flat=True)) == [2, 1]
    assert fresh(business(fresh(kept))).merged_from.get().case == second


@pytest.mark.parametrize(("reads", "said"), [("en", "Two records are one now"), ("ur", "دو ریکارڈ ایک ہو گئے")])
def test_the_client_reads_in_their_own_language_why_the_second_of_two_steps_is_dropped(reads, said, manager):
    kept, gone = record(case=cases.PlannedFactory), record()
    Person.objects.update(language=reads)
    kind = cases.StepKindFactory()
    _mine, theirs = (cases.StepFactory(case=one.cases.get(), kind=kind) for one in (kept, gone))

    with translation.override("en" if reads == "ur" else "ur"):
        join(fresh(kept), fresh(gone), by=manager, same=True)

    assert fresh(theirs).dropped_because.startswith(said)


def test_of_two_cases_the_one_that_is_further_on_goes_on_whichever_person_is_kept(manager):
    kept, gone = record(), record(case=cases.PlannedFactory)
    further = business(gone)

    join(kept, gone, by=manager, same=True)

    assert merge_plans.enterprises_of(fresh(kept)) == [further]
    assert further.case.state == "planned"


def test_a_business_without_a_case_takes_over_that_of_the_other(manager):
    kept, gone = record(), record()
    Case.objects.filter(person=kept).delete()
    case = gone.cases.get()

    join(kept, gone, by=manager, same=True)

    assert fresh(case).enterprise == business(fresh(kept))


def test_of_two_that_wait_for_the_same_one_is_ended_and_history_is_whole(manager):
    kept, gone = record(), record()
    kind = DocumentRequestFactory(person=kept, enterprise=business(kept)).kind
    second = DocumentRequestFactory(person=gone, enterprise=business(gone), kind=kind)
    for person in (kept, gone):
        people.AddressFactory(person=person)

    join(kept, gone, by=manager, same=True)

    assert (fresh(second).enterprise, fresh(second).person) == (business(fresh(kept)), kept)
    assert fresh(second).closed_at is not None
    assert sorted(row.until_at is None for row in kept.addresses.all()) == [False, True]


def test_a_call_that_waits_twice_is_made_once(manager):
    kept, gone = record(), record()
    for person in (kept, gone):
        cases.CallFactory(case=person.cases.get(), kind="loans.receipt")

    join(kept, gone, by=manager, same=True)

    assert [call.case for call in Call.objects.waiting().exclude(case__outcome="merged")] == [
        kept.cases.get(outcome="")
    ]


def test_sight_that_both_give_is_given_once_and_what_rests_on_it_goes_on(manager):
    kept, gone = record(), record()
    trainer = colleague(Role.TRAINER)
    places = [EnrolmentFactory(run__trainer=trainer, enterprise=business(one), person=one) for one in (kept, gone)]

    join(kept, gone, by=manager, same=True)

    live = Grant.objects.filter(until_at__isnull=True, user=trainer)
    assert [(fresh(place).grant, fresh(place).enterprise) for place in places] == [
        (live.get(), business(fresh(kept)))
    ] * 2


def test_partners_of_the_second_business_are_owners_of_the_first_but_not_who_is_called(manager):
    kept, gone = record(), record()
    partner = people.OwnershipFactory(enterprise=business(gone), is_contact=False)
    contact = business(gone).ownerships.get(person=gone)
    Ownership.objects.filter(pk=contact.pk).update(is_contact=False)
    Ownership.objects.filter(pk=partner.pk).update(is_contact=True)

    join(kept, gone, by=manager, same=True)

    assert fresh(partner).enterprise == business(fresh(kept))
    assert list(Person.objects.contacts_of(business(fresh(kept)))) == [kept]


def test_papers_passports_and_registrations_are_found_once(manager, papers_folder):
    kept, gone = record(), record()
    paper = DocumentFactory(enterprise=business(gone))
    passports = [PassportFactory(person=one, enterprise=business(one)) for one in (kept, gone)]
    ntn = RegistrationKind.objects.get(code="ntn")
    rows = [
        Registration.objects.create(
            enterprise=business(one), kind=ntn, number=number, obtained_on=dt.date(2026, 1, 1), seen_by=manager
        )
        for one, number in ((kept, "1234567-8"), (gone, "1234567-9"))
    ]
    first, second = business(kept), business(gone)

    join(kept, gone, by=manager, same=True)

    assert fresh(paper).enterprise == first
    assert [(fresh(row).enterprise, fresh(row).person) for row in passports] == [(first, kept), (second, kept)]
    assert [fresh(row).enterprise for row in rows] == [first, second]


def test_loans_and_their_guarantors_go_over(manager):
    kept = record()
    loan = LoanFactory()
    guarantor = GuarantorFactory(application=loan.application)

    join(kept, loan.person, by=colleague(Role.REGIONAL_MANAGER, districts=[district(), loan.enterprise.district]))

    assert [fresh(loan).person, fresh(loan.application).person, fresh(guarantor).applicant] == [kept] * 3


def test_users_of_both_come_in_as_the_kept_person(manager):
    one, two = record(user=EntrepreneurUserFactory()), record(user=EntrepreneurUserFactory())
    three, four = record(), record(user=EntrepreneurUserFactory())

    join(one, two, by=manager)
    join(three, four, by=manager)

    assert (fresh(one).user, fresh(two).user.is_active) == (one.user, False)
    assert (fresh(three).user, fresh(four).user, fresh(four.user).is_active) == (four.user, None, True)


def test_nobody_is_written_to_and_events_keep_the_numbers_that_they_have(manager):
    kept, gone = record(), record()
    consents.give(person=gone, kind="contact", by=system())
    before = list(Event.objects.order_by("pk").values_list("pk", "person_id", "enterprise_id"))

    made = join(kept, gone, by=manager, same=True)

    told = Event.objects.order_by("pk")
    assert list(told.values_list("pk", "person_id", "enterprise_id"))[: len(before)] == before
    assert [(event.name, event.target_id, event.audience, event.data) for event in told[len(before) :]] == [
        ("enterprises.merged", made.pk, ["advisors", "managers"], {"gone": gone.pk})
    ]
    assert not Message.objects.exists()


def test_the_pair_on_the_list_is_settled_with_it_and_comes_back_with_the_undo(manager):
    kept, gone = sorted([record(), record()], key=lambda one: one.pk)
    pair = people.LookAlikeFactory(first=kept, second=gone)

    made = join(kept, gone, by=manager)
    settled = fresh(pair)
    undo(made, by=manager)

    assert (settled.state, settled.decided_by, settled.decided_at) == ("merged", manager, made.at)
    assert (fresh(pair).state, fresh(pair).decided_by) == ("suspected", None)


def test_records_joined_into_the_second_lead_to_the_first(manager):
    kept, gone, older = record(), record(), record()
    join(gone, older, by=manager)

    join(kept, gone, by=manager)

    assert {person.pk for person in kept.merged_from.all()} == {gone.pk, older.pk}


# Who may, and what is refused


@pytest.mark.parametrize("role", Role)
def test_who_may_join(role):
    may = colleague(role, districts=[district()]).has_perm("enterprises.merge_person", record())

    assert may == (role == Role.REGIONAL_MANAGER)


def test_an_advisor_does_not_join_and_a_manager_elsewhere_neither(advisor):
    kept, gone = record(), record()
    for by in (advisor, colleague(Role.REGIONAL_MANAGER, districts=[district("lahore")])):
        with pytest.raises(PermissionDenied):
            join(kept, gone, by=by)
    made = join(kept, gone, by=colleague(Role.REGIONAL_MANAGER, districts=[district()]))
    with pytest.raises(PermissionDenied):
        undo(made, by=advisor)


def test_whoever_saw_an_older_page_is_stopped(manager):
    kept, gone = record(), record()
    for versions in ({"version": 7}, {"gone_version": 7}):
        with pytest.raises(EditConflict):
            join(kept, gone, by=manager, **versions)


VERIFIED = {"cnic_standing": "verified"}
NO_CARD = {"cnic": None, "cnic_standing": "none"}
PHONE = {"phone": "+923001111111"}
UNASKED = PHONE | {"phone_reader": "unsaid", "loans_may_be_named": False}


@pytest.mark.parametrize(
    ("mine", "theirs", "says"),
    [
        (VERIFIED, VERIFIED, "two different cards"),
        (NO_CARD, {}, "The record with the card"),
        ({}, VERIFIED, "The record with the card"),
        (PHONE, PHONE | {"phone_owner": "child"}, "whose phone it is"),
        (PHONE, UNASKED | {"phone_owner": "child"}, "whose phone it is"),
        (UNASKED, PHONE, "whose phone it is"),
    ],
)
def test_cards_and_phones_that_speak_against_it(manager, mine, theirs, says):
    (said,) = refused(record(**mine), record(**theirs), by=manager)

    assert says in said


@pytest.mark.parametrize(
    ("mine", "theirs"), [({}, NO_CARD), (VERIFIED, {}), (PHONE, PHONE), (PHONE, UNASKED), ({}, {}), (NO_CARD, NO_CARD)]
)
def test_cards_and_phones_that_do_not(manager, mine, theirs):
    assert join(record(**mine), record(**theirs), by=manager).pk


def test_a_permission_that_was_taken_back_is_not_revived(manager):
    kept, gone = record(), record()
    consents.give(person=kept, kind="share", by=system())
    consents.withdraw(person=kept, kind="share", by=system())
    consents.give(person=gone, kind="share", by=system())
    assert merge_plans.plan(kept=kept, gone=gone).refusals == []  # given again later, in the other record
    back = Consent.objects.filter(person=kept, kind="share")
    back.update(lapsed_at=timezone.now(), until_on=timezone.localdate())
    Consent.objects.filter(person=gone).update(given_at=timezone.now() - dt.timedelta(days=1))
    assert merge_plans.plan(kept=kept, gone=gone).refusals == []  # it ran out, and nobody took it back
    back.update(refused_at=timezone.now(), withdrawn_at=timezone.now() - dt.timedelta(days=2))
    assert len(merge_plans.plan(kept=kept, gone=gone).refusals) == 1  # asked again after the other yes, they said no
    back.update(lapsed_at=None, refused_at=None, withdrawn_at=timezone.now())

    (said,) = refused(kept, gone, by=manager)

    assert "taken back" in said


def test_what_the_lender_and_the_trainer_have_to_settle_first(manager):
    kept, gone = record(), record()
    ApplicationFactory(person=kept, enterprise=business(kept))
    application = ApplicationFactory(
        person=gone, enterprise=business(gone), product=kept.loan_applications.get().product
    )
    run = EnrolmentFactory(enterprise=business(kept), person=kept).run
    EnrolmentFactory(run=run, enterprise=business(gone), person=gone)
    GuarantorFactory(application=application, person=kept)

    said = refused(kept, gone, by=manager)

    assert [next(word for word in ("course", "application", "guarantor") if word in text) for text in said] == [
        "course",
        "application",
        "guarantor",
    ]


def test_two_loans_that_run_are_not_joined_and_one_that_ended_is(manager):
    kept, gone = record(), record()
    lent = LoanFactory(person=kept, enterprise=business(kept))
    LoanFactory(person=gone, enterprise=business(gone))
    (said,) = refused(kept, gone, by=manager)
    Loan.objects.filter(pk=lent.pk).update(ended_on=dt.date(2026, 11, 1), ended_as=Loan.End.CANCELLED)

    join(kept, gone, by=manager)

    assert "not repaid" in said
    assert kept.loans.count() == 2


def test_cases_that_both_have_something_in_the_making(manager):
    kept, gone = record(), record()
    for person in (kept, gone):
        cases.ReferralFactory(case=person.cases.get())
        cases.BusinessPlanFactory(case=person.cases.get(), number=2)

    said = refused(kept, gone, by=manager, same=True)

    assert ["business plan in the making" in said[0], "referred to the lender" in said[1], len(said)] == [True, True, 2]
    assert merge_plans.plan(kept=kept, gone=gone).refusals == []  # as two businesses


def with_something_begun(manager, *, closed, made):
    """Two records of one business, both with something begun; the cases named are closed."""
    pair = record(), record()
    for number, person in enumerate(pair):
        case = person.cases.get()
        made(case)
        if number in closed:
            case.state, case.closed_at, case.outcome = "closed", timezone.now(), "graduated"
            case.save()
    return pair


def begun_check(case):
    return HealthCheck.objects.create(case=case, questionnaire=Questionnaire.objects.current(), by=case.advisor)


BEGUN = pytest.mark.parametrize("made", [begun_check, lambda case: cases.BusinessPlanFactory(case=case)])


@BEGUN
@pytest.mark.parametrize("closed", [{0}, {1}, {0, 1}])
def test_what_a_closed_case_left_begun_stays_there_and_blocks_nothing(closed, made, manager):
    kept, gone = with_something_begun(manager, closed=closed, made=made)

    merge = join(kept, gone, by=manager, same=True)

    (living,) = kept.cases.filter(enterprise__merged_into=None)
    begun = [living.health_checks.count(), living.business_plans.count()]
    assert (sorted(begun), living.state) == ([0, 1], "closed" if len(closed) == 2 else "contacted")
    undo(merge, by=manager)
    assert [case.health_checks.count() + case.business_plans.count() for case in Case.objects.all()] == [1, 1]


@BEGUN
def test_what_two_open_cases_have_begun_is_finished_first(made, manager):
    kept, gone = with_something_begun(manager, closed=set(), made=made)

    (said,) = refused(kept, gone, by=manager, same=True)

    assert said.startswith("Both have a business ")


def test_a_plan_that_somebody_reads_is_read_first(manager):
    kept, gone = with_something_begun(manager, closed={1}, made=lambda case: cases.SubmittedPlanFactory(case=case))

    assert "business plan in the making" in refused(kept, gone, by=manager, same=True)[0]


def test_a_number_that_is_being_checked_is_settled_first(manager):
    kept = record()
    change = people.PhoneChangeFactory()

    (said,) = refused(kept, change.person, by=manager)

    assert "being checked" in said


def test_of_partners_in_one_business_the_one_whom_the_portal_talks_to_is_kept(manager):
    kept, gone = record(), record()
    people.OwnershipFactory(person=kept, enterprise=business(gone), is_contact=False)

    (said,) = refused(kept, gone, by=manager)

    assert "Both own the same business" in said
    assert join(gone, kept, by=manager).kept == gone


def test_a_record_that_was_joined_is_not_joined_again(manager):
    kept, gone, other = record(), record(), record()
    join(kept, gone, by=manager)

    with pytest.raises(PermissionDenied):  # in nobody's sight
        join(other, gone, by=manager)
    assert [str(refusal.text) for refusal in merge_plans.plan(kept=other, gone=fresh(gone)).refusals] == [
        "One of these records was joined with another already. Open the record that it leads to."
    ]
