"""A changed number (R11): attested by an advisor, approved by a second person; the old one stops and is told."""

import datetime as dt
import re
from contextlib import suppress

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from enterprises import messages
from enterprises.access_forms import PhoneFactsForm
from enterprises.actions import codes, phone_changes, sign_ins
from enterprises.models import OneTimeCode, Person, PhoneChange
from enterprises.states import PHONE_CHANGE_MOVES
from journal import moves
from journal.events import ADVISORS
from journal.models import Event
from journal.moves import EditConflict, MoveRefused, move
from messaging.kinds import Recipient
from messaging.models import Message
from messaging.sealing import unseal
from messaging.texts import parts
from places.models import Holiday
from tests.committed import at_once, committed_rows
from tests.factories.accounts import UserFactory, colleague
from tests.factories.enterprises import (
    PHONE_CHANGES,
    ApprovedChangeFactory,
    AttestedChangeFactory,
    ConsentFactory,
    PersonFactory,
    PhoneChangeFactory,
    StatementFactory,
    district,
    entrepreneur,
    system,
)

pytestmark = pytest.mark.django_db
NEW = "+923339999999"


@pytest.fixture
def owner():
    return entrepreneur().person


@pytest.fixture
def second():
    return colleague(Role.ADVISOR, districts=[district()])


def ask(person, by, **changes):
    return phone_changes.ask(person=person, by=by, **{"phone": NEW, "owner": "self", "reason": "lost"} | changes)


def attest(change, by, **changes):
    return phone_changes.attest(change=change, by=by, **{"version": change.version} | changes)


def approve(change, by):
    return phone_changes.approve(change=change, by=by, version=change.version)


def digits():
    return re.search("[0-9]{6}", unseal(Message.objects.latest("id").secret)["text"])[0]


def test_from_asking_to_the_new_number(owner, advisor, second):
    change = ask(owner, owner.user)
    phone_changes.send_code(change=change, session_key="hers")
    change = phone_changes.prove(change=change, session_key="hers", digits=digits(), source="")
    waiting = Person.objects.get(pk=owner.pk).phone

    change = approve(attest(change, advisor), second)

    owner.refresh_from_db()
    assert (waiting, owner.phone, change.state) == (change.old_phone, NEW, "approved")
    assert (change.asked_by, change.attested_by, change.decided_by) == (owner.user, advisor, second)
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        "enterprises.phone_change_asked",
        "enterprises.phone_change_attested",
        "enterprises.card_seen",
        "enterprises.phone_change_approved",
    ]


def test_it_is_due_one_working_day_after_it_was_asked_however_late_it_is_attested(owner, advisor):
    """R11: Friday, a weekend, a holiday on Monday; and the attestation on Tuesday gives no further day."""
    Holiday.objects.create(on=dt.date(2026, 11, 30), name="Day", name_ur="دن", calendar=Holiday.Calendar.OFFICE)
    with time_machine.travel("2026-11-27 12:00 +0500", tick=False):
        asked = ask(owner, advisor)
    with time_machine.travel("2026-12-01 12:00 +0500", tick=False):
        attested = attest(asked, advisor, unproved_because="SIM comes tomorrow")

    assert (asked.due_on, attested.due_on) == (dt.date(2026, 12, 1), dt.date(2026, 12, 1))


def test_what_was_said_of_the_old_phone_does_not_go_over_to_the_new_one(owner, second):
    """N4: who reads it and when it may ring is asked anew, and until then no loan is named."""
    hours = {"safe_from": dt.time(9), "safe_until": dt.time(17)}
    Person.objects.filter(pk=owner.pk).update(phone_reader="self", loans_may_be_named=True, **hours)

    approve(AttestedChangeFactory(person=owner, enterprise=owner.ownerships.get().enterprise), second)

    owner.refresh_from_db()
    found = (owner.phone_reader, owner.safe_from, owner.safe_until, owner.loans_may_be_named)
    assert found == ("unsaid", None, None, False)
    assert found[0] not in dict(PhoneFactsForm.base_fields["phone_reader"].choices)


