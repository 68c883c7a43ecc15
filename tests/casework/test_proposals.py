"""A case is offered to somebody, who takes it or says why not; it is somebody's all the while, and can come back."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import Appointment
from accounts.roles import Role
from casework.actions import cases, contacts, hand_overs, transfers
from casework.actions.clocks import first_call_by
from casework.models import Case, Transfer
from casework.open_items import open_items
from casework.open_items.parts import late_below
from casework.pages import transfers as pages
from enterprises.models import Grant, Person
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from journal.open_items import Scope
from messaging.models import Message
from tests.factories.accounts import AbsenceFactory, colleague
from tests.factories.casework import (
    AcceptedTransferFactory,
    CalledFactory,
    CaseFactory,
    ClosedFactory,
    FlagFactory,
    NoteFactory,
    PauseFactory,
    RefusedTransferFactory,
    TransferFactory,
    smeda_office,
)
from tests.factories.enterprises import district, system

pytestmark = pytest.mark.django_db
WHY = "She moved to Lahore."


@pytest.fixture
def there():
    return colleague(Role.ADVISOR, office=smeda_office("lahore"))


def office_of(user):
    return user.appointments.get().office


def to(user):
    return transfers.To(office_of(user), user)


def proposed(case, asked, *, by=None):
    return transfers.propose(case=case, to=asked, by=by or case.advisor, version=case.version, reason=WHY)


def has(case):
    case = Case.objects.get(pk=case.pk)
    return case.advisor, case.office


def told(case):
    return list(Message.objects.filter(target_id=case.pk, kind="casework.handed_over").values_list("kind", flat=True))


def url(name, pk):
    return reverse(f"casework:transfer-{name}", args=[pk])


def sent(client, address, typed):
    return client.post(address, typed | {"request_key": str(uuid.uuid4())})


def listed(user, *, today=None):
    """What of transfers stands on the user's desk."""
    scope = Scope(user_id=user.pk, office_ids=user.office_ids, today=today or timezone.localdate())
    return [row[-1] for rows in open_items(scope) for row in rows if row[0] == "casework.transfer"]


def test_until_somebody_takes_it_the_case_stays_with_its_advisor(there):
    """C9: it is never without somebody, and no clock of it changes."""
    case = CalledFactory(next_contact_on=timezone.localdate())
    before = Case.objects.filter(pk=case.pk).values().get()

    transfer = proposed(case, to(there))

    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert (transfer.state, transfer.due_on) == ("proposed", first_call_by(timezone.localdate()))
    assert listed(there) == [transfer.pk]
    assert told(case) == []


def test_whoever_takes_it_has_it_at_once_and_the_client_is_told(there):
    case = CalledFactory()
    was = case.advisor
    transfer = proposed(case, to(there))

    taken = transfers.accept(transfer=transfer, by=there, version=transfer.version)

    assert has(case) == (there, office_of(there))
    assert (taken.state, taken.decided_by, taken.to_advisor) == ("accepted", there, there)
    assert told(case) == ["casework.handed_over"]
    assert Event.objects.get(name="casework.assigned").data["why"] == "agreed"
    # The district is not that office's: it sees the case all the same.
    assert Grant.objects.live(at=timezone.now()).filter(office=office_of(there), purpose="case").count() == 1
    assert Transfer.objects.filter(from_advisor=was, from_office=transfer.from_office).exists()
    assert listed(there) == []


def test_it_is_refused_with_a_reason_and_stays(there):
    transfer = proposed(case := CalledFactory(), to(there))

    refused = transfers.refuse(transfer=transfer, by=there, version=0, refusal="Nobody drives that far.")

    assert has(case) == (case.advisor, case.office)
    assert (refused.state, refused.refusal, refused.decided_by) == ("refused", "Nobody drives that far.", there)


@pytest.mark.parametrize("case", [CaseFactory, CalledFactory])
def test_another_office_is_asked_and_who_is_free_there_takes_it(case, there):
    case = case()
    other = colleague(Role.ADVISOR, office=office_of(there))
    transfer = proposed(case, transfers.To(office_of(there)))

    on_lists = [listed(user) for user in (there, other, case.advisor)]
    transfers.accept(transfer=transfer, by=other, version=0)

    assert on_lists == [[transfer.pk], [transfer.pk], []]
    assert has(case) == (other, office_of(there))


