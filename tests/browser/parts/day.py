"""An advisor's day on a phone: what is late first, then one client from the first call to a plan that is read."""

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from playwright.sync_api import FilePayload, Page

from casework.models import BusinessPlan, Case, Enquiry, Flag, HealthCheck, Meeting, Step, Writing
from casework.states import CaseState, MeetingState, WritingState
from enterprises.models import DocumentKind
from portal.sample import papers
from portal.sample.papers import HANDED_IN
from tests.browser.parts.company import Journey, sign_in_as_client, sign_in_as_colleague
from tests.browser.walking import Keys, fill, follow, number_in, path_of, press, rows_of

AGREED = "سات دن حساب لکھیں گے، پھر دفتر میں بیٹھ کر دیکھیں گے۔"
ANSWER = "دو ضامن، پانچ فیصد فیس نہیں"
# A shopkeeper's pace: so many keys in the twenty seconds that an enquiry may take.
KEYS_IN_TWENTY_SECONDS = 60
ASKED, SAID = "کیا شادی کے بعد آ سکتے ہیں؟", "جی ہاں، اگلے مہینے کی پانچ تاریخ کو آئیں۔"
BY_MISTAKE = "بند کرنا نہیں تھا"
QUESTIONS, AREAS = 20, 6
CLIENTS_OWN = ("photos", "bank-account", "qr-code", "ntn")


def meet_client(journey: Journey) -> None:
    """Somebody of Multan whom nobody has called yet, with a card and a phone of their own: the sample has one."""
    with journey.world.inside():
        new = Case.objects.uncalled().filter(enterprise__district__code="multan", person__phone_owner="self")
        cases = new.exclude(person__cnic=None).select_related("advisor", "person").order_by("pk")
        called = [case for case in cases if case.person.parent_name]
        case = min(called, key=lambda case: case.person.parent_name.isascii())
        journey.case_id, journey.enterprise_id = case.pk, case.enterprise_id
        journey.advisor, journey.client = case.advisor.email, case.person


def begin_the_day(journey: Journey) -> None:
    """Whoever waits too long stands first, and as many as the count says."""
    page = sign_in_as_colleague(journey, "advisor", journey.advisor, first_page="/desk/")
    tones = [tone == "late" for tone in tones_of(page)]
    late = int(page.locator(".count .late b").inner_text())
    assert late > 0
    assert tones == sorted(tones, reverse=True)
    assert sum(tones) == min(late, len(tones))
    journey.see("advisor", "day")


def tones_of(page: Page) -> list[str]:
    """How each row of the list stands: late, or not yet."""
    return [tag.get_attribute("class").split()[-1] for tag in page.locator("main table.rows .days .tag").all()]


def find_by_name_and_father(journey: Journey) -> None:
    """First of all of that name in the district stands the one whose father is called so."""
    page, person = journey.pages["advisor"], journey.client
    page.locator("#find").fill(f"{person.name} {person.parent_name}")
    with page.expect_navigation():
        page.locator("#find").press("Enter")
    assert rows_of(page).first.locator(f"a[href^='/desk/cases/{journey.case_id}/']").count() == 1
    journey.see("advisor", "found")
    follow(page, f"/desk/cases/{journey.case_id}/")
    journey.see("advisor", "case-uncalled")


def log_contact(journey: Journey) -> None:
    """Three fields; the rest is folded away. What was missed is told with the other two still there."""
    page = journey.pages["advisor"]
    follow(page, "/contacts/new/")
    asked = page.locator("main form :is(input, textarea, select):not([type=hidden], details *)")
    assert {field.get_attribute("name") for field in asked.all()} == {"channel", "agreed", "next_on"}
    fill(page, channel="phone", agreed=AGREED)
    journey.see("advisor", "contact-log")
    fill(page, agreed="")
    press(page, "save")
    assert page.locator("[name=agreed]").get_attribute("aria-invalid") == "true"
    fill(page, agreed=AGREED)
    press(page, "save")
    assert number_in(page) == journey.case_id
    with journey.world.inside():
        assert Case.objects.get(pk=journey.case_id).contacts.get().agreed == AGREED


