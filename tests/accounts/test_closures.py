"""Local closures: what they hold, and what they leave alone."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import closures
from accounts.models import LocalClosure
from accounts.roles import Role
from journal.models import Event
from journal.moves import EditConflict
from places import calendar
from tests.factories.accounts import LocalClosureFactory, OfficeFactory, colleague
from tests.factories.casework import CalledFactory
from tests.factories.enterprises import district

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FIRST = dt.date(2026, 11, 24)


@pytest.fixture
def manager():
    return colleague(Role.REGIONAL_MANAGER, districts=[district()])


def shut(*, first=FIRST, last=FIRST, districts=(), offices=(), **others):
    return LocalClosureFactory(from_on=first, until_on=last, districts=districts, offices=offices, **others)


def reopens(on=FIRST, *, code="multan", office=None):
    return LocalClosure.objects.reopens_on(district=district(code).pk, office=office and office.pk, on=on)


def enter(by, **changes):
    today = timezone.localdate()
    facts = {"reason": "urs", "districts": [district()], "offices": [], "from_on": today, "until_on": today + DAY}
    return closures.enter(by=by, **facts | changes)


def test_a_district_opens_again_on_the_day_after_the_last():
    shut(last=FIRST + DAY, districts=[district()])

    found = [reopens(FIRST + step * DAY) for step in (-1, 0, 1, 2)]

    assert found == [None, FIRST + 2 * DAY, FIRST + 2 * DAY, None]
    assert reopens(code="lahore") is None


def test_an_office_is_shut_wherever_its_client_lives():
    office = OfficeFactory()
    shut(offices=[office])

    assert (reopens(code="lahore", office=office), reopens(code="lahore")) == (FIRST + DAY, None)


def test_one_closure_that_follows_on_another_counts_to_the_last_day():
    shut(last=FIRST + DAY, districts=[district()])
    shut(first=FIRST + 2 * DAY, last=FIRST + 3 * DAY, districts=[district()])
    shut(first=FIRST + 6 * DAY, last=FIRST + 7 * DAY, districts=[district()])

    assert reopens() == FIRST + 4 * DAY


def test_a_lifted_closure_holds_nothing(manager):
    closure = enter(manager)
    today = closure.from_on
    held = reopens(today)

    lifted = closures.lift(closure=closure, by=manager, version=0)

    assert (held, reopens(today), lifted.lifted_by, lifted.version) == (today + 2 * DAY, None, manager, 1)
    assert list(Event.objects.order_by("id").values_list("name", "by")) == [
        ("accounts.closure_entered", manager.pk),
        ("accounts.closure_lifted", manager.pk),
    ]


def test_the_answer_takes_one_query(django_assert_num_queries):
    shut(districts=[district()], offices=[OfficeFactory()])
    multan = district().pk

    with django_assert_num_queries(1):
        LocalClosure.objects.reopens_on(district=multan, office=7, on=FIRST)


def test_it_closes_no_calendar_so_days_late_stay_as_they_are():
    before = (calendar.late_cutoff(FIRST + 5 * DAY), calendar.on_time_until(FIRST))
    shut(last=FIRST + 9 * DAY, districts=[district()])

    assert (calendar.late_cutoff(FIRST + 5 * DAY), calendar.on_time_until(FIRST)) == before


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.CASHIER, Role.PROGRAMME_MANAGER])
def test_others_enter_nothing(role):
    with pytest.raises(PermissionDenied):
        enter(colleague(role, districts=[district()]))


def test_a_branch_manager_shuts_their_branch_and_its_districts():
    manager = colleague(Role.BRANCH_MANAGER, districts=[district()])
    office = manager.appointments.get().office

    closure = enter(manager, offices=[office])

    assert (list(closure.districts.all()), list(closure.offices.all())) == ([district()], [office])
    assert manager.district_ids == frozenset()  # it gives no sight


def test_only_what_the_managers_offices_serve_can_be_shut(manager):
    with pytest.raises(PermissionDenied):
        enter(manager, districts=[district("lahore")])
    with pytest.raises(PermissionDenied):
        enter(manager, offices=[OfficeFactory()])


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"districts": []}, ["Choose the districts or the offices that are shut."]),
        ({"until_on": dt.date(2020, 1, 1)}, ["This day is over. Enter today or a later day."]),
        (
            {"from_on": dt.date(2099, 1, 1), "until_on": dt.date(2098, 1, 1)},
            ["The last day comes before the first day."],
        ),
        ({"until_on": dt.date(2099, 1, 1)}, ["Enter at most three months at a time."]),
    ],
)
def test_what_cannot_be_is_refused_in_words(changes, messages, manager):
    with pytest.raises(ValidationError) as refused:
        enter(manager, **changes)

    assert refused.value.messages == messages


def test_a_closure_is_lifted_once_by_who_serves_the_place_and_saw_it_as_it_is(manager):
    closure = enter(manager)
    stranger = colleague(Role.REGIONAL_MANAGER, districts=[district("lahore")])

    with pytest.raises(PermissionDenied):
        closures.lift(closure=closure, by=stranger, version=0)
    with pytest.raises(EditConflict):
        closures.lift(closure=closure, by=manager, version=7)
    closures.lift(closure=closure, by=manager, version=0)
    with pytest.raises(ValidationError):
        closures.lift(closure=closure, by=manager, version=1)


def test_who_runs_the_office_that_is_shut_may_lift_it():
    office = OfficeFactory()
    manager = colleague(Role.BRANCH_MANAGER, office=office)

    assert manager.has_perm("accounts.lift_closure", shut(offices=[office])) is True
    assert manager.has_perm("accounts.lift_closure", None) is False


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"until_on": FIRST - DAY}, "accounts_closure_ends_after_it_starts"),
        ({"until_on": FIRST + 93 * DAY}, "accounts_closure_is_not_for_ever"),
        ({"lifted_at": timezone.now()}, "accounts_closure_lifted_by_and_at_together"),
    ],
)
def test_the_database_holds_it_too(facts, constraint):
    closure = shut()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        LocalClosure.objects.filter(pk=closure.pk).update(**facts)


def test_every_field_is_safe_to_copy_or_never_copied():
    fields = {field.name for field in LocalClosure._meta.concrete_fields}

    assert fields == LocalClosure.SAFE_TO_COPY | LocalClosure.NEVER_COPIED


# --- pages -------------------------------------------------------------------------------------------------------


def sent(**changes):
    today = timezone.localdate()
    typed = {"reason": "flood", "from_on": f"{today:%d-%m-%Y}", "until_on": f"{today + DAY:%d-%m-%Y}"}
    return typed | {"districts": ["multan"], "text": "پل بند ہے", "request_key": str(uuid.uuid4())} | changes


def test_a_manager_enters_a_closure_the_same_day_once(manager, signed_in):
    client, typed = signed_in(manager), sent()

    answers = [client.post("/desk/closures/new/", typed) for _click in range(2)]

    assert [(answer.status_code, answer.get("Location")) for answer in answers] == [(302, "/desk/closures/")] * 2
    assert [(one.text, one.entered_by) for one in LocalClosure.objects.all()] == [("پل بند ہے", manager)]


def test_the_form_offers_what_the_manager_serves_and_keeps_what_was_typed(manager, signed_in):
    answer = signed_in(manager).post("/desk/closures/new/", sent(districts=["lahore"], text="wide"))

    form = answer.context["form"]
    assert (answer.status_code, set(form.errors), form["text"].value()) == (200, {"districts"}, "wide")
    assert [one.code for one in form.fields["districts"].queryset] == ["multan"]


def test_a_closure_is_shown_to_who_works_there_and_on_the_case(manager, signed_in):
    case = CalledFactory()
    today = timezone.localdate()
    shut(first=today, last=today + DAY, districts=[district()], text="The bridge is closed")
    pages = {url: signed_in(manager).get(url).content.decode() for url in ("/desk/", case.get_absolute_url())}

    assert [("The bridge is closed" in page, "do not visit" in page) for page in pages.values()] == [(True, True)] * 2
    elsewhere = signed_in(colleague(Role.ADVISOR, districts=[district("lahore")]))
    assert "The bridge is closed" not in elsewhere.get("/desk/").content.decode()


@pytest.mark.parametrize("url", ["/loans/", "/loans/due/"])
def test_a_closure_stands_on_the_lenders_desk_and_due_list(url, signed_in):
    user = colleague(Role.BRANCH_MANAGER, districts=[district()])
    today = timezone.localdate()
    shut(first=today, last=today, districts=[district()], text="The bridge is closed")

    assert "The bridge is closed" in signed_in(user).get(url).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_no_more_for_more_rows(rows, manager, signed_in, django_assert_num_queries):
    client = signed_in(manager)
    for _row in range(rows):
        shut(districts=[district()], offices=[OfficeFactory()])

    with django_assert_num_queries(9):
        client.get("/desk/closures/")


def test_the_list_lets_the_manager_lift_theirs(manager, signed_in):
    client = signed_in(manager)
    theirs, others = enter(manager), shut(last=FIRST + 60 * DAY, districts=[district("lahore")])
    page = client.get("/desk/closures/")

    assert {row["closure"]: row["may_lift"] for row in page.context["rows"]} == {theirs: True, others: False}

    answer = client.post(f"/desk/closures/{theirs.pk}/lift/", {"version": 0, "request_key": str(uuid.uuid4())})
    again = client.post(
        f"/desk/closures/{theirs.pk}/lift/", {"version": 1, "request_key": str(uuid.uuid4())}, follow=True
    )

    theirs.refresh_from_db()
    assert (answer.status_code, theirs.lifted_by) == (302, manager)
    assert "This closure was lifted already." in again.content.decode()
