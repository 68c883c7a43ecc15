"""What colleagues mind of a case: each flag has somebody who sees to it, a day, and a reason when it is settled."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment, User
from accounts.roles import Role
from casework.actions import flags, hand_overs
from casework.models import Case, Flag
from casework.open_items import open_items
from journal.models import Event
from journal.moves import EditConflict
from journal.open_items import Scope
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.casework import CalledFactory, ClearedFlagFactory, ClosedFactory, FlagFactory, smeda_office
from tests.factories.enterprises import district, system

pytestmark = pytest.mark.django_db
WHAT = "Her landlord threatens her: call before you go there."


def raised(case, **facts):
    said = {"kind": "safety", "text": WHAT, "owner": case.advisor, "due_on": timezone.localdate()}
    return flags.raise_flag(case=case, by=case.advisor, **said | facts)


def listed(user, *, days=0):
    today = timezone.localdate() + dt.timedelta(days=days)
    scope = Scope(user_id=user.pk, office_ids=user.office_ids, today=today)
    return [row[-1] for rows in open_items(scope) for row in rows if row[0] == "casework.flag"]


def left(user):
    Appointment.objects.filter(user=user).update(until_on=timezone.localdate() - dt.timedelta(days=1))


def sent(client, address, **typed):
    return client.post(address, typed | {"request_key": str(uuid.uuid4())})


def test_it_stands_on_the_list_of_who_sees_to_it_and_late_on_the_managers():
    case = CalledFactory()
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    near = colleague(Role.ADVISOR, office=case.office)

    flag = raised(case, owner=near)

    assert [listed(user) for user in (near, case.advisor, manager)] == [[flag.pk], [], []]
    assert listed(manager, days=1) == [flag.pk]


def test_whose_owner_left_stands_on_the_managers_list_at_once():
    """Due later, and before the night in which it goes to somebody; no other of the same day does."""
    case = CalledFactory()
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    near = colleague(Role.ADVISOR, office=case.office)
    later = timezone.localdate() + dt.timedelta(days=9)
    flag, _other = (raised(case, owner=who, due_on=later) for who in (near, case.advisor))
    before = listed(manager)

    left(near)

    assert (before, listed(manager)) == ([], [flag.pk])


@pytest.mark.xfail(strict=True, reason="the control: nobody of nobody", raises=AssertionError)
def test_whose_owner_left_stands_on_the_managers_list_at_once_control(monkeypatch):
    monkeypatch.setattr(type(Flag.objects.all()), "of_nobody", lambda rows, *, on: rows.none())

    test_whose_owner_left_stands_on_the_managers_list_at_once()


def test_what_it_says_stands_in_no_event():
    flag = raised(CalledFactory())

    event = Event.objects.get(name="casework.flag_raised")
    assert event.data == {"kind": "safety", "owner": flag.owner_id, "due_on": flag.due_on.isoformat()}
    assert sorted(event.audience) == ["advisors", "managers"]


def test_whoever_works_with_the_case_may_see_to_it_and_nobody_else():
    case = CalledFactory()
    elsewhere = colleague(Role.ADVISOR, office=smeda_office("lahore"))

    with pytest.raises(ValidationError) as refusal:
        raised(case, owner=elsewhere)

    assert list(refusal.value.error_dict) == ["owner"]
    with pytest.raises(PermissionDenied):
        flags.raise_flag(
            case=case, by=elsewhere, kind="other", text="x", owner=case.advisor, due_on=timezone.localdate()
        )


def test_it_is_settled_with_a_reason_by_whose_it_is_or_the_manager():
    manager = colleague(Role.REGIONAL_MANAGER, office=(case := CalledFactory()).office)
    own, others = raised(case), raised(case)
    near = colleague(Role.ADVISOR, office=case.office)

    flags.clear(flag=own, by=case.advisor, version=0, clearing="She moved out.")
    flags.clear(flag=others, by=manager, version=0, clearing="The police know.")
    with pytest.raises(PermissionDenied):
        flags.clear(flag=raised(case), by=near, version=0, clearing="x")

    kept = Flag.objects.filter(state="cleared").order_by("pk").values_list("clearing", "cleared_by")
    assert list(kept) == [("She moved out.", case.advisor.pk), ("The police know.", manager.pk)]


def test_the_database_keeps_no_settled_flag_without_a_reason():
    with pytest.raises(IntegrityError), transaction.atomic():
        ClearedFlagFactory(clearing="")


def test_whoever_settled_it_raises_it_again():
    flag = flags.clear(flag=raised(CalledFactory()), by=(by := Case.objects.get().advisor), version=0, clearing="Done.")

    again = flags.raise_again(flag=flag, by=by, version=flag.version)

    assert (again.state, again.clearing, again.cleared_by, listed(by)) == ("raised", "", None, [flag.pk])


def test_of_two_windows_one_raises_it_again():
    flag = ClearedFlagFactory()
    flags.raise_again(flag=flag, by=flag.cleared_by, version=0)

    with pytest.raises(EditConflict):
        flags.raise_again(flag=flag, by=flag.cleared_by, version=0)


def test_nobody_raises_again_what_another_settled_nor_after_thirty_days():
    flag = ClearedFlagFactory()
    with pytest.raises(PermissionDenied):
        flags.raise_again(flag=flag, by=colleague(Role.ADVISOR, office=flag.case.office), version=0)

    with time_machine.travel(timezone.now() + dt.timedelta(days=31), tick=False), pytest.raises(ValidationError):
        flags.raise_again(flag=flag, by=flag.cleared_by, version=0)


# whose it is when somebody leaves


def given(case, to, by):
    case.refresh_from_db()
    hand_overs.assign(case=case, to=to, by=by, version=case.version, reason="")


def test_it_goes_with_the_case():
    """What the advisor had to see to is the next one's; what the manager sees to stays the manager's."""
    case = CalledFactory()
    other, manager = (colleague(role, office=case.office) for role in (Role.ADVISOR, Role.REGIONAL_MANAGER))
    own, theirs = raised(case), raised(case, owner=manager)

    given(case, other, manager)

    assert list(Flag.objects.order_by("pk").values_list("pk", "owner")) == [(own.pk, other.pk), (theirs.pk, manager.pk)]


def test_at_another_office_all_of_it_is_the_new_advisors():
    case = CalledFactory()
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    raised(case, owner=manager)
    there = smeda_office("lahore")
    case.office, case.advisor, was = there, colleague(Role.ADVISOR, office=there), case.advisor_id

    flags.follow(case, was=was)

    assert Flag.objects.get().owner == case.advisor


def test_what_somebody_left_goes_to_who_has_the_case():
    case = CalledFactory()
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    raised(case, owner=manager)
    left(manager)

    found = [Flag.objects.of_nobody(on=timezone.localdate()).count() for _time in range(1)]
    handed = flags.hand_on(now=timezone.now())

    assert (found, handed, Flag.objects.get().owner) == ([1], 1, case.advisor)
    assert flags.hand_on(now=timezone.now()) == 0


def test_of_a_closed_case_it_goes_to_the_manager():
    case = ClosedFactory()
    FlagFactory(case=case)
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    left(case.advisor)

    assert (flags.hand_on(now=timezone.now()), Flag.objects.get().owner) == (1, manager)


def test_where_nobody_is_at_all_it_stays():
    flag = FlagFactory()
    left(flag.owner)

    assert flags.hand_on(now=timezone.now()) == 0


def went_to(user, code="quetta"):
    """The user's post is at another office from today on."""
    Appointment.objects.filter(user=user).update(office=smeda_office(code))