def make_appointment(journey: Journey) -> None:
    """The client reads it on their own phone and says yes; the advisor sees that they come."""
    page = journey.pages["advisor"]
    follow(page, "/meetings/new/")
    fill(page, channel="office", day=f"{working_day(3):%d-%m-%Y}", time="16:30")
    journey.see("advisor", "appointment-make")
    press(page, "save")
    with journey.world.inside():
        meeting = Meeting.objects.get(case=journey.case_id)
    owner = sign_in_as_client(journey, "client", cnic=journey.client.cnic, phone=journey.client.phone)
    follow(owner, f"/my/meetings/{meeting.pk}/")
    with owner.expect_navigation():
        owner.locator("button[name=answer][value=yes]").click()
    with journey.world.inside():
        assert Meeting.objects.get(pk=meeting.pk).state == MeetingState.CONFIRMED
    page.goto(f"/desk/meetings/{meeting.pk}/")
    assert page.locator("main form[action$='/confirm/']").count() == 0
    journey.see("advisor", "appointment-confirmed")


def working_day(days: int):
    """So many days on, or the Monday after."""
    day = timezone.localdate() + timedelta(days=days)
    return day + timedelta(days=max(0, 8 - day.isoweekday()) if day.isoweekday() > 5 else 0)


def answer_enquiry(journey: Journey) -> None:
    """By the keyboard alone, in fewer keys than twenty seconds have; then a lead by one click and three answers."""
    page = journey.go("advisor", "/desk/enquiries/")
    keys = Keys(page)
    page.locator("main [name=channel]").focus()
    keys.choose("channel", "phone")
    keys.go_to("topic")
    keys.choose("topic", "loan")
    keys.go_to("answer")
    keys.type(ANSWER)
    with page.expect_navigation():
        keys.press("Enter")
    assert keys.pressed <= KEYS_IN_TWENTY_SECONDS
    with journey.world.inside():
        enquiry = Enquiry.objects.select_related("topic", "district").get(answer=ANSWER)
        assert (enquiry.topic.code, enquiry.channel) == ("loan", "phone")
    journey.see("advisor", "enquiry-answered")
    follow(page, f"/desk/enquiries/{enquiry.pk}/lead/")
    # That of the enquiry, which the form had taken from the one before.
    assert page.locator("main [name=district]").input_value() == enquiry.district.code
    fill(page, name="اللہ وسایا", sex="man", stage="idea")
    journey.see("advisor", "lead")
    press(page, "save")
    with journey.world.inside():
        assert Enquiry.objects.get(pk=enquiry.pk).enterprise.client_since is None


def check_business(journey: Journey) -> None:
    """Twenty questions on six pages, each saved for itself: a page that is left is gone on with where it was."""
    page = journey.go("advisor", f"/desk/cases/{journey.case_id}/")
    follow(page, "/health/")
    with page.expect_navigation():
        page.locator("main form[action$='/health/'] button").click()
    with journey.world.inside():
        check = HealthCheck.objects.get(case=journey.case_id)
    follow(page, f"/desk/health/{check.pk}/records/")
    asked = answer_area(journey, look=True)
    # The client goes home; another day it goes on with the second page.
    page.goto(f"/desk/cases/{journey.case_id}/health/")
    follow(page, f"/desk/health/{check.pk}/")
    follow(page, f"/desk/health/{check.pk}/money/")
    asked += sum(answer_area(journey) for _area in range(AREAS - 1))
    assert (asked, path_of(page)) == (QUESTIONS, f"/desk/health/{check.pk}/")
    journey.see("advisor", "check-answered")
    with page.expect_navigation():
        page.locator("main form button").click()
    journey.see("advisor", "check-done")


def answer_area(journey: Journey, *, look: bool = False) -> int:
    """How many questions were asked; every second one gets its worst answer, so that there is something to suggest."""
    page = journey.pages["advisor"]
    names = list(dict.fromkeys(box.get_attribute("name") for box in page.locator("main [type=radio]").all()))
    for number, name in enumerate(names):
        boxes = page.locator(f"main [name='{name}']")
        (boxes.last if number % 2 else boxes.first).check()
    if look:
        journey.see("advisor", "check-area")
    press(page, "save")
    return len(names)


