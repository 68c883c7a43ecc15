"""Who is away: who may say it of whom, and what the pages show."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import absences
from accounts.models import Absence
from accounts.roles import Role
from journal.models import Event
from journal.moves import EditConflict
from kit.words import day_plain, plain
from tests.factories.accounts import AbsenceFactory, AppointmentFactory, OfficeFactory, colleague
from tests.hostile import throw_at

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def advisor(office):
    return colleague(Role.ADVISOR, office=office, full_name="Sadia Anwar")


@pytest.fixture
def manager(office):
    return colleague(Role.REGIONAL_MANAGER, office=office, full_name="Zafar Gul")


def enter(user, by, **changes):
    today = timezone.localdate()
    facts = {"reason": "leave", "from_on": today, "until_on": today + DAY}
    return absences.enter(user=user, by=by, **facts | changes)


def test_an_advisor_says_it_of_themselves_and_the_manager_of_them(advisor, manager):
    later = timezone.localdate() + 9 * DAY
    own, said = enter(advisor, advisor), enter(advisor, manager, from_on=later, until_on=later)

    lifted = absences.lift(absence=said, by=manager, version=0)

    assert (own.entered_by, said.entered_by, lifted.lifted_by, lifted.version) == (advisor, manager, manager, 1)
    assert list(Event.objects.order_by("id").values_list("name", "audience", "data")) == [
        ("accounts.absence_entered", ["managers"], {"user": advisor.pk}),
        ("accounts.absence_entered", ["managers"], {"user": advisor.pk}),
        ("accounts.absence_lifted", ["managers"], {"user": advisor.pk}),
    ]


def test_nobody_says_it_of_others(advisor, office):
    for by in (
        colleague(Role.ADVISOR, office=office),
        colleague(Role.REGIONAL_MANAGER),
        colleague(Role.PROGRAMME_MANAGER, office=office),
    ):
        with pytest.raises(PermissionDenied):
            enter(advisor, by)
    absence = AbsenceFactory(user=advisor)
    with pytest.raises(PermissionDenied):
        absences.lift(absence=absence, by=colleague(Role.ADVISOR, office=office), version=0)
    assert advisor.has_perm("accounts.enter_absence", None) is False
    assert colleague(Role.REGIONAL_MANAGER, office=office).has_perm("accounts.enter_absence", None) is False
    assert advisor.has_perm("accounts.view_absence", None) is False


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"until_on": dt.date(2020, 1, 1)}, ["This day is over. Enter today or a later day."]),
        (
            {"from_on": dt.date(2099, 1, 1), "until_on": dt.date(2098, 1, 1)},
            ["The last day comes before the first day."],
        ),
        ({"until_on": dt.date(2099, 1, 1)}, ["Enter at most six months at a time."]),
    ],
)
def test_what_cannot_be_is_refused_in_words(changes, messages, advisor):
    with pytest.raises(ValidationError) as refused:
        enter(advisor, advisor, **changes)

    assert refused.value.messages == messages


TODAY = timezone.localdate
WORDS = "These days are entered already, from {} to {}: leave."


def refuses_the_same_days(advisor, first=0, last=0):
    standing = enter(advisor, advisor, from_on=TODAY() + 5 * DAY, until_on=TODAY() + 7 * DAY)
    with pytest.raises(ValidationError) as refused:
        enter(advisor, advisor, reason="sick", from_on=TODAY() + first * DAY, until_on=TODAY() + last * DAY)

    said = WORDS.format(*(plain(day_plain(day)) for day in (standing.from_on, standing.until_on)))
    assert refused.value.message_dict == {"from_on": [said]}


@pytest.mark.parametrize(("first", "last"), [(5, 7), (6, 6), (0, 5), (7, 9), (0, 9)])
def test_days_that_are_entered_already_are_refused_with_their_dates(advisor, first, last):
    refuses_the_same_days(advisor, first, last)


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="nobody looks")
def test_days_that_are_entered_already_control(advisor, monkeypatch):
    monkeypatch.setattr(absences, "refuse_overlap", lambda _absence: None)

    refuses_the_same_days(advisor, 5, 7)


@pytest.mark.parametrize(
    ("first", "last", "reasons"),
    [(0, 4, ["leave", "leave"]), (8, 9, ["leave", "sick"]), (5, 7, ["leave", "pause"]), (5, 7, ["pause", "training"])],
)
def test_days_beside_them_and_a_pause_are_entered(advisor, first, last, reasons):
    enter(advisor, advisor, reason=reasons[0], from_on=TODAY() + 5 * DAY, until_on=TODAY() + 7 * DAY)
    enter(advisor, advisor, reason=reasons[1], from_on=TODAY() + first * DAY, until_on=TODAY() + last * DAY)

    assert Absence.objects.count() == 2


def test_two_pauses_of_one_day_are_refused_and_what_is_lifted_or_of_another_stands_in_no_way(advisor, manager):
    AbsenceFactory(user=manager)
    absences.lift(absence=enter(advisor, advisor), by=advisor, version=0)
    enter(advisor, advisor, reason="pause")

    with pytest.raises(ValidationError):
        enter(advisor, advisor, reason="pause")
    assert enter(advisor, advisor).pk


def test_the_form_keeps_what_was_typed_where_days_are_taken(advisor, signed_in):
    AbsenceFactory(user=advisor)

    page = signed_in(advisor).post("/desk/absences/new/", sent(advisor, reason="sick"))

    assert (list(page.context["form"].errors), page.context["form"]["reason"].value()) == (["from_on"], "sick")


def test_it_is_lifted_once_and_as_it_was_seen(advisor):
    absence = enter(advisor, advisor)

    with pytest.raises(EditConflict):
        absences.lift(absence=absence, by=advisor, version=7)
    absences.lift(absence=absence, by=advisor, version=0)
    with pytest.raises(ValidationError):
        absences.lift(absence=absence, by=advisor, version=1)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"until_on": dt.date(2020, 1, 1)}, "accounts_absence_ends_after_it_starts"),
        ({"until_on": dt.date(2099, 1, 1)}, "accounts_absence_is_not_for_ever"),
        ({"lifted_at": timezone.now()}, "accounts_absence_lifted_by_and_at_together"),
    ],
)
def test_the_database_holds_it_too(facts, constraint):
    absence = AbsenceFactory()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Absence.objects.filter(pk=absence.pk).update(**facts)


def test_every_field_is_safe_to_copy_or_never_copied():
    assert {field.name for field in Absence._meta.concrete_fields} == Absence.SAFE_TO_COPY | Absence.NEVER_COPIED


@pytest.mark.parametrize("role", Role)
def test_what_one_sees_in_the_list_one_sees_alone(role, advisor, office):
    """The two faces of one rule agree, at the office and elsewhere."""
    own, others = AbsenceFactory(user=advisor), AbsenceFactory()
    for user in (colleague(role, office=office), colleague(role), advisor):
        seen = set(Absence.objects.visible_to(user))
        assert {one for one in (own, others) if user.has_perm("accounts.view_absence", one)} == seen
    assert str(own).startswith("Sadia Anwar")


def test_whoever_left_is_no_more_of_the_managers_business(advisor, manager):
    absence, today = AbsenceFactory(user=advisor), timezone.localdate()
    advisor.appointments.update(from_on=today - 9 * DAY, until_on=today - DAY)

    assert (manager.has_perm("accounts.view_absence", absence), list(Absence.objects.visible_to(manager))) == (
        False,
        [],
    )
    with pytest.raises(PermissionDenied):
        enter(advisor, manager)


# --- pages -------------------------------------------------------------------------------------------------------


def sent(user, **changes):
    today = timezone.localdate()
    typed = {"user": user.pk, "reason": "leave", "from_on": f"{today:%d-%m-%Y}", "until_on": f"{today + DAY:%d-%m-%Y}"}
    return typed | {"request_key": str(uuid.uuid4())} | changes


def test_an_absence_is_entered_once(advisor, signed_in):
    client, typed = signed_in(advisor), sent(advisor)

    answers = [client.post("/desk/absences/new/", typed) for _click in range(2)]

    assert [(answer.status_code, answer.get("Location")) for answer in answers] == [(302, "/desk/absences/")] * 2
    assert list(Absence.objects.values_list("user", "entered_by")) == [(advisor.pk, advisor.pk)]


def test_the_form_offers_only_those_of_whom_one_may_say_it(advisor, manager, signed_in):
    stranger = colleague(Role.ADVISOR)

    def offered(user):
        form = signed_in(user).get("/desk/absences/new/").context["form"]
        return list(form.fields["user"].queryset)

    assert (offered(advisor), offered(manager)) == ([advisor], [advisor, manager])
    refused = signed_in(advisor).post("/desk/absences/new/", sent(stranger), follow=True)
    assert list(refused.context["form"].errors) == ["user"]


def test_people_of_one_name_are_told_apart_by_their_office(advisor, office, signed_in):
    other = OfficeFactory()
    namesake = colleague(Role.ADVISOR, office=other, full_name=advisor.full_name)
    runs_both = colleague(Role.REGIONAL_MANAGER, office=office, full_name="Zafar Gul")
    AppointmentFactory(user=runs_both, office=other, role=Role.REGIONAL_MANAGER)
    AbsenceFactory(user=namesake)
    client = signed_in(runs_both)

    form = client.get("/desk/absences/new/").context["form"]
    rows = client.get("/desk/absences/").context["rows"]

    groups = {label: [name for _pk, name in people] for label, people in form.fields["user"].choices}
    named = {label for label, people in groups.items() if advisor.full_name in people}
    assert named == {office.label, other.label}
    assert [row["office"] for row in rows] == [other.label]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_no_more_for_more_rows(rows, manager, advisor, signed_in, django_assert_num_queries):
    client = signed_in(manager)
    for _row in range(rows):
        AbsenceFactory(user=advisor)

    with django_assert_num_queries(8):
        client.get("/desk/absences/")


def test_the_list_says_who_is_away_and_who_is_back(manager, advisor, signed_in):
    today, client = timezone.localdate(), signed_in(manager)
    AbsenceFactory(user=advisor, from_on=today - 9 * DAY)
    AbsenceFactory(user=advisor, from_on=today + 9 * DAY)
    now = AbsenceFactory(user=advisor)

    page = client.get("/desk/absences/")
    answer = client.post(f"/desk/absences/{now.pk}/lift/", {"version": 0, "request_key": str(uuid.uuid4())})
    again = client.post(f"/desk/absences/{now.pk}/lift/", sent(advisor, version=1), follow=True)

    now.refresh_from_db()
    assert [row["may_lift"] for row in page.context["rows"]] == [True, True, False]
    assert (answer.status_code, now.lifted_by) == (302, manager)
    assert "This absence was lifted already." in again.text


def test_whatever_is_typed_of_an_absence_the_page_answers(manager, advisor, signed_in):
    """Promise 16."""
    fields = {"user": str(advisor.pk), "reason": "leave", "from_on": "", "until_on": ""}

    throw_at("/desk/absences/new/", client=signed_in(manager), fields=fields, app="accounts")