def test_a_manager_says_yes_for_the_office_and_its_next_advisor_takes_it(there):
    manager = colleague(Role.REGIONAL_MANAGER, office=office_of(there))
    transfer = proposed(case := CalledFactory(), transfers.To(office_of(there)))

    transfers.accept(transfer=transfer, by=manager, version=0)

    assert has(case)[0] == there


def test_a_manager_says_yes_for_whoever_is_asked(there):
    manager = colleague(Role.REGIONAL_MANAGER, office=office_of(there))
    transfer = proposed(case := CalledFactory(), to(there))

    transfers.accept(transfer=transfer, by=manager, version=0)

    assert has(case)[0] == there


def test_where_nobody_advises_the_manager_takes_it():
    manager = colleague(Role.REGIONAL_MANAGER, office=smeda_office("lahore"))
    transfer = proposed(case := CalledFactory(), transfers.To(office_of(manager)))

    transfers.accept(transfer=transfer, by=manager, version=0)

    assert has(case)[0] == manager


def left(user):
    Appointment.objects.filter(user=user).update(until_on=timezone.localdate() - dt.timedelta(days=1))


def test_nobody_is_given_a_case_who_works_there_no_more(there):
    manager = colleague(Role.REGIONAL_MANAGER, office=office_of(there))
    transfer = proposed(case := CalledFactory(), to(there))
    left(there)

    with pytest.raises(ValidationError, match="does not work there any more"):
        transfers.accept(transfer=transfer, by=manager, version=0)

    assert has(case)[0] == case.advisor


def test_nobody_is_given_a_case_who_works_there_no_more_control(there, monkeypatch):
    """The control: by a post that ended they would be given it."""
    monkeypatch.setattr(transfers, "in_office", lambda office, **_on: Appointment.objects.filter(office=office))
    with pytest.raises(pytest.fail.Exception):
        test_nobody_is_given_a_case_who_works_there_no_more(there)


def test_nobody_is_given_a_case_where_nobody_is_at_all(monkeypatch):
    manager = colleague(Role.REGIONAL_MANAGER, office=smeda_office("lahore"))
    transfer = proposed(CalledFactory(), transfers.To(office_of(manager)))
    monkeypatch.setattr(transfers, "best", lambda *_args, **_kwargs: None)

    with pytest.raises(ValidationError, match="does not work there any more"):
        transfers.accept(transfer=transfer, by=manager, version=0)


def test_late_it_stands_on_the_managers_list_too(there):
    manager = colleague(Role.REGIONAL_MANAGER, office=office_of(there))
    transfer = proposed(CalledFactory(), to(there))
    after = transfer.due_on + dt.timedelta(days=1)

    assert [listed(manager), listed(manager, today=after)] == [[], [transfer.pk]]


def test_of_who_left_it_is_the_managers_at_once(there):
    manager = colleague(Role.REGIONAL_MANAGER, office=office_of(there))
    transfer = proposed(CalledFactory(), to(there))
    left(there)

    assert listed(manager) == [transfer.pk]


def test_of_who_left_it_is_the_managers_at_once_control(there, monkeypatch):
    """The control: without the look at who left it would wait until it is late."""

    def late_alone(*of, also=None, **more):
        return late_below(*of, **more)

    monkeypatch.setattr("casework.open_items.transfers.late_below", late_alone)
    with pytest.raises(AssertionError, match=r"assert \[\] =="):
        test_of_who_left_it_is_the_managers_at_once(there)


def strangers(there):
    office = office_of(there)
    return {
        "a colleague of who is asked": colleague(Role.ADVISOR, office=office),
        "a manager elsewhere": colleague(Role.REGIONAL_MANAGER, office=smeda_office("khanewal")),
    }


@pytest.mark.parametrize("who", ["a colleague of who is asked", "a manager elsewhere", "who asked"])
def test_nobody_else_answers(who, there):
    transfer = proposed(case := CalledFactory(), to(there))
    by = (strangers(there) | {"who asked": case.advisor})[who]

    for answer in (
        lambda: transfers.accept(transfer=transfer, by=by, version=0),
        lambda: transfers.refuse(transfer=transfer, by=by, version=0, refusal="No."),
    ):
        with pytest.raises(PermissionDenied):
            answer()


