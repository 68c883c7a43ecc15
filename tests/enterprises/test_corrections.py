"""What becomes of a business after it was registered: an idea begins, a business moves, what was wrong is put right."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from enterprises.actions import districts, stages
from enterprises.actions.addresses import Whereabouts, state_business
from enterprises.models import Address, Correction, Enterprise, Sector
from journal.models import Event
from journal.moves import EditConflict
from tests.factories.accounts import colleague
from tests.factories.casework import CaseFactory, smeda_office
from tests.factories.enterprises import district, entrepreneur

pytestmark = pytest.mark.django_db
SINCE = dt.date(2026, 3, 1)


@pytest.fixture
def owned():
    return entrepreneur(stage="idea")


def begin(owned, by, **changes):
    said = {"started_on": SINCE, "version": 0} | changes
    return stages.begin(enterprise=owned.enterprise, person=owned.person, by=by, **said)


def take_back(owned, by, version):
    return stages.take_back(enterprise=owned.enterprise, reason="Ticked wrongly.", by=by, version=version)


def stated(enterprise):
    return dict(enterprise.statements.values_list("field", "source"))


def sent(**typed):
    return {"request_key": str(uuid.uuid4()), "version": "0"} | typed


def test_an_idea_becomes_a_business_since_a_day(owned, advisor):
    """R1: its owner says so; so may the advisor, and the case's history has a line."""
    sector = Sector.objects.get(code="grocery")

    begun = begin(owned, owned.person.user, sector=sector)

    begun.refresh_from_db()
    assert (begun.stage, begun.started_on, begun.sector, begun.version) == ("running", SINCE, sector, 1)
    assert stated(begun) == dict.fromkeys(("sector", "stage", "started_on"), "self")
    event = Event.objects.get(name="enterprises.begun")
    assert (event.enterprise_id, event.by, event.data) == (begun.pk, owned.person.user, {})


def test_nobody_need_know_since_when(owned, advisor):
    begun = begin(owned, advisor, started_on=None)

    assert (begun.stage, begun.started_on, stated(begun)) == ("running", None, {"stage": "assisted"})


def test_it_is_never_an_idea_again_but_by_an_advisor_with_a_reason(owned, advisor):
    begin(owned, advisor)

    for refused, by in ((PermissionDenied, owned.person.user), (PermissionDenied, colleague(Role.AUDITOR))):
        with pytest.raises(refused):
            take_back(owned, by, version=1)
    with pytest.raises(ValidationError, match="was done before"):
        begin(owned, advisor, version=1)
    with pytest.raises(EditConflict):
        take_back(owned, advisor, version=0)
    made = take_back(owned, advisor, version=1)

    back = Enterprise.objects.get()
    assert (back.stage, back.started_on) == ("idea", None)
    assert (made.kind, made.started_on, made.reason, made.by) == ("stage", SINCE, "Ticked wrongly.", advisor)
    assert Event.objects.filter(name="enterprises.stage_corrected").count() == 1
    # Of the day there is nothing left to ask: "Running since: –" is no question.
    assert stated(back) == {"stage": "assisted"}


def test_the_owner_says_it_on_a_page_that_asks_what_an_idea_left_open(signed_in):
    owned = entrepreneur(stage="idea", sector=Sector.objects.get(code="undecided"))
    client, url = signed_in(owned.person.user), f"/my/details/{owned.enterprise.pk}/begun/"

    linked = f'href="{url}"' in client.get("/my/details/").text
    wrong = client.post(url, sent(started_month="3"))
    done = client.post(url, sent(sector="grocery", started_month="3", started_year="2026"))

    owned.enterprise.refresh_from_db()
    assert linked
    assert sorted(wrong.context["form"].errors) == ["sector", "started_year"]
    assert done["Location"] == client.get(url)["Location"] == f"/my/details/?ref={owned.enterprise.reference}"
    assert (owned.enterprise.stage, owned.enterprise.started_on) == ("running", SINCE)


