"""R4: a list of people is taken in, looked at, confirmed and registered, each row once; and forgotten."""

import datetime as dt
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from time import monotonic

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from accounts.roles import Role
from enterprises import intake_rows
from enterprises.actions import intakes
from enterprises.intake_forms import find_heads, shortened_in
from enterprises.intake_rows import Checker, Look, advance, answers_in
from enterprises.models import Enterprise, Intake, IntakeRow, Person, Statement
from kit.sheets import read
from tests.committed import at_once, committed_rows
from tests.factories.accounts import OfficeFactory, UserFactory, colleague
from tests.factories.enterprises import EnterpriseFactory, OwnershipFactory, PersonFactory, district, entrepreneur
from tests.factories.intakes import KEYS, IntakeFactory, IntakeRowFactory
from tests.kit.books import book

pytestmark = pytest.mark.django_db
HEADS = ["Name", "CNIC", "Sex", "Mobile", "Whose phone is it?", "Trade", "District", "Consent"]
ALI = ["Zubaida Perveen", "36304-0000001-1", "Woman", "0345-0000001", "Own phone", "Tailoring", "Multan", "Yes"]
BANO = ["Gulnaz Akhtar", "", "Woman", "0345-0000002", "Own phone", "Tailoring", "Multan", "Yes"]
WRONG = ["Robina Kausar", "36304", "Woman", "", "", "Tailoring", "Multan", "Yes"]
Verdict = IntakeRow.Verdict


def take(by, *rows, name="camp.xlsx", sha256="a" * 64, heads=None):
    found = read(book(heads or HEADS, *rows))
    _place, keys = find_heads(found)
    return intakes.take(name=name, sha256=sha256, headings=found[0].cells, columns=keys, rows=found[1:], by=by)


def looked_at(by, *rows, **more):
    intake = take(by, *rows, **more)
    advance(intake)
    intake.refresh_from_db()
    return intake


def registered(by, *rows, **more):
    intake = looked_at(by, *rows, **more)
    advance(intakes.confirm(intake=intake, by=by))
    intake.refresh_from_db()
    return intake


def verdicts(intake):
    return [(row.number, row.verdict) for row in intake.rows.order_by("number")]


def problems(row, by):
    with override("en"):
        return [
            (problem.column, problem.typed, problem.said) for problem in Checker(row.intake, by=by).look(row).problems
        ]


# Taking in


def test_a_list_is_kept_until_somebody_confirms(advisor):
    intake = take(advisor, ALI, WRONG, name="camp \ud800\u202e.xlsx" + "x" * 200)

    assert (intake.office_id, intake.uploaded_by, intake.file_name[:6]) == (advisor.posts[0][1], advisor, "camp \ufffd")
    assert (intake.headings, intake.columns) == (HEADS, KEYS)
    assert (verdicts(intake), intake.rows.get(number=2).cells) == ([(2, "waiting"), (3, "waiting")], ALI)
    assert (intake.is_working, Person.objects.count()) == (True, 0)


def test_the_same_file_is_one_list(advisor):
    first = take(advisor, ALI)

    assert take(advisor, ALI, name="again.xlsx") == first
    assert (Intake.objects.count(), IntakeRow.objects.count()) == (1, 1)


def test_the_same_file_from_another_office_is_asked_about_there(advisor):
    take(advisor, ALI)

    with pytest.raises(ValidationError) as refused:
        take(colleague(Role.ADVISOR, districts=[district("lahore")]), ALI)
    assert refused.value.code == "elsewhere"


def test_others_send_no_list(advisor):
    with pytest.raises(PermissionDenied):
        take(colleague(Role.TRAINER), ALI)


# Looking


