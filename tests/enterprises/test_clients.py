"""R8: a lead becomes a client by one rule, which is logged; work on leads never enters a total."""

import datetime as dt
import time
import uuid

import pytest
from django.utils import timezone

from accounts.roles import Role
from enterprises.actions import addresses, clients, consents, districts, enterprises, phone_changes
from enterprises.actions.addresses import Whereabouts
from enterprises.actions.clients import lacking, promote_if_ready
from enterprises.models import Consent, Enterprise, Sector
from enterprises.wordings import CURRENT, WORDINGS
from journal.events import ADVISORS, record
from journal.models import Event, JobRun
from messaging.models import Message
from portal.jobs import promote_left
from portal.sweeps import sweep
from reports import querysets
from reports.indicators import INDICATORS, registration
from reports.periods import Month
from tests.committed import at_once, committed_rows
from tests.enterprises.joining import join, undo
from tests.factories.accounts import colleague
from tests.factories.call_backs import DeniedFactory
from tests.factories.casework import CalledFactory, CaseFactory, ContactFactory, MissedMeetingFactory
from tests.factories.enterprises import (
    AttestedChangeFactory,
    ConsentFactory,
    EnterpriseFactory,
    OwnershipFactory,
    PersonFactory,
    district,
    system,
)
from tests.factories.loans import LoanFactory, disbursed
from tests.factories.outcomes import AnsweredFollowUpFactory, MeasureFactory
from tests.factories.training import CertificateFactory

pytestmark = pytest.mark.django_db
OCTOBER = Month(dt.date(2026, 10, 1))
DAY = dt.date(2026, 10, 7)
NOON = timezone.make_aware(dt.datetime.combine(DAY, dt.time(12)))


def lead(*, phone="+923000001234", **facts):
    enterprise = EnterpriseFactory(client_since=None, **facts)
    return OwnershipFactory(person=PersonFactory(phone=phone), enterprise=enterprise)


def promotions():
    return Event.objects.filter(name="enterprises.became_client").count()


@pytest.mark.parametrize(
    ("kinds", "phone", "place", "what"),
    [
        ([], "", "", ["the owner's permission to be contacted", "a mobile number or an address"]),
        (["share"], "+923000001234", "", ["the owner's permission to be contacted"]),
        (["contact"], "", "", ["a mobile number or an address"]),
        (["contact"], "", "Shah Rukn-e-Alam", []),
        (["contact"], "+923000001234", "", []),
    ],
)
def test_the_rule_says_what_a_lead_lacks(kinds, phone, place, what):
    owned = lead(phone=phone, place=place)
    for kind in kinds:
        ConsentFactory(person=owned.person, kind=kind)

    assert [str(said) for said in lacking(owned.enterprise, owned.person)] == what
    assert promote_if_ready(owned.enterprise, by=system()) is (not what)
    assert (promotions(), Enterprise.objects.clients().count()) == ((1, 1) if not what else (0, 0))


def test_permission_makes_a_lead_a_client_once(advisor):
    owned = lead()

    consents.give(person=owned.person, kind="contact", by=advisor)
    since = Enterprise.objects.get().client_since
    consents.withdraw(person=owned.person, kind="contact", by=advisor)
    consents.give(person=owned.person, kind="contact", by=advisor)

    assert (promotions(), Enterprise.objects.get().client_since, since is not None) == (1, since, True)
    # With what anybody gets at registration.
    assert list(Message.objects.values_list("kind", "target_id")) == [
        ("enterprises.registered_for_you", owned.enterprise_id)
    ]


def test_of_two_at_once_the_second_finds_a_client():
    owned = lead()
    ConsentFactory(person=owned.person, kind="contact")
    as_both_read_it = [Enterprise.objects.get(), Enterprise.objects.get()]

    assert [promote_if_ready(one, by=system()) for one in as_both_read_it] == [True, False]


def test_an_enterprise_without_a_contact_stays_a_lead():
    assert promote_if_ready(EnterpriseFactory(client_since=None), by=system()) is False


