"""A client sent besides the lender: it ends with the talk or event that says what came of it, or with a reason (C8)."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.roles import Role
from casework import facts, timeline
from casework.actions import introductions
from casework.actions.clocks import first_call_by
from casework.models import Introduction
from casework.open_items import OFFERED, open_items
from casework.pages import introductions as pages
from formalisation.actions import registrations
from formalisation.models import RegistrationKind
from journal.events import ADVISORS, record
from journal.models import Event
from journal.moves import MoveRefused
from journal.open_items import Scope
from portal.pages import team
from tests.factories.accounts import colleague
from tests.factories.casework import (
    AnsweredIntroductionFactory,
    ApprovedPlanFactory,
    CalledFactory,
    ClosedFactory,
    ContactFactory,
    DeclinedReferralFactory,
    EndedIntroductionFactory,
    IntroductionFactory,
    OfferedIntroductionFactory,
    ReferralFactory,
    smeda_office,
)
from tests.factories.enterprises import OwnershipFactory, PersonFactory, system
from tests.factories.training import CourseFactory, EnrolmentFactory, SeatedFactory
from training.models import Course

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def sent_to(case, to="outside", code=""):
    where = introductions.Where(to, "The chamber", code=code)
    return introductions.send(case=case, by=case.advisor, version=case.version, where=where, why="To meet buyers.")


def happened(case, name="training.enrolled", **data):
    return record(name, target=case.enterprise, by=system(), audience={ADVISORS}, data={"run": 1} | data)


def listed(user, *, today=None, kind="casework.introduction"):
    scope = Scope(user_id=user.pk, office_ids=user.office_ids, today=today or timezone.localdate())
    return [row[-1] for rows in open_items(scope) for row in rows if row[0] == kind]


def post(client, address, **typed):
    return client.post(address, typed | {"request_key": str(uuid.uuid4())})


def test_after_fourteen_days_somebody_asks_and_then_the_manager():
    case = CalledFactory()
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)

    sent = sent_to(case)

    assert sent.due_on == timezone.localdate() + 14 * DAY
    assert (listed(case.advisor), listed(manager)) == ([sent.pk], [])
    assert listed(manager, today=sent.due_on + DAY) == [sent.pk]
    assert Event.objects.get(name="casework.introduced").data == {
        "kind": "outside",
        "due_on": sent.due_on.isoformat(),
    }


@pytest.mark.parametrize(("to", "code"), [("outside", ""), ("course", "cash-book")])
def test_nobody_is_sent_there_twice_while_nobody_said_what_came_of_it(to, code):
    sent = sent_to(case := CalledFactory(), to, code)
    Introduction.objects.update(at=sent.at - 3 * DAY)
    case.refresh_from_db()

    with pytest.raises(ValidationError, match="Say that first"):
        sent_to(case, to, code)
    assert Introduction.objects.get() == sent


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="the control: nobody looks what is open")
def test_nobody_is_sent_there_twice_control(monkeypatch):
    monkeypatch.setattr(introductions, "open_like", lambda _case, _where: None)
    sent_to(case := CalledFactory())

    with pytest.raises(ValidationError, match="Say that first"):
        sent_to(case)


def test_somewhere_else_or_once_it_ended_they_are_sent():
    sent = sent_to(case := CalledFactory())
    sent_to(case, to="office")
    introductions.end(sent=sent, by=case.advisor, version=0, reason="Closed that day.")
    sent_to(case)

    assert Introduction.objects.count() == 3


def obtained(case, *, on, is_new=True):
    return registrations.obtain(
        enterprise=case.enterprise,
        kind=RegistrationKind.objects.get(code="ntn"),
        number="1234567-8",
        obtained_on=on,
        is_new=is_new,
        by=case.advisor,
    )


def test_for_a_paper_on_file_nobody_is_sent():
    obtained(case := CalledFactory(), on=dt.date(2020, 2, 1))

    with pytest.raises(ValidationError, match="has this already: On file, 1 Feb 2020"):
        sent_to(case, "papers", "ntn")
    assert sent_to(case, "papers", "shop").about == "shop"


@pytest.mark.parametrize("made", [SeatedFactory, EnrolmentFactory])
def test_to_a_course_on_whose_list_they_stand_nobody_is_sent(made):
    seat = made(person=(case := CalledFactory()).person, enterprise=case.enterprise)

    with pytest.raises(ValidationError, match="has this already"):
        sent_to(case, "course", seat.run.course.code)


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="the control: nobody asks what they have")
def test_for_a_paper_on_file_nobody_is_sent_control(monkeypatch):
    monkeypatch.setattr(introductions, "standing", lambda _to, _case: {})
    obtained(case := CalledFactory(), on=dt.date(2020, 2, 1))

    with pytest.raises(ValidationError, match="has this already"):
        sent_to(case, "papers", "ntn")


@pytest.mark.parametrize(("days", "is_new", "state"), [(0, True, "answered"), (-1, True, "sent"), (0, False, "sent")])
def test_a_paper_of_before_is_asked_about_and_proves_nothing(days, is_new, state, signed_in):
    sent = sent_to(case := CalledFactory(), "papers", "ntn")

    obtained(case, on=timezone.localdate() + days * DAY, is_new=is_new)

    sent.refresh_from_db()
    text = signed_in(case.advisor).get(sent.get_absolute_url()).text
    assert (sent.state, len(sent.offered_ids)) == (state, int(state == "sent"))
    assert ("did not bring it" in text) is (state == "sent")


@pytest.mark.xfail(strict=True, reason="the control: any paper that was named closes it")
def test_a_paper_of_before_is_asked_about_control(monkeypatch):
    monkeypatch.setattr(introductions, "was_before", lambda _sent, _event: False)
    sent = sent_to(case := CalledFactory(), "papers", "ntn")

    obtained(case, on=timezone.localdate() - DAY)

    sent.refresh_from_db()
    assert sent.state == "sent"


def test_the_form_leads_to_the_referral_that_stands(signed_in):
    sent = sent_to(case := CalledFactory(), "papers", "ntn")
    create = reverse("casework:introduction-create", args=[case.pk])

    client = signed_in(case.advisor)
    before = client.get(create).text
    refused = post(client, create, version=0, to="papers-ntn", where="", why="For the bank again.").text

    assert [f'href="{sent.get_absolute_url()}"' in text for text in (before, refused)] == [True, True]
    assert ("Say that first" in refused, "For the bank again." in refused) == (True, True)


def test_the_client_and_the_timeline_are_told_which_one():
    case = CalledFactory()
    shown = [sent_to(case, to=to) for to in ("outside", "office")]

    told = facts.of_introductions([sent.pk for sent in shown])
    lines, _page = timeline.page_of(case, user=case.advisor, show="", after="")

    assert {(one.title, one.why) for one in told.values()} == {
        ("Your advisor asks you what came of this: \u2068The chamber\u2069", "To meet buyers.")
    }
    assert [line["text"] for line in lines if "elsewhere" in line.get("text", "")] == [
        "Referred elsewhere: \u2068The chamber\u2069"
    ] * 2


def test_the_talk_in_which_the_client_told_of_it_ends_it():
    sent = sent_to(case := CalledFactory())
    talk = ContactFactory(case=case)

    told = introductions.answer(sent=sent, by=case.advisor, version=0, contact=talk, reason="They buy from her.")

    assert (told.state, told.contact, told.reason, listed(case.advisor)) == (
        "answered",
        talk,
        "They buy from her.",
        [],
    )


@pytest.mark.parametrize("talk", ["before", "of another case", "before, from a paper form typed afterwards"])
def test_another_talk_says_nothing_of_it(talk):
    case = CalledFactory()
    yesterday = timezone.now() - DAY
    talks = {"before": {"case": case, "at": yesterday, "on": timezone.localdate(yesterday)}, "of another case": {}}
    if talk in talks:
        found = ContactFactory(**talks[talk])
    sent = sent_to(case)
    if talk not in talks:
        found = ContactFactory(case=case, on=timezone.localdate(yesterday))

    with pytest.raises(ValidationError, match="since they were sent"):
        introductions.answer(sent=sent, by=case.advisor, version=0, contact=found)


def test_nothing_came_of_it_only_with_a_reason():
    sent = sent_to(case := CalledFactory())

    introductions.end(sent=sent, by=case.advisor, version=0, reason="They did not let her in.")

    assert Introduction.objects.get().state == "ended"


@pytest.mark.parametrize(
    ("made", "lacking"), [(AnsweredIntroductionFactory, {"contact": None}), (EndedIntroductionFactory, {"reason": ""})]
)
def test_the_database_ends_none_without_evidence(made, lacking):
    with pytest.raises(IntegrityError), transaction.atomic():
        made(**lacking)


@pytest.mark.parametrize(
    ("to", "code", "name", "state"),
    [
        ("course", "cash-book", "training.enrolled", "answered"),
        ("course", "cash-book", "training.certified", "answered"),
        ("papers", "ntn", "formalisation.obtained", "answered"),
        ("outside", "", "training.enrolled", "sent"),
        ("course", "ntn", "formalisation.obtained", "sent"),
    ],
)
@pytest.mark.parametrize("about", ["enterprise", "person"])
def test_what_stands_in_the_history_ends_it_by_itself(about, to, code, name, state):
    case = CalledFactory()
    sent_to(case, to, code)
    data = {"course": "cash-book", "run": 1, "kind": "ntn"}

    record(name, target=getattr(case, about), by=system(), audience={ADVISORS}, data=data)

    sent = Introduction.objects.get()
    event = Event.objects.get(name=name)
    assert (sent.state, sent.answering_event_id) == (state, event.pk if state == "answered" else None)
    assert sent.offered_ids == []


@pytest.mark.parametrize("code", ["cash-book", ""], ids=["another one", "none named"])
def test_of_another_course_the_advisor_is_asked_within_two_working_days(code):
    case = CalledFactory()
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    sent = sent_to(case, "course", code)

    event = happened(case, course="pricing")
    introductions.answer_for_event(event=event, by=system())
    sent.refresh_from_db()

    assert (sent.state, sent.offered_ids, sent.due_on) == ("sent", [event.pk], first_call_by(timezone.localdate()))
    assert (listed(case.advisor), listed(case.advisor, kind=OFFERED)) == ([], [sent.pk])
    assert listed(manager, kind=OFFERED) == []
    assert listed(manager, kind=OFFERED, today=sent.due_on + DAY) == [sent.pk]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: any course answers it")
def test_of_another_course_the_advisor_is_asked_control(monkeypatch):
    monkeypatch.setattr(
        introductions, "offer", lambda sent, event_id: introductions.take(sent, event_id, by=system(), version=None)
    )
    case = CalledFactory()
    sent = sent_to(case, "course", "cash-book")

    happened(case, course="pricing")
    sent.refresh_from_db()

    assert sent.state == "sent"


def test_two_referrals_to_different_courses_stay_apart():
    case = CalledFactory()
    one, other = sent_to(case, "course", "cash-book"), sent_to(case, "course", "pricing")

    event = happened(case, course="pricing")
    introductions.answer_for_event(event=event, by=system())

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, one.offered_ids) == ("sent", [event.pk])
    assert (other.state, other.answering_event_id) == ("answered", event.pk)


def test_yes_makes_it_the_answer():
    sent = OfferedIntroductionFactory()
    (event,) = sent.offered_ids

    said = introductions.say_yes(sent=sent, by=sent.by, version=sent.version, event=event)

    assert (said.state, said.answering_event_id, said.ended_by) == ("answered", event, sent.by)
    assert listed(sent.by, kind=OFFERED) == []


def test_after_a_no_nobody_asks_of_it_again_and_the_fourteen_days_go_on():
    sent = OfferedIntroductionFactory()
    happened(sent.case, course="unheard-of")
    sent.refresh_from_db()
    event, later = sent.offered_ids

    once = introductions.say_no(sent=sent, by=sent.by, version=sent.version, event=event)
    assert (once.offered_ids, once.declined_ids) == ([later], [event])
    assert once.due_on == sent.due_on
    twice = introductions.say_no(sent=sent, by=sent.by, version=once.version, event=later)
    introductions.answer_for_event(event=Event.objects.get(pk=event), by=system())
    twice.refresh_from_db()

    assert (twice.state, twice.offered_ids, twice.declined_ids) == ("sent", [], [event, later])
    assert twice.due_on == timezone.localdate(sent.at) + 14 * DAY
    assert (listed(sent.by), listed(sent.by, kind=OFFERED)) == ([sent.pk], [])
    assert Event.objects.filter(name="casework.introduction_not_answered").count() == 2


def test_of_a_course_to_which_somebody_said_no_nobody_asks_again():
    sent = OfferedIntroductionFactory()
    certified = happened(sent.case, "training.certified", course="pricing")
    sent.refresh_from_db()
    enrolled = sent.offered_ids[0]

    said = introductions.say_no(sent=sent, by=sent.by, version=sent.version, event=enrolled)
    happened(sent.case, course="pricing")
    nameless = [happened(sent.case).pk, happened(sent.case).pk]
    sent.refresh_from_db()

    assert (said.offered_ids, said.declined_ids) == ([], [enrolled, certified.pk])
    assert sent.offered_ids == nameless


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: the number alone is declined")
def test_of_a_course_to_which_somebody_said_no_nobody_asks_again_control(monkeypatch):
    monkeypatch.setattr(introductions, "same_as", lambda event, ids: [event.pk] if event.pk in ids else [])
    sent = OfferedIntroductionFactory()
    introductions.say_no(sent=sent, by=sent.by, version=sent.version, event=sent.offered_ids[0])

    happened(sent.case, "training.certified", course="pricing")

    assert Introduction.objects.get().offered_ids == []


def of_another_owner(case):
    """They enrol on the course to which the client was sent."""
    sent_to(case, "course", "cash-book")
    other = PersonFactory()
    OwnershipFactory(enterprise=case.enterprise, person=other, is_contact=False)
    enrolment = EnrolmentFactory(enterprise=case.enterprise, person=other)
    data = {"run": 1, "course": "cash-book"}
    record("training.enrolled", target=enrolment, by=system(), audience={ADVISORS}, data=data)
    return Introduction.objects.get()


def test_what_another_owner_does_answers_nothing():
    sent = of_another_owner(CalledFactory())

    assert (sent.state, sent.offered_ids) == ("sent", [])


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: whoever of the business it is")
def test_what_another_owner_does_answers_nothing_control(monkeypatch):
    monkeypatch.setattr(introductions, "whose", lambda event: Q(case__enterprise=event.enterprise_id))

    assert of_another_owner(CalledFactory()).state == "sent"


def test_what_nobody_asks_of_is_no_answer():
    sent = OfferedIntroductionFactory()
    elsewhere = colleague(Role.ADVISOR, office=smeda_office("lahore"))
    (event,) = sent.offered_ids

    with pytest.raises(ValidationError, match="any more"):
        introductions.say_yes(sent=sent, by=sent.by, version=sent.version, event=event + 1)
    with pytest.raises(PermissionDenied):
        introductions.say_no(sent=sent, by=elsewhere, version=sent.version, event=event)
    introductions.end(sent=sent, by=sent.by, version=sent.version, reason="They moved.")
    with pytest.raises(MoveRefused):
        introductions.say_yes(sent=sent, by=sent.by, version=sent.version + 1, event=event)


def test_nobody_from_elsewhere_sends_or_answers_and_a_closed_case_is_not_sent():
    elsewhere = colleague(Role.ADVISOR, office=smeda_office("lahore"))
    case = CalledFactory()
    for act in (
        lambda: introductions.send(
            case=case, by=elsewhere, version=0, where=introductions.Where("office", "x"), why="y"
        ),
        lambda: introductions.end(sent=IntroductionFactory(), by=elsewhere, version=0, reason="x"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    with pytest.raises(MoveRefused):
        sent_to(ClosedFactory())


# the pages


def test_the_case_lists_every_one_with_its_outcome_the_newest_first(signed_in):
    case = CalledFactory()
    EndedIntroductionFactory(case=case, where="The first chamber", at=timezone.now() - 2 * DAY)
    AnsweredIntroductionFactory(case=case, where="The second chamber", at=timezone.now() - DAY)
    plan = ApprovedPlanFactory(case=case)
    for reason in ("No room.", "Too far."):
        DeclinedReferralFactory(case=case, reason=reason, business_plan=plan)

    text = signed_in(case.advisor).get(case.get_absolute_url()).text

    assert text.index("The second chamber") < text.index("The first chamber")
    assert "They did not let her in." in text
    assert text.count("Referred to ") == 2
    assert "No room." in text


def test_the_form_sends_and_its_page_says_what_came_of_it(signed_in):
    case = CalledFactory()
    client = signed_in(case.advisor)
    create = reverse("casework:introduction-create", args=[case.pk])

    post(client, create, version=0, to="office", where="SMEDA Lahore", why="It has a mould maker.")
    page = Introduction.objects.get().get_absolute_url()
    neither = post(client, page, version=0, contact="none", reason="")
    untouched = post(client, page, version=0, contact="", reason="It is closed.")
    nothing = post(client, page, version=0, contact="none", reason="It is closed.")
    closed = client.get(page).text

    assert "Say why nothing came of it." in neither.text
    assert untouched.context["form"].errors == {"contact": ["Choose one of these."]}
    assert '<option value="" selected>Choose one</option>' in untouched.text
    assert "(optional)" not in untouched.text
    assert nothing["Location"] == case.get_absolute_url()
    assert "It is closed." in closed
    assert 'name="reason"' not in closed


def test_a_course_is_named_from_the_list_and_another_one_in_words(signed_in):
    case = CalledFactory()
    client = signed_in(case.advisor)
    create = reverse("casework:introduction-create", args=[case.pk])
    shut = CourseFactory(code="shut", is_open=False)

    form = client.get(create).text
    unnamed = post(client, create, version=0, to="course", where="", why="To count.")
    post(client, create, version=0, to="course-cash-book", where="", why="To count.")
    post(client, create, version=0, to="papers-ntn", where="", why="For the bank.")
    post(client, create, version=0, to="course", where="The chamber's", why="To sell.")

    assert '<optgroup label="A course">' in form
    assert shut.name not in form
    assert unnamed.context["form"].errors == {"where": ["Say which one, or whom to ask for."]}
    sent = Introduction.objects.order_by("pk").values_list("to", "about", "where")
    names = Course.objects.get(code="cash-book").name, RegistrationKind.objects.get(code="ntn").name
    assert list(sent) == [
        ("course", "cash-book", names[0]),
        ("papers", "ntn", names[1]),
        ("course", "", "The chamber's"),
    ]
    with override("ur"):
        assert Introduction.objects.earliest("pk").place == Course.objects.get(code="cash-book").name_ur


def test_words_beside_a_named_course_are_not_dropped(signed_in):
    case = CalledFactory()
    create = reverse("casework:introduction-create", args=[case.pk])

    page = post(signed_in(case.advisor), create, version=0, to="course-cash-book", where="Ask for Sana", why="Books")

    assert list(page.context["form"].errors) == ["where"]
    assert "Ask for Sana" in page.text
    assert not Introduction.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_what_may_be_the_answer_costs_the_same_however_much_it_is(number, django_assert_num_queries):
    sent = sent_to(CalledFactory(), "course")
    for _each in range(number):
        happened(sent.case, course="pricing")
    sent.refresh_from_db()

    with django_assert_num_queries(2):
        assert len(pages.offers_of(sent)) == number


def test_its_page_asks_of_what_is_on_file_and_takes_a_no_and_a_yes(signed_in):
    sent = OfferedIntroductionFactory()
    later = happened(sent.case, course="unheard-of")
    sent.refresh_from_db()
    client, address = signed_in(sent.by), reverse("casework:introduction-offer", args=[sent.pk])
    pricing = Course.objects.get(code="pricing").name

    asked = client.get(sent.get_absolute_url()).text
    no = post(client, address, version=sent.version, event=sent.offered_ids[0], is_answer="no")
    stale = post(client, address, version=sent.version + 1, event=sent.offered_ids[0], is_answer="yes").text
    yes = post(client, address, version=sent.version + 1, event=later.pk, is_answer="yes")
    page = client.get(sent.get_absolute_url()).text

    assert f"Enrolled on a course: \u2068{pricing}\u2069" in asked
    assert "unheard-of" in asked
    assert (no["Location"], yes["Location"]) == (sent.get_absolute_url(), sent.case.get_absolute_url())
    assert "Nobody asks whether this is the answer any more." in stale
    assert "The client&#x27;s history" in page
    assert str(sent.by) in page
    assert "Is this what the client was sent for?" not in page


def test_who_only_reads_says_neither_yes_nor_no(signed_in):
    sent = OfferedIntroductionFactory()
    reader = signed_in(colleague(Role.AUDITOR))
    address = reverse("casework:introduction-offer", args=[sent.pk])

    assert "Is this what" not in reader.get(sent.get_absolute_url()).text
    assert post(reader, address, version=1, event=1, is_answer="yes").status_code == 403


def test_the_talk_is_chosen_on_its_page(signed_in):
    sent = sent_to(case := CalledFactory())
    talk = ContactFactory(case=case, agreed="The chamber buys from her.")
    client = signed_in(case.advisor)

    form = client.get(sent.get_absolute_url()).text
    post(client, sent.get_absolute_url(), version=0, contact=talk.pk, reason="")
    page = client.get(sent.get_absolute_url()).text

    assert f'<option value="{talk.pk}">' in form
    assert "The chamber buys from her." in page
    assert Introduction.objects.get().contact == talk


def test_what_ended_by_itself_says_so(signed_in):
    sent = AnsweredIntroductionFactory(contact=None, answering_event_id=1, ended_by=system())

    assert "By itself" in signed_in(sent.by).get(sent.get_absolute_url()).text


def test_who_only_reads_finds_no_form(signed_in):
    sent = IntroductionFactory()
    reader = signed_in(colleague(Role.AUDITOR))

    assert 'name="reason"' not in reader.get(sent.get_absolute_url()).text
    assert post(reader, sent.get_absolute_url(), version=0, reason="x").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_takes_as_many_questions(count, signed_in, django_assert_num_queries):
    case = CalledFactory()
    for made in (IntroductionFactory, AnsweredIntroductionFactory, ReferralFactory):
        for _one in range(count if made is not ReferralFactory else 1):
            made(case=case)
    client = signed_in(case.advisor)
    client.get(case.get_absolute_url())

    with django_assert_num_queries(CASE_QUERIES):
        client.get(case.get_absolute_url())


CASE_QUERIES = 40


def test_the_manager_finds_what_nobody_knew_of_for_fourteen_days():
    case = CalledFactory()
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    old = timezone.now() - 15 * DAY
    IntroductionFactory(case=case, at=old + DAY)
    IntroductionFactory(case=case, where="Not yet", at=old + 2 * DAY, due_on=timezone.localdate())
    OfferedIntroductionFactory(case=case, where="Asked on the desk", at=old)
    IntroductionFactory(at=old)
    lent = ReferralFactory(case=case, at=old)
    ReferralFactory(case=CalledFactory(office=case.office, advisor=case.advisor))

    found = team.stale(manager, now=timezone.now())

    assert [row["where"] for row in found] == [lent.to_office.label, "The chamber of commerce"]
    assert len(team.stale(colleague(Role.AUDITOR), now=timezone.now())) == 3
