"""Two people, one CNIC: an advisor who saw the card says whose it is."""

import threading

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from casework import timeline
from casework.models import Case
from enterprises import messages
from enterprises.actions import assisted, cards, claims, merges, releases
from enterprises.actions.people import find_or_register_person
from enterprises.claim_querysets import ClaimQuerySet
from enterprises.models import CardRelease, Claim, Enterprise, Person
from enterprises.open_items import open_items
from journal.models import Event
from journal.moves import EditConflict
from journal.open_items import Scope, united
from messaging.models import Message
from tests.committed import at_once, committed_rows
from tests.enterprises.test_assisted import FACTS, register
from tests.factories.accounts import OfficeDistrictFactory, OfficeFactory, colleague
from tests.factories.enterprises import ClaimFactory, OwnershipFactory, PersonFactory, district, system

pytestmark = pytest.mark.django_db
CNIC = "3630248291056"


def claim_on(person, **changes):
    claim = ClaimFactory(person=person, **changes)
    claim.draft.answers["who"]["cnic"] = person.cnic
    claim.draft.save()
    return claim


def settle(claim, outcome, by):
    reason = "The card was in her hand." if outcome == "released" else ""
    settled = claims.settle(claim=claim, outcome=outcome, by=by, version=claim.version, reason=reason)
    return settled.draft.enterprise if settled.draft else settled


@pytest.fixture
def on_file():
    return PersonFactory(cnic=CNIC, name="Who Is On File", phone="+923000001234")


def test_the_same_person_owns_one_enterprise_more(advisor, on_file):
    claim = claim_on(on_file)

    enterprise = settle(claim, "same", advisor)

    claim.refresh_from_db()
    on_file.refresh_from_db()
    assert (enterprise.reference, list(enterprise.owners.all()), on_file.cnic_standing) == (
        claim.draft.reference,
        [on_file],
        "verified",
    )
    assert (claim.outcome, claim.settled_by, claim.version, claim.draft.state, claim.draft.enterprise) == (
        "same",
        advisor,
        1,
        "done",
        enterprise,
    )
    assert Case.objects.get().enterprise == enterprise
    assert sorted(Event.objects.values_list("name", flat=True)) == [
        "casework.assigned",
        "enterprises.became_client",
        "enterprises.card_seen",
        "enterprises.claim_settled",
        "enterprises.consent_given",
        "enterprises.phone_change_asked",
        "enterprises.registered",
    ]


HELD = "Somebody registered again with this identity card number"
CAME = "The identity card number that they came with is on file for somebody else"


def told_of(enterprise, *, to):
    """What the timeline of the business says of the card, oldest first."""
    rows, _page = timeline.page_of(enterprise.case, user=to, show="", after="")
    return [row["text"] for row in reversed(rows) if "identity card" in row.get("text", "")]


def test_the_history_of_each_says_what_befell_them_and_not_what_befell_the_other(advisor):
    held = register(advisor)
    came = register(advisor, is_rival=True, facts=FACTS | {"name": "Other Woman", "phone": "+923009999999"})
    before = [told_of(one, to=advisor) for one in (held, came)]

    settle(Claim.objects.get(), "no_card", advisor)

    assert before == [[HELD], [CAME]]
    assert [told_of(one, to=advisor)[-1] for one in (held, came)] == [
        "Whose identity card it is was settled",
        "It was settled whose the identity card number is",
    ]


def test_what_a_second_officer_looks_at_is_said_to_both_too(advisor):
    held = register(advisor, is_card_seen=True)
    came = register(advisor, is_rival=True, facts=FACTS | {"name": "Other Woman", "phone": "+923009999999"})
    other = colleague(Role.ADVISOR, districts=[district()])

    settle(Claim.objects.get(), "released", other)

    assert [told_of(one, to=advisor)[-1] for one in (held, came)] == [
        "A second officer looks at the identity card",
        "A second officer looks whose the identity card number is",
    ]