def test_the_advisor_s_page_begins_and_takes_back(signed_in, advisor, owned):
    client, url = signed_in(advisor), f"/desk/enterprises/{owned.enterprise.pk}/stage/"

    begun = client.post(url, sent(started_year="2025"))
    wrong = client.post(url, sent(version="1"))
    client.post(url, sent(version="1", reason="It was an idea."))
    page = client.get(url)

    assert begun["Location"] == f"/desk/enterprises/{owned.enterprise.pk}/"
    assert wrong.context["form"].errors == {"reason": ["Please fill this in."]}
    assert (Enterprise.objects.get().stage, "It was an idea." in page.text) == ("idea", True)


def change(owned, by, **changes):
    said = {"kind": "moved", "district": district("lahore"), "place": "Shop 9", "reason": "Told me.", "version": 0}
    return districts.change(enterprise=owned.enterprise, by=by, **said | changes)


@pytest.mark.parametrize("kind", ["moved", "district"])
def test_a_business_is_in_another_district(advisor, kind):
    """R12: it moved, or the district was wrong; what stood there is kept, and the address follows."""
    owned = entrepreneur(place="Bosan Road")

    made = change(owned, advisor, kind=kind)

    now = Enterprise.objects.get()
    assert (now.district, now.place, now.version) == (district("lahore"), "Shop 9", 1)
    assert (made.kind, made.district, made.place, made.reason) == (kind, district(), "Bosan Road", "Told me.")
    assert stated(now) == {"district": "assisted", "place": "assisted"}
    event = Event.objects.get(name="enterprises.district_changed")
    assert (event.enterprise_id, event.data, Address.objects.count()) == (now.pk, {"kind": kind}, 0)


def test_the_address_of_the_old_district_ends(advisor):
    owned = entrepreneur()
    where = Whereabouts(district=district(), place="Street 4", tehsil="Saddar")
    state_business(enterprise=owned.enterprise, where=where, source="self", by=owned.person.user, version=0)

    change(owned, advisor, version=1)

    standing = Address.objects.standing().get()
    assert (standing.district, standing.place, standing.tehsil) == (district("lahore"), "Shop 9", "")
    assert Address.objects.exclude(until_at=None).get().place == "Street 4"


def test_who_may_not_and_where_it_is_already(advisor):
    owned = entrepreneur()

    for by in (owned.person.user, colleague(Role.ADVISOR, districts=[district("lahore")])):
        with pytest.raises(PermissionDenied):
            change(owned, by)
    with pytest.raises(ValidationError, match="in this district already"):
        change(owned, advisor, district=district())
    with pytest.raises(EditConflict):
        change(owned, advisor, version=3)
    assert Correction.objects.count() == 0


def test_the_page_lets_go_of_what_another_office_has_now(signed_in):
    office, other = smeda_office(), smeda_office("lahore")
    advisor, theirs = colleague(Role.ADVISOR, office=office), colleague(Role.ADVISOR, office=other)
    owned = entrepreneur()
    case = CaseFactory(enterprise=owned.enterprise, person=owned.person, office=office, advisor=advisor)
    url = f"/desk/enterprises/{owned.enterprise.pk}/district/"
    client, typed = signed_in(advisor), {"kind": "moved", "district": "lahore", "place": "", "reason": "Told me."}

    wrong = client.post(url, sent(kind="moved"))
    done = client.post(url, sent(**typed))
    gone = client.get(url)
    seen = signed_in(theirs).get(url)

    case.refresh_from_db()
    assert sorted(wrong.context["form"].errors) == ["district", "reason"]
    assert (done["Location"], gone.status_code) == ("/staff/", 404)
    assert (case.office, case.advisor, "Told me." in seen.text) == (other, theirs, True)
    assert signed_in(colleague(Role.AUDITOR)).get(url).status_code == 403
