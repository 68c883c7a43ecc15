"""3: the advisor logs an enquiry, finds the new case, and walks with the client as far as the lender."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from casework.models import Case
from enterprises.models import Enterprise
from tests.browser.parts.company import Journey, sign_in_as_colleague
from tests.browser.walking import fill, find_in_list, follow, number_in, path_of, press

ANSWER = "قرض کی شرائط بتائیں، دو ضامن"


def find_whose_case(journey: Journey) -> None:
    """The case was given to an advisor by district and load; a colleague of the same office will read the plan."""
    with journey.world.inside():
        enterprise = Enterprise.objects.get(reference=journey.reference)
        case = Case.objects.select_related("advisor").get(enterprise=enterprise)
        colleagues = User.objects.filter(email__startswith="advisor", email__contains=".multan@")
        journey.enterprise_id, journey.case_id = enterprise.pk, case.pk
        journey.advisor = case.advisor.email
        journey.colleague = colleagues.exclude(pk=case.advisor_id).get().email


def log_enquiry(journey: Journey) -> None:
    """What is forgotten is said beside what was typed; both are there when the advisor comes back to it."""
    page = sign_in_as_colleague(journey, "advisor", journey.advisor, first_page="/desk/")
    page.goto("/desk/enquiries/")
    fill(page, channel="phone", topic="", district="multan", answer=ANSWER)
    press(page, "save")
    page.goto("/desk/")
    page.go_back()
    assert page.locator("[name=topic]").get_attribute("aria-invalid") == "true"
    assert page.locator("[name=answer]").input_value() == ANSWER
    fill(page, topic="loan")
    press(page, "save")
    assert page.locator("main table").get_by_text(ANSWER).count() == 1
    journey.see("advisor", "enquiries")


def make_first_call(journey: Journey) -> None:
    """The new case stands on the desk of its advisor, who calls and writes down what was agreed."""
    page = journey.go("advisor", "/desk/")
    journey.see("advisor", "desk")
    find_in_list(page, f"/desk/cases/{journey.case_id}/")
    journey.see("advisor", "case-new")
    follow(page, "/contacts/new/")
    fill(page, channel="phone", agreed="روز کا حساب لکھیں گی، پھر کورس اور قرض۔")
    journey.see("advisor", "contact")
    press(page, "save")
    assert number_in(page) == journey.case_id


def agree_plan(journey: Journey) -> None:
    """Three steps: a course, the application for the loan, and a visit of the advisor's much later."""
    page = journey.pages["advisor"]
    follow(page, "/plan/")
    fill(page, step_1="course", step_2="loan-application", step_3="visit", step_4="")
    fill(page, due_3=f"{timezone.localdate() + timedelta(days=90):%d-%m-%Y}")
    journey.see("advisor", "plan")
    press(page, "save")
    assert page.locator("section[aria-labelledby=plan] .plan li").count() == 3


def write_business_plan(journey: Journey) -> None:
    """One page, sent for approval; its author cannot approve it."""
    page = journey.go("advisor", f"/desk/cases/{journey.case_id}/")
    follow(page, "/business-plans/new/")
    fill(page, purpose="دو سلائی مشینیں", say_start_1="دو سلائی مشینیں", sum_start_1="60,000", own_share="10,000")
    fill(page, say_costs_1="کپڑا", sum_costs_1="35,000", say_sales_1="سوٹ", sum_sales_1="60,000", months="12")
    journey.see("advisor", "business-plan-write")
    press(page, "save")
    with page.expect_navigation():
        page.locator("form[action$='/submit/'] button").click()
    assert page.locator("form[action$='/approve/']").count() == 0
    journey.see("advisor", "business-plan-waits")


def approve_business_plan(journey: Journey) -> None:
    """A colleague of the author approves."""
    address = path_of(journey.pages["advisor"])
    page = sign_in_as_colleague(journey, "colleague", journey.colleague, first_page="/desk/")
    page.goto(address)
    journey.see("colleague", "business-plan-read")
    with page.expect_navigation():
        page.locator("form[action$='/approve/'] button").click()
    page.goto(f"{address}print/")
    journey.see("colleague", "business-plan-print")


def enrol_on_course(journey: Journey) -> None:
    page = journey.go("advisor", f"/desk/cases/{journey.case_id}/")
    follow(page, f"/training/enrol/{journey.enterprise_id}/")
    fill(page, run=journey.run_id)
    journey.see("advisor", "enrol")
    press(page, "enrol")
    journey.see("advisor", "enrolment")


def refer_to_lender(journey: Journey) -> None:
    page = journey.go("advisor", f"/desk/cases/{journey.case_id}/")
    follow(page, "/referrals/new/")
    journey.see("advisor", "referral")
    fill(page, is_told=True)
    press(page, "refer")
    assert number_in(page) == journey.case_id
    journey.see("advisor", "case-referred")