@pytest.mark.parametrize(("asker", "source"), [("owner", "self"), ("advisor", "assisted")])
def test_who_asked_for_the_new_number_has_stated_it(owner, advisor, second, asker, source):
    """R4: the new number keeps neither the source of the old one nor that it was called wrong."""
    by = {"owner": owner.user, "advisor": advisor}[asker]
    for field in ("phone", "phone_owner"):
        StatementFactory(person=owner, field=field, source="import", disputed_at=timezone.now())

    approve(AttestedChangeFactory(person=owner, enterprise=owner.ownerships.get().enterprise, asked_by=by), second)

    found = owner.statements.order_by("field").values_list("field", "source", "by", "disputed_at")
    assert list(found) == [("phone", source, by.pk, None), ("phone_owner", source, by.pk, None)]


def test_a_card_that_was_seen_before_stays_as_it_was_seen(owner, advisor):
    Person.objects.filter(pk=owner.pk).update(cnic_standing=Person.Standing.VERIFIED)

    attest(ask(owner, advisor), advisor, unproved_because="SIM comes tomorrow")

    assert Person.objects.get(pk=owner.pk).cnic_standing == Person.Standing.VERIFIED


def test_events_hold_no_number(owner, advisor):
    attest(ask(owner, advisor), advisor, unproved_because="SIM comes tomorrow")

    assert list(Event.objects.order_by("id").values_list("data", flat=True)) == [{"reason": "lost"}, {}, {}]


def test_nobody_approves_what_they_attested(owner, advisor, second):
    change = attest(ask(owner, advisor), advisor, unproved_because="SIM comes tomorrow")

    with pytest.raises(PermissionDenied):
        approve(change, advisor)

    assert approve(change, second).state == "approved"


def test_a_manager_may_be_the_second_person(owner, advisor):
    manager = colleague(Role.REGIONAL_MANAGER, districts=[district()])

    assert approve(attest(ask(owner, advisor), advisor, unproved_because="Lost"), manager).decided_by == manager


def test_without_a_code_somebody_says_why(owner, advisor):
    change = ask(owner, advisor)

    with pytest.raises(ValidationError) as refusal:
        attest(change, advisor)

    assert list(refusal.value.message_dict) == ["unproved_because"]


def test_the_old_number_opens_nothing_any_more(owner, second):
    change = AttestedChangeFactory(person=owner, enterprise=owner.ownerships.get().enterprise)
    sign_ins.ask(cnic=owner.cnic, session_key="of the old phone", language="en", source="")
    typed = digits()
    inside = Client()
    inside.force_login(owner.user, backend="accounts.backends.StaffBackend")
    before = inside.get("/my/").status_code

    approve(change, second)

    with pytest.raises(codes.CodeSpentError):
        sign_ins.confirm(session_key="of the old phone", digits=typed, source="")
    assert (before, inside.get("/my/").status_code) == (200, 302)
    sign_ins.ask(cnic=owner.cnic, session_key="of the new one", language="en", source="")
    assert unseal(Message.objects.latest("id").secret)["phone"] == change.new_phone


def test_until_then_the_old_number_opens_the_page():
    change = AttestedChangeFactory()
    sign_ins.ask(cnic=change.person.cnic, session_key="mine", language="en", source="")

    assert sign_ins.confirm(session_key="mine", digits=digits(), source="").user == change.person.user


def test_somebody_who_never_signed_in_has_no_sitting_to_end(second):
    change = AttestedChangeFactory()
    Person.objects.filter(pk=change.person_id).update(user=None)

    approve(change, second)

    assert Person.objects.get(pk=change.person_id).phone == change.new_phone


