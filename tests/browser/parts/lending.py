"""5: officer, committee and cashier, three different people, take the application to a loan that is repaid."""

from accounts.roles import Role
from casework.models import Referral
from enterprises.models import Person
from loans.models import Loan, Offer
from tests.browser.parts.company import NASREEN, Journey, of_multan, sign_in_as_colleague
from tests.browser.parts.day import photo_of
from tests.browser.walking import fill, find_in_list, follow, number_in, path_of, press

GUARANTORS = (
    {"cnic": "36302-1111111-1", "name": "عبدالستار", "sex": "man", "phone": "0302-1111111", "relation": "neighbour"},
    {"cnic": "36302-2222222-2", "name": "رخسانہ کوثر", "sex": "woman", "phone": "0302-2222222", "relation": "trader"},
)
HUSBAND = "محمد رمضان"


def take_up(journey: Journey) -> None:
    """The branch's officer takes up what the advisor sent; nothing known is asked again."""
    page = sign_in_as_colleague(journey, "officer", of_multan("loanofficer"), first_page="/loans/")
    with journey.world.inside():
        referral = Referral.objects.get(case_id=journey.case_id)
        offer = Offer.objects.get(product__code="family-enterprise", scheme__code="aim-own")
    journey.see("officer", "loans-desk")
    find_in_list(page, f"/loans/referrals/{referral.pk}/")
    fill(page, offer=offer.pk)
    journey.see("officer", "referral-received")
    press(page, "save")
    journey.application_id = number_in(page)
    journey.see("officer", "application")


def visit(journey: Journey) -> None:
    page = journey.go("officer", application(journey, "visit/"))
    fill(page, visit_place="both", whom_met="شوہر اور دو پڑوسی", household_agrees="yes", is_card_seen=True)
    journey.see("officer", "visit")
    press(page, "save")


def ask_about_family(journey: Journey) -> None:
    """Now that guarantors are to come, the officer writes down the husband, and the client her household."""
    page = journey.go("officer", application(journey, "guarantors/"))
    follow(page, "/family/")
    follow(page, "/family/new/")
    fill(page, who="spouse-man", name=HUSBAND, source="assisted")
    journey.see("officer", "relative")
    press(page, "save")
    journey.see("officer", "family")
    page = journey.go("client", "/my/family/")
    assert page.get_by_text(HUSBAND).count() == 1
    follow(page, "/my/family/household/")
    fill(page, size=6, earners=2)
    journey.see("client", "my-household")
    press(page, "save")
    journey.see("client", "my-family")


def bring_guarantors(journey: Journey) -> None:
    page = journey.go("officer", application(journey, "guarantors/"))
    for guarantor in GUARANTORS:
        fill(page, **guarantor, has_agreed=True, consent="paper", witness="Imam Bakhsh")
        press(page, "save")
    journey.see("officer", "guarantors")
    with page.expect_navigation():
        page.locator("form[action$='/verify/'] button[name=save]").click()
    assert path_of(page) == application(journey)


def send_papers(journey: Journey) -> None:
    """What the loan still needs stands on the client's page; she sends a photo of each."""
    page = journey.go("client", "/my/papers/")
    journey.see("client", "my-papers-missing")
    photo = photo_of("Paper")
    missing = page.locator("section[aria-labelledby=missing] li")
    for left in range(missing.count(), 0, -1):
        follow(page, "#hand-in")
        page.locator("main [name=file]").set_input_files(photo)
        press(page, "send")
        assert missing.count() == left - 1


def decide(journey: Journey) -> None:
    """Two members of the committee vote; neither is the officer who visited."""
    for who, email in (("manager", of_multan("branchmanager")), ("area", "area.south@sample.invalid")):
        page = sign_in_as_colleague(journey, who, email, first_page="/loans/")
        page.goto(application(journey, "vote/"))
        fill(page, approves="yes")
        if "vote" not in journey.walk.seen:
            journey.see(who, "vote")
        press(page, "save")
        assert path_of(page) == application(journey)
    journey.see("area", "application-approved")


def pay_out(journey: Journey) -> None:
    page = sign_in_as_colleague(journey, "cashier", of_multan(Role.CASHIER), first_page="/loans/")
    page.goto(application(journey, "disburse/"))
    fill(page, instrument="HBL 004711")
    journey.see("cashier", "disburse")
    press(page, "save")
    journey.loan_id = number_in(page)
    journey.see("cashier", "loan")


def read_schedule(journey: Journey) -> None:
    """Borrower and officer see the same twelve instalments."""
    with journey.world.inside():
        loan = Loan.objects.get(pk=journey.loan_id)
        instalments, journey.first_due_on = len(loan.instalments()), loan.first_due_on
    for who, address in (("officer", f"/loans/{journey.loan_id}/"), ("client", f"/my/loan/{journey.loan_id}/")):
        page = journey.go(who, address)
        assert page.locator("section[aria-labelledby=schedule] tbody tr").count() == instalments == 12
    journey.see("client", "my-loan")


def post_receipt(journey: Journey) -> None:
    """The cashier posts what the borrower brought; her phone, of which she said that it may, says so at once."""
    with journey.world.inside():
        hers = Person.objects.filter(phone=NASREEN["stored"])
        hers.update(phone_reader=Person.PhoneReader.SELF, loans_may_be_named=True)
    page = journey.go("cashier", f"/loans/{journey.loan_id}/")
    follow(page, f"/loans/{journey.loan_id}/receipts/new/")
    journey.slip = page.locator("[name=slip]").input_value()
    fill(page, amount="5,000")
    journey.see("cashier", "receipt-new")
    press(page, "save")
    journey.see("cashier", "receipt-confirm")
    before = journey.world.newest_message()
    press(page, "save")
    journey.see("cashier", "receipt")
    journey.world.deliver()
    told = journey.world.received(NASREEN["stored"], after=before)
    # By night this one rings at once, and what waited for the morning is told after it.
    assert [("5,000" in text, "45,000" in text) for text in told if journey.slip in text] == [(True, True)]
    assert left_to_pay(journey) == "45,000"


def reverse_receipt(journey: Journey) -> None:
    """The manager undoes it, with a reason: the loan owes again what it paid, and the borrower is told."""
    address = path_of(journey.pages["cashier"])
    page = journey.go("manager", address)
    follow(page, f"{address}reverse/")
    fill(page, reason="دوسرے قرض کی رسید تھی")
    journey.see("manager", "receipt-reverse")
    before = journey.world.newest_message()
    press(page, "save")
    journey.see("manager", "receipt-reversed")
    journey.world.deliver()
    told = journey.world.received(NASREEN["stored"], after=before)
    assert [("5,000" in text, journey.slip in text, "50,000" in text) for text in told] == [(True, True, True)]
    assert left_to_pay(journey) == "50,000"


def left_to_pay(journey: Journey) -> str:
    """What the borrower's own page says is left, in digits."""
    page = journey.go("client", f"/my/loan/{journey.loan_id}/")
    said = page.locator("section[aria-labelledby=standing] .big").first.inner_text()
    return "".join(letter for letter in said if letter.isdecimal() or letter == ",")


def application(journey: Journey, verb: str = "") -> str:
    return f"/loans/applications/{journey.application_id}/{verb}"