def test_rows_are_told_apart(advisor):
    """Fine, with errors, on file by the card, on file by likeness, and the same card twice in one list."""
    PersonFactory(cnic="3630400000077")
    known = PersonFactory(name="Tehmina Yousaf", cnic=None, cnic_standing="none", phone="+923450000009")
    OwnershipFactory(person=known, enterprise=EnterpriseFactory(district=district()))
    on_file = ["Farzana Iqbal", "36304-0000007-7", *ALI[2:]]
    alike = ["Tehmina Yusuf", "", "Woman", "0345-0000009", *ALI[4:]]

    intake = looked_at(advisor, ALI, WRONG, on_file, alike, ["Robina Kausar", *ALI[1:]], BANO)

    assert verdicts(intake) == [
        (2, "sound"), (3, "faulty"), (4, "on_file"), (5, "alike"), (6, "faulty"), (7, "sound"),
    ]  # fmt: skip
    rows = {row.number: row for row in intake.rows.select_related("intake")}
    assert problems(rows[3], advisor) == [
        ("CNIC number", "36304", "Enter all 13 digits of the CNIC. There are 5 here.")
    ]
    assert problems(rows[4], advisor) == [("CNIC number", "36304-0000007-7", "On file already.")]
    assert problems(rows[5], advisor) == [
        ("Tehmina Yousaf", "", "The names sound the same, Same mobile number, Same district")
    ]
    assert problems(rows[6], advisor) == [("CNIC number", "36304-0000001-1", "The same CNIC stands in row 2.")]
    assert (problems(rows[2], advisor), intake.is_working) == ([], False)


def test_who_has_the_card_is_said_as_far_as_the_colleague_may_know(advisor):
    seen, unseen = PersonFactory(cnic="3630400000011", name="Seen"), PersonFactory(cnic="3630400000022", name="Unseen")
    OwnershipFactory(person=seen, enterprise=EnterpriseFactory(district=district()))
    OwnershipFactory(person=unseen, enterprise=EnterpriseFactory(district=district("lahore")))
    office = colleague(Role.ADVISOR, districts=[district("lahore")]).appointments.get().office

    intake = looked_at(advisor, ["Akram", "3630400000011", *ALI[2:]], ["Bilal", "3630400000022", *ALI[2:]])

    said = [problems(row, advisor)[0][2] for row in intake.rows.order_by("number").select_related("intake")]
    assert said == ["On file already: Seen", f"On file already, at {office.name}. Ask there."]


def test_joined_cells_are_told_by_their_row(advisor):
    intake = IntakeFactory(uploaded_by=advisor)
    row = IntakeRowFactory(intake=intake, merged=[6, 40])

    assert [column for column, _typed, _said in problems(row, advisor)] == ["District"]


def test_a_list_without_cards_is_looked_at_too(advisor):
    intake = IntakeFactory(
        uploaded_by=advisor, columns=["name", "", "sex", "phone", "phone_owner", "sector", "district"]
    )
    IntakeRowFactory(intake=intake)

    assert (advance(intake), verdicts(intake)[0][1]) == (True, "sound")


def test_looking_stops_at_its_moment_and_goes_on(advisor):
    intake = take(advisor, ALI, BANO)

    assert (advance(intake, until=monotonic()), verdicts(intake)[0][1]) == (False, "waiting")
    assert (advance(intake), verdicts(intake)[0][1]) == (True, "sound")


# Confirming


def test_only_sound_rows_are_registered_as_the_assisted_page_does(advisor):
    intake = registered(advisor, ALI, WRONG)

    enterprise = Enterprise.objects.get()
    person = enterprise.owners.get()
    row = intake.rows.get(number=2)
    assert (person.name, person.cnic, person.cnic_standing) == ("Zubaida Perveen", "3630400000011", "claimed")
    assert (enterprise.client_since is not None, enterprise.case.advisor, enterprise.registered_by) == (
        True,
        advisor,
        advisor,
    )
    assert {statement.source for statement in Statement.objects.all()} == {Statement.Source.IMPORT}
    assert (row.verdict, row.enterprise, row.cells) == ("registered", enterprise, [])
    assert (verdicts(intake)[1], intake.done_at is not None) == ((3, "faulty"), True)