def test_both_numbers_are_told_and_nothing_else(second):
    change = approve(AttestedChangeFactory(), second)

    queued = set(Message.objects.values_list("kind", flat=True))
    texts = {
        language: [say(change, language) for say in (messages.say_left, messages.say_kept)] for language in ("en", "ur")
    }
    assert queued == {"enterprises.phone_left", "enterprises.phone_kept"}
    assert messages.old_number(change) == Recipient(change.old_phone, "en", change.person_id)
    assert messages.new_number(change) == Recipient(change.new_phone, "en", change.person_id)
    assert texts["en"] == [
        "A SMEDA record with this phone number has another number now. Not right? Call 0800-00000, free.",
        "This phone number is now on file with SMEDA. If that is not right, call 0800-00000, free.",
    ]
    assert [parts(text) for text in texts["en"]] == [1, 1]
    assert max(parts(text) for text in texts["ur"]) <= 2


def test_a_neighbours_phone_that_was_told_nothing_is_not_told_that_it_goes(second):
    """N4."""
    change = AttestedChangeFactory()
    Person.objects.filter(pk=change.person_id).update(phone_owner="neighbour")

    approve(change, second)

    assert list(Message.objects.values_list("kind", flat=True)) == ["enterprises.phone_kept"]


def test_a_lead_who_can_be_found_now_becomes_a_client(second):
    change = AttestedChangeFactory(enterprise__client_since=None, enterprise__place="", old_phone="")
    Person.objects.filter(pk=change.person_id).update(phone="")
    ConsentFactory(person=change.person, kind="contact")

    approve(change, second)

    change.enterprise.refresh_from_db()
    assert change.enterprise.client_since is not None


def test_erased_numbers_are_told_nothing():
    change = ApprovedChangeFactory(old_phone="", new_phone="")

    assert (messages.old_number(change), messages.new_number(change)) == (None, None)


def test_a_refusal_says_why_and_leaves_the_number(owner, second):
    change = AttestedChangeFactory(person=owner, enterprise=owner.ownerships.get().enterprise)

    refused = phone_changes.refuse(change=change, by=second, version=0, refusal="Not her wish.")

    phone = owner.phone
    owner.refresh_from_db()
    assert (refused.state, refused.refusal, refused.decided_by, owner.phone) == (
        "refused",
        "Not her wish.",
        second,
        phone,
    )


def test_the_number_on_file_is_no_new_one(owner):
    with pytest.raises(ValidationError) as refusal:
        ask(owner, owner.user, phone=owner.phone)

    assert refusal.value.message_dict == {"phone": ["This is the number that is on file already."]}


def test_one_change_at_a_time(owner):
    ask(owner, owner.user)

    with pytest.raises(ValidationError) as refusal:
        ask(owner, owner.user, phone="+923331111111")

    assert refusal.value.code == "open"


def test_without_a_business_no_office_can_help(owner):
    owner.ownerships.update(until_on=timezone.localdate())

    with pytest.raises(ValidationError) as refusal:
        ask(owner, owner.user)

    assert refusal.value.code == "no_office"


def test_others_ask_for_nobody(owner):
    for user in (entrepreneur().person.user, colleague(Role.ADVISOR, districts=[district("lahore")])):
        with pytest.raises(PermissionDenied):
            ask(owner, user)


def test_the_code_of_another_number_proves_nothing(owner):
    change = ask(owner, owner.user)
    phone_changes.send_code(change=change, session_key="hers")
    PhoneChange.objects.update(new_phone="+923338888888")

    with pytest.raises(codes.CodeSpentError):
        phone_changes.prove(change=change, session_key="hers", digits=digits(), source="")


def test_a_proof_opens_no_page(owner):
    change = ask(owner, owner.user)
    phone_changes.send_code(change=change, session_key="hers")

    with pytest.raises(codes.CodeSpentError):
        sign_ins.confirm(session_key="hers", digits=digits(), source="")
    assert OneTimeCode.objects.get().purpose == "prove"


