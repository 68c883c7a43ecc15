"""Old ways to a merged record lead to the one that lives: addresses, sign-in, reference, papers, history (R7)."""

import pytest
from django.utils import timezone

from accounts.roles import Role
from casework import timeline
from casework.models import Case
from enterprises.actions import access, merges, passports, sign_ins
from enterprises.models import Enterprise, Passport, Person, SheetCode
from journal.events import ADVISORS, ENTREPRENEUR
from journal.events import record as write
from loans.models import Loan
from portal import pointers
from portal.pages import letters
from reports.indicators import INDICATORS, Figure
from reports.periods import Month
from tests.enterprises.joining import business, fresh, join, record
from tests.factories import casework as cases
from tests.factories import enterprises as people
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.enterprises import district, system
from tests.factories.loans import LoanFactory
from tests.factories.messaging import MessageFactory
from tests.factories.papers import PassportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return colleague(Role.REGIONAL_MANAGER, districts=[district()])


@pytest.fixture
def joined(manager):
    """(kept, gone, business of the one, business of the other, cases of both), joined as one business."""
    kept = record(user=EntrepreneurUserFactory(), language="en")
    gone = record(user=EntrepreneurUserFactory(), language="en")
    Enterprise.objects.filter(ownerships__person=gone).update(reference="MUL-9001")
    owned, held = [business(one) for one in (kept, gone)], [one.cases.get() for one in (kept, gone)]
    write("enterprises.details_changed", target=owned[1], by=gone.user, audience={ADVISORS, ENTREPRENEUR})
    join(kept, gone, by=manager, same=True)
    return fresh(kept), fresh(gone), owned, held


def test_addresses_lead_on_where_the_reader_sees_the_living_record(signed_in, manager, joined):
    kept, gone, owned, held = joined
    client = signed_in(manager)
    elsewhere = signed_in(colleague(Role.REGIONAL_MANAGER, districts=[district("lahore")]))
    asked = [
        (f"/desk/enterprises/{owned[1].pk}/", f"/desk/enterprises/{owned[0].pk}/"),
        (f"/desk/enterprises/{owned[1].pk}/consents/?a=1", f"/desk/enterprises/{owned[0].pk}/consents/?a=1"),
        (f"/desk/people/{gone.pk}/access/", f"/desk/people/{kept.pk}/access/"),
        (f"/desk/cases/{held[1].pk}/", f"/desk/cases/{held[0].pk}/"),
        (f"/training/enrol/{owned[1].pk}/", f"/training/enrol/{owned[0].pk}/"),
    ]

    for old, new in asked:
        assert (client.get(old).status_code, client.get(old)["Location"]) == (302, new)
        assert elsewhere.get(old).status_code == 404
    assert client.post(f"/desk/cases/{held[1].pk}/close/").status_code == 404
    assert client.get(f"/desk/cases/{2**70}/").status_code == 404


def test_without_the_pointers_an_old_address_would_be_a_dead_end(signed_in, manager, joined, monkeypatch):
    """The control."""
    monkeypatch.setattr(pointers, "NAMED", {})

    assert signed_in(manager).get(f"/desk/cases/{joined[3][1].pk}/").status_code == 404


def test_every_page_that_leads_on_exists_and_has_a_number():
    assert set(pointers.NAMED.values()) == {Case, Enterprise, Person}


def test_the_second_record_is_in_no_list_and_no_search_but_found_by_its_numbers(manager, joined):
    kept, gone, owned, held = joined

    assert list(Enterprise.objects.visible_to(manager)) == [owned[0]]
    assert list(Person.objects.visible_to(manager)) == [kept]
    assert list(Case.objects.visible_to(manager)) == [held[0]]
    assert [manager.has_perm("enterprises.view_enterprise", one) for one in (owned[0], fresh(owned[1]))] == [
        True,
        False,
    ]
    assert [manager.has_perm("enterprises.view_person", one) for one in (kept, gone)] == [True, False]
    for typed in (gone.cnic, gone.phone, owned[1].reference):
        assert list(Case.objects.visible_to(manager).matching(typed)) == [held[0]], typed
    assert Enterprise.objects.by_reference(owned[1].reference).get() == owned[0]


def test_loans_are_found_by_the_old_card_too(manager):
    kept, lent = record(), LoanFactory()
    old = lent.person
    join(kept, old, by=colleague(Role.REGIONAL_MANAGER, districts=[district(), lent.enterprise.district]))

    assert [list(Loan.objects.matching(typed)) for typed in (old.cnic, kept.cnic)] == [[lent]] * 2