@pytest.mark.parametrize(
    ("heads", "cells", "stated"),
    [
        ([], [], set()),
        (["Language of messages", "They have"], ["", ""], set()),
        (["Language of messages", "They have"], ["Urdu", "A business"], {"language", "stage"}),
    ],
)
def test_what_a_list_does_not_say_nobody_stated(advisor, heads, cells, stated):
    """That they read Urdu and run a business is taken for granted: no page says that the list told it."""
    intake = registered(advisor, ALI + cells, heads=HEADS + heads)

    enterprise = intake.rows.get().enterprise
    found = set(Statement.objects.values_list("field", flat=True))
    assert (enterprise.owners.get().language, enterprise.stage, found & {"language", "stage"}) == (
        "ur",
        "running",
        stated,
    )


def test_confirm_twice_and_send_again_register_once(advisor):
    """By the file's digest and the row's number: whatever is pressed again, each person is there once."""
    intake = registered(advisor, ALI, BANO)

    advance(intakes.confirm(intake=intake, by=advisor))
    again = registered(advisor, ALI, BANO)

    assert (again, Enterprise.objects.count(), Person.objects.count()) == (intake, 2, 2)


def test_the_same_rows_in_another_file_are_known(advisor):
    """Saved again by Excel the file has other bytes; its rows say the same."""
    registered(advisor, ALI, BANO)

    intake = looked_at(advisor, BANO, ALI, sha256="b" * 64)

    assert verdicts(intake) == [(2, "twice"), (3, "twice")]
    assert problems(intake.rows.select_related("intake")[0], advisor) == [
        ("", "", "The very same row was registered before.")
    ]


def test_two_rows_that_say_the_same_register_once(advisor):
    intake = registered(advisor, BANO, BANO)

    assert (Enterprise.objects.count(), [verdict for _number, verdict in verdicts(intake)]) == (
        1,
        ["registered", "twice"],
    )


def test_what_happened_since_the_look_is_seen_before_registering(advisor):
    intake = looked_at(advisor, ALI)
    PersonFactory(cnic="3630400000011")

    advance(intakes.confirm(intake=intake, by=advisor))

    assert (verdicts(intake), Enterprise.objects.count()) == ([(2, "on_file")], 0)


@pytest.mark.parametrize(
    ("refusal", "verdict"),
    [
        (ValidationError("known", code="known"), "on_file"),
        (ValidationError("other", code="cnic"), "faulty"),
        (PermissionDenied("x"), "failed"),
        (RuntimeError("boom"), "failed"),
        (IntegrityError("another constraint"), "failed"),
        (IntegrityError("enterprises_registered_once"), "twice"),
    ],
)
def test_a_row_that_fails_does_not_stop_the_next(advisor, monkeypatch, refusal, verdict):
    """Errors half way keep what is done, and go on at the next row."""
    intake = looked_at(advisor, ALI, BANO)
    register = intakes.assisted.register

    def fails_first(**said):
        if said["cnic"]:
            raise refusal
        return register(**said)

    monkeypatch.setattr(intakes.assisted, "register", fails_first)
    advance(intakes.confirm(intake=intake, by=advisor))

    assert [found for _number, found in verdicts(intake)] == [verdict, "registered"]
    intake.refresh_from_db()
    assert intake.done_at is not None


def test_a_lost_database_is_no_fault_of_the_row(advisor, monkeypatch):
    intake = looked_at(advisor, ALI)
    confirmed = intakes.confirm(intake=intake, by=advisor)

    def breaks(*_args, **_more):
        raise RuntimeError("gone")

    monkeypatch.setattr(Checker, "look", breaks)
    monkeypatch.setattr(connections["default"], "is_usable", lambda: False)
    with pytest.raises(RuntimeError):
        advance(confirmed)
    assert verdicts(intake) == [(2, "sound")]


def test_registering_stops_at_its_moment_and_goes_on(advisor):
    intake = intakes.confirm(intake=looked_at(advisor, ALI, BANO), by=advisor)

    assert (advance(intake, until=monotonic()), Enterprise.objects.count()) == (False, 0)
    assert (advance(intake), Enterprise.objects.count(), advance(intake)) == (True, 2, True)


