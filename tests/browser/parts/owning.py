"""What an entrepreneur does on their own page, on a phone: read where everything stands, and answer."""

from datetime import datetime, time

from django.utils import timezone

from casework.actions import contacts, grievances, meetings, outcomes, writings
from casework.models import Case, Channel, FollowUp, Grievance, HealthCheck, Meeting, Writing
from casework.states import FollowUpState, GrievanceState, MeetingState, WritingState
from tests.browser.parts.company import Journey, sign_in_as_client
from tests.browser.parts.day import AGREED, working_day
from tests.browser.walking import fill, follow, path_of, press
from training.models import Enrolment

HAPPENED = "دو ہفتے سے کوئی فون نہیں آیا۔"
STILL_WRONG = "اب بھی کسی نے فون نہیں کیا۔"
REPLIES = ("ہم نے دفتر سے بات کی ہے۔", "آپ کو آج فون کیا گیا، معذرت چاہتے ہیں۔")
ASKED, TOLD = "کیا میں کل دفتر آ سکتی ہوں؟", "جی ہاں، دس بجے آئیں۔"
TOLD_BY_WORD = {"women": 1, "women_paid": 1, "men": 0, "men_paid": 0, "sales": 32_000, "profit": 2, "bank": 1}
FREE_AT = (time(8), time(18, 30))


def meet_owner(journey: Journey) -> None:
    """Somebody with a phone of their own, a business check, and the question how the business goes."""
    with journey.world.inside():
        asked = FollowUp.objects.waiting().filter(case__person__phone_owner="self", case__health_checks__state="done")
        # Whoever sits in a course is told of their next class, which says no day since when it is so.
        asked = asked.exclude(case__enterprise__in=Enrolment.objects.seated().values("enterprise"))
        rows = asked.exclude(case__person__cnic=None).select_related("case__person", "case__advisor")
        asked = next(row for row in rows.order_by("pk") if row.case.person.lets_contact)
        journey.case_id, journey.client, journey.advisor = asked.case_id, asked.case.person, asked.case.advisor.email
        journey.asked_id = asked.pk
        call_again(asked.case)
        propose(journey, FREE_AT[0])


def call_again(case: Case) -> None:
    """The advisor called, and calls again: whoever waits for that reads who hears of it if nobody does."""
    said = {"channel": Channel.PHONE, "agreed": AGREED, "next_on": working_day(5)}
    contacts.log(case=case, by=case.advisor, version=case.version, **said)


def propose(journey: Journey, at: time) -> Meeting:
    """The advisor keeps a time for them."""
    case = Case.objects.select_related("advisor").get(pk=journey.case_id)
    starts_at = timezone.make_aware(datetime.combine(working_day(4), at))
    return meetings.propose(case=case, by=case.advisor, channel=Channel.OFFICE, starts_at=starts_at)


def read_own_page(journey: Journey) -> None:
    """Of everything that is open: who has it, the office's number, since when, until when, and who comes after."""
    page = sign_in_as_client(journey, "owner", cnic=journey.client.cnic, phone=journey.client.phone)
    journey.see("owner", "own-page")
    first = page.locator("section.next")
    assert first.locator("a[href^='tel:']").count() == 1
    assert first.locator("dl.facts > div").count() > 2
    assert page.locator("section[aria-labelledby=plan] li").count() > 1
    lines = page.locator("section[aria-labelledby=also] li").all()
    comes_after = []
    for line in lines:
        assert line.locator("a[href^='tel:']").count() == 1
        since, until, *after = line.locator("small").last.inner_text().split(" · ")
        assert all(any(char.isdigit() for char in said) for said in (since, until))
        comes_after += after
    assert comes_after


def read_how_it_stands(journey: Journey) -> None:
    """What came of the business check, in words; six areas, and no number of another."""
    with journey.world.inside():
        check = HealthCheck.objects.done().filter(case=journey.case_id).newest_first().first()
    page = journey.pages["owner"]
    follow(page, f"/my/health/{check.pk}/")
    assert page.locator("section[aria-labelledby=areas] dt").count() == 6
    journey.see("owner", "own-check")


def answer_appointments(journey: Journey) -> None:
    """To the first time no, which is free at once; to the second yes."""
    for at, answer, state in zip(FREE_AT, ("no", "yes"), (MeetingState.DECLINED, MeetingState.CONFIRMED), strict=True):
        with journey.world.inside():
            meeting = Meeting.objects.open().filter(case=journey.case_id).first() or propose(journey, at)
        page = journey.go("owner", "/my/")
        follow(page, f"/my/meetings/{meeting.pk}/")
        if answer == "no":
            journey.see("owner", "own-appointment")
        with page.expect_navigation():
            page.locator(f"button[name=answer][value={answer}]").click()
        with journey.world.inside():
            assert Meeting.objects.get(pk=meeting.pk).state == state


