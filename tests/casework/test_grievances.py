"""Complaints: taken from anybody, answered, judged by whoever made them, passed up when late, and counted apart."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Appointment
from accounts.roles import Role
from casework.actions import grievances
from casework.messages.grievances import REPLIED
from casework.models import Grievance
from casework.querysets import GrievanceQuerySet
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from messaging.models import Message
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, ReferralFactory, branch, smeda_office
from tests.factories.enterprises import district, entrepreneur, system
from tests.factories.grievances import (
    CODE,
    ClosedGrievanceFactory,
    GrievanceFactory,
    RepliedGrievanceFactory,
    ResolvedGrievanceFactory,
    category,
    head_office,
    programme_manager,
    region,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())  # a Tuesday
WEEK = dt.timedelta(days=7)


def make(**facts):
    said = {"category": category(), "about": "smeda", "text": "Nobody called.", "language": "en", "by": system()}
    return grievances.make(**said | facts)


def events_of(grievance):
    return list(Event.objects.filter(target_id=grievance.pk).order_by("id").values_list("name", flat=True))


def test_a_complaint_gets_a_number_a_code_a_day_and_an_owner():
    manager = programme_manager()

    made = make()

    grievance = made.grievance
    assert (grievance.owner, grievance.office, grievance.state) == (manager, head_office(), "received")
    assert grievance.due_on > timezone.localdate()
    assert grievances.found(number=grievance.number, code=made.code) == grievance
    assert (len(made.code), made.code in grievance.digest) == (8, False)


def test_numbers_follow_each_other():
    first, second = make().grievance, make().grievance

    assert second.number == first.number + 1


def test_each_kind_has_its_own_day():
    days = {code: make(category=category(code)).grievance.due_on for code in ("harassment", "money", "refusal")}

    assert days["harassment"] < days["money"] < days["refusal"]


@pytest.mark.parametrize("code", ["00000000", "", CODE[::-1]])
def test_no_other_code_opens_it(code):
    assert grievances.found(number=GrievanceFactory().number, code=code) is None


def test_no_code_opens_what_was_made_by_somebody_signed_in():
    grievance = GrievanceFactory(digest="")

    assert grievances.found(number=grievance.number, code="") is None
    assert grievances.found(number=1, code=CODE) is None


def test_the_journal_names_neither_person_nor_enterprise():
    """Otherwise it stood on the timeline of the case, before the eyes of the advisor complained of."""
    owner = entrepreneur().person

    grievance = make(complainant=owner, by=owner.user).grievance

    event = Event.objects.get(name="casework.grievance_received")
    assert (event.person_id, event.enterprise_id, event.audience) == (None, None, ["managers"])
    assert (grievance.sex, grievance.digest) == (owner.sex, "")


def test_the_office_complained_of_is_that_of_the_own_case_or_referral():
    referral = ReferralFactory()
    person = referral.case.person

    about = {
        about: make(complainant=person, by=person.user, about=about).grievance.about_office
        for about in ("smeda", "lender", "other")
    }

    assert about == {"smeda": referral.case.office, "lender": referral.to_office, "other": None}


def test_of_somebody_unknown_the_words_say_where():
    office, lender = smeda_office("multan"), branch("multan")

    made = [
        make(place=place, about=about).grievance
        for place, about in [
            ("Multan", "smeda"),
            ("ملتان", "lender"),
            ("Shop 3", "smeda"),
            ("Near the bus stand, Multan", "smeda"),
        ]
    ]

    assert [one.about_office for one in made] == [office, lender, None, office]
    assert [one.district for one in made] == [district(), district(), None, district()]


def test_without_a_case_nothing_is_guessed():
    person = entrepreneur().person

    assert make(complainant=person, by=person.user).grievance.about_office is None


def test_a_colleague_writes_down_what_somebody_says():
    advisor = colleague(Role.ADVISOR)

    grievance = make(by=advisor, channel="phone").grievance

    assert (grievance.written_by, grievance.complainant, grievance.channel) == (advisor, None, "phone")


@pytest.mark.parametrize("role", [Role.TRAINER, Role.LOAN_OFFICER, Role.AUDITOR])
def test_not_every_colleague_writes_for_others(role):
    with pytest.raises(PermissionDenied):
        make(by=colleague(role))


def test_the_number_goes_to_the_phone_that_was_given():
    make(phone="+923001234567")
    without = make().grievance

    kinds = Message.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["casework.grievance_received"] * 2
    assert without.phone == ""


def test_an_answer_is_not_a_remedy():
    grievance = GrievanceFactory()

    replied = grievances.answer(grievance=grievance, by=grievance.owner, version=0, text="We look.", is_remedied=False)
    assert (replied.state, replied.resolved_at) == ("replied", None)

    resolved = grievances.answer(grievance=replied, by=grievance.owner, version=1, text="Paid back.", is_remedied=True)
    assert (resolved.state, resolved.closed_at) == ("resolved", None)
    assert events_of(grievance) == [
        "casework.grievance_replied",
        "casework.grievance_replied",
        "casework.grievance_resolved",
    ]
    assert list(grievance.entries.order_by("id").values_list("kind", "text")) == [
        ("reply", "We look."),
        ("remedy", "Paid back."),
    ]


def test_nobody_but_the_owner_answers():
    grievance = GrievanceFactory()

    for other in (colleague(Role.REGIONAL_MANAGER, office=grievance.office), programme_manager(), system()):
        with pytest.raises(PermissionDenied):
            grievances.answer(grievance=grievance, by=other, version=0, text="No.", is_remedied=False)
        with pytest.raises(PermissionDenied):
            grievances.note(grievance=grievance, by=other, version=0, text="No.")


def test_of_two_who_answer_at_once_the_second_is_shown_the_first():
    grievance = GrievanceFactory()
    grievances.answer(grievance=grievance, by=grievance.owner, version=0, text="One.", is_remedied=False)

    with pytest.raises(EditConflict):
        grievances.answer(grievance=grievance, by=grievance.owner, version=0, text="Two.", is_remedied=False)

    assert grievance.entries.count() == 1


def test_whoever_made_it_closes_it():
    grievance = ResolvedGrievanceFactory(complainant=entrepreneur().person)

    closed = grievances.judge(grievance=grievance, by=grievance.complainant.user, version=0, is_right=True)

    assert (closed.state, closed.agreed_at, closed.entries.get().kind) == ("closed", closed.closed_at, "agreed")


def test_nobody_else_closes_it():
    grievance = ResolvedGrievanceFactory(complainant=entrepreneur().person)

    for other in (grievance.owner, programme_manager(), entrepreneur().person.user):
        with pytest.raises(PermissionDenied):
            grievances.judge(grievance=grievance, by=other, version=0, is_right=True)


def test_a_no_goes_to_whoever_stands_above_with_days_of_their_own():
    grievance = ResolvedGrievanceFactory(district=district(), about_office=smeda_office("multan", parent=region()))
    above = programme_manager()

    disputed = grievances.judge(grievance=grievance, by=system(), version=0, is_right=False, text="Nothing came.")

    assert (disputed.state, disputed.owner, disputed.office, disputed.resolved_at) == (
        "disputed",
        above,
        head_office(),
        None,
    )
    assert disputed.due_on > timezone.localdate()
    assert disputed.entries.get().text == "Nothing came."


def test_whom_it_is_about_decides_whose_it_is():
    town = smeda_office("multan", parent=region())
    manager = colleague(Role.REGIONAL_MANAGER, office=town.parent)
    above = programme_manager()
    grievance = GrievanceFactory(owner=manager, office=town.parent, about_office=town, district=district())

    told = grievances.direct(grievance=grievance, by=manager, version=0, about_office=town, about_user=manager)

    assert (told.owner, told.office, told.about_user) == (above, head_office(), manager)
    assert not manager.has_perm("casework.view_grievance", told)


def test_only_managers_say_whom_it_is_about_and_only_while_it_is_open():
    grievance, closed = GrievanceFactory(), ClosedGrievanceFactory()
    facts = {"version": 0, "about_office": None, "about_user": None}

    with pytest.raises(PermissionDenied):
        grievances.direct(grievance=grievance, by=colleague(Role.ADVISOR, office=grievance.office), **facts)
    with pytest.raises(ValidationError, match="closed"):
        grievances.direct(grievance=closed, by=closed.owner, **facts)


@pytest.mark.parametrize(("waited", "state"), [(WEEK, "closed"), (WEEK - dt.timedelta(seconds=1), "resolved")])
def test_silence_closes_it_after_seven_days(waited, state):
    grievance = ResolvedGrievanceFactory(resolved_at=NOW - waited)

    count = grievances.lapse(now=NOW, by=system())

    grievance.refresh_from_db()
    assert (grievance.state, count, grievance.agreed_at) == (state, int(state == "closed"), None)


def test_an_answer_alone_never_closes_it():
    grievance = RepliedGrievanceFactory(replied_at=NOW - 10 * WEEK)

    assert grievances.lapse(now=NOW, by=system()) == 0
    with pytest.raises(MoveRefused):
        grievances.move(grievance, "lapse", by=system(), version=0, audience=grievances.AUDIENCE, closed_at=NOW)


def test_the_database_refuses_to_close_it_sooner():
    grievance = ResolvedGrievanceFactory(resolved_at=NOW)

    with pytest.raises(IntegrityError, match="closed_by_word_or_silence"), transaction.atomic():
        Grievance.objects.filter(pk=grievance.pk).update(state="closed", closed_at=NOW + WEEK - dt.timedelta(hours=1))
    Grievance.objects.filter(pk=grievance.pk).update(state="closed", closed_at=NOW + WEEK)


def test_what_is_late_goes_up_once():
    above = programme_manager()
    grievance = GrievanceFactory(due_on=NOW.date() - dt.timedelta(days=1), district=district())
    settled = ResolvedGrievanceFactory(due_on=NOW.date() - WEEK)

    counts = [grievances.pass_up(now=NOW, by=system()) for _night in range(2)]

    grievance.refresh_from_db()
    settled.refresh_from_db()
    assert (counts, grievance.owner, grievance.due_on) == ([1, 0], above, dt.date(2026, 11, 27))
    assert settled.version == 0
    assert events_of(grievance) == ["casework.grievance_passed_up"]


@pytest.fixture
def one_that_fails(monkeypatch):
    """Of two late complaints the first, for which nobody can be found."""
    programme_manager()
    first, second = (GrievanceFactory(due_on=NOW.date() - WEEK, district=district()) for _complaint in range(2))
    owner_of = grievances.owner_of

    def fails_for_the_first(matter, **where):
        if where.get("above") == first.owner:
            raise LookupError
        return owner_of(matter, **where)

    monkeypatch.setattr(grievances, "owner_of", fails_for_the_first)
    return first, second


def test_one_complaint_that_fails_does_not_stop_the_others_of_the_night(one_that_fails, caplog):
    first, second = one_that_fails

    assert grievances.pass_up(now=NOW, by=system()) == 1
    assert (events_of(first), events_of(second)) == ([], ["casework.grievance_passed_up"])
    assert [(record.message, record.row) for record in caplog.records] == [("a complaint was not passed up", first.pk)]


@pytest.mark.xfail(raises=LookupError, strict=True, reason="the control: the first fault ends the night")
def test_one_complaint_that_fails_does_not_stop_the_others_of_the_night_control(one_that_fails, monkeypatch):
    monkeypatch.setattr(grievances, "one_by_one", lambda rows, act, *, failed: sum(act(row) for row in rows))

    assert grievances.pass_up(now=NOW, by=system()) == 1


def test_where_nobody_stands_above_it_stays_late_where_it_is():
    manager = programme_manager()
    grievance = GrievanceFactory(
        owner=manager, office=head_office(), due_on=NOW.date() - WEEK, category=category("money")
    )

    moved = grievances.pass_up(now=NOW, by=system())

    grievance.refresh_from_db()
    assert (moved, grievance.owner) == (0, manager)


def test_names_are_forgotten_two_years_after_it_was_closed():
    known = {"name": "Nasreen", "phone": "+923001234567"}
    old, new = (
        ClosedGrievanceFactory(resolved_at=at, agreed_at=at, closed_at=at, **known)
        for at in (NOW - dt.timedelta(days=731), NOW)
    )

    assert grievances.forget(now=NOW) == 1

    old.refresh_from_db()
    new.refresh_from_db()
    assert [(one.name, one.phone) for one in (old, new)] == [("", ""), ("Nasreen", "+923001234567")]


def test_an_advisor_does_not_find_what_was_complained_of_them():
    case = CalledFactory()
    made = make(complainant=case.person, by=case.person.user, category=category("conduct")).grievance

    assert made.about_office == case.office
    assert not Grievance.objects.visible_to(case.advisor).exists()
    assert list(Grievance.objects.visible_to(case.person.user)) == [made]


def test_the_text_of_an_answer_stays_due_while_the_complaint_moves():
    programme_manager()
    grievance = GrievanceFactory(due_on=NOW.date() - WEEK, district=district())
    told = grievances.answer(grievance=grievance, by=grievance.owner, version=0, text="We look.", is_remedied=False)

    assert grievances.pass_up(now=NOW, by=system()) == 1

    grievance.refresh_from_db()
    assert REPLIED.occasion(grievance) == REPLIED.occasion(told)
    again = grievances.answer(grievance=grievance, by=grievance.owner, version=2, text="Done.", is_remedied=True)
    assert REPLIED.occasion(again) != REPLIED.occasion(told)


def test_who_may_have_it_still_keeps_it_when_the_office_is_put_right():
    town = smeda_office("multan", parent=region())
    colleague(Role.REGIONAL_MANAGER, office=town.parent)
    above = programme_manager()
    grievance = GrievanceFactory(owner=above, office=head_office(), state="disputed", replied_at=NOW)

    told = grievances.direct(grievance=grievance, by=above, version=0, about_office=town, about_user=None)

    assert (told.owner, told.office, told.due_on) == (above, head_office(), grievance.due_on)


def test_who_gets_it_when_it_is_put_right_has_days_of_their_own():
    above, late = programme_manager(), timezone.localdate() - WEEK
    grievance = GrievanceFactory(due_on=late)

    told = grievances.direct(grievance=grievance, by=above, version=0, about_office=None, about_user=grievance.owner)

    assert (told.owner, told.due_on > timezone.localdate()) == (above, True)


def test_what_was_spoken_of_this_minute_keeps_nothing_else_from_closing(monkeypatch):
    spoken, silent = RepliedGrievanceFactory(), ResolvedGrievanceFactory(resolved_at=NOW - WEEK)
    monkeypatch.setattr(GrievanceQuerySet, "silent", lambda self, **_facts: self)

    assert grievances.lapse(now=NOW, by=system()) == 1

    assert [Grievance.objects.get(pk=one.pk).state for one in (spoken, silent)] == ["replied", "closed"]


def test_what_got_days_this_minute_does_not_go_up(monkeypatch):
    programme_manager()
    GrievanceFactory(due_on=NOW.date(), district=district())
    monkeypatch.setattr(GrievanceQuerySet, "late", lambda self, **_facts: self)

    assert grievances.pass_up(now=NOW, by=system()) == 0


@pytest.mark.parametrize("left", ["no post", "inactive", "nobody"])
def test_what_nobody_has_goes_to_a_manager(left):
    today = timezone.localdate()
    kept, grievance = (GrievanceFactory(due_on=today) for _complaint in range(2))
    above = programme_manager()
    if left == "no post":
        Appointment.objects.filter(user=grievance.owner).update(
            from_on=today - WEEK, until_on=today - dt.timedelta(days=1)
        )
    elif left == "inactive":
        type(above).objects.filter(pk=grievance.owner_id).update(is_active=False)
    else:
        Grievance.objects.filter(pk=grievance.pk).update(owner=None)
    assert list(Grievance.objects.of_nobody(on=today)) == [grievance]

    counts = [grievances.hand_on(now=timezone.now(), by=system()) for _night in range(2)]

    grievance.refresh_from_db()
    assert (counts, grievance.owner, grievance.office) == ([1, 0], above, head_office())
    assert grievance.due_on > today
    assert not Grievance.objects.of_nobody(on=today).exists()
    assert Grievance.objects.get(pk=kept.pk).version == 0


def test_what_had_come_up_stays_there_when_its_owner_leaves():
    town = smeda_office("multan", parent=region())
    colleague(Role.REGIONAL_MANAGER, office=town.parent)
    stays, gone = programme_manager(), programme_manager(is_active=False)
    grievance = GrievanceFactory(owner=gone, office=head_office(), about_office=town)

    grievances.hand_on(now=timezone.now(), by=system())

    grievance.refresh_from_db()
    assert grievance.owner == stays


def test_where_no_manager_is_it_waits_where_it_is():
    left = GrievanceFactory(owner=None)

    moved = grievances.hand_on(now=timezone.now(), by=system())

    left.refresh_from_db()
    assert (moved, left.owner, left.version) == (0, None, 0)