def test_who_has_the_number_reads_of_a_draft_that_waits_and_the_business_of_how_it_ended(advisor):
    held = register(advisor)
    claim = claim_on(held.owners.get())
    alone = PersonFactory()
    claims.begin(by=system(), person=claim.person, district=claim.district, newcomer=alone, cnic=CNIC)

    came = settle(claim, "no_card", advisor)

    assert told_of(held, to=advisor) == [HELD, "Whose identity card it is was settled"]
    assert told_of(came, to=advisor) == ["It was settled whose the identity card number is"]
    # Without a business, who came reads it wherever they get one.
    assert Event.objects.get(name="enterprises.claim_waits").person_id == alone.pk


def test_a_card_that_is_the_newcomers_goes_over_to_them(advisor, on_file):
    enterprise = settle(claim_on(on_file), "released", advisor)

    on_file.refresh_from_db()
    owner = enterprise.owners.get()
    assert (on_file.cnic, on_file.cnic_standing, on_file.version) == (None, "none", 1)
    assert (owner == on_file, owner.name, owner.cnic, owner.cnic_standing) == (False, "Nasreen Bibi", CNIC, "verified")


def test_a_card_that_is_somebody_elses_is_left_with_them(advisor, on_file):
    enterprise = settle(claim_on(on_file), "no_card", advisor)

    on_file.refresh_from_db()
    owner = enterprise.owners.get()
    assert (on_file.cnic, owner.name, owner.cnic, owner.cnic_standing) == (CNIC, "Nasreen Bibi", None, "none")


def test_of_two_claims_the_second_finds_the_card_gone(advisor, on_file):
    first, second, third = (claim_on(on_file) for _claim in range(3))
    settle(first, "released", advisor)

    with pytest.raises(ValidationError) as same:
        settle(second, "same", advisor)

    assert (same.value.code, settle(third, "released", advisor)) == ("gone", None)


def test_a_number_that_nobody_holds_any_more_is_free(advisor, on_file):
    claim = claim_on(on_file)
    Person.objects.filter(pk=on_file.pk).update(cnic=None, cnic_standing="none")

    assert settle(claim, "released", advisor).owners.get().cnic == CNIC


def test_whoever_took_a_free_number_meanwhile_keeps_it(advisor, on_file, monkeypatch):
    """Between the look for its holder and the registration."""
    claim = claim_on(on_file)
    Person.objects.filter(pk=on_file.pk).update(cnic=None, cnic_standing="none")
    register = claims.find_or_register_person

    def second(**facts):
        register(**facts)
        return register(**facts)

    monkeypatch.setattr(claims, "find_or_register_person", second)

    with pytest.raises(ValidationError) as refusal:
        settle(claim, "released", advisor)

    assert refusal.value.code == "gone"


def test_a_claim_is_settled_once(advisor, on_file):
    claim = claim_on(on_file)
    settle(claim, "no_card", advisor)

    with pytest.raises(EditConflict):
        settle(claim, "same", advisor)
    claim.refresh_from_db()
    with pytest.raises(ValidationError) as refusal:
        settle(claim, "same", advisor)

    assert (refusal.value.code, Enterprise.objects.count()) == ("settled", 1)


@pytest.mark.parametrize("role", Role)
def test_advisors_of_the_district_settle_and_nobody_else(advisor, on_file, role):
    claim = claim_on(on_file)
    near, far = colleague(role, districts=[district()]), colleague(role, districts=[district("lahore")])

    if role in {Role.ADVISOR, Role.REGIONAL_MANAGER}:
        assert settle(claim, "same", near).owners.get() == on_file
    else:
        with pytest.raises(PermissionDenied):
            settle(claim, "same", near)
    with pytest.raises(PermissionDenied):
        claims.settle(claim=claim, outcome="same", by=far, version=None)


