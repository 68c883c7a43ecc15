"""The whole way, from the first look at the portal to a repaid instalment: each function is a part of the journey.

Everything is found by the names and addresses of fields, buttons and links, so that both languages walk the same way.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from casework.models import Case
from enterprises.models import Draft, Enterprise
from portal.sample.organisation import PASSWORD
from tests.browser.walking import Walk, fill, find_in_list, follow, number_in, path_of, press

NASREEN = {"name": "نسرین بی بی", "cnic": "36302-4827105-2", "phone": "0301-2345678", "stored": "+923012345678"}
CODE = re.compile(r"\b\d{6}\b")


@dataclass
class Journey:
    """What those who walk it learn on the way, and the pages that they have open."""

    walk: Walk
    pages: dict[str, Any] = field(default_factory=dict)
    reference: str = ""
    case_id: int = 0
    advisor: str = ""
    colleague: str = ""

    @property
    def world(self):
        return self.walk.world

    def see(self, who: str, name: str) -> None:
        self.walk.see(self.pages[who], name)


# 1. Somebody opens the portal and registers an enterprise.


def register(journey: Journey) -> None:
    walk, page = journey.walk, journey.walk.somebody()
    journey.pages["client"] = page
    before = drafts(journey)
    walk.see(page, "home")
    follow(page, "/register/")
    walk.see(page, "register-start")
    page.locator("button[name=stage][value=running]").click()
    say_who(walk, page)
    fill(page, phone=NASREEN["phone"])
    walk.see(page, "register-phone")
    press(page, "go")
    fill(page, sector="tailoring", name="سلائی گھر", what="بچوں کے کپڑے", started_month="3", started_year="2021")
    walk.see(page, "register-what")
    press(page, "go")
    fill(page, district="multan", place="محلہ اسلام پورہ، مسجد کے پاس")
    walk.see(page, "register-where")
    press(page, "go")
    fill(page, help=["loan", "course"])
    walk.see(page, "register-help")
    press(page, "go")
    assert path_of(page) == "/register/check/"
    walk.see(page, "register-check")
    fill(page, contact=True, share=True)
    press(page, "send")
    walk.see(page, "register-code")
    fill(page, code=code_sent_to_client(journey))
    press(page, "enter")
    assert path_of(page) == "/register/done/"
    walk.see(page, "register-done")
    journey.reference = page.locator("bdi.ref").inner_text()
    page.reload()
    assert page.locator("bdi.ref").inner_text() == journey.reference
    assert drafts(journey) == before + 1


def say_who(walk: Walk, page) -> None:
    """Back and refresh begin nothing anew; a slip of the pen is told beside its field and loses nothing."""
    fill(page, name=NASREEN["name"], cnic=NASREEN["cnic"], sex="woman")
    fill(page, parent_relation="husband", parent_name="محمد رمضان")
    walk.see(page, "register-who")
    press(page, "go")
    assert path_of(page) == "/register/phone/"
    page.go_back()
    page.reload()
    assert page.locator("[name=name]").input_value() == NASREEN["name"]
    press(page, "go")
    page.reload()
    assert path_of(page) == "/register/phone/"
    fill(page, phone="0301-23456", phone_owner="self", language=walk.language)
    press(page, "go")
    assert page.locator("[name=phone]").input_value() == "0301-23456"
    assert page.locator("[name=phone]").get_attribute("aria-invalid") == "true"
    walk.see(page, "register-phone-wrong")


def drafts(journey: Journey) -> int:
    with journey.world.inside():
        return Draft.objects.count()


def code_sent_to_client(journey: Journey) -> str:
    """Read the newest code on the sample phone, as its owner would."""
    journey.world.deliver()
    phone = journey.walk.somebody()
    phone.goto(f"/sample/phone/?phone={NASREEN['phone']}")
    if "sample-phone" not in journey.walk.seen:
        journey.walk.see(phone, "sample-phone")
    codes = filter(None, map(CODE.search, phone.locator(".sms").all_inner_texts()))
    newest = next(codes).group()
    phone.context.close()
    return newest


# 2. They sign in with CNIC and one-time code, and see where they stand.


def sign_in_as_client(journey: Journey) -> None:
    page = journey.pages["client"]
    page.goto("/sign-in/")
    journey.see("client", "sign-in")
    fill(page, cnic=NASREEN["cnic"])
    press(page, "send")
    journey.see("client", "sign-in-code")
    fill(page, code=code_sent_to_client(journey))
    press(page, "enter")
    assert path_of(page) == "/my/"
    assert page.locator(".next .facts > div").count() >= 3
    journey.see("client", "my-new")


# 3. The advisor.


def sign_in_as_colleague(journey: Journey, who: str, email: str, first_page: str) -> Any:
    page = journey.pages[who] = journey.walk.somebody()
    page.goto("/staff/sign-in/")
    is_first = "staff-sign-in" not in journey.walk.seen
    if is_first:
        journey.see(who, "staff-sign-in")
    fill(page, email=email, password=PASSWORD)
    press(page, "enter")
    if is_first:
        journey.see(who, "staff-second-factor")
    fill(page, code=journey.world.code_of(email))
    press(page, "enter")
    assert path_of(page) == first_page
    return page


def find_advisor(journey: Journey) -> None:
    """The case was given to an advisor by district and load; a colleague of the same office reads their plans."""
    with journey.world.inside():
        enterprise = Enterprise.objects.get(reference=journey.reference)
        case = Case.objects.select_related("advisor").get(enterprise=enterprise)
        colleagues = User.objects.filter(email__startswith="advisor", email__contains=".multan@")
        journey.case_id, journey.advisor = case.pk, case.advisor.email
        journey.colleague = colleagues.exclude(pk=case.advisor_id).get().email


def log_enquiry(journey: Journey) -> None:
    page = sign_in_as_colleague(journey, "advisor", journey.advisor, "/desk/")
    page.goto("/desk/enquiries/")
    fill(page, channel="phone", topic="loan", district="multan", answer="قرض کی شرائط بتائیں، دو ضامن")
    press(page, "save")
    assert page.locator("main table").get_by_text("قرض کی شرائط بتائیں، دو ضامن").count() == 1
    journey.see("advisor", "enquiries")


def make_first_call(journey: Journey) -> None:
    page = journey.pages["advisor"]
    page.goto("/desk/")
    journey.see("advisor", "desk")
    find_in_list(page, f"/desk/cases/{journey.case_id}/")
    journey.see("advisor", "case-new")
    follow(page, "/contacts/new/")
    fill(page, channel="phone", agreed="روز کا حساب لکھیں گی، پھر کورس اور قرض۔")
    journey.see("advisor", "contact")
    press(page, "save")
    assert number_in(page) == journey.case_id


def agree_plan(journey: Journey) -> None:
    page = journey.pages["advisor"]
    follow(page, "/plan/")
    fill(page, step_1="course", step_2="loan-application", step_3="", step_4="")
    journey.see("advisor", "plan")
    press(page, "save")
    assert page.locator("#plan ~ .plan li, section[aria-labelledby=plan] .plan li").count() == 2


def approve_business_plan(journey: Journey) -> None:
    page = journey.pages["advisor"]
    page.goto(f"/desk/cases/{journey.case_id}/")
    follow(page, "/business-plans/new/")
    fill(page, purpose="دو سلائی مشینیں", sales="60,000", costs="35,000", own_share="10,000")
    fill(page, loan_wanted="50,000", months="12")
    journey.see("advisor", "business-plan-write")
    press(page, "save")
    with page.expect_navigation():
        page.locator("form[action$='/submit/'] button").click()
    journey.see("advisor", "business-plan-waits")
    plan = path_of(page)
    colleague = sign_in_as_colleague(journey, "colleague", journey.colleague, "/desk/")
    colleague.goto(plan)
    journey.see("colleague", "business-plan-read")
    with colleague.expect_navigation():
        colleague.locator("form[action$='/approve/'] button").click()
    colleague.goto(f"{plan}print/")
    journey.see("colleague", "business-plan-print")


def refer_to_lender(journey: Journey) -> None:
    page = journey.pages["advisor"]
    page.goto(f"/desk/cases/{journey.case_id}/")
    follow(page, "/referrals/new/")
    journey.see("advisor", "referral")
    press(page, "refer")
    assert number_in(page) == journey.case_id
    journey.see("advisor", "case-referred")


def walk_to_the_referral(journey: Journey) -> None:
    register(journey)
    sign_in_as_client(journey)
    find_advisor(journey)
    log_enquiry(journey)
    make_first_call(journey)
    agree_plan(journey)
    approve_business_plan(journey)
    refer_to_lender(journey)