def test_nobody_asks_for_a_case_that_is_not_in_their_hands(there):
    with pytest.raises(PermissionDenied):
        proposed(CalledFactory(), to(there), by=there)


def test_whoever_is_away_or_has_it_or_asks_is_not_asked(there):
    case = CalledFactory()
    near = colleague(Role.ADVISOR, office=case.office)
    AbsenceFactory(user=there)
    manager = colleague(Role.REGIONAL_MANAGER, office=smeda_office("lahore"))
    wrong = [
        to(there),
        to(case.advisor),
        to(manager),
        transfers.To(case.office),
        transfers.To(smeda_office("lahore")),
        transfers.To(office_of(there), near),
    ]

    for asked in wrong:
        with pytest.raises(ValidationError) as refusal:
            proposed(case, asked)
        assert list(refusal.value.error_dict) == ["to"]
    with pytest.raises(ValidationError):
        proposed(case, to(near), by=near)


def test_one_is_asked_at_a_time(there):
    case = CalledFactory()
    proposed(case, to(there))

    with pytest.raises(ValidationError, match="asked already"):
        proposed(case, transfers.To(office_of(there)))


def test_a_closed_case_is_offered_to_nobody(there):
    with pytest.raises(MoveRefused):
        proposed(ClosedFactory(), to(there))


def test_whoever_asked_asks_no_longer(there):
    transfer = proposed(case := CalledFactory(), to(there))

    transfers.withdraw(transfer=transfer, by=case.advisor, version=0)

    assert (Transfer.objects.get().state, listed(there)) == ("withdrawn", [])
    with pytest.raises(PermissionDenied):
        transfers.withdraw(transfer=TransferFactory(), by=there, version=0)


def test_of_two_who_decide_one_does_and_the_other_reads_it(there):
    transfer = proposed(CalledFactory(), to(there))
    transfers.refuse(transfer=transfer, by=there, version=0, refusal="Too far.")

    with pytest.raises(EditConflict):
        transfers.accept(transfer=transfer, by=there, version=0)


@pytest.mark.parametrize("how", ["closed", "handed over"])
def test_who_is_asked_for_a_case_that_went_another_way_is_asked_no_more(how, there):
    transfer = proposed(case := CalledFactory(), to(there))
    if how == "closed":
        cases.close(case=case, by=case.advisor, version=0, outcome="moved")
    else:
        other, manager = (colleague(role, office=case.office) for role in (Role.ADVISOR, Role.REGIONAL_MANAGER))
        hand_overs.assign(case=case, to=other, by=manager, version=0, reason="")

    transfer.refresh_from_db()
    assert (transfer.state, transfer.decided_by.is_system, listed(there)) == ("withdrawn", True, [])


# the way back


def taken(there, case=None):
    transfer = proposed(case or CalledFactory(), to(there))
    return transfers.accept(transfer=transfer, by=there, version=0)


def test_the_manager_there_has_it_in_hand_too(there, signed_in):
    """The business stays where it is: who manages the office that took the case sees it by the same grant."""
    manager, elsewhere = (
        colleague(Role.REGIONAL_MANAGER, office=office) for office in (office_of(there), smeda_office("khanewal"))
    )
    case = Case.objects.get(pk=taken(there).case_id)
    NoteFactory(case=case, text="Keep her brother out of it.")

    page = signed_in(manager).get(case.get_absolute_url()).text
    may = [user.has_perm("casework.assign_case", case) for user in (manager, elsewhere)]

    assert "Keep her brother out of it." in page
    assert may == [True, False]
    assert signed_in(elsewhere).get(case.get_absolute_url()).status_code == 404


def test_whoever_took_it_gives_it_back(there):
    transfer = taken(there)

    undone = transfers.undo(transfer=transfer, by=there, version=transfer.version)

    assert has(transfer.case) == (transfer.from_advisor, transfer.from_office)
    assert undone.state == "undone"
    assert Event.objects.filter(name="casework.assigned").latest("pk").data["why"] == "back"
    assert len(told(transfer.case)) == 2


