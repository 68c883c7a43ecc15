"""An appointment, or a next contact, on a day on which offices are shut is asked about once."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Absence
from casework.forms import MeetingForm, parts
from casework.models import Contact, Meeting
from casework.pages.away import of_case
from places.models import Holiday
from tests.factories.accounts import AbsenceFactory
from tests.factories.casework import CalledFactory, CaseFactory, ClosedFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
SATURDAY, SUNDAY, MONDAY = (dt.date(2026, 11, day) for day in (28, 29, 30))
ASKED = "{} Keep it? Then press the button once more, or choose another day."


@pytest.fixture
def tuesday():
    with time_machine.travel("2026-11-24 12:00 +0500", tick=False):
        yield


def make(client, case, day, **typed):
    facts = {"channel": "office", "day": f"{day:%d/%m/%Y}", "time": "10:00", "minutes": "30", "place": "Chungi No. 9"}
    return client.post(
        reverse("casework:meeting-create", args=[case.pk]), facts | {"request_key": uuid.uuid4()} | typed
    )


def log(client, case, day, **typed):
    facts = {"channel": "phone", "agreed": "She brings the bill.", "next_on": f"{day:%d/%m/%Y}", "version": "0"}
    return client.post(
        reverse("casework:contact-create", args=[case.pk]), facts | {"request_key": uuid.uuid4()} | typed
    )


def is_asked_once(client, act, field, day, said):
    case = CalledFactory()
    client = client(case.advisor)

    asked = act(client, case, day)
    form = asked.context["form"]
    is_saved = Meeting.objects.exists() or Contact.objects.exists()
    again = act(client, case, day, kept_day=form["kept_day"].value())

    assert (dict(form.errors), is_saved) == ({field: [ASKED.format(said)]}, False)
    assert form[field].value() == f"{day:%d/%m/%Y}"
    assert ("One question" in asked.text, again.status_code) == (True, 302)


@pytest.mark.parametrize(("act", "field"), [(make, "day"), (log, "next_on")])
@pytest.mark.parametrize(
    ("day", "said"), [(SATURDAY, "That is a Saturday."), (SUNDAY, "That is a Sunday.")], ids=["Saturday", "Sunday"]
)
def test_a_day_of_rest_is_asked_about_and_kept_by_a_second_press(act, field, day, said, signed_in):
    is_asked_once(signed_in, act, field, day, said)


@pytest.mark.xfail(strict=True, raises=TypeError, reason="control: where nobody asks, it is saved at once")
def test_a_day_of_rest_is_asked_about_and_kept_by_a_second_press_control(signed_in, monkeypatch):
    monkeypatch.setattr(parts, "why_shut", lambda day: "")
    is_asked_once(signed_in, make, "day", SUNDAY, "That is a Sunday.")


def test_a_holiday_is_named(signed_in):
    Holiday.objects.create(on=MONDAY, name="Iqbal Day", name_ur="یوم اقبال", calendar="office", kind="fixed")

    is_asked_once(signed_in, make, "day", MONDAY, "That is a holiday, \u2068Iqbal Day\u2069.")


def test_a_holiday_of_the_banks_and_a_working_day_are_not_asked_about(signed_in):
    Holiday.objects.create(on=MONDAY, name="Bank day", name_ur="بینک", calendar="lending", kind="fixed")
    case = CalledFactory()

    assert make(signed_in(case.advisor), case, MONDAY).status_code == 302


def test_another_closed_day_is_asked_about_again(signed_in):
    case = CalledFactory()
    client = signed_in(case.advisor)

    refused = make(client, case, SUNDAY, kept_day="2026-11-28")

    form = refused.context["form"]
    assert (list(form.errors), form["kept_day"].value()) == (["day"], "2026-11-29")


def test_what_is_wrong_elsewhere_is_said_with_it():
    form = MeetingForm({"day": "29/11/2026", "time": "10:00", "minutes": "2"}, advisor=CalledFactory().advisor)

    assert list(form.errors) == ["channel", "minutes", "day"]
    assert form["kept_day"].value() == "2026-11-29"


def test_whoever_came_by_themselves_is_asked_too(signed_in):
    case = CaseFactory(lets_contact=False)
    said = {"is_unasked": "on", "lets_contact": "on"}

    refused = log(signed_in(case.advisor), case, SUNDAY, **said)

    assert dict(refused.context["form"].errors) == {"next_on": [ASKED.format("That is a Sunday.")]}
    assert Holiday.objects.closing("office").filter(on=SUNDAY).count() == 0


def away(case, *spans, **said):
    for from_on, until_on in spans:
        AbsenceFactory(user=case.advisor, from_on=from_on, until_on=until_on, **said)


def test_a_day_on_which_the_advisor_is_away_is_asked_about_and_kept_by_a_second_press(signed_in):
    case = CalledFactory()
    away(case, (dt.date(2026, 11, 27), MONDAY), (dt.date(2026, 11, 28), dt.date(2026, 12, 5)))
    client = signed_in(case.advisor)

    asked = make(client, case, MONDAY)
    kept = make(client, case, MONDAY, kept_day=asked.context["form"]["kept_day"].value())

    (said,) = asked.context["form"].errors["day"]
    assert "is away that day, until 5 Dec 2026. Keep it?" in said
    assert kept.status_code == 302


@pytest.mark.parametrize("said", [{"reason": Absence.Reason.PAUSE}, {"user": None}, {"until_on": SATURDAY}])
def test_who_is_there_is_asked_nothing(said, signed_in):
    case = CalledFactory()
    AbsenceFactory(
        **{"user": case.advisor, "from_on": SATURDAY, "until_on": MONDAY}
        | (said if said != {"user": None} else {"user": CalledFactory().advisor})
    )

    assert make(signed_in(case.advisor), case, MONDAY).status_code == 302


@pytest.mark.xfail(strict=True, reason="the control: nobody looks who is away")
def test_a_day_on_which_the_advisor_is_away_control(signed_in, monkeypatch):
    monkeypatch.setattr("casework.forms.meetings.why_away", lambda _advisor, _day: "")
    case = CalledFactory()
    away(case, (MONDAY, MONDAY))

    assert make(signed_in(case.advisor), case, MONDAY).status_code == 200


@pytest.mark.parametrize(
    ("spans", "until"),
    [
        ([], None),
        ([(0, 0)], 0),
        ([(1, 2)], None),
        ([(-3, 1), (2, 4)], 4),
        ([(-3, 9), (2, 4)], 9),
        ([(0, 1), (3, 4)], 1),
    ],
)
def test_until_when_somebody_is_away_without_a_break(spans, until):
    day = dt.timedelta(days=1)
    case = CalledFactory()
    away(case, *((SUNDAY + a * day, SUNDAY + b * day) for a, b in spans))

    found = Absence.objects.away_until(case.advisor_id, on=SUNDAY)

    assert found == (None if until is None else SUNDAY + until * day)


@pytest.mark.parametrize("is_away", [True, False])
def test_the_client_reads_until_when_the_advisor_is_away_and_who_answers(is_away, signed_in):
    case = CalledFactory(office__phone="+92429999999")
    client = signed_in(case.person.user)
    if is_away:
        away(case, (dt.date(2026, 11, 20), dt.date(2026, 12, 5)))

    pages = [client.get(url).text for url in ("/my/", *(f"/my/cases/{case.pk}/{at}/" for at in ("advisor", "thread")))]

    said = "<b>Your advisor is away until"
    assert [said in page and f"office answers, {case.office.label}:" in page for page in pages] == [is_away] * 3


def test_for_a_closed_case_nobody_is_away():
    case = ClosedFactory()
    away(case, (SATURDAY, SUNDAY))

    assert of_case(case, on=SUNDAY) is None