@pytest.mark.parametrize(("consented", "is_client"), [([], False), (["contact"], True)])
def test_registering_makes_a_lead_or_a_client(advisor, consented, is_client):
    business = enterprises.Business(stage="idea", sector=Sector.objects.get(code="tailoring"), district=district())

    made = enterprises.register(person=PersonFactory(), business=business, by=advisor, consented=consented)

    assert (made.client_since is not None, promotions()) == (is_client, int(is_client))


def test_a_second_business_of_a_client_is_one_at_once(advisor):
    owned = lead()
    consents.give(person=owned.person, kind="contact", by=advisor)
    business = enterprises.Business(stage="idea", sector=Sector.objects.get(code="tailoring"), district=district())

    enterprises.register(person=owned.person, business=business, by=advisor, consented=["contact"])

    assert Enterprise.objects.clients().count() == 2


def unfindable():
    """Whoever may be called, and has neither a number nor an address."""
    owned = lead(phone="")
    ConsentFactory(person=owned.person, kind="contact")
    return owned


def state_place(owned, *, by):
    where = Whereabouts(district=owned.enterprise.district, place="Shah Rukn-e-Alam")
    addresses.state_business(enterprise=owned.enterprise, where=where, source="assisted", by=by, version=0)


def move_house(owned, *, by):
    to, version = district("lahore"), owned.enterprise.version
    about = {"enterprise": owned.enterprise, "kind": "moved", "reason": "moved", "version": version, "by": by}
    districts.change(district=to, place="Street 5", **about)


def approve_number(owned, *, by):
    change = AttestedChangeFactory(person=owned.person, enterprise=owned.enterprise, old_phone="", asked_by=by)
    other = colleague(Role.ADVISOR, districts=[district()])
    phone_changes.approve(change=change, by=other, version=change.version)


def say_again_that_we_may_call(owned, *, by):
    """Whatever brought the last thing that lacked: a lead that lacks nothing is a client when they agree once more."""
    Enterprise.objects.filter(pk=owned.enterprise_id).update(place="Shah Rukn-e-Alam")
    consents.give(person=owned.person, kind="contact", by=by)


@pytest.mark.parametrize("bring", [state_place, move_house, approve_number, say_again_that_we_may_call])
def test_whatever_brings_the_last_thing_that_lacked_makes_a_lead_a_client(advisor, bring):
    owned = unfindable()
    CaseFactory(enterprise=owned.enterprise, person=owned.person)

    bring(owned, by=advisor)

    owned.enterprise.refresh_from_db()
    assert (owned.enterprise.client_since is not None, promotions()) == (True, 1)


def test_a_new_number_makes_all_businesses_of_the_person_clients_and_no_others(advisor):
    owned = unfindable()
    other = OwnershipFactory(person=owned.person, enterprise__client_since=None)
    beside = OwnershipFactory(person=owned.person, enterprise__client_since=None, is_contact=False)

    approve_number(owned, by=advisor)

    clients = set(Enterprise.objects.clients())
    assert clients == {owned.enterprise, other.enterprise}
    assert beside.enterprise not in clients


def test_two_records_of_one_person_may_lack_nothing_together(manager):
    """One has the permission, the other the number. Taken apart again, whoever became a client stays one."""
    permitted, numbered = unfindable(), lead()

    made = join(permitted.person, numbered.person, by=manager)

    joined = {one.client_since is not None for one in Enterprise.objects.all()}
    undo(made, by=manager)
    assert (joined, promotions(), Enterprise.objects.clients().count()) == ({True}, 2, 2)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"phone": ""}, False),
        ({"phone": "", "place": "Shah Rukn-e-Alam"}, True),
        ({"client_since": NOON}, False),
        ({"is_contact": False}, False),
        ({"until_on": DAY}, False),
        ({"withdrawn_at": NOON}, False),
    ],
)
def test_the_nightly_look_finds_a_lead_that_lacks_nothing(changes, found):
    """The rule's other face: it agrees with what the page of the lead says."""
    of_enterprise = {name: changes[name] for name in ("place", "client_since") if name in changes}
    of_ownership = {name: changes[name] for name in ("is_contact", "until_on") if name in changes}
    enterprise = EnterpriseFactory(**{"client_since": None} | of_enterprise)
    person = PersonFactory(phone=changes.get("phone", "+923000001234"))
    OwnershipFactory(person=person, enterprise=enterprise, **of_ownership)
    ConsentFactory(person=person, kind="contact", withdrawn_at=changes.get("withdrawn_at"))

    assert list(Enterprise.objects.leads_that_lack_nothing()) == [enterprise] * found
    assert sweep(JobRun())["leads_that_lack_nothing"] == int(found)
    assert promote_if_ready(enterprise, by=system()) is found