def test_a_claim_is_due_when_a_call_would_be(on_file, monkeypatch):
    """Made on a Friday afternoon, due on Tuesday."""
    friday = timezone.datetime(2026, 11, 27, 15, tzinfo=timezone.get_default_timezone())
    monkeypatch.setattr(claims.timezone, "localdate", friday.date)
    draft = ClaimFactory.build().draft
    draft.save()

    claim = claims.make(draft=draft, person=on_file, district=district(), by=system())

    assert (claim.due_on.isoformat(), claim.district) == ("2026-12-01", district())


# Somebody is on file already, without the number that is another's


def came_with(by, **changes):
    """The claim of somebody whom a colleague registered with the number of somebody else."""
    enterprise = register(by, is_rival=True, **changes)
    return Claim.objects.get(enterprise=enterprise)


def test_whom_a_colleague_registers_is_on_file_without_the_number_and_the_card_is_looked_at(advisor, on_file):
    """R6: registration is never blocked; the phone on file is told, and the advisor of the case sees the claim."""
    office = OfficeDistrictFactory(office=OfficeFactory(depth=3), district=district()).office
    claim = came_with(advisor, is_card_seen=True)

    on_file.refresh_from_db()
    newcomer = claim.enterprise.owners.get()
    assert (on_file.cnic, on_file.version, newcomer.cnic, newcomer.cnic_standing) == (CNIC, 0, None, "none")
    assert (claim.person, claim.newcomer, claim.cnic, claim.draft, claim.seen_by) == (
        on_file,
        newcomer,
        CNIC,
        None,
        advisor,
    )
    assert (claim.name, claim.reference, claim.district) == ("Nasreen Bibi", claim.enterprise.reference, district())
    assert list(Message.objects.filter(kind="enterprises.rival").values_list("target_id", flat=True)) == [on_file.pk]
    found = [
        [
            (item["kind"], item["enterprise_id"], item["target_id"])
            for item in united(open_items(scope), limit=9)
            if item["kind"] == "enterprises.claim"
        ]
        for scope in (Scope(office_ids=frozenset({office.pk})), Scope(enterprise_ids=[claim.enterprise_id]))
    ]
    assert found == [[("enterprises.claim", claim.enterprise_id, claim.pk)]] * 2


def warnings():
    rows = Message.objects.filter(kind="enterprises.rival").order_by("pk")
    return list(rows.values_list("target_label", "target_id"))


def test_whoever_is_on_file_is_warned_once_a_day_of_however_many_come(advisor, on_file):
    """R6: no stranger fills somebody's phone; each claim is a line of its own for the advisors."""
    with time_machine.travel("2026-11-24 12:00 +0500", tick=False) as now:
        first = [came_with(advisor, facts=FACTS | {"name": name}) for name in ("Nasreen Bibi", "Razia Sultana")]
        that_day = warnings()
        now.move_to("2026-11-25 12:00 +0500")
        came_with(advisor, facts=FACTS | {"name": "Shazia Parveen"})

    assert (len(that_day), len(warnings()), Claim.objects.waiting().count()) == (1, 2, 3)
    assert set(warnings()) == {("enterprises.person", on_file.pk)}
    assert [claim.person for claim in first] == [on_file] * 2


def test_the_warning_holds_while_any_of_them_waits(advisor, on_file):
    claims_made = [came_with(advisor, facts=FACTS | {"name": name}) for name in ("Nasreen Bibi", "Razia Sultana")]

    held = [messages.is_claimed(on_file)]
    for claim in claims_made:
        settle(Claim.objects.get(pk=claim.pk), "no_card", advisor)
        held.append(messages.is_claimed(on_file))

    assert held == [True, True, False]


def gets_a_card(claim, advisor, number="3630248291057"):
    newcomer = Person.objects.get(pk=claim.newcomer_id)
    cards.add(person=newcomer, cnic=number, is_card_seen=True, by=advisor, version=newcomer.version)
    claim.refresh_from_db()
    return claim


