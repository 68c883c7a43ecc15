"""What migrations write to rows that were there before, in batches, and again after a run that broke off."""

import ast
import datetime as dt
import importlib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from accounts.roles import Role
from casework.models import (
    BusinessPlan,
    Case,
    Closure,
    Contact,
    Grievance,
    GrievanceCategory,
    Measure,
    Question,
    Referral,
)
from enterprises.actions import look_alikes
from enterprises.likeness import sounds_of
from enterprises.models import Person
from journal.events import ADVISORS, record
from places.models import Holiday
from tests.factories.accounts import colleague
from tests.factories.casework import (
    DUE,
    AcceptedTransferFactory,
    AnsweredReferralFactory,
    ApprovedPlanFactory,
    CaseFactory,
    ClosedFactory,
    ClosureFactory,
    ContactFactory,
    DeclinedReferralFactory,
    MeetingFactory,
    ReferralFactory,
    ReturnedPlanFactory,
    WithdrawnReferralFactory,
)
from tests.factories.enterprises import PersonFactory
from tests.factories.grievances import GrievanceFactory, category
from tests.factories.outcomes import MeasureFactory

pytestmark = pytest.mark.django_db
FILES = sorted(path for path in Path(settings.BASE_DIR).glob("*/migrations/0*.py"))
OURS = {path.parent.parent.name for path in FILES}
# They went out before anybody looked, and stay as they are.
TOOK_FROM_AN_APP = {
    "accounts/0001_initial", "enterprises/0015_fill_likeness_keys", "enterprises/0016_documents_and_passports",
    "enterprises/0021_family_and_household", "enterprises/0022_households_by_who_told",
}  # fmt: skip
NEXT_RELEASE = {"casework": "0009", "enterprises": "0043"}
DISK = MigrationLoader(None).disk_migrations
NEW = sorted(key for key in DISK if key[1] >= NEXT_RELEASE.get(key[0], "9"))
# Tables of a few thousand rows at most, which nobody waits for.
SMALL = {"barrierreport", "businessplan", "codesheet"}


def migration(name, monkeypatch, app="casework"):
    found = importlib.import_module(f"{app}.migrations.{name}")
    monkeypatch.setattr(found, "BATCH", 2)
    return found


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)


def test_migrations_import_nothing_of_the_apps():
    """What an app calls its things tomorrow must not stop the migration of today."""
    took = {f"{path.parent.parent.name}/{path.stem}" for path in FILES if OURS & {*imported(path)}}

    assert took == TOOK_FROM_AN_APP


@pytest.mark.parametrize("key", NEW, ids="-".join)
def test_nobody_waits_while_an_index_or_a_constraint_is_made(key):
    steps = DISK[key].operations
    made = {step.name.lower() for step in steps if isinstance(step, operations.CreateModel)}
    plain = [step for step in steps if type(step) in {operations.AddIndex, operations.AddConstraint}]

    assert {step.model_name for step in plain} <= made | SMALL


def added_fields():
    """Every field that a table of the release before got since, as it is after all migrations."""
    made, added = set(), {}
    for key in NEW:
        for step in DISK[key].operations:
            if isinstance(step, operations.CreateModel):
                made.add((key[0], step.name.lower()))
            elif isinstance(step, operations.AddField) and (key[0], step.model_name_lower) not in made:
                added[key[0], step.model_name_lower, step.name] = step.field
            elif isinstance(step, operations.AlterField):
                name = (key[0], step.model_name_lower, step.name)
                added |= {name: step.field} if name in added else {}
            elif isinstance(step, operations.RemoveField):
                added.pop((key[0], step.model_name_lower, step.name), None)
    return added


def test_the_release_before_goes_on_writing_while_tables_have_new_columns():
    """It knows none of them: the database fills them, or they stay empty."""
    unfilled = [
        "-".join(name)
        for name, field in added_fields().items()
        if not (field.null or field.many_to_many or field.has_db_default())
    ]

    assert unfilled == []