def test_what_a_manager_handed_over_is_kept_and_comes_back():
    case = CalledFactory()
    was = case.advisor
    other, manager = (colleague(role, office=case.office) for role in (Role.ADVISOR, Role.REGIONAL_MANAGER))
    hand_overs.assign(case=case, to=other, by=manager, version=0, reason="")
    transfer = Transfer.objects.get()
    facts = (transfer.from_advisor, transfer.to_advisor, transfer.state, transfer.by, transfer.decided_by)

    transfers.undo(transfer=transfer, by=manager, version=0)

    assert facts == (was, other, "accepted", manager, manager)
    assert has(case)[0] == was


def test_where_who_had_it_left_it_goes_to_who_takes_cases_there(there):
    transfer = taken(there)
    left(transfer.from_advisor)
    other = colleague(Role.ADVISOR, office=transfer.from_office)

    transfers.undo(transfer=transfer, by=there, version=transfer.version)

    assert has(transfer.case)[0] == other


def test_after_thirty_days_it_stays(there):
    with time_machine.travel(timezone.now() - dt.timedelta(days=31), tick=False):
        transfer = taken(there)

    with pytest.raises(ValidationError, match="more than 30 days"):
        transfers.undo(transfer=transfer, by=there, version=transfer.version)


def test_what_somebody_changed_since_is_not_undone_and_both_are_said(there):
    """Item 15: what was done then, and what stands now."""
    transfer = taken(there)
    case, other = transfer.case, colleague(Role.ADVISOR, office=office_of(there))
    Case.objects.filter(pk=case.pk).update(advisor=other)

    with pytest.raises(ValidationError) as refusal:
        transfers.undo(transfer=transfer, by=there, version=transfer.version)

    said = refusal.value.messages[0]
    assert str(there) in said
    assert str(other) in said
    assert has(case)[0] == other


def test_what_somebody_changed_since_is_not_undone_control(there, monkeypatch):
    """The control: without the look it would be taken away from whoever has it now."""
    monkeypatch.setattr(transfers, "refuse_undoing", lambda *_args, **_kwargs: None)
    with pytest.raises(pytest.fail.Exception):
        test_what_somebody_changed_since_is_not_undone_and_both_are_said(there)


def given(case, to, by):
    """The manager hands the case over; what stands in its history then."""
    case.refresh_from_db()
    hand_overs.assign(case=case, to=to, by=by, version=case.version, reason="")
    return Transfer.objects.filter(case=case).latest("pk")


def test_what_others_decided_since_is_not_undone_although_it_is_where_it_was():
    """Given to one, on to another, and back: the first decision is not the one that stands."""
    case = CalledFactory()
    one, other = (colleague(Role.ADVISOR, office=case.office) for _one in range(2))
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    first, second, third = (given(case, to, manager) for to in (one, other, one))

    with pytest.raises(ValidationError, match="It went on since"):
        transfers.undo(transfer=first, by=manager, version=0)

    assert has(case)[0] == one
    for transfer in (third, second, first):
        transfers.undo(transfer=transfer, by=manager, version=0)
    assert has(case)[0] == first.from_advisor


def test_what_others_decided_since_is_not_undone_control(monkeypatch):
    """The control: without the look at later ones two decisions are passed over."""
    monkeypatch.setattr(transfers, "decided_since", lambda _transfer: Transfer.objects.none())
    with pytest.raises(pytest.fail.Exception):
        test_what_others_decided_since_is_not_undone_although_it_is_where_it_was()


def case_with_all(there):
    """A case that is called in 30 days and paused until then, with a flag of a colleague; and who has it is asked."""
    in_a_month = timezone.localdate() + dt.timedelta(days=30)
    case = CalledFactory(next_contact_on=in_a_month)
    near = colleague(Role.ADVISOR, office=case.office)
    own, theirs = FlagFactory(case=case, owner=case.advisor), FlagFactory(case=case, owner=near)
    pause = PauseFactory(case=case, until_on=in_a_month)
    transfer = proposed(case, to(there))
    return transfers.accept(transfer=transfer, by=there, version=0), [own, theirs], pause


def as_it_stands(transfer, flags, pause):
    case = Case.objects.get(pk=transfer.case_id)
    pause.refresh_from_db()
    owners = [type(flag).objects.get(pk=flag.pk).owner for flag in flags]
    return case.next_contact_on, owners, pause.ended_at is None