def stuck():
    """A lead that lacks nothing and that nobody made a client, as releases before this one left some."""
    owned = lead()
    ConsentFactory(person=owned.person, kind="contact")
    return owned.enterprise


def promoted_in_the_night(monkeypatch):
    """Of three that are stuck the second fails: whether that was said, who are clients then, after two more nights too,
    and what is left.
    """
    first, second, third = stuck(), stuck(), stuck()
    lead(), OwnershipFactory()
    promote = clients.promote_if_ready

    def fail_for_second(enterprise, **about):
        if enterprise == second:
            raise TimeoutError
        return promote(enterprise, **about)

    monkeypatch.setattr(clients, "promote_if_ready", fail_for_second)
    failed = None
    try:
        promote_left(JobRun())
    except TimeoutError as error:
        failed = error
    monkeypatch.setattr(clients, "promote_if_ready", promote)
    after = [Enterprise.objects.get(pk=one.pk).client_since is not None for one in (first, second, third)]
    later = [promote_left(JobRun())["clients"] for _night in range(2)]
    return failed is not None, after, later, sweep(JobRun())["leads_that_lack_nothing"]


def test_in_the_night_each_lead_that_lacks_nothing_becomes_a_client_and_one_that_fails_stops_no_other(monkeypatch):
    assert promoted_in_the_night(monkeypatch) == (True, [True, False, True], [1, 0], 0)
    assert promotions() == 3
    told = Message.objects.filter(kind="enterprises.registered_for_you")
    assert told.count() == 3


@pytest.mark.xfail(strict=True, reason="the control: nobody is promoted in the night", raises=AssertionError)
def test_in_the_night_control(monkeypatch):
    monkeypatch.setattr(clients, "promote_one", lambda _lead, *, by: False)

    test_in_the_night_each_lead_that_lacks_nothing_becomes_a_client_and_one_that_fails_stops_no_other(monkeypatch)


def bring_both(monkeypatch):
    """At one moment one writes down the permission and another the address, each without the other's; what lacks."""
    with committed_rows():
        by = colleague(Role.ADVISOR, districts=[district()])
        owned = lead(phone="")
        read = clients.lacking

        def read_and_linger(enterprise, person):
            found = read(enterprise, person)
            time.sleep(0.3)
            return found

        monkeypatch.setattr(clients, "lacking", read_and_linger)

        def act(place):
            if place == 0:
                return consents.give(person=owned.person, kind="contact", by=by)
            return state_place(owned, by=by)

        at_once(2, act)
        return Enterprise.objects.leads_that_lack_nothing().count()


@pytest.mark.concurrency
def test_of_two_that_bring_what_lacked_at_once_the_second_makes_a_client(monkeypatch):
    assert bring_both(monkeypatch) == 0


@pytest.mark.concurrency
def test_without_the_lock_neither_makes_a_client(monkeypatch):
    """The failing control: the lead is not held before it is looked at."""
    monkeypatch.setattr(clients, "hold", lambda enterprise, *, version: Enterprise.objects.get(pk=enterprise.pk))

    with pytest.raises(AssertionError):
        assert bring_both(monkeypatch) == 0