def say_how_it_goes(journey: Journey) -> None:
    """Eight short answers and what would be without us; two of them do not fit, and the others still stand there."""
    page = journey.go("owner", f"/my/outcomes/{journey.asked_id}/")
    fill(page, women="1", women_paid="2", men="0", sales="35,000", profit="2", bank="1", anyway="no")
    press(page, "save")
    assert page.locator("[name=women_paid]").get_attribute("aria-invalid") == "true"
    assert page.locator("[name=sales]").input_value().replace(",", "") == "35000"
    journey.see("owner", "own-outcome")
    fill(page, women_paid="1", men_paid="0")
    press(page, "save")
    assert path_of(page) == "/my/"
    with journey.world.inside():
        assert FollowUp.objects.get(pk=journey.asked_id).state == FollowUpState.ANSWERED


def confirm_what_was_told(journey: Journey) -> None:
    """Somebody told an advisor how the business goes: on their own page they read it as it stands, and say yes."""
    with journey.world.inside():
        theirs = FollowUp.objects.filter(case__person__phone_owner="self").exclude(case__person__cnic=None)
        rows = theirs.exclude(case=journey.case_id).exclude(state=FollowUpState.ANSWERED)
        rows = rows.select_related("case__person", "case__advisor").order_by("-pk")
        told = next(row for row in rows if row.case.person.lets_contact)
        said = {"values": TOLD_BY_WORD, "anyway": "partly", "channel": Channel.PHONE}
        outcomes.answer(follow_up=told, by=told.case.advisor, version=None, **said)
    person = told.case.person
    page = sign_in_as_client(journey, "told", cnic=person.cnic, phone=person.phone)
    follow(page, f"/my/outcomes/{told.pk}/")
    journey.see("told", "own-told")
    press(page, "confirm")
    assert path_of(page) == "/my/"
    with journey.world.inside():
        assert not FollowUp.objects.to_confirm().filter(pk=told.pk).exists()
        own = dict(told.measures.filter(grade="confirmed").values_list("what", "value"))
        assert own == TOLD_BY_WORD


def carry_passport(journey: Journey) -> None:
    """One page for the pocket: whoever scans it reads how things stand, and no name."""
    page = journey.go("owner", "/my/passport/")
    press(page, "verb")
    journey.see("owner", "own-passport")
    made = page.locator("main a[href$='.png']").first.get_attribute("href")
    assert journey.walk.keep(page, made, "passport-made").status == 200


def write_to_advisor(journey: Journey) -> None:
    """A question; it is answered, stands closed until it is opened, and another one is taken back unread."""
    page = journey.go("owner", "/my/")
    follow(page, f"/my/cases/{journey.case_id}/thread/")
    fill(page, text=ASKED)
    press(page, "save")
    assert page.get_by_text(ASKED).count() == 1
    with journey.world.inside():
        case = Case.objects.select_related("advisor").get(pk=journey.case_id)
        asked = Writing.objects.get(case=case, text=ASKED)
        writings.answer(case=case, by=case.advisor, text=TOLD, seen=asked.pk)
    page = journey.go("owner", "/my/")
    assert page.get_by_text(TOLD).count() == 0
    journey.see("owner", "own-page-with-a-text")
    with page.expect_navigation():
        page.locator("section[aria-labelledby=thread] button").click()
    assert page.get_by_text(TOLD).count() == 1
    fill(page, text=AGREED)
    press(page, "save")
    journey.see("owner", "own-thread")
    with page.expect_navigation():
        page.locator("form[action$='/take-back/'] button").click()
    assert page.get_by_text(AGREED).count() == 0
    with journey.world.inside():
        written = Writing.objects.filter(case=journey.case_id, text__in=[ASKED, TOLD, AGREED])
        assert dict(written.values_list("text", "state")) == {
            ASKED: WritingState.ANSWERED,
            TOLD: WritingState.SENT,
            AGREED: WritingState.BACK,
        }


def complain(journey: Journey) -> None:
    """Three answers, nothing about oneself; the reply is read, disagreed with, and at last agreed with."""
    page = journey.go("owner", "/complain/")
    boxes = page.locator("main form :is(input, textarea):not([type=hidden])")
    assert {box.get_attribute("name") for box in boxes.all()} == {"category", "about", "text", "place"}
    fill(page, category="delay", about="smeda", text=HAPPENED)
    journey.see("owner", "complain")
    press(page, "send")
    with journey.world.inside():
        complaint = Grievance.objects.get(text=HAPPENED)
    for reply, verdict, text in zip(REPLIES, ("no", "yes"), (STILL_WRONG, ""), strict=True):
        answer(journey, complaint.pk, reply)
        page = journey.go("owner", "/my/complaints/")
        follow(page, f"/my/complaints/{complaint.pk}/")
        assert page.locator("section[aria-labelledby=said]").get_by_text(reply).count() == 1
        if verdict == "no":
            journey.see("owner", "own-complaint")
        fill(page, verdict=verdict, text=text)
        press(page, "say")
    journey.see("owner", "own-complaint-closed")
    with journey.world.inside():
        assert Grievance.objects.get(pk=complaint.pk).state == GrievanceState.CLOSED


def answer(journey: Journey, pk: int, text: str) -> None:
    """Whoever has it says that it is put right."""
    with journey.world.inside():
        complaint = Grievance.objects.select_related("owner").get(pk=pk)
        by = complaint.owner
        grievances.answer(grievance=complaint, by=by, version=complaint.version, text=text, is_remedied=True)