def test_a_row_dealt_with_by_hand_meanwhile_stays_as_it_is(advisor):
    intake = looked_at(advisor, ALI)
    row = intake.rows.get()
    IntakeRow.objects.update(verdict=Verdict.FAULTY)

    assert intakes.register_sound(row=row, by=advisor, digest="x") is None
    intakes.finish_registering(intake=intake)
    assert (verdicts(intake), Enterprise.objects.count()) == ([(2, "faulty")], 0)


def test_a_confirmed_list_is_not_done_while_a_row_is_sound(advisor):
    intake = intakes.confirm(intake=looked_at(advisor, ALI), by=advisor)

    intakes.finish_registering(intake=intake)

    intake.refresh_from_db()
    assert intake.done_at is None


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda by: take(by, ALI), "early"),
        (lambda by: looked_at(by, WRONG), "nothing"),
        (lambda by: erased(looked_at(by, ALI), by), "erased"),
    ],
    ids=["early", "nothing", "erased"],
)
def test_what_cannot_be_confirmed_says_why(advisor, prepare, code):
    intake = prepare(advisor)

    with pytest.raises(ValidationError) as refused:
        intakes.confirm(intake=intake, by=advisor)
    assert refused.value.code == code


def erased(intake, by):
    intakes.erase(intake=intake, by=by)
    intake.refresh_from_db()
    return intake


def test_others_neither_confirm_nor_erase_nor_register_by_hand(advisor):
    intake, other = looked_at(advisor, ALI), colleague(Role.ADVISOR, districts=[district()])

    for act in (
        lambda: intakes.confirm(intake=intake, by=other),
        lambda: intakes.erase(intake=intake, by=other),
        lambda: intakes.register(row=intake.rows.get(), by=other),
    ):
        with pytest.raises(PermissionDenied):
            act()


# By hand


def test_a_row_is_registered_by_hand_once(advisor):
    intake = looked_at(advisor, ALI)
    row = intake.rows.get()
    form = Checker(intake, by=advisor).form_of(row)
    assert form.is_valid()
    said = intake_rows.said_in(form) | {"facts": form.facts() | {"name": "As the colleague mended it"}}

    first, second = (intakes.register(row=row, by=advisor, **said) for _time in range(2))

    assert (first, first.owners.get().name) == (second, "As the colleague mended it")


def test_the_page_for_it_is_filled_with_what_can_be_read(advisor):
    intake = IntakeFactory(
        uploaded_by=advisor, columns=["name", "cnic", "birth_year", "what", "started_on", "sector", "district"]
    )
    row = IntakeRowFactory(intake=intake, cells=["Ali", "12", "1988", "Uniforms", "x", "Tailoring", "ملتان"])

    known, of_business = answers_in(row, by=advisor)

    assert {key: known[key] for key in ("name", "cnic", "sector", "district", "stage")} == {
        "name": "Ali", "cnic": "12", "sector": "tailoring", "district": "multan", "stage": "running",
    }  # fmt: skip
    assert (known["birth_year"], of_business) == ("1988", {"what": "Uniforms"})


def test_of_a_number_that_excel_shortened_nothing_is_taken_over_and_it_is_said(advisor):
    row = IntakeRowFactory(intake=IntakeFactory(uploaded_by=advisor), cells=["Ali", "3.52E+12", "Man", "3.0E+09"])

    known, _further = answers_in(row, by=advisor)

    with override("en"):
        said = shortened_in(row.intake.columns, row.cells)
    assert ([known.get(key, "") for key in ("name", "cnic", "phone")], said) == (
        ["Ali", "", ""],
        ["CNIC number", "Mobile number"],
    )


# The job