def take_what_is_suggested(journey: Journey) -> None:
    """Each with its reason; two are taken by a press each, and what is agreed stands in the plan."""
    page = journey.pages["advisor"]
    follow(page, f"/desk/cases/{journey.case_id}/plan/")
    reasons = page.locator("section[aria-labelledby=suggested] li small").all_inner_texts()
    assert len(reasons) > 2
    assert all(reasons)
    assert page.locator("main [name=step_1]").input_value() == ""
    for _row in (1, 2):
        press(page, "take")
    taken = [page.locator(f"main [name=step_{row}]").input_value() for row in (1, 2)]
    assert all(taken)
    # And two more that the client would do anyway.
    further = [code for code in CLIENTS_OWN if code not in taken][:2]
    fill(page, step_3=further[0], step_4=further[1])
    journey.see("advisor", "plan-suggested")
    press(page, "save")
    with journey.world.inside():
        agreed = Step.objects.filter(case=journey.case_id).values_list("kind__code", flat=True)
        assert sorted(agreed) == sorted([*taken, *further])


def change_steps(journey: Journey) -> None:
    """One gets another day, one is dropped: each with a reason, which the client reads."""
    page = journey.pages["advisor"]
    with journey.world.inside():
        moved, dropped = Step.objects.filter(case=journey.case_id, kind__owner="entrepreneur").order_by("pk")[:2]
    page.goto(f"/desk/steps/{moved.pk}/")
    journey.see("advisor", "step")
    follow(page, f"/desk/steps/{moved.pk}/move/")
    fill(page, due_on=f"{working_day(40):%d-%m-%Y}", because="بیٹی کی شادی ہے")
    press(page, "save")
    page.goto(f"/desk/steps/{dropped.pk}/drop/")
    fill(page, because="یہ کاغذ پہلے سے ہے")
    press(page, "save")
    with journey.world.inside():
        moved.refresh_from_db()
        dropped.refresh_from_db()
        assert (moved.due_on, dropped.is_dropped) == (working_day(40), True)
    owner = journey.go("client", "/my/")
    assert owner.locator("section[aria-labelledby=plan]").get_by_text("بیٹی کی شادی ہے").count() == 1
    journey.see("advisor", "case-planned")


def answer_client(journey: Journey) -> None:
    """They write; the advisor opens it, which they see, and answers in a few words."""
    thread = f"/my/cases/{journey.case_id}/thread/"
    owner = journey.go("client", thread)
    fill(owner, text=ASKED)
    press(owner, "save")
    page = journey.go("advisor", f"/desk/cases/{journey.case_id}/")
    assert page.get_by_text(ASKED).count() == 0
    journey.see("advisor", "case-with-a-text")
    with page.expect_navigation():
        page.locator("section[aria-labelledby=case-thread] form[action$='/read/'] button").click()
    assert page.get_by_text(ASKED).count() == 1
    fill(page, text=SAID)
    journey.see("advisor", "thread")
    press(page, "save")
    with journey.world.inside():
        assert Writing.objects.get(case=journey.case_id, text=ASKED).state == WritingState.ANSWERED
    assert journey.go("client", thread).locator("form[action$='/read/'] button").count() == 1


def write_plan_of_the_trade(journey: Journey) -> None:
    """The page asks for what such a business needs; what is left in a month and the loan are worked out."""
    page = journey.go("advisor", f"/desk/cases/{journey.case_id}/business-plans/new/")
    asked = [field.get_attribute("name") for field in page.locator("main [name^=at_]").all()]
    assert len(asked) > 5
    fill(page, purpose="کام بڑھانا", own_share="5,000", months="12")
    # The last line is one of the sales.
    fill(page, **dict.fromkeys(asked, "4,000") | {asked[-1]: "60,000"})
    journey.see("advisor", "plan-of-trade")
    press(page, "save")
    with page.expect_navigation():
        page.locator("form[action$='/submit/'] button").click()
    with journey.world.inside():
        plan = BusinessPlan.objects.get(case=journey.case_id)
        assert plan.state == "submitted"
    journey.see("advisor", "plan-sent")