def test_the_day_the_pause_and_the_flags_come_back(there):
    transfer, flags, pause = case_with_all(there)
    soon = first_call_by(timezone.localdate())
    assert as_it_stands(transfer, flags, pause) == (soon, [there, there], False)

    transfers.undo(transfer=transfer, by=there, version=transfer.version)

    in_a_month = timezone.localdate() + dt.timedelta(days=30)
    assert as_it_stands(transfer, flags, pause) == (in_a_month, [flag.owner for flag in flags], True)


def test_the_day_the_pause_and_the_flags_come_back_control(there, monkeypatch):
    """The control: without it the day is a near one, and all flags are the advisor's."""
    monkeypatch.setattr(transfers, "put_back", lambda *_args: None)
    with pytest.raises(AssertionError):
        test_the_day_the_pause_and_the_flags_come_back(there)


def days_said(transfer):
    """By when the client is called, as each event of who has the case says it."""
    told = Event.objects.filter(name="casework.assigned", target_id=transfer.case_id).order_by("pk")
    return [event.data["due_on"] for event in told]


def test_the_event_says_the_day_that_comes_back(there):
    transfer, _flags, _pause = case_with_all(there)

    transfers.undo(transfer=transfer, by=there, version=transfer.version)

    today = timezone.localdate()
    days = [first_call_by(today), today + dt.timedelta(days=30)]
    assert days_said(transfer) == [day.isoformat() for day in days]


@pytest.mark.xfail(strict=True, reason="the control: it goes back as to anybody", raises=AssertionError)
def test_the_event_says_the_day_that_comes_back_control(there, monkeypatch):
    monkeypatch.setattr(transfers, "agreed_day", lambda _found: None)
    test_the_event_says_the_day_that_comes_back(there)


def test_a_day_that_was_agreed_since_stays(there):
    transfer, flags, pause = case_with_all(there)
    agreed = timezone.localdate() + dt.timedelta(days=1)
    case = Case.objects.get(pk=transfer.case_id)
    contacts.log(case=case, by=there, version=case.version, channel="phone", agreed="We talked.", next_on=agreed)

    transfers.undo(transfer=transfer, by=there, version=transfer.version)

    assert as_it_stands(transfer, flags, pause)[::2] == (agreed, False)


def test_a_flag_of_who_left_since_is_the_advisors(there):
    transfer, flags, pause = case_with_all(there)
    left(flags[1].owner)

    transfers.undo(transfer=transfer, by=there, version=transfer.version)

    assert as_it_stands(transfer, flags, pause)[1] == [transfer.from_advisor, transfer.from_advisor]


def test_a_flag_that_is_anothers_since_stays_so(there):
    transfer, flags, pause = case_with_all(there)
    manager = colleague(Role.REGIONAL_MANAGER, office=transfer.from_office)
    type(flags[1]).objects.filter(pk=flags[1].pk).update(owner=manager)

    transfers.undo(transfer=transfer, by=there, version=transfer.version)

    assert as_it_stands(transfer, flags, pause)[1] == [flags[0].owner, manager]


def test_it_does_not_go_back_to_who_is_away(there):
    transfer = taken(there)
    other = colleague(Role.ADVISOR, office=transfer.from_office)
    AbsenceFactory(user=transfer.from_advisor)

    transfers.undo(transfer=transfer, by=there, version=transfer.version)

    assert has(transfer.case)[0] == other


def test_where_nobody_else_takes_it_it_stays_and_that_is_said():
    case = CalledFactory()
    other, manager = (colleague(role, office=case.office) for role in (Role.ADVISOR, Role.REGIONAL_MANAGER))
    transfer = given(case, other, manager)
    left(transfer.from_advisor)

    with pytest.raises(ValidationError, match="nobody else takes it"):
        transfers.undo(transfer=transfer, by=manager, version=0)

    assert Transfer.objects.get().state == "accepted"


def asked_of(there, how):
    """A case that a manager answers for who is full, or away."""
    transfer = proposed(CalledFactory(), to(there))
    if how == "full":
        Appointment.objects.filter(user=there).update(weekly_cap=0)
    else:
        AbsenceFactory(user=there)
    return transfer, colleague(Role.REGIONAL_MANAGER, office=office_of(there))


def assigned():
    return Event.objects.get(name="casework.assigned").data.get("over_cap", False)