def test_numbers_are_erased_thirty_days_after_the_decision():
    now = timezone.now()
    old = ApprovedChangeFactory(decided_at=now - dt.timedelta(days=31))
    young, waiting = ApprovedChangeFactory(decided_at=now), PhoneChangeFactory()

    erased = phone_changes.forget(now=now)

    for change in (old, young, waiting):
        change.refresh_from_db()
    assert (erased, old.old_phone, old.new_phone) == (1, "", "")
    assert "" not in {young.old_phone, young.new_phone, waiting.new_phone}


CHANGES = {
    "attest": lambda by: {"attested_by": by, "attested_at": timezone.now()},
    "approve": lambda by: {"decided_by": by, "decided_at": timezone.now()},
    "refuse": lambda by: {"decided_by": by, "decided_at": timezone.now(), "refusal": "No."},
}


@pytest.mark.parametrize("verb", PHONE_CHANGE_MOVES)
@pytest.mark.parametrize("state", PHONE_CHANGES)
def test_a_verb_leads_from_its_sources_alone(state, verb, second):
    change = PHONE_CHANGES[state]()

    with suppress(MoveRefused):
        move(change, verb, by=second, version=0, audience={ADVISORS}, **CHANGES[verb](second))

    change.refresh_from_db()
    chosen = PHONE_CHANGE_MOVES[verb]
    leads = state in chosen.sources
    assert (change.state, change.version) == ((chosen.target, 1) if leads else (state, 0))


@pytest.mark.parametrize("verb", PHONE_CHANGE_MOVES)
def test_who_makes_each_move(verb):
    state = "asked" if verb == "attest" else "attested"
    people = {
        "advisor": colleague(Role.ADVISOR, districts=[district()]),
        "manager": colleague(Role.REGIONAL_MANAGER, districts=[district()]),
        "elsewhere": colleague(Role.ADVISOR, districts=[district("lahore")]),
        "trainer": colleague(Role.TRAINER, districts=[district()]),
        "auditor": colleague(Role.AUDITOR),
    }
    change = PHONE_CHANGES[state]()
    people["owner"] = change.person.user

    may = {name for name, user in people.items() if user.has_perm(PHONE_CHANGE_MOVES[verb].permission, change)}

    assert may == {"advisor", "manager"}


def approved_at_once(approvers=8):
    """Eight officers approve in the same moment: how many did, and how often each number is told."""
    change = AttestedChangeFactory()
    users = [colleague(Role.ADVISOR, districts=[district()]) for _one in range(approvers)]
    outcomes = at_once(approvers, lambda place: approve(change, users[place]))
    won = [outcome for outcome in outcomes if isinstance(outcome, PhoneChange)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, EditConflict)]
    return len(won), len(lost), Event.objects.filter(name="enterprises.phone_change_approved").count()


@pytest.mark.concurrency
def test_of_eight_who_approve_at_once_one_does():
    with committed_rows():
        assert approved_at_once() == (1, 7, 1)


@pytest.mark.concurrency
def test_without_the_lock_several_do(monkeypatch):
    """The failing control: the change is read without being held."""
    monkeypatch.setattr(moves, "hold", lambda item, *, version: type(item).objects.get(pk=item.pk))

    with committed_rows(), pytest.raises(AssertionError):
        assert approved_at_once() == (1, 7, 1)


def test_the_database_refuses_the_attester_even_where_the_rule_is_gone(monkeypatch):
    by = UserFactory()
    change = AttestedChangeFactory(attested_by=by)

    with pytest.raises(IntegrityError, match="enterprises_phone_change_maker_is_not_checker"):
        PhoneChange.objects.filter(pk=change.pk).update(state="approved", decided_by=by, decided_at=timezone.now())


def test_registered_without_a_phone_only_the_new_number_is_told(second):
    change = AttestedChangeFactory(old_phone="")

    approve(change, second)

    assert (messages.old_number(change), PersonFactory(phone="").phone, system().is_system) == (None, "", True)