def worked_on(*, client_since):
    """Somebody with whom everything was done in one month that a figure counts."""
    owner = OwnershipFactory(enterprise__client_since=client_since, from_on=DAY)
    whose = {"enterprise": owner.enterprise, "person": owner.person}
    case = CalledFactory(**whose, first_contact_due_on=DAY, first_contact_at=NOON)
    MissedMeetingFactory(case=case, starts_at=NOON)
    session = ContactFactory(case=case, on=DAY, is_substantive=True, is_specific=True)
    DeniedFactory(case=case, contact=session, called_at=NOON)
    agreed = record("casework.plan_agreed", target=case, by=system(), audience=[ADVISORS])
    Event.objects.filter(pk=agreed.pk).update(at=NOON)
    CertificateFactory(enrolment__enterprise=owner.enterprise, issued_at=NOON)
    LoanFactory(application=disbursed(**whose, received_at=NOON), disbursed_on=DAY, first_due_on=dt.date(2026, 10, 20))
    AnsweredFollowUpFactory(case=case, due_on=DAY, answered_at=NOON, answered_by=case.advisor, channel="phone")
    for point in ("baseline", "m6"):
        MeasureFactory(case=case, what="sales", point=point, on=DAY)
    return owner


def rows_counted():
    viewer = colleague(Role.PROGRAMME_MANAGER)
    return {code: indicator.rows(OCTOBER, viewer).count() for code, indicator in INDICATORS.items()}


# Questions at the helpdesk and complaints are anybody's, client or not.
ONE_CLIENT = dict.fromkeys(INDICATORS, 1) | {"enquiries": 0, "complaints_in_time": 0}


def test_work_on_leads_is_in_no_total():
    """R8: none of them, whatever was done; and whoever was a client when it was done stays in every one of them."""
    owner = worked_on(client_since=NOON)
    worked_on(client_since=None)
    before = rows_counted()

    for kind in ("contact", "share"):
        consents.withdraw(person=owner.person, kind=kind, by=system())

    assert (before, rows_counted()) == (ONE_CLIENT, ONE_CLIENT)


def test_without_the_one_filter_leads_are_in_all_totals_but_the_clients(monkeypatch):
    """The control: a lead has no day on which it became a client, and is in all other figures."""
    for module in (querysets, registration):
        monkeypatch.setattr(module, "of_clients", lambda rows, *, enterprise: rows)
    worked_on(client_since=None)

    assert rows_counted() == ONE_CLIENT | {"registered": 0}


def test_an_old_consent_keeps_its_words(monkeypatch):
    monkeypatch.setitem(WORDINGS, "2020-01", {"contact": "As it was put then"})

    found = [ConsentFactory(kind="contact", wording=wording).sentence for wording in ("2020-01", CURRENT)]

    assert found == ["As it was put then", Consent.Kind.CONTACT.label]


def sent(**values):
    return {"request_key": str(uuid.uuid4())} | values


def test_an_advisor_writes_down_what_was_said_on_the_telephone(signed_in, advisor):
    owned = lead()
    client, url = signed_in(advisor), f"/desk/enterprises/{owned.enterprise.pk}/consents/"

    before = client.get(url).context["lacking"]
    answer = client.post(url, sent(kind="contact", verb="give"))
    after = client.get(url)

    assert ([str(said) for said in before], answer["Location"]) == (["the owner's permission to be contacted"], url)
    assert (after.context["lacking"], after.context["rows"][0]["consent"].given_to) == ([], advisor)


def test_what_is_out_of_sight_is_not_there_and_readers_change_nothing(signed_in, advisor):
    here, there = lead(), lead(district=district("lahore"))
    auditor = signed_in(colleague(Role.AUDITOR))
    url = f"/desk/enterprises/{here.enterprise.pk}/consents/"

    assert signed_in(advisor).get(f"/desk/enterprises/{there.enterprise.pk}/consents/").status_code == 404
    assert auditor.get(url).context["may_keep"] is False
    assert auditor.post(url, sent(kind="contact", verb="give")).status_code == 403


def test_words_that_changed_since_are_shown(signed_in, advisor, monkeypatch):
    monkeypatch.setitem(WORDINGS, "2020-01", {"contact": "As it was put then"})
    owned = lead()
    ConsentFactory(person=owned.person, kind="contact", wording="2020-01", given_at=timezone.now() - dt.timedelta(9))

    page = signed_in(advisor).get(f"/desk/enterprises/{owned.enterprise.pk}/consents/").content.decode()

    assert "The words of that day: As it was put then" in page