def test_the_job_goes_on_with_what_waits(advisor):
    now = dt.datetime(2026, 11, 25, 9, 30, 12, tzinfo=dt.UTC)
    assert intake_rows.due_period(now) is None
    intake = take(advisor, ALI)

    assert (intake_rows.due_period(now), intake_rows.work(None)) == (
        "2026-11-25T09.30",
        {"done": 1, "left": 0, "failed": 0},
    )
    intake.refresh_from_db()
    intakes.confirm(intake=intake, by=advisor)
    assert (intake_rows.work(None), Enterprise.objects.count()) == ({"done": 1, "left": 0, "failed": 0}, 1)
    assert intake_rows.due_period(now) is None


def test_a_list_that_fails_stops_no_other(advisor, monkeypatch):
    bad, good = take(advisor, ALI), take(advisor, BANO, sha256="b" * 64)
    Intake.objects.filter(pk=bad.pk).update(columns=7)

    assert intake_rows.work(None) == {"done": 1, "left": 0, "failed": 1}
    assert (verdicts(bad)[0][1], verdicts(good)[0][1]) == ("waiting", "sound")
    monkeypatch.setattr(intake_rows, "SECONDS", 0)
    Intake.objects.filter(pk=bad.pk).update(columns=KEYS)
    assert intake_rows.work(None) == {"done": 0, "left": 1, "failed": 0}


def test_a_lost_database_stops_the_job(advisor, monkeypatch):
    take(advisor, ALI)

    def breaks(*_args, **_more):
        raise RuntimeError("gone")

    monkeypatch.setattr(intake_rows, "advance", breaks)
    monkeypatch.setattr(connections["default"], "is_usable", lambda: False)
    with pytest.raises(RuntimeError):
        intake_rows.work(None)


# Forgetting


def test_what_rows_hold_is_erased_after_thirty_days(advisor):
    now = timezone.now()
    old, fresh = registered(advisor, ALI, WRONG), looked_at(advisor, BANO, sha256="b" * 64)
    Intake.objects.filter(pk=old.pk).update(touched_at=now - dt.timedelta(days=30, minutes=1))

    assert (intakes.forget(now=now), intakes.forget(now=now)) == (1, 0)

    old.refresh_from_db()
    assert (old.file_name, old.headings, old.columns, old.erased_at is not None) == ("", [], [], True)
    assert [(row.verdict, row.cells) for row in old.rows.order_by("number")] == [("registered", []), ("waiting", [])]
    assert fresh.rows.get().cells == BANO
    assert (old.is_working, advance(old)) == (False, True)


def test_an_erased_file_sent_again_brings_back_what_was_not_registered(advisor):
    """And nobody a second time, however long ago it was."""
    first = erased(registered(advisor, ALI, WRONG), advisor)

    again = looked_at(advisor, ALI, WRONG)

    assert (again, verdicts(again), again.file_name) == (first, [(2, "registered"), (3, "faulty")], "camp.xlsx")
    assert (again.confirmed_at, again.erased_at, Enterprise.objects.count()) == (None, None, 1)


# Sight


@pytest.mark.parametrize("role", Role.values)
def test_sight_and_its_predicate_agree(role):
    office = OfficeFactory()
    branch = OfficeFactory(parent=office, depth=3)
    user = colleague(role, office=office)
    lists = [
        IntakeFactory(),
        IntakeFactory(office=office),
        IntakeFactory(office=branch),
        IntakeFactory(uploaded_by=user),
    ]

    seen = set(Intake.objects.visible_to(user))
    rows = {IntakeRowFactory(intake=intake) for intake in lists}

    assert seen == {intake for intake in lists if user.has_perm("enterprises.view_intake", intake)}
    assert set(IntakeRow.objects.visible_to(user)) == {row for row in rows if row.intake in seen}
    assert not [one for one in lists if user.has_perm("enterprises.keep_intake", one) and one not in seen]


def test_nobody_without_a_role_sees_a_list(advisor):
    IntakeFactory()

    for user in (UserFactory(), entrepreneur().person.user):
        assert (list(Intake.objects.visible_to(user)), user.has_perm("enterprises.view_intake", IntakeFactory())) == (
            [],
            False,
        )


