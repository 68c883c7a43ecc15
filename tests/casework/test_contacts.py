import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from casework.actions import contacts
from casework.models import Case, Channel, Contact
from casework.states import CaseState
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from kit import words
from tests.casework.asking import names_of
from tests.factories.accounts import colleague
from tests.factories.casework import (
    CalledFactory,
    CallFactory,
    CaseFactory,
    ClosedFactory,
    ContactFactory,
    PlannedFactory,
)

pytestmark = pytest.mark.django_db
NEXT_ON = dt.date(2026, 12, 1)


def log(case, *, by=None, version=0, **changes):
    facts = {"channel": Channel.PHONE, "agreed": "She brings the bill.", "minutes": 12, "next_on": NEXT_ON} | changes
    return contacts.log(case=case, by=by or case.advisor, version=version, **facts)


def test_the_first_contact_stops_the_clock():
    case = CaseFactory()

    contact = log(case)

    case.refresh_from_db()
    assert (case.state, case.next_contact_on, case.version) == (CaseState.CONTACTED, NEXT_ON, 1)
    assert case.first_contact_at == case.last_contact_at == contact.at
    assert (contact.channel, contact.agreed, contact.minutes, contact.by) == (
        Channel.PHONE, "She brings the bill.", 12, case.advisor,
    )  # fmt: skip
    assert names_of(Case, case.pk) == ["casework.first_contact"]


@pytest.mark.parametrize("made", [CalledFactory, PlannedFactory])
def test_later_contacts_set_the_next_day_and_keep_the_state(made):
    case = made()
    first_at, state = case.first_contact_at, case.state

    contact = log(case, channel=Channel.VISIT, next_on=None, present=["relative"])

    case.refresh_from_db()
    assert (case.state, case.next_contact_on, case.version) == (state, None, 1)
    assert (case.first_contact_at, case.last_contact_at) == (first_at, contact.at)
    assert list(Event.objects.values_list("name", "data")) == [("casework.contacted", {"kind": "visit"})]


def log_again(case, **changes):
    log(case)
    return log(case, version=1, **changes)


def test_the_same_words_again_are_the_same_talk():
    case = CaseFactory()

    with pytest.raises(ValidationError) as refused:
        log_again(case)

    assert refused.value.message_dict == {"agreed": ["You have written this already. It is saved."]}
    assert Contact.objects.count() == 1


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="the control: no time is short enough")
def test_the_same_words_again_are_the_same_talk_control(monkeypatch):
    monkeypatch.setattr(contacts, "MOMENT", dt.timedelta())

    with pytest.raises(ValidationError):
        log_again(CaseFactory())


@pytest.mark.parametrize("changes", [{"agreed": "She found the bill."}, {"channel": Channel.EVENT}])
def test_other_words_or_another_channel_are_another_talk(changes):
    assert log_again(CaseFactory(), **changes).pk


def test_the_same_words_of_another_day_are_another_talk():
    case = opened(5)
    log(case, on=TODAY() - 2 * A_DAY)

    assert log(case, version=1, on=TODAY() - A_DAY).pk


@pytest.mark.parametrize("made", [CaseFactory, CalledFactory])
def test_a_contact_says_what_was_agreed(made):
    case = made()

    with pytest.raises(ValidationError):
        log(case, agreed="")

    case.refresh_from_db()
    assert (case.version, Contact.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_closed_case_takes_no_contact():
    with pytest.raises(MoveRefused):
        log(ClosedFactory())


@pytest.mark.parametrize("made", [CaseFactory, CalledFactory])
@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROGRAMME_MANAGER, Role.LOAN_OFFICER, Role.ADVISOR])
def test_only_advisors_of_the_district_log_contacts(made, role):
    with pytest.raises(PermissionDenied):
        log(made(), by=colleague(role))


def test_the_second_of_two_at_once_is_shown_what_the_first_one_wrote():
    case = CaseFactory()
    first = log(case)

    with pytest.raises(EditConflict) as conflict:
        log(case, agreed="I called too.")

    assert (conflict.value.item, Contact.objects.count()) == (first, 1)


def test_without_the_version_the_second_one_writes_over_the_first_ones_day():
    """The failing control: nobody compares what was shown with what is there."""
    case = CaseFactory()
    log(case)

    log(case, agreed="I called too.", next_on=None, version=None)

    case.refresh_from_db()
    assert (case.next_contact_on, Contact.objects.count()) == (None, 2)


def test_a_case_changed_by_other_means_is_shown_itself():
    case = CalledFactory(version=2)

    with pytest.raises(EditConflict) as conflict:
        log(case, version=1)

    assert conflict.value.item == case


def test_the_conflict_carries_the_latest_contact():
    case = CalledFactory(version=2)
    ContactFactory(case=case)
    latest = ContactFactory(case=case)

    with pytest.raises(EditConflict) as conflict:
        log(case, version=1)

    assert conflict.value.item == latest


# The day of it

TODAY = timezone.localdate
A_DAY = dt.timedelta(days=1)


def opened(days, made=CaseFactory, **attributes):
    """A case that was opened so many days ago."""
    return made(opened_at=timezone.now() - days * A_DAY, **attributes)


def test_a_visit_of_yesterday_is_written_down_as_of_yesterday():
    case, yesterday = opened(5), TODAY() - A_DAY

    contact = log(case, on=yesterday)

    case.refresh_from_db()
    assert (contact.on, timezone.localdate(contact.at)) == (yesterday, TODAY())
    assert [timezone.localdate(at) for at in (case.first_contact_at, case.last_contact_at)] == [yesterday, yesterday]