@pytest.mark.parametrize("factory", [CalledFactory, ClosedFactory])
def test_what_somebody_left_who_works_elsewhere_now_goes_to_who_sees_the_case(factory):
    case = factory()
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    near = colleague(Role.ADVISOR, office=case.office)
    flag = FlagFactory(case=case, owner=case.advisor if factory is ClosedFactory else near)
    went_to(flag.owner)

    assert flags.hand_on(now=timezone.now()) == 1

    owner = Flag.objects.get().owner
    assert owner == (manager if factory is ClosedFactory else case.advisor)
    assert owner.has_perm("casework.clear_flag", Flag.objects.get())
    assert flags.hand_on(now=timezone.now()) == 0


def test_a_manager_who_does_not_see_the_case_is_passed_over():
    """A closed case stays where it ended, also when its business moves: the programme's manager sees it."""
    case = ClosedFactory()
    colleague(Role.REGIONAL_MANAGER, office=case.office)
    programme = colleague(Role.PROGRAMME_MANAGER, office=OfficeFactory(depth=0))
    FlagFactory(case=case)
    went_to(case.advisor)
    type(case.enterprise).objects.filter(pk=case.enterprise_id).update(district=district("lahore"))

    assert (flags.hand_on(now=timezone.now()), Flag.objects.get().owner) == (1, programme)
    assert flags.hand_on(now=timezone.now()) == 0


def test_who_settled_it_meanwhile_keeps_it():
    """The night's list is older than the look at each of it."""
    flag = FlagFactory()
    colleague(Role.REGIONAL_MANAGER, office=flag.case.office)
    left(flag.owner)
    Flag.objects.update(state="cleared", clearing="x", cleared_by=flag.owner, cleared_at=timezone.now())

    assert (flags.hand_on_one(flag.pk, now=timezone.now()), Flag.objects.get().owner) == (0, flag.owner)