def test_whoever_has_a_card_on_file_by_now_claims_no_other(advisor, on_file):
    """The line goes from every desk, and the history says why: nobody looks at a card for nothing."""
    claim, other = came_with(advisor), claim_on(on_file)

    gets_a_card(claim, advisor)

    assert (claim.outcome, claim.settled_by, claim.cnic, claim.version) == ("withdrawn", advisor, "", 1)
    assert list(Claim.objects.waiting()) == [other]
    events = Event.objects.filter(name__endswith="withdrawn", name__startswith="enterprises.claim").order_by("pk")
    assert list(events.values_list("name", "person_id", "enterprise_id", "by", "data")) == [
        ("enterprises.claim_withdrawn", on_file.pk, None, advisor.pk, {}),
        ("enterprises.claim_of_newcomer_withdrawn", None, claim.enterprise_id, advisor.pk, {}),
    ]
    with pytest.raises(ValidationError, match="settled"):
        settle(claim, "no_card", advisor)


def test_whoever_has_a_card_on_file_by_now_claims_no_other_control(advisor, on_file, monkeypatch):
    """The failing control: a number comes on the record, and the claim stays."""
    monkeypatch.setattr(releases, "withdraw_claims", lambda *_args, **_facts: None)

    with pytest.raises(AssertionError):
        test_whoever_has_a_card_on_file_by_now_claims_no_other(advisor, on_file)


def test_the_claim_that_gives_the_number_is_settled_and_not_withdrawn(advisor, on_file):
    claim = came_with(advisor, is_card_seen=True)

    settled = settle(claim, "released", advisor)

    assert (settled.outcome, Event.objects.filter(name="enterprises.claim_withdrawn").count()) == ("released", 0)


def test_a_number_does_not_come_while_a_colleague_settles_what_they_claim(advisor, on_file, monkeypatch):
    claim = came_with(advisor)
    held = Claim.objects.none()
    monkeypatch.setattr(ClaimQuerySet, "select_for_update", lambda *_args, **_how: held)

    with pytest.raises(ValidationError) as refused:
        gets_a_card(claim, advisor)

    assert refused.value.code == "settling"


def test_a_number_that_nobody_has_is_simply_theirs(advisor):
    enterprise = register(advisor, is_rival=True, is_card_seen=True)

    owner = enterprise.owners.get()
    assert (owner.cnic, owner.cnic_standing, Claim.objects.count()) == (CNIC, "verified", 0)


@pytest.mark.usefixtures("advisor", "on_file")
def test_what_a_clerk_held_is_no_evidence():
    clerk = colleague(Role.PARTNER_CLERK, districts=[district()])

    assert came_with(clerk, is_card_seen=True).seen_by is None


def test_whose_card_an_officer_had_in_hand_gets_the_number_without_another_reason(advisor, on_file):
    claim, other = came_with(advisor, is_card_seen=True), colleague(Role.ADVISOR, districts=[district()])

    settled = claims.settle(claim=claim, outcome="released", by=other, version=0)

    newcomer, release = Person.objects.get(pk=claim.newcomer_id), CardRelease.objects.get()
    on_file.refresh_from_db()
    assert (on_file.cnic, newcomer.cnic, newcomer.cnic_standing) == (None, CNIC, "verified")
    assert (settled.seen_by, release.asked_by, release.done_by) == (advisor, other, other)
    assert (release.reason, release.taker, release.loser) == ("", newcomer, on_file)
    assert (settled.outcome, settled.cnic, settled.draft, Enterprise.objects.count()) == ("released", "", None, 1)


def settles_their_own_evidence(advisor, on_file):
    claim = came_with(advisor, is_card_seen=True)
    claims.settle(claim=claim, outcome="released", by=advisor, version=0)
    on_file.refresh_from_db()
    return on_file.cnic


def test_nobody_settles_their_own_evidence_where_a_second_look_is_due(advisor, on_file):
    Person.objects.filter(pk=on_file.pk).update(cnic_standing="verified")

    assert settles_their_own_evidence(advisor, on_file) == CNIC


def test_nobody_settles_their_own_evidence_control(advisor, on_file):
    """Where nobody saw the card with its holder, and no money hangs on it, one look is enough."""
    with pytest.raises(AssertionError):
        assert settles_their_own_evidence(advisor, on_file) == CNIC


