"""Enquiries with their kind of work and their event, and the lead that comes of one."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from accounts.roles import DISTRICT_ROLES, Role
from casework.actions import enquiries
from casework.models import Case, Enquiry, HelpdeskEvent
from casework.querysets import HelpdeskEventQuerySet
from enterprises.actions.enterprises import Business
from enterprises.models import Enterprise, Person
from kit import words
from tests.factories.accounts import colleague
from tests.factories.casework import EnquiryFactory, HelpdeskEventFactory, smeda_office
from tests.factories.enterprises import OwnershipFactory, district

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
A_DAY = dt.timedelta(days=1)


@pytest.fixture
def advisor():
    return colleague(Role.ADVISOR, office=smeda_office())


def send(client, page, *args, **typed):
    return client.post(reverse(f"casework:{page}", args=args), {"request_key": str(uuid.uuid4())} | typed)


def asked(**changes):
    return {"channel": "event", "topic": "loan", "district": "multan", "answer": "Told how to register."} | changes


def test_an_event_holds_its_enquiries_and_the_next_one_begins_with_it(signed_in, advisor):
    client = signed_in(advisor)

    send(
        client,
        "enquiry-event-list",
        name="Chamber day",
        kind="chamber",
        district="multan",
        on=TODAY().strftime("%d/%m/%Y"),
    )
    event = HelpdeskEvent.objects.get()
    send(client, "enquiry-list", **asked(event=str(event.pk), sector="trade"))

    enquiry = Enquiry.objects.get()
    page = client.get(reverse("casework:enquiry-list"))
    (row,) = client.get(reverse("casework:enquiry-event-list")).context["events"]["groups"][0]["rows"]
    assert (enquiry.event, enquiry.sector.code, event.by) == (event, "trade", advisor)
    assert page.context["form"].initial["event"] == event.pk
    assert [words.plain(cell["text"]) for cell in row["cells"][1:]] == ["Chamber day", "Multan", "1"]


def test_without_an_event_of_these_days_there_is_no_box_for_one(signed_in, advisor):
    HelpdeskEventFactory(office=advisor.appointments.get().office, on=TODAY() - 7 * A_DAY)
    HelpdeskEventFactory(office=smeda_office("lahore"), district=district("lahore"))

    fields = signed_in(advisor).get(reverse("casework:enquiry-list")).context["form"].fields

    assert "event" not in fields


def test_a_day_that_is_to_come_and_the_same_event_twice_are_refused(advisor):
    facts = {"by": advisor, "name": "Chamber day", "kind": "chamber", "district": district()}
    enquiries.hold_event(on=TODAY(), **facts)

    with pytest.raises(ValidationError) as late:
        enquiries.hold_event(on=TODAY() + A_DAY, **facts)
    with pytest.raises(ValidationError) as twice:
        enquiries.hold_event(on=TODAY(), **facts)

    assert (set(late.value.error_dict), twice.value.messages) == ({"on"}, ["This event is on the list already."])


@pytest.mark.parametrize("role", sorted(set(Role.values) - DISTRICT_ROLES))
def test_only_advisors_hold_events_and_make_leads(role):
    user = colleague(role, office=smeda_office())

    with pytest.raises(PermissionDenied):
        enquiries.hold_event(by=user, name="Day", kind="chamber", district=district(), on=TODAY())
    with pytest.raises(PermissionDenied):
        make_lead(EnquiryFactory(), user)


def opened(client, event):
    """What the number of an event says, and the rows to which it opens."""
    rows = client.get(reverse("casework:enquiry-event-list")).context["events"]["groups"][0]["rows"]
    cell = next(row["cells"][3] for row in rows if row["cells"][1]["text"] == event.name)
    if not cell["url"]:
        return words.plain(cell["text"]), 0
    page = client.get(cell["url"])
    assert event.name in page.text
    return words.plain(cell["text"]), len(page.context["enquiries"].groups[0]["rows"])


def of_an_event_partly_out_of_sight(signed_in, advisor):
    """An event of another office in the advisor's district: of its three enquiries one came from elsewhere."""
    elsewhere = smeda_office("lahore")
    event = HelpdeskEventFactory(name="Fair of the bazaar", office=elsewhere, district=district())
    for code in ("multan", "multan", "lahore"):
        EnquiryFactory(event=event, office=elsewhere, district=district(code))
    EnquiryFactory(office=elsewhere, district=district())
    return opened(signed_in(advisor), event)


def test_the_number_of_an_event_opens_to_the_enquiries_that_it_counts(signed_in, advisor):
    assert of_an_event_partly_out_of_sight(signed_in, advisor) == ("2", 2)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: the number counts what nobody may open")
def test_the_number_of_an_event_opens_to_the_enquiries_control(signed_in, advisor, monkeypatch):
    counted = HelpdeskEvent.objects.annotate(asked=Count("enquiries")).select_related("district")
    monkeypatch.setattr(HelpdeskEventQuerySet, "for_list", lambda _events, _user: counted)

    assert of_an_event_partly_out_of_sight(signed_in, advisor) == ("2", 2)


