"""A manager's review: how the team stands, and what is theirs to decide."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Appointment, Office, User
from casework.actions import barriers, hand_overs, transfers
from casework.models import Barrier, BusinessPlan, CallBack, Case, Contact, Grievance, Transfer
from casework.states import BusinessPlanState, CallBackState, GrievanceState, TransferState
from tests.browser.parts.company import Journey, of_multan, sign_in_as_colleague
from tests.browser.parts.day import working_day
from tests.browser.walking import fill, follow, path_of, press, rows_of

MANAGER = "manager.punjab@sample.invalid"
REMARK = "بجلی کا خرچ رہ گیا ہے، پچھلا بل دیکھ لیں۔"
HEARD = "دفتر دوپہر کو بند تھا۔"
CONTENT = "جی، مشیر آئے تھے اور حساب سمجھایا۔"
MENDED = "دفتر اب دوپہر کو کھلا رہتا ہے۔"
PAPER_VISITS = 10
# What is typed of each visit: who, when, what was agreed, when next.
FIELDS_OF_A_VISIT = ("who", "on", "agreed", "next_on")


def look_at_team(journey: Journey) -> None:
    """What each advisor has, and what is late since when: each number opens to as many rows."""
    page = sign_in_as_colleague(journey, "manager", MANAGER, first_page="/desk/")
    follow(page, "/desk/team/")
    journey.see("manager", "team")
    assert page.locator("section[aria-labelledby=spread]").count() == 1
    links = page.locator("table.rows td.num a").all()
    counted = {link.get_attribute("href"): int(link.inner_text()) for link in links}
    # The largest of each kind.
    for kind in ("state=open", "due=new", "show=late"):
        address, number = max(((at, n) for at, n in counted.items() if kind in at), key=lambda one: one[1])
        assert number == rows_in_all(page, address) > 0
    page.goto("/desk/team/")


def rows_in_all(page: Page, address: str) -> int:
    """How many rows the list has on all of its pages."""
    page.goto(address)
    number = rows_of(page).count()
    while page.locator("main a[rel=next]").count():
        with page.expect_navigation():
            page.locator("main a[rel=next]").click()
        number += rows_of(page).count()
    return number


def read_plans(journey: Journey) -> None:
    """One business plan is approved, another goes back with a remark that its author reads."""
    with journey.world.inside():
        manager = User.objects.get(email=MANAGER)
        waiting = BusinessPlan.objects.awaiting_approval().order_by("due_on", "pk")
        first, second = [plan for plan in waiting if manager.has_perm("casework.approve_business_plan", plan)][:2]
    page = journey.go("manager", f"/business-plans/{first.pk}/")
    journey.see("manager", "plan-to-read")
    with page.expect_navigation():
        page.locator("form[action$='/approve/'] button").click()
    page.goto(f"/business-plans/{second.pk}/return/")
    fill(page, remark=REMARK)
    journey.see("manager", "plan-back")
    press(page, "return")
    assert page.locator("main").get_by_text(REMARK).count() > 0
    with journey.world.inside():
        states = [BusinessPlan.objects.get(pk=plan.pk).state for plan in (first, second)]
        assert states == [BusinessPlanState.APPROVED, BusinessPlanState.RETURNED]


def answer_transfers(journey: Journey) -> None:
    """Two cases that colleagues would give away: one goes to whom they asked, one stays, and the reason is read."""
    with journey.world.inside():
        taken, left = ask(journey)
    page = journey.go("manager", "/desk/team/")
    follow(page, f"/desk/transfers/{taken.pk}/")
    journey.see("manager", "transfer")
    with page.expect_navigation():
        page.locator("form[action$='/accept/'] button").click()
    page.goto(f"/desk/transfers/{left.pk}/")
    follow(page, f"/desk/transfers/{left.pk}/refuse/")
    press(page, "save")
    assert page.locator("[name=refusal]").get_attribute("aria-invalid") == "true"
    fill(page, refusal="لاہور میں اس ہفتے سب کی فہرست بھری ہے")
    press(page, "save")
    with journey.world.inside():
        rows = [Transfer.objects.select_related("case").get(pk=one.pk) for one in (taken, left)]
        assert [row.state for row in rows] == [TransferState.ACCEPTED, TransferState.REFUSED]
        assert rows[0].case.advisor_id == taken.to_advisor_id
        assert rows[1].case.advisor_id == left.from_advisor_id


def ask(journey: Journey) -> list[Transfer]:
    """Of one advisor of Multan: a case for the colleague beside, and one for Lahore."""
    one, other = (User.objects.get(email=of_multan(handle)) for handle in ("advisor1", "advisor2"))
    offices = {office.code: office for office in Office.objects.filter(code__in=["smeda-multan", "smeda-lahore"])}
    to = (transfers.To(offices["smeda-multan"], other), transfers.To(offices["smeda-lahore"]))
    # The sample asks for some already.
    cases = Case.objects.open().filter(advisor=one, transfers=None).order_by("pk")[:2]
    why = "میں اگلے مہینے کورس پر ہوں"
    return [
        transfers.propose(case=case, to=whom, by=one, version=case.version, reason=why)
        for case, whom in zip(cases, to, strict=True)
    ]


def call_back(journey: Journey) -> None:
    """A client whose contact was drawn is called: what was forgotten is asked, and what they say is kept."""
    with journey.world.inside():
        manager = User.objects.get(email=MANAGER)
        drawn = CallBack.objects.drawn().may_be_called().order_by("due_on", "pk")
        back = next(one for one in drawn if manager.has_perm("casework.call_back", one))
    page = journey.go("manager", "/desk/call-backs/")
    journey.see("manager", "call-backs")
    follow(page, f"/desk/call-backs/{back.pk}/")
    fill(page, reached="yes", took_place="yes", is_as_agreed="yes", words=CONTENT)
    journey.see("manager", "call-back")
    press(page, "save")
    assert page.locator("[name=is_content][aria-invalid=true], [aria-invalid=true] [name=is_content]").count()
    fill(page, is_content="yes")
    press(page, "save")
    with journey.world.inside():
        held = CallBack.objects.get(pk=back.pk)
        assert (held.state, held.words, held.called_by) == (CallBackState.CALLED, CONTENT, manager)


def settle_complaint(journey: Journey) -> None:
    """Taken at the counter with number and code, read back; answered, and put right."""
    page = journey.go("manager", "/desk/grievances/new/")
    fill(page, channel="office", category="delay", about="other", text=HEARD, is_read_back=True)
    press(page, "send")
    assert len(page.locator("bdi.ref").all_inner_texts()) == 2
    journey.see("manager", "complaint-taken")
    with journey.world.inside():
        owned = Grievance.objects.filter(owner__email=MANAGER).exclude(state=GrievanceState.CLOSED)
        mine = owned.order_by("due_on", "pk").first().pk
    page.goto("/desk/grievances/")
    journey.see("manager", "complaints")
    follow(page, f"/desk/grievances/{mine}/")
    for stands, state in (("replied", GrievanceState.REPLIED), ("remedied", GrievanceState.RESOLVED)):
        follow(page, f"/desk/grievances/{mine}/answer/")
        fill(page, text=MENDED, stands=stands)
        press(page, "send")
        with journey.world.inside():
            assert Grievance.objects.get(pk=mine).state == state
    journey.see("manager", "complaint-resolved")


def pause_and_leave(journey: Journey) -> None:
    """A client who mourns is not called until a day; an advisor is away, and it stands beside their cases."""
    with journey.world.inside():
        case = Case.objects.called().open().filter(advisor__email=of_multan("advisor1")).order_by("-pk").first()
        away = User.objects.get(email=of_multan("advisor2"))
    page = journey.go("manager", f"/desk/cases/{case.pk}/pause/")
    fill(page, reason="mourning", until_on=f"{working_day(14):%d-%m-%Y}")
    journey.see("manager", "pause")
    press(page, "save")
    assert path_of(page) == f"/desk/cases/{case.pk}/"
    page.goto("/desk/absences/new/")
    today = timezone.localdate()
    fill(page, user=away.pk, reason="leave", from_on=f"{today:%d-%m-%Y}", until_on=f"{working_day(6):%d-%m-%Y}")
    press(page, "save")
    journey.see("manager", "absences")
    page.goto("/desk/team/")
    row = rows_of(page).filter(has=page.locator(f"a[href*='whose={away.pk}&']")).first
    assert any(char.isdigit() for char in row.locator("td").last.inner_text())


def replace_who_left(journey: Journey) -> None:
    """The post of an advisor ends: within minutes every case of theirs has somebody else, by itself."""
    with journey.world.inside():
        left = User.objects.get(email="advisor2.lahore@sample.invalid")
        before = set(Case.objects.open().filter(advisor=left).values_list("pk", flat=True))
        yesterday = timezone.localdate() - timedelta(days=1)
        Appointment.objects.filter(user=left).update(until_on=yesterday)
        assert before
        hand_overs.hand_over_left(now=timezone.now())
        heirs = Case.objects.filter(pk__in=before).values_list("advisor_id", flat=True)
        assert left.pk not in set(heirs)
    page = journey.go("manager", "/desk/team/")
    assert page.locator(f"a[href*='whose={left.pk}&']").count() == 0
    journey.see("manager", "team-after")


def type_visits(journey: Journey) -> None:
    """Ten visits from paper on one page, four fields each; one slip keeps all ten rows as they were typed."""
    on, next_on = timezone.localdate() - timedelta(days=3), working_day(20)
    with journey.world.inside():
        cases = Case.objects.called().open().filter(office__code="smeda-multan").exclude(person__sex="")
        # A second visit of one day would be asked about.
        cases = cases.exclude(contacts__on=on)
        references = list(cases.order_by("pk").values_list("enterprise__reference", flat=True)[:PAPER_VISITS])
        before = Contact.objects.count()
    page = journey.go("manager", "/desk/visits/")
    for row, reference in enumerate(references, start=1):
        said = (reference, f"{on:%d-%m-%Y}", f"کاپی دیکھی، {row}", f"{next_on:%d-%m-%Y}")
        fill(page, **{f"{name}_{row}": answer for name, answer in zip(FIELDS_OF_A_VISIT, said, strict=True)})
    fill(page, who_7="MUL-0")
    press(page, "save")
    assert page.locator("[name=who_7]").get_attribute("aria-invalid") == "true"
    assert page.locator("[name=agreed_10]").input_value()
    journey.see("manager", "visits-wrong")
    fill(page, who_7=references[6])
    press(page, "save")
    assert path_of(page) == "/desk/visits/"
    with journey.world.inside():
        assert Contact.objects.count() == before + PAPER_VISITS


def join_obstacles(journey: Journey) -> None:
    """Two names of one obstacle count together from then on; the programme's manager says who sees to it."""
    with journey.world.inside():
        case = Case.objects.open().filter(enterprise__district__code="multan").select_related("advisor").first()
        known = Barrier.objects.living().filter(authority__code="food").first()
        other = another_of(known, case)
    page = sign_in_as_colleague(journey, "programme", "programme@sample.invalid", first_page="/reports/")
    page.goto("/desk/barriers/")
    journey.see("programme", "obstacles")
    follow(page, f"/desk/barriers/{other.pk}/")
    follow(page, f"/desk/barriers/{other.pk}/join/")
    fill(page, into=known.pk)
    press(page, "join")
    page.goto(f"/desk/barriers/{known.pk}/")
    assert page.locator("section[aria-labelledby=joined] li").count() == 1
    journey.see("programme", "obstacle-joined")


def another_of(known: Barrier, case: Case) -> Barrier:
    """The same, as a colleague wrote it down in other words."""
    said = {"authority": known.authority, "what": "گھر کے کچن کو لائسنس نہیں دیتے", "days_lost": 9}
    return barriers.report(case=case, by=case.advisor, **said).barrier