@pytest.mark.parametrize(("how", "said"), [("full", "Say why they take one more"), ("away", "is away")])
def test_a_manager_says_no_bare_yes_for_who_is_away_or_whose_week_is_full(how, said, there):
    transfer, manager = asked_of(there, how)

    with pytest.raises(ValidationError, match=said):
        transfers.accept(transfer=transfer, by=manager, version=0)
    transfers.accept(transfer=transfer, by=there, version=0)

    assert has(transfer.case)[0] == there
    assert assigned() is (how == "full")


@pytest.mark.parametrize("how", ["full", "away"])
def test_a_manager_says_no_bare_yes_control(how, there, monkeypatch):
    """The control: without the look the manager passes a cap without a reason."""
    monkeypatch.setattr(transfers, "past_cap", lambda *_args, **_kwargs: {})
    monkeypatch.setattr(transfers, "is_away", lambda *_args, **_kwargs: False)
    with pytest.raises(pytest.fail.Exception):
        test_a_manager_says_no_bare_yes_for_who_is_away_or_whose_week_is_full(how, "is", there)


def test_with_a_reason_a_manager_says_yes_past_the_cap_of_a_colleague(there, signed_in):
    transfer, manager = asked_of(there, "full")
    client, url = signed_in(manager), f"/desk/transfers/{transfer.pk}/accept/"
    page = client.get(transfer.get_absolute_url())
    typed = {"version": "0", "request_key": str(uuid.uuid4())}

    refused = client.post(url, typed)
    client.post(url, typed | {"request_key": str(uuid.uuid4()), "reason": "She speaks Brahui."})

    assert 'name="reason"' in page.text
    assert "Say why they take one more." in refused.text
    assert (has(transfer.case)[0], assigned()) == (there, True)
    assert list(transfer.case.notes.values_list("text", "is_shared")) == [("She speaks Brahui.", False)]


def test_where_who_is_asked_is_away_the_page_says_so_and_what_can_be_done(there, signed_in):
    transfer, manager = asked_of(there, "away")

    page = signed_in(manager).get(transfer.get_absolute_url())

    assert "and nobody says yes for them. Say no, and ask or hand over" in page.text
    assert ("Yes: take the case" in page.text, "No: say why" in page.text) == (False, True)


def test_who_is_paused_is_not_asked(there):
    Appointment.objects.filter(user=there).update(weekly_cap=0)

    with pytest.raises(ValidationError):
        proposed(CalledFactory(), to(there))


def gone(case, how):
    """The case goes to `other` where nobody is asked."""
    if how == "wish":
        other = colleague(Role.ADVISOR, office=case.office, sex="woman")
        hand_overs.wish(case=case, by=case.advisor, version=case.version, woman=True, language="")
    elif how == "left":
        other = colleague(Role.ADVISOR, office=case.office)
        left(case.advisor)
        hand_overs.hand_over_left(now=timezone.now())
    else:
        other = colleague(Role.ADVISOR, office=smeda_office("lahore"))
        enterprise = case.enterprise
        type(enterprise).objects.filter(pk=enterprise.pk).update(district=district("lahore"))
        transfers.follow(enterprise=type(enterprise).objects.get(pk=enterprise.pk), by=system())
    return other


@pytest.mark.parametrize("how", ["wish", "left", "district"])
def test_who_had_the_case_is_written_down_however_it_went(how, signed_in):
    case = CalledFactory()
    was = case.advisor

    other = gone(case, how)

    transfer = Transfer.objects.get()
    assert (transfer.from_advisor, transfer.to_advisor, transfer.cause) == (was, other, how)
    assert has(case)[0] == other
    page = signed_in(other).get(case.get_absolute_url()).text
    assert f"From {was} to {other}" in page
    assert capfirst(transfer.get_cause_display()) in page


def test_whoever_wrote_down_the_wish_takes_the_case_back():
    case = CalledFactory()
    was = case.advisor
    gone(case, "wish")
    transfer = Transfer.objects.get()

    transfers.undo(transfer=transfer, by=type(was).objects.get(pk=was.pk), version=0)

    assert has(case)[0] == was