def test_the_database_dates_a_contact_by_the_portals_clock():
    """What the release before writes after midnight is of the new day here, whatever the connection's time zone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_default FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
            ["casework_contact", "on"],
        )
        assert settings.TIME_ZONE in cursor.fetchone()[0]


def test_cases_are_dated_from_their_opening(monkeypatch):
    long_ago = timezone.now() - dt.timedelta(days=90)
    for _one in range(3):
        CaseFactory(opened_at=long_ago, assigned_at=timezone.now())

    migration("0012_date_the_present_advisor", monkeypatch).from_the_opening(apps, None)

    assert {*Case.objects.values_list("assigned_at", flat=True)} == {long_ago}


def test_contacts_are_dated_by_when_they_were_written_down(monkeypatch):
    """At two at night in Karachi it is yesterday in UTC."""
    at = dt.datetime(2026, 3, 4, 2, tzinfo=timezone.get_default_timezone())
    for _one in range(3):
        ContactFactory(at=at)

    migration("0017_date_contacts", monkeypatch).date_contacts(apps, None)

    assert {*Contact.objects.values_list("on", flat=True)} == {dt.date(2026, 3, 4)}


def test_no_plan_is_late_on_the_first_day(monkeypatch):
    long_ago, in_a_week = timezone.now() - dt.timedelta(days=90), timezone.localdate() + dt.timedelta(days=7)
    approved = [ApprovedPlanFactory(approved_at=long_ago) for _one in range(3)]
    returned = ReturnedPlanFactory(submitted_at=long_ago, returned_at=None)
    referred = ReferralFactory().business_plan

    for _run in range(2):
        migration("0015_date_plans_that_wait", monkeypatch).date_plans(apps, None)

    assert dict(BusinessPlan.objects.values_list("pk", "due_on")) == {
        **{plan.pk: in_a_week for plan in [*approved, returned]},
        referred.pk: DUE,
    }
    returned.refresh_from_db()
    assert returned.returned_at == long_ago


FILL = "casework.migrations.0041_fill_promised_days_and_writers"


def test_what_was_promised_is_the_day_of_before_it_was_moved(monkeypatch):
    friday = dt.datetime(2026, 10, 2, 12, tzinfo=timezone.get_default_timezone())
    still, moved = [GrievanceFactory(received_at=friday, due_on=dt.date(2026, 10, 30)) for _one in range(2)]
    record("casework.grievance_passed_up", target=moved, by=still.owner, audience={ADVISORS})
    Holiday.objects.create(name="Day", name_ur="دن", on=dt.date(2026, 10, 6), calendar="office")
    Holiday.objects.create(name="Day", name_ur="دن", on=dt.date(2026, 10, 7), calendar="lending")
    module = importlib.import_module(FILL)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE casework_grievance ALTER promised_on DROP NOT NULL")
    Grievance.objects.update(promised_on=None)

    for _run in range(2):
        module.say_what_was_promised(apps, None)

    days = category("delay").days
    assert (days, dict(Grievance.objects.values_list("pk", "promised_on"))) == (
        5,
        {still.pk: still.due_on, moved.pk: dt.date(2026, 10, 12)},
    )


def test_who_sent_a_plan_before_wrote_in_it():
    first, second = colleague(Role.ADVISOR), colleague(Role.ADVISOR)
    plan = ReturnedPlanFactory(author=second, versions=[{"by": first.pk}])
    approved = ApprovedPlanFactory(versions=[{"by": first.pk}])

    for _run in range(2):
        importlib.import_module(FILL).name_writers(apps, None)

    found = dict(BusinessPlan.objects.values_list("pk", "writers"))
    assert found == {plan.pk: sorted([first.pk, second.pk]), approved.pk: []}


def test_what_was_withdrawn_before_gets_a_day_to_come(monkeypatch):
    in_a_week = timezone.localdate() + dt.timedelta(days=7)
    withdrawn = [WithdrawnReferralFactory().pk for _one in range(3)]
    for name in ("loans.withdrawn", "loans.disbursed"):
        referral = AnsweredReferralFactory()
        event = record(name, target=referral.case, by=referral.by, audience={ADVISORS}, data={"amount": 50_000})
        type(referral).objects.filter(pk=referral.pk).update(answering_event_id=event.pk)
        withdrawn += [referral.pk] if name == "loans.withdrawn" else []
    declined = DeclinedReferralFactory().pk

    for _run in range(2):
        migration("0035_date_what_was_withdrawn", monkeypatch).date_withdrawn(apps, None)

    dated = Referral.objects.filter(due_on=in_a_week).values_list("pk", flat=True)
    assert (set(dated), declined in dated) == (set(withdrawn), False)


def test_how_cases_had_ended_is_written_down_once(monkeypatch):
    known = ClosureFactory()
    told, *untold = [ClosedFactory() for _one in range(4)]
    by = CaseFactory().advisor
    record("casework.closed", target=told, by=by, audience={ADVISORS})
    is_by = dict(Closure.objects.values_list("case", "closed_by"))

    for _run in range(2):
        migration("0021_how_cases_had_ended", monkeypatch).write_down(apps, None)

    found = dict(Closure.objects.values_list("case", "closed_by"))
    assert (len(found), Closure.objects.count()) == (5, 5)
    assert (found[told.pk], found[known.case_id]) == (by.pk, is_by[known.case_id])
    assert {one.pk for one in untold} < set(found)


def test_kinds_of_complaints_are_loaded_once_and_stay():
    """Somebody has complained of them by then."""
    module = importlib.import_module("casework.migrations.0010_kinds_of_complaints")
    module.load(apps, None)
    there = set(GrievanceCategory.objects.values_list("pk", flat=True))

    module.load(apps, None)

    assert there == set(GrievanceCategory.objects.values_list("pk", flat=True))
    assert module.Migration.operations[-1].reverse_code is operations.RunPython.noop


def test_the_first_questions_are_loaded_once_and_stay():
    module = importlib.import_module("casework.migrations.0024_ask_how_a_business_stands")
    there = list(Question.objects.order_by("pk").values_list("pk", "questionnaire__number"))

    module.load(apps, None)

    assert there == list(Question.objects.order_by("pk").values_list("pk", "questionnaire__number"))


def test_whoever_is_on_file_gets_sound_keys_from_the_comparison(monkeypatch):
    for _one in range(3):
        PersonFactory()
    Person.objects.update(compared_version=0, version=0, sound_keys=[])

    migration("0048_fill_sound_keys", monkeypatch, app="enterprises").compare_again(apps, None)
    look_alikes.compare(now=timezone.now())

    people = Person.objects.all()
    assert [one.sound_keys for one in people] == [sounds_of(one.name, one.parent_name) for one in people]


def test_why_a_time_was_kept_no_longer_is_kept_as_a_word():
    by_itself = MeetingFactory(state="cancelled", reason="Your case is closed")
    in_own_words = MeetingFactory(state="cancelled", reason="The office is shut.")

    importlib.import_module("casework.migrations.0037_words_of_what_ended_by_itself").keep_the_word(apps, None)

    by_itself.refresh_from_db()
    in_own_words.refresh_from_db()
    assert (by_itself.reason, in_own_words.reason) == ("=closed", "The office is shut.")


def test_registrations_and_loans_of_before_are_results_once(monkeypatch):
    case = CaseFactory()
    facts = {"target": case, "by": case.advisor, "audience": [ADVISORS]}
    obtained = [
        record("formalisation.obtained", data={"registration": 1} | data, **facts)
        for data in ({"kind": "ntn", "on": "2026-03-04"}, {"kind": "bank"}, {"kind": "ntn", "is_new": False})
    ]
    record("loans.disbursed", data={"amount": 50_000, "loan": 1}, **facts)
    record("formalisation.obtained", target=PersonFactory(), by=case.advisor, audience=[ADVISORS], data={"kind": "ntn"})
    Measure.objects.exclude(event_id=obtained[1].pk).delete()

    for _run in range(2):
        migration("0039_results_of_before", monkeypatch).measure(apps, None)

    rows = case.measures.order_by("event_id", "what")
    assert list(rows.values_list("what", "value", "grade")) == [
        ("registrations", 1, "documented"),
        ("bank", 1, "documented"),
        ("registrations", 1, "documented"),
        ("loan", 50_000, "documented"),
    ]
    assert case.measures.get(event_id=obtained[0].pk).on == dt.date(2026, 3, 4)


def test_what_nobody_typed_follows_the_details(monkeypatch):
    taken, typed, seen = (
        MeasureFactory(point="baseline", grade=grade, case=CaseFactory()) for grade in ("said", "said", "seen")
    )
    record("casework.measured", target=typed, by=typed.by, audience=[ADVISORS], data={"kind": "women"})

    migration("0039_results_of_before", monkeypatch).mark(apps, None)

    marked = Measure.objects.filter(is_taken_over=True)
    assert (list(marked), seen.is_taken_over) == ([taken], False)


def test_what_a_manager_handed_over_before_is_of_that_cause():
    asked = AcceptedTransferFactory()
    by = asked.to_advisor
    theirs = AcceptedTransferFactory(by=by, decided_by=by)

    importlib.import_module("casework.migrations.0044_what_a_transfer_changed").say_why(apps, None)

    assert [type(one).objects.get(pk=one.pk).cause for one in (asked, theirs)] == ["asked", "manager"]


def test_wishes_of_before_wait_since_the_case_came_to_who_does_not_meet_them():
    woman = CaseFactory(advisor=colleague(Role.ADVISOR, sex="woman"), wants_woman=True)
    pashto = CaseFactory(advisor=colleague(Role.ADVISOR, languages=["ur", "ps"]), wants_language="ps")
    urdu = CaseFactory(advisor=colleague(Role.ADVISOR, languages=[]), wants_language="ur")
    lacks_woman = CaseFactory(advisor=colleague(Role.ADVISOR, sex="man"), wants_woman=True)
    lacks_pashto = CaseFactory(advisor=colleague(Role.ADVISOR, languages=[]), wants_language="ps")

    importlib.import_module("casework.migrations.0054_since_when_wishes_wait").begin(apps, None)

    waiting = {case.pk for case in type(woman).objects.wishing()}
    assert waiting == {lacks_woman.pk, lacks_pashto.pk}
    assert not waiting & {woman.pk, pashto.pk, urdu.pk}