def mind_and_send(journey: Journey) -> None:
    """Referred elsewhere, a flag for colleagues, an obstacle that others met too: each from the foot of the case."""
    case = f"/desk/cases/{journey.case_id}/"
    page = journey.go("advisor", f"{case}introductions/new/")
    fill(page, to="papers-ntn", why="بینک اکاؤنٹ کے لیے")
    journey.see("advisor", "refer-elsewhere")
    press(page, "save")
    page.goto(f"{case}flags/new/")
    fill(page, kind="other", text="شام کو فون کریں، دن میں دکان پر ہوتے ہیں", due_on=f"{working_day(10):%d-%m-%Y}")
    journey.see("advisor", "flag")
    press(page, "save")
    with journey.world.inside():
        assert Flag.objects.get(case=journey.case_id).owner.email == journey.advisor
    page.goto(f"{case}barriers/new/")
    known = page.locator("main [name=known]:not([value=''])").first
    met = known.get_attribute("value")
    known.check()
    fill(page, days_lost="5")
    journey.see("advisor", "obstacle")
    press(page, "save")
    assert page.locator(f"section[aria-labelledby=case-barriers] a[href='/desk/barriers/{met}/']").count() == 1
    journey.see("advisor", "case-full")


def read_papers_and_results(journey: Journey) -> None:
    """Of a client of some years what came of it, each figure with how it is known; of the new one the first papers."""
    with journey.world.inside():
        known = Case.objects.filter(advisor__email=journey.advisor, enterprise__documents__isnull=False)
        other = known.annotate(figures=Count("measures", distinct=True)).order_by("-figures", "pk")[0]
    page = journey.go("advisor", f"/desk/cases/{other.pk}/outcomes/")
    assert page.locator("main .tag").count() > 0
    journey.see("advisor", "results")
    page.goto(f"/papers/of/{journey.enterprise_id}/")
    for code in HANDED_IN:
        with journey.world.inside():
            kind = DocumentKind.objects.get(code=code)
        fill(page, kind=code)
        page.locator("main [name=file]").set_input_files(photo_of(kind.name))
        press(page, "send")
    journey.see("advisor", "papers")


def photo_of(name: str) -> FilePayload:
    """A paper of the sample's, as a telephone takes it."""
    return {"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": papers.drawn(name).content}


def print_visit_form(journey: Journey) -> None:
    """What the screen asks, to be filled in by hand."""
    journey.go("advisor", f"/desk/cases/{journey.case_id}/visit-form/")
    journey.see("advisor", "visit-form")


def close_and_undo(journey: Journey) -> None:
    """Not while a colleague reads the plan; another case by mistake, which is opened again from what can be undone."""
    page = journey.go("advisor", f"/desk/cases/{journey.case_id}/close/")
    fill(page, outcome="dropped_out", note=BY_MISTAKE)
    press(page, "close")
    assert page.locator("main [role=alert], main .errors").count() > 0
    assert page.locator("[name=note]").input_value() == BY_MISTAKE
    journey.see("advisor", "close-refused")
    with journey.world.inside():
        mine = Case.objects.open().filter(advisor__email=journey.advisor, business_plans=None, referrals=None)
        other = mine.exclude(pk=journey.case_id).order_by("pk").first().pk
    page.goto(f"/desk/cases/{other}/close/")
    fill(page, outcome="dropped_out", note=BY_MISTAKE)
    press(page, "close")
    page.goto("/desk/undo/")
    journey.see("advisor", "take-back")
    follow(page, f"/desk/cases/{other}/reopen/")
    fill(page, reason="غلطی سے بند ہوا")
    press(page, "open")
    assert page.locator("section[aria-labelledby=case-closures]").get_by_text(BY_MISTAKE).count() == 1
    with journey.world.inside():
        assert Case.objects.get(pk=other).state != CaseState.CLOSED