def test_a_case_that_was_closed_since_is_opened_first(there):
    transfer = taken(there)
    case = Case.objects.get(pk=transfer.case_id)
    cases.close(case=case, by=there, version=case.version, outcome="moved")

    with pytest.raises(ValidationError, match="open it again first"):
        transfers.undo(transfer=transfer, by=there, version=transfer.version)


def sights(transfer, user):
    user = type(user).objects.get(pk=user.pk)
    return (
        Transfer.objects.visible_to(user).filter(pk=transfer.pk).exists(),
        user.has_perm("casework.view_transfer", transfer),
        user.has_perm("casework.undo_transfer", transfer),
    )


def test_who_said_no_reads_it_for_thirty_days_and_not_who_has_it_now(there, signed_in):
    had = colleague(Role.ADVISOR, office=smeda_office(), full_name="Asif Nawaz")
    case = CalledFactory(advisor=had, office=office_of(had))
    transfer = proposed(case, to(there))
    transfer = transfers.refuse(transfer=transfer, by=there, version=0, refusal="Too far.")
    now_theirs = colleague(Role.ADVISOR, office=case.office, full_name="Sadia Anwar")
    Case.objects.filter(pk=case.pk).update(advisor=now_theirs)

    page = signed_in(there).get(url("detail", transfer.pk)).text

    assert ["Too far." in page, "Asif Nawaz" in page, "Sadia Anwar" in page] == [True, True, False]
    assert sights(transfer, there)[:2] == (True, True)
    with time_machine.travel(timezone.now() + dt.timedelta(days=31), tick=False):
        assert sights(transfer, there)[:2] == (False, False)


def test_who_said_no_reads_it_for_thirty_days_control(there, signed_in, monkeypatch):
    """The control: without an end whoever once said no would read it for ever."""
    for rooms in ("casework.rules", "casework.querysets.transfers"):
        monkeypatch.setattr(f"{rooms}.BACK_FOR", dt.timedelta(days=3650))
    with pytest.raises(AssertionError, match="True, True"):
        test_who_said_no_reads_it_for_thirty_days_and_not_who_has_it_now(there, signed_in)


def test_a_manager_of_another_region_since_neither_reads_nor_undoes_it():
    case = CalledFactory()
    other, manager = (colleague(role, office=case.office) for role in (Role.ADVISOR, Role.REGIONAL_MANAGER))
    transfer = given(case, other, manager)
    assert sights(transfer, manager) == (True, True, True)

    Appointment.objects.filter(user=manager).update(office=smeda_office("khanewal"))

    assert sights(transfer, manager) == (False, False, False)


def test_nobody_undoes_what_another_decided(there):
    with pytest.raises(PermissionDenied):
        transfers.undo(transfer=AcceptedTransferFactory(), by=there, version=0)


# the pages


def choice(user):
    return f"post-{user.appointments.get().pk}"


def test_the_form_asks_and_the_one_who_is_asked_does_not_read_who_it_is(signed_in, there):
    """A client stands in the sight of another office when it takes the case, and not before."""
    case = CalledFactory()
    Person.objects.filter(pk=case.person_id).update(name="Zubaida Parveen")
    typed = {"version": case.version, "to": choice(there), "reason": WHY}
    answer = sent(signed_in(case.advisor), reverse("casework:transfer-create", args=[case.pk]), typed)
    transfer = Transfer.objects.get()

    asked, asking = (signed_in(user).get(url("detail", transfer.pk)).text for user in (there, case.advisor))
    desk = signed_in(there).get("/desk/").text

    assert answer.status_code == 302
    assert ["Zubaida Parveen" in page for page in (asked, asking, desk)] == [False, True, False]
    assert case.enterprise.reference in desk
    assert WHY in asked
    assert signed_in(there).get(case.get_absolute_url()).status_code == 404


def test_the_buttons_do_it(signed_in, there):
    transfer = TransferFactory(to_office=office_of(there), to_advisor=there)
    case, was = transfer.case, transfer.from_advisor
    client = signed_in(there)

    answers = [sent(client, url("accept", transfer.pk), {"version": 0})]
    page = client.get(case.get_absolute_url()).text
    answers.append(sent(client, url("undo", transfer.pk), {"version": 1}))
    further = TransferFactory(to_office=office_of(there), to_advisor=there)
    answers.append(sent(client, url("refuse", further.pk), {"version": 0, "refusal": "Too far."}))
    third = TransferFactory()
    answers.append(sent(signed_in(third.by), url("withdraw", third.pk), {"version": 0}))

    assert [answer["Location"] for answer in answers] == [
        case.get_absolute_url(),
        *(one.get_absolute_url() for one in (transfer, further, third)),
    ]
    assert str(was) in page
    assert has(case)[0] == was
    assert list(Transfer.objects.order_by("pk").values_list("state", flat=True)) == ["undone", "refused", "withdrawn"]