@pytest.mark.parametrize("model", [Intake, IntakeRow])
def test_every_field_may_be_copied_or_not(model):
    fields = {field.name for field in model._meta.concrete_fields}

    assert (fields, set()) == (model.SAFE_TO_COPY | model.NEVER_COPIED, model.SAFE_TO_COPY & model.NEVER_COPIED)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"confirmed_at": timezone.now()}, "enterprises_intake_confirmed_by_and_at_together"),
        ({"done_at": timezone.now()}, "enterprises_intake_in_order"),
    ],
)
def test_days_that_make_no_sense_are_refused(change, constraint):
    intake = IntakeFactory()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Intake.objects.filter(pk=intake.pk).update(**change)


def test_a_registered_row_has_its_enterprise_and_nothing_else():
    row = IntakeRowFactory()

    with pytest.raises(IntegrityError, match="enterprises_intake_row_and_enterprise_together"), transaction.atomic():
        IntakeRow.objects.filter(pk=row.pk).update(verdict=Verdict.REGISTERED)


# Two at once


@pytest.fixture
def real_rows(db):
    with committed_rows():
        yield


def confirm_together(count=4):
    """Several press Confirm at one moment, each in a connection of its own; how many enterprises there are then."""
    by = colleague(Role.ADVISOR, districts=[district()])
    intake = looked_at(by, ALI, BANO)

    def press(_place):
        mine = Intake.objects.get(pk=intake.pk)
        advance(intakes.confirm(intake=mine, by=User.objects.get(pk=by.pk)))

    answers = at_once(count, press)
    return Enterprise.objects.filter(registered_by=by).count(), [answer for answer in answers if answer is not None]


@pytest.mark.concurrency
def test_confirm_at_one_moment_registers_each_row_once(real_rows):
    """R4: whoever presses, and however often, each row is one person."""
    assert confirm_together() == (2, [])


@pytest.mark.concurrency
@pytest.mark.xfail(strict=True, reason="the control: without the lock several register", raises=AssertionError)
def test_confirm_at_one_moment_registers_each_row_once_control(real_rows, monkeypatch):
    """Whoever has no card is nobody's double for the database: the row's lock alone holds."""
    met = Barrier(4, timeout=5)
    rows = IntakeRow.objects.get_queryset

    def unlocked():
        found = rows()
        found.select_for_update = lambda **_kwargs: found.all()
        return found

    register = intakes.assisted.register

    def together(**said):
        with suppress(BrokenBarrierError):
            met.wait()
        return register(**said)

    monkeypatch.setattr(IntakeRow.objects, "get_queryset", unlocked)
    monkeypatch.setattr(intakes.assisted, "register", together)
    monkeypatch.setattr(Checker, "look", lambda self, row: Look(Verdict.SOUND, valid(self.form_of(row))))
    monkeypatch.setattr(intake_rows, "digest_of", lambda form: "")

    assert confirm_together() == (2, [])


def valid(form):
    form.is_valid()
    return form


def send_together():
    """One file sent four times at one moment: how many lists and rows there are, and what failed."""
    by = colleague(Role.ADVISOR, districts=[district()])
    answers = at_once(4, lambda _place: take(User.objects.get(pk=by.pk), ALI, BANO))
    failed = [answer for answer in answers if not isinstance(answer, Intake)]
    return Intake.objects.filter(uploaded_by=by).count(), IntakeRow.objects.count(), failed


@pytest.mark.concurrency
def test_one_file_sent_at_one_moment_is_one_list(real_rows):
    assert send_together() == (1, 2, [])


@pytest.mark.concurrency
@pytest.mark.xfail(strict=True, reason="the control: whoever comes second is refused", raises=AssertionError)
def test_one_file_sent_at_one_moment_is_one_list_control(real_rows, monkeypatch):
    def create(*, sha256, defaults):
        return Intake.objects.create(sha256=sha256, **defaults), True

    monkeypatch.setattr(Intake.objects, "get_or_create", create)

    assert send_together() == (1, 2, [])