def test_the_reference_on_paper_is_still_tracked_and_opens_the_own_page(client, signed_in, joined):
    kept, _gone, owned, _held = joined

    tracked = client.get("/track/", {"ref": owned[1].reference})
    mine = signed_in(kept.user).get("/my/", {"ref": owned[1].reference})

    assert (tracked.context["reference"], len(tracked.context["road"]) > 0) == (owned[1].reference, True)
    assert mine.context["business"].enterprise == owned[0]


def test_the_old_session_is_over_and_the_old_card_signs_in_as_the_kept_person(signed_in, joined):
    kept, gone, _owned, _held = joined

    assert signed_in(kept.user).get("/my/").status_code == 200
    code = sign_ins.ask(cnic=gone.cnic, session_key="s", language="en", source="a device")
    assert (code.person, fresh(gone).user.is_active) == (kept, False)


def test_a_code_asked_for_before_the_merge_opens_the_kept_page(manager):
    kept, gone = record(phone="+923001234567"), record(phone="+923001234567")
    code = sign_ins.ask(cnic=gone.cnic, session_key="s", language="en", source="a device")
    join(kept, gone, by=manager)

    entry = sign_ins.enter(code)

    assert fresh(kept).user == entry.user


def test_the_sheet_in_their_hand_works_and_ends_with_the_next(manager):
    kept, gone = record(cnic_standing="verified"), record()
    sheet = people.CodeSheetFactory(person=gone)
    code = people.SheetCodeFactory(sheet=sheet, digest=access.digest_of("12345678", person_id=gone.pk))
    advisor = colleague(Role.ADVISOR, districts=[district()])
    join(kept, gone, by=manager)

    found = sign_ins.look(kept.pk, "12345678")
    access.issue_sheet(person=fresh(kept), by=advisor)

    assert found == (False, code)
    assert not SheetCode.objects.good_for(gone.pk).exists()


def test_the_passport_in_their_hand_tells_of_the_living_case_and_dies_with_it(client, manager):
    kept, gone = record(case=cases.PlannedFactory), record()
    papers = [PassportFactory(person=one, enterprise=business(one)) for one in (kept, gone)]
    join(kept, gone, by=manager, same=True)

    shown = [client.get(f"/passport/{paper.code}/").context for paper in papers]
    advisor = colleague(Role.ADVISOR, districts=[district()])
    passports.revoke(enterprise=business(kept), person=fresh(kept), by=advisor)

    assert [context["status"].is_open for context in shown] == [True, True]
    assert not Passport.objects.valid().exists()


def test_history_and_letters_of_both_stand_together(manager, joined):
    kept, gone, _owned, held = joined
    for one in (kept, gone):
        MessageFactory(person_id=one.pk, state="sent", sent_at=timezone.now(), kind="loans.receipt")
    case = Case.objects.select_related("person", "enterprise").get(pk=held[0].pk)

    shown, _page = timeline.page_of(case, user=manager, show="", after="")

    assert len(letters.newest(kept)) == 2
    told = [(entry["who"], entry["text"]) for entry in shown if "text" in entry]
    assert (gone.name, "Details added or changed") in told
    assert "Two records of one person were joined" in [text for _who, text in told]


def test_a_merged_pair_counts_once():
    """R10: people and businesses are counted apart, and a pair that was joined counts once."""
    today = timezone.localdate()
    month, reader = Month(today.replace(day=1)), colleague(Role.PROGRAMME_MANAGER)
    manager = colleague(Role.REGIONAL_MANAGER, districts=[district()])
    kept, gone = record(), record()
    for one in (kept, gone):
        case = one.cases.get()
        Case.objects.filter(pk=case.pk).update(first_contact_due_on=today)
        write("casework.plan_agreed", target=case, by=system(), audience={ADVISORS})

    def figures():
        return [INDICATORS[code].figure(month, reader) for code in ("registered", "people", "called", "planned")]

    before = figures()
    made = join(kept, gone, by=manager, same=True)
    after = figures()
    merges.undo(merge=made, by=manager)

    assert (before, after, figures()) == (
        [Figure(2), Figure(2), Figure(2, 2), Figure(2)],
        [Figure(1), Figure(1), Figure(1, 1), Figure(1)],
        before,
    )