def test_one_that_cannot_be_given_on_does_not_stop_the_others(monkeypatch, caplog):
    first, second = FlagFactory(), FlagFactory()
    given_on = flags.hand_on_one
    for flag in (first, second):
        colleague(Role.REGIONAL_MANAGER, office=flag.case.office)
        left(flag.owner)

    def fails_for_the_first(pk, *, now):
        if pk == first.pk:
            raise RuntimeError("x")
        return given_on(pk, now=now)

    monkeypatch.setattr(flags, "hand_on_one", fails_for_the_first)

    assert flags.hand_on(now=timezone.now()) == 1
    assert [record.row for record in caplog.records if "nobody to go to" in record.message] == [first.pk]


def test_raised_again_it_is_the_advisors_where_who_had_it_left_the_office():
    case = CalledFactory()
    was, manager = case.advisor, colleague(Role.REGIONAL_MANAGER, office=case.office)
    flag = flags.clear(flag=raised(case), by=manager, version=0, clearing="Done.")
    now_theirs = colleague(Role.ADVISOR, office=case.office)
    given(case, now_theirs, manager)
    went_to(was)

    flags.raise_again(flag=flag, by=manager, version=flag.version)

    assert Flag.objects.get().owner == now_theirs


def test_raised_again_it_is_the_advisors_control(monkeypatch):
    """The control: without the look it is of whoever does not see it any more."""
    monkeypatch.setattr(flags, "owners_for", lambda _case, on: User.objects.all())
    with pytest.raises(AssertionError):
        test_raised_again_it_is_the_advisors_where_who_had_it_left_the_office()


# the pages


def test_the_form_raises_it_and_its_page_settles_it(signed_in):
    case = CalledFactory()
    client = signed_in(case.advisor)
    typed = {"kind": "safety", "text": WHAT, "owner": case.advisor.pk, "due_on": f"{timezone.localdate():%d/%m/%Y}"}

    sent(client, reverse("casework:flag-create", args=[case.pk]), **typed)
    flag = Flag.objects.get()
    raised_page = client.get(case.get_absolute_url()).text
    sent(client, flag.get_absolute_url(), version=0, clearing="She moved out.")
    settled = client.get(flag.get_absolute_url()).text
    sent(client, reverse("casework:flag-restore", args=[flag.pk]), version=1)
    flag.refresh_from_db()

    assert WHAT in raised_page
    assert "She moved out." in settled
    assert (flag.state, flag.version) == ("raised", 2)


def test_a_reader_finds_no_form(signed_in):
    flag = FlagFactory()
    near = colleague(Role.ADVISOR, office=flag.case.office)

    page = signed_in(near).get(flag.get_absolute_url()).text
    answer = sent(signed_in(near), flag.get_absolute_url(), version=0, clearing="x")

    assert 'name="clearing"' not in page
    assert answer.status_code == 403


def test_what_comes_too_late_is_said_on_its_page(signed_in):
    flag = ClearedFlagFactory(cleared_at=timezone.now() - dt.timedelta(days=31))

    page = sent(signed_in(flag.cleared_by), reverse("casework:flag-restore", args=[flag.pk]), version=0).text

    assert "days ago. Raise another flag instead" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_takes_as_many_questions(count, signed_in, django_assert_num_queries):
    case = CalledFactory()
    for _flag in range(count):
        FlagFactory(case=case)
    client = signed_in(case.advisor)
    client.get(case.get_absolute_url())

    with django_assert_num_queries(CASE_QUERIES):
        client.get(case.get_absolute_url())


CASE_QUERIES = 38


# what may be taken back, on one page


def test_what_one_settled_gave_and_took_stands_on_the_page_of_what_is_taken_back(signed_in):
    flag = ClearedFlagFactory()
    case = flag.case
    near, manager = (colleague(role, office=case.office) for role in (Role.ADVISOR, Role.REGIONAL_MANAGER))
    given(case, near, manager)
    page = reverse("casework:undo-list")

    texts = [signed_in(user).get(page).text for user in (flag.cleared_by, manager, near)]

    assert [reverse("casework:flag-restore", args=[flag.pk]) in text for text in texts] == [True, False, False]
    undo = reverse("casework:transfer-undo", args=[case.transfers.get().pk])
    assert [undo in text for text in texts] == [False, True, False]


def test_of_a_case_that_is_out_of_sight_the_reference_stands_there(signed_in):
    case = CalledFactory()
    near, manager = (colleague(role, office=case.office) for role in (Role.ADVISOR, Role.REGIONAL_MANAGER))
    given(case, near, manager)
    moved = {"office": smeda_office("lahore"), "advisor": colleague(Role.ADVISOR, office=smeda_office("lahore"))}
    Case.objects.filter(pk=case.pk).update(**moved)
    type(case.enterprise).objects.filter(pk=case.enterprise_id).update(district=district("lahore"))

    page = signed_in(manager).get(reverse("casework:undo-list")).text

    assert (case.enterprise.reference in page, case.person.name in page) == (True, False)


def test_the_system_may_read_every_flag():
    FlagFactory()

    assert Flag.objects.visible_to(system()).count() == 1