def test_a_card_that_is_not_theirs_leaves_them_on_file_without_one(advisor, on_file):
    settled = settle(came_with(advisor), "no_card", advisor)

    on_file.refresh_from_db()
    assert (on_file.cnic, settled.outcome, settled.newcomer.cnic) == (CNIC, "no_card", None)


def test_two_records_of_one_person_are_joined_before_it_is_said(advisor, manager, on_file):
    OwnershipFactory(person=on_file)
    Person.objects.filter(pk=on_file.pk).update(phone_owner="spouse")
    claim = came_with(advisor)
    with pytest.raises(ValidationError) as refusal:
        settle(claim, "same", advisor)
    merges.merge(kept=on_file, gone=claim.newcomer, by=manager, version=0, gone_version=claim.newcomer.version)
    claim.refresh_from_db()
    with pytest.raises(ValidationError) as somebody_elses:
        settle(claim, "no_card", advisor)

    settled = settle(claim, "same", advisor)

    on_file.refresh_from_db()
    refused = [one.value.error_dict["outcome"][0].code for one in (refusal, somebody_elses)]
    assert (refused, settled.outcome, on_file.cnic_standing) == (["two", "one"], "same", "verified")


@pytest.mark.parametrize("changes", [{"cnic": "3630248291057"}, {"merged_into": True}])
def test_what_became_of_the_newcomer_meanwhile_is_not_overwritten(advisor, on_file, changes):
    claim = came_with(advisor)
    card = {"cnic": "3630248291057", "cnic_standing": "claimed"}
    other = PersonFactory(**card)
    if "cnic" in changes:
        Person.objects.filter(pk=other.pk).update(cnic=None, cnic_standing="none")
        Person.objects.filter(pk=claim.newcomer_id).update(**card)
    else:
        Person.objects.filter(pk=claim.newcomer_id).update(merged_into=other)

    with pytest.raises(ValidationError) as refusal:
        settle(claim, "released", advisor)

    on_file.refresh_from_db()
    assert (refusal.value.code, on_file.cnic) == ("gone", CNIC)


def two_register_one_number():
    """Two officers, two people, one number that nobody has yet: (holders, claims, people, refusals)."""
    officers = [colleague(Role.ADVISOR, districts=[district()]) for _one in range(2)]
    outcomes = at_once(2, lambda place: register(officers[place], is_rival=True))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    return Person.objects.filter(cnic=CNIC).count(), Claim.objects.count(), Person.objects.count(), len(refused)


@pytest.mark.concurrency
def test_of_two_with_one_number_one_has_it_and_the_other_a_claim():
    with committed_rows():
        assert two_register_one_number() == (1, 1, 2, 0)


@pytest.mark.concurrency
def test_without_asking_the_constraint_one_of_two_is_refused(monkeypatch):
    """The failing control: who has the number is looked up first, and then written."""
    both = threading.Barrier(2, timeout=5)

    def looked_up_first(*, cnic, **facts):
        is_taken = cnic is not None and Person.objects.filter(cnic=cnic).exists()
        if cnic is None or is_taken:
            return find_or_register_person(cnic=None, **facts)
        both.wait()
        return Person.objects.create(cnic=cnic, cnic_standing="claimed", name=facts["name"], sex=facts["sex"]), True

    monkeypatch.setattr(assisted, "find_or_register_person", looked_up_first)
    with committed_rows(), pytest.raises(AssertionError):
        assert two_register_one_number() == (1, 1, 2, 0)