def test_a_refused_undoing_is_said_on_its_page(signed_in, there):
    transfer = taken(there)
    Case.objects.filter(pk=transfer.case_id).update(advisor=colleague(Role.ADVISOR, office=transfer.from_office))

    page = sent(signed_in(there), url("undo", transfer.pk), {"version": transfer.version})

    assert "ask them" in page.text


def test_while_one_is_asked_no_second_form_is_shown(signed_in, there):
    transfer = proposed(case := CalledFactory(), to(there))

    page = signed_in(case.advisor).get(reverse("casework:transfer-create", args=[case.pk])).text

    assert transfer.get_absolute_url() in page
    assert 'name="reason"' not in page


def test_where_no_other_office_takes_cases_colleagues_alone_are_offered(signed_in):
    case = CalledFactory()
    near = colleague(Role.ADVISOR, office=case.office)

    page = signed_in(case.advisor).get(reverse("casework:transfer-create", args=[case.pk])).text

    assert choice(near) in page
    assert "office-" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_takes_one_question_however_long(count, signed_in, django_assert_num_queries):
    case = CalledFactory()
    for _one in range(count):
        RefusedTransferFactory(case=case)
    client = signed_in(case.advisor)
    client.get(case.get_absolute_url())

    with django_assert_num_queries(QUERIES):
        page = client.get(case.get_absolute_url())

    assert page.text.count("Nobody here drives that far.") == count


QUERIES = 38


GOES = "If you say yes, the case goes to whoever of the office takes the next case. The client is told."
YOURS = (
    "If you say yes, the case is yours at once, with all that waits, and you see who the client is. The client is told."
)


def read_by(user, transfer, signed_in):
    return signed_in(user).get(url("detail", transfer.pk)).context["yes"]


def test_a_manager_of_the_office_that_is_asked_reads_who_would_take_it(there, signed_in):
    office = office_of(there)
    manager = colleague(Role.REGIONAL_MANAGER, office=office)
    transfer = proposed(CalledFactory(), transfers.To(office))

    assert read_by(manager, transfer, signed_in) == f"{GOES} Just now that is {there.full_name}."
    assert read_by(there, transfer, signed_in) == YOURS


def test_where_nobody_of_the_office_takes_cases_now_no_name_is_said(there):
    manager = colleague(Role.REGIONAL_MANAGER, office=office_of(there))
    transfer = proposed(CalledFactory(), transfers.To(office_of(there)))
    Appointment.objects.filter(office=office_of(there)).delete()

    assert pages.what_yes_does(transfer, user=manager) == GOES


def test_who_answers_for_a_colleague_reads_that_it_goes_to_them(there, signed_in):
    manager = colleague(Role.REGIONAL_MANAGER, office=office_of(there))
    transfer = proposed(CalledFactory(), to(there))

    assert read_by(manager, transfer, signed_in).startswith("If you say yes, the case goes to whoever is asked.")
    assert read_by(there, transfer, signed_in) == YOURS


def test_who_asks_no_longer_after_it_was_taken_reads_by_whom(there, signed_in):
    case = CalledFactory()
    transfer = proposed(case, to(there))
    transfers.accept(transfer=transfer, by=there, version=0)
    transfer.refresh_from_db()

    with pytest.raises(ValidationError) as refused:
        transfers.withdraw(transfer=transfer, by=case.advisor, version=0)

    (said,) = refused.value.messages
    assert said.startswith(f"The case was taken already: {transfer.to_in_words} has it since ")
    transfer.refresh_from_db()
    assert transfer.state == "accepted"
    Case.objects.filter(pk=case.pk).update(advisor=case.advisor)
    page = sent(signed_in(case.advisor), url("withdraw", transfer.pk), {"version": 0})
    assert "The case was taken already" in page.text