def test_an_event_of_nothing_opens_to_nothing(signed_in, advisor):
    event = HelpdeskEventFactory(office=advisor.appointments.get().office)

    assert opened(signed_in(advisor), event) == ("0", 0)


@pytest.mark.parametrize("asked_for", ["x", "٣", "9" * 30, "0", "out of sight"])
def test_no_event_is_the_list_of_the_day(asked_for, signed_in, advisor):
    if asked_for == "out of sight":
        asked_for = HelpdeskEventFactory(office=smeda_office("lahore"), district=district("lahore")).pk
    page = signed_in(advisor).get(reverse("casework:enquiry-list"), {"event": asked_for})

    assert (page.status_code, page.context["enquiries"].event) == (200, None)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_events_asks_the_same_number_of_queries(rows, signed_in, advisor, django_assert_num_queries):
    for _row in range(rows):
        EnquiryFactory(event=HelpdeskEventFactory(office=advisor.appointments.get().office))
    client = signed_in(advisor)

    with django_assert_num_queries(9):
        client.get(reverse("casework:enquiry-event-list"))


# A lead


def make_lead(enquiry, by, *, consented=("contact",), **changes):
    facts = {
        "name": "Nasreen Bibi", "sex": "woman", "phone": "+923001234567", "phone_owner": "unsaid", "parent_name": "",
        "parent_relation": "", "birth_year": None, "language": "ur",
    } | changes  # fmt: skip
    business = Business(stage="running", sector=None, district=enquiry.district)
    return enquiries.make_lead(enquiry=enquiry, by=by, facts=facts, business=business, consented=consented)


@pytest.mark.parametrize("consented", [["contact"], []])
def test_of_an_enquiry_comes_a_client_with_a_case_or_a_lead(consented):
    enquiry = EnquiryFactory()

    made = make_lead(enquiry, enquiry.by, consented=consented)

    enterprise = Enterprise.objects.get()
    assert (made.enterprise, Case.objects.get().enterprise) == (enterprise, enterprise)
    assert (enterprise.client_since is not None, enterprise.district) == (bool(consented), enquiry.district)
    assert Person.objects.get(enterprises=enterprise).name == "Nasreen Bibi"


def twice():
    enquiry = EnquiryFactory()
    make_lead(enquiry, enquiry.by)
    make_lead(enquiry, enquiry.by, name="Somebody Else", phone="")


def test_of_one_enquiry_comes_one_lead():
    with pytest.raises(ValidationError, match="made a lead of this enquiry already"):
        twice()


def known():
    """Somebody of this name and number is with us."""
    enquiry = EnquiryFactory()
    there = OwnershipFactory(
        person__name="Nasreen Bibi", person__phone="+923001234567", enterprise__district=district()
    )
    make_lead(enquiry, enquiry.by)
    return there


def test_somebody_who_may_be_with_us_is_compared_first():
    with pytest.raises(ValidationError, match="is with us already: Nasreen Bibi"):
        known()


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="the control: nobody compares")
def test_somebody_who_may_be_with_us_is_compared_first_control(monkeypatch):
    monkeypatch.setattr(enquiries, "refuse_known", lambda by, facts, *, district: None)

    with pytest.raises(ValidationError):
        known()


def test_one_click_from_the_list_and_three_answers_make_a_lead(signed_in):
    enquiry = EnquiryFactory(name="Ali Raza", phone="+923001234567", district=district("multan"))
    client = signed_in(enquiry.by)

    page = client.get(reverse("casework:enquiry-list"))
    cell = page.context["enquiries"].groups[0]["rows"][0]["cells"][-1]
    form = client.get(cell["url"]).context["form"]
    left_to_say = {"sex": "man", "stage": "running", "contact": "on"}
    typed = {name: form[name].value() for name in ("name", "phone", "district")}
    response = send(client, "enquiry-lead", enquiry.pk, **typed, **left_to_say)

    enquiry.refresh_from_db()
    page = client.get(response["Location"])
    cell = page.context["enquiries"].groups[0]["rows"][0]["cells"][-1]
    assert (cell["text"], cell["url"]) == (enquiry.enterprise.reference, enquiry.enterprise.case.get_absolute_url())
    said = f"Registered as a client: {enquiry.enterprise.reference}. An advisor calls them."
    assert [str(message) for message in page.context["messages"]] == [said]


def test_what_is_missing_is_said_and_nothing_is_registered(signed_in):
    enquiry = EnquiryFactory()

    response = send(signed_in(enquiry.by), "enquiry-lead", enquiry.pk, name="", district="multan")

    assert set(response.context["form"].errors) == {"name", "sex", "stage"}
    assert Enterprise.objects.count() == 0


def test_out_of_sight_it_is_not_there_and_a_reader_makes_none(signed_in):
    enquiry = EnquiryFactory()
    users = [colleague(Role.ADVISOR, office=smeda_office("lahore")), colleague(Role.REGIONAL_MANAGER)]

    found = [signed_in(user).get(reverse("casework:enquiry-lead", args=[enquiry.pk])).status_code for user in users]

    assert found == [404, 404]