def test_on_the_day_of_the_opening_it_is_never_before_it():
    case = opened(1)

    log(case, on=TODAY() - A_DAY)

    case.refresh_from_db()
    assert case.first_contact_at >= case.opened_at


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "This day has not come yet. Log the contact when it was made."),
        (71, "The case was opened on {opened}. Enter that day or a later one."),
        (61, "This day is more than two months ago. Write a note instead."),
    ],
)
def test_a_day_on_which_it_cannot_have_been_is_refused(days, said):
    case = opened(70)
    begun = words.plain(words.day_short(case.opened_at))

    with pytest.raises(ValidationError) as refused:
        log(case, on=TODAY() - days * A_DAY)

    assert refused.value.message_dict == {"on": [said.format(opened=begun)]}
    assert Contact.objects.count() == 0


def clock_of(case):
    case.refresh_from_db()
    return timezone.localdate(case.last_contact_at), case.next_contact_on


def paper_after_a_call():
    """Today's call agreed a day; a form of three days ago, typed after it, says another."""
    case = opened(9, CalledFactory)
    log(case, agreed="Call again.", next_on=NEXT_ON)
    log(case, version=1, agreed="Of the paper.", on=TODAY() - 3 * A_DAY, next_on=NEXT_ON - A_DAY)
    return clock_of(case)


def test_a_paper_form_that_comes_late_does_not_set_the_clock_back():
    assert paper_after_a_call() == (TODAY(), NEXT_ON)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: whatever is typed last sets the clock")
def test_a_paper_form_that_comes_late_does_not_set_the_clock_back_control(monkeypatch):
    def always(contact):
        return {"last_contact_at": contacts.moment_of(contact), "next_contact_on": contact.next_on}

    monkeypatch.setattr(contacts, "clock_after", always)

    assert paper_after_a_call() == (TODAY(), NEXT_ON)


def test_a_paper_form_of_the_same_day_does_not_set_the_clock_back():
    evening = timezone.make_aware(dt.datetime.combine(TODAY() - A_DAY, dt.time(16)))
    case = opened(9, CalledFactory, last_contact_at=evening, next_contact_on=NEXT_ON)

    log(case, agreed="Of the paper.", on=TODAY() - A_DAY, next_on=NEXT_ON - A_DAY)

    case.refresh_from_db()
    assert (case.last_contact_at, case.next_contact_on) == (evening, NEXT_ON)


def test_a_first_contact_that_is_typed_later_is_the_first_one():
    case = opened(9)
    log(case)

    log(case, version=1, agreed="Of the paper.", on=TODAY() - 3 * A_DAY)

    case.refresh_from_db()
    assert [timezone.localdate(at) for at in (case.first_contact_at, case.last_contact_at)] == [
        TODAY() - 3 * A_DAY, TODAY(),
    ]  # fmt: skip


def test_what_was_to_be_told_later_is_not_told_by_an_earlier_talk():
    call = CallFactory(case=opened(9, CalledFactory))

    log(call.case, on=TODAY() - A_DAY)
    call.refresh_from_db()
    before = call.contact
    told = log(call.case, version=1, agreed="Told her.")

    call.refresh_from_db()
    assert (before, call.contact) == (None, told)


def test_who_took_the_permission_back_meanwhile_was_welcome_to_a_call_that_day():
    case = opened(9, CalledFactory)
    case.person.consents.update(withdrawn_at=timezone.now() - 2 * A_DAY)

    assert log(case, on=TODAY() - 2 * A_DAY).pk
    with pytest.raises(ValidationError):
        log(case, version=1, on=TODAY() - A_DAY, agreed="Later.")


# Who was there


def visit(by_sex, client_sex, present, channel=Channel.VISIT):
    case = CalledFactory()
    type(case.person).objects.filter(pk=case.person_id).update(sex=client_sex)
    type(case.advisor).objects.filter(pk=case.advisor_id).update(sex=by_sex)
    case = Case.objects.get(pk=case.pk)
    return log(case, channel=channel, present=present)


ALONE = [("man", "woman", []), ("man", "woman", ["client", "partner", "other"]), ("", "woman", ["client"])]
IN_COMPANY = [
    ("woman", "woman", []),
    ("man", "man", []),
    ("man", "woman", ["client", "husband_or_father"]),
    ("man", "woman", ["relative"]),
    ("", "woman", ["woman_colleague"]),
]


@pytest.mark.parametrize(("by_sex", "client_sex", "present"), ALONE)
def test_no_man_visits_a_woman_alone(by_sex, client_sex, present):
    with pytest.raises(ValidationError) as refused:
        visit(by_sex, client_sex, present)

    assert (refused.value.error_dict.keys(), Contact.objects.count()) == ({"present"}, 0)


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="the control: nobody asks who was there")
def test_no_man_visits_a_woman_alone_control(monkeypatch):
    monkeypatch.setattr(contacts, "refuse_alone", lambda contact: None)

    with pytest.raises(ValidationError):
        visit("man", "woman", [])


@pytest.mark.parametrize(("by_sex", "client_sex", "present"), IN_COMPANY)
def test_a_visit_by_a_woman_or_in_company_is_logged(by_sex, client_sex, present):
    assert visit(by_sex, client_sex, present).present == present


def test_a_call_needs_no_company():
    assert visit("man", "woman", [], channel=Channel.PHONE).pk


# What counts


@pytest.mark.parametrize(
    ("substantive", "specific", "counts"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False), (None, None, False)],
)
def test_it_counts_only_if_both_are_said(substantive, specific, counts):
    contact = ContactFactory(is_substantive=substantive, is_specific=specific)

    assert contact.is_reportable is counts
    assert list(Contact.objects.reportable()) == ([contact] if counts else [])


def test_its_minutes_are_those_of_the_way_and_of_preparing_too():
    assert ContactFactory(minutes=30, prep_minutes=10, travel_minutes=60).minutes_in_all == 100