def one_settles_while_the_number_is_said_again(monkeypatch):
    """The officer who settles holds the claim, a second one the newcomer: what became of each, and the versions."""
    officers = [colleague(Role.ADVISOR, districts=[district()]) for _one in range(2)]
    PersonFactory(cnic=CNIC)
    claim = came_with(officers[0])
    newcomer, has_claim, has_newcomer = claim.newcomer, threading.Event(), threading.Event()
    number_on, hold_waiting = claims.number_on, claims.hold_waiting

    def slowly(held):
        has_claim.set()
        has_newcomer.wait(5)
        return number_on(held)

    def told(*args):
        has_newcomer.set()
        return hold_waiting(*args)

    def act(place):
        if place == 0:
            return settle(claim, "released", officers[0])
        has_claim.wait(5)
        again = {"cnic": CNIC, "is_card_seen": True, "is_rival": True, "version": newcomer.version}
        return cards.add(person=newcomer, by=officers[1], **again)

    monkeypatch.setattr(claims, "number_on", slowly)
    monkeypatch.setattr(claims, "hold_waiting", told)
    settled, refused = at_once(2, act)
    claim.refresh_from_db()
    return getattr(settled, "outcome", settled), getattr(refused, "code", refused), claim.seen_by, claim.version


def one_settles_while_another_card_comes(monkeypatch):
    """The officer who settles holds the claim, a second one the newcomer, who gets another number meanwhile."""
    officers = [colleague(Role.ADVISOR, districts=[district()]) for _one in range(2)]
    PersonFactory(cnic=CNIC)
    claim = came_with(officers[0])
    newcomer, has_claim, has_newcomer = claim.newcomer, threading.Event(), threading.Event()
    number_on, withdraw_claims = claims.number_on, releases.withdraw_claims

    def slowly(held):
        has_claim.set()
        has_newcomer.wait(5)
        return number_on(held)

    def told(*args, **facts):
        has_newcomer.set()
        return withdraw_claims(*args, **facts)

    def act(place):
        if place == 0:
            return settle(claim, "released", officers[0])
        has_claim.wait(5)
        card = {"cnic": "3630248291057", "is_card_seen": True, "version": newcomer.version}
        return cards.add(person=newcomer, by=officers[1], **card)

    monkeypatch.setattr(claims, "number_on", slowly)
    monkeypatch.setattr(releases, "withdraw_claims", told)
    settled, refused = at_once(2, act)
    newcomer.refresh_from_db()
    return getattr(settled, "outcome", settled), getattr(refused, "code", refused), newcomer.cnic


@pytest.mark.concurrency
def test_another_card_does_not_wait_for_whoever_settles(monkeypatch):
    with committed_rows():
        assert one_settles_while_another_card_comes(monkeypatch) == ("released", "settling", CNIC)


@pytest.mark.concurrency
def test_waiting_for_what_they_claim_with_the_newcomer_in_hand_the_two_would_block_each_other(monkeypatch):
    """The failing control: the claims are held as anything else is."""

    def in_line(newcomer, *, by, besides=None):
        for claim in Claim.objects.waiting().filter(newcomer=newcomer).exclude(pk=besides.pk if besides else 0):
            claims.hold(claim, version=None)

    monkeypatch.setattr(releases, "withdraw_claims", in_line)
    with committed_rows(), pytest.raises(AssertionError):
        assert one_settles_while_another_card_comes(monkeypatch) == ("released", "settling", CNIC)


@pytest.mark.concurrency
def test_whoever_says_the_number_again_does_not_wait_for_whoever_settles(monkeypatch):
    """R6: one of them goes through, and nothing is written on a claim that is settled."""
    with committed_rows():
        assert one_settles_while_the_number_is_said_again(monkeypatch) == ("released", "settling", None, 1)


@pytest.mark.concurrency
def test_waiting_for_the_claim_with_the_newcomer_in_hand_the_two_would_block_each_other(monkeypatch):
    """The failing control: the claim is held as anything else is."""

    def in_line(newcomer, cnic):
        found = Claim.objects.waiting().filter(newcomer=newcomer, cnic=cnic).first()
        return claims.hold(found, version=None) if found else None

    monkeypatch.setattr(claims, "hold_waiting", in_line)
    with committed_rows(), pytest.raises(AssertionError):
        assert one_settles_while_the_number_is_said_again(monkeypatch) == ("released", "settling", None, 1)
