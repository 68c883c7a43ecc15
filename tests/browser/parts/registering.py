"""1 and 2: somebody registers a business, signs in, and sees where they stand."""

from playwright.sync_api import Page

from enterprises.models import Draft
from tests.browser.parts.company import CODE, NASREEN, Journey
from tests.browser.walking import Walk, fill, follow, path_of, press


def register(journey: Journey) -> None:
    """Who, how to reach them, what; checked, proved by a code, and done once however often the page is loaded."""
    walk = journey.walk
    page = journey.pages["client"] = walk.somebody()
    before = drafts(journey)
    walk.see(page, "home")
    follow(page, "/register/")
    walk.see(page, "register-start")
    with page.expect_navigation():
        page.locator("button[name=stage][value=running]").click()
    say_who(walk, page)
    say_how_to_reach(walk, page)
    fill(page, sector="tailoring", name="سلائی گھر", what="بچوں کے کپڑے", started_month="3", started_year="2021")
    fill(page, help=["loan", "course"])
    walk.see(page, "register-what")
    press(page, "go")
    check_and_send(journey, page)
    assert drafts(journey) == before + 1


def say_who(walk: Walk, page: Page) -> None:
    """Back and refresh lose nothing and begin nothing anew; Enter presses the page's own button."""
    in_the_other_language(page)
    fill(page, name=NASREEN["name"], cnic=NASREEN["cnic"], sex="woman")
    fill(page, parent_relation="husband", parent_name="محمد رمضان")
    walk.see(page, "register-who")
    with page.expect_navigation():
        page.locator("[name=name]").press("Enter")
    assert path_of(page) == "/register/reach/"
    page.go_back()
    page.reload()
    assert page.locator("[name=name]").input_value() == NASREEN["name"]
    press(page, "go")
    page.reload()
    assert path_of(page) == "/register/reach/"


def in_the_other_language(page: Page) -> None:
    """Halfway down the page somebody would rather read the other language, and then this one again."""
    fill(page, name=NASREEN["name"], cnic="36302-48", sex="woman")
    for _there_and_back in range(2):
        with page.expect_navigation():
            page.locator("header button[name=language]").click()
        assert path_of(page) == "/register/who/"
        typed = [page.locator(f"[name={name}]").input_value() for name in ("name", "cnic")]
        assert typed == [NASREEN["name"], "36302-48"]
        assert page.locator("[name=sex][value=woman]").is_checked()
        assert page.locator("main [aria-invalid]").count() == 0


def say_how_to_reach(walk: Walk, page: Page) -> None:
    """A slip of the pen is told beside its field, and everything typed is still there."""
    fill(page, phone="0301-23456", phone_owner="self", district="multan", place="محلہ اسلام پورہ، مسجد کے پاس")
    walk.see(page, "register-reach")
    press(page, "go")
    assert page.locator("[name=phone]").input_value() == "0301-23456"
    assert page.locator("[name=phone]").get_attribute("aria-invalid") == "true"
    walk.see(page, "register-reach-wrong")
    fill(page, phone=NASREEN["phone"])
    press(page, "go")


def check_and_send(journey: Journey, page: Page) -> None:
    assert path_of(page) == "/register/check/"
    journey.see("client", "register-check")
    fill(page, contact=True, share=True)
    press(page, "send")
    journey.see("client", "register-code")
    fill(page, code=code_sent_to_client(journey))
    press(page, "enter")
    assert path_of(page) == "/register/done/"
    journey.see("client", "register-done")
    journey.reference = page.locator("bdi.ref").inner_text()
    page.reload()
    assert page.locator("bdi.ref").inner_text() == journey.reference


def drafts(journey: Journey) -> int:
    with journey.world.inside():
        return Draft.objects.count()


def code_sent_to_client(journey: Journey) -> str:
    """The newest code on the sample phone, read as its owner would."""
    journey.world.deliver()
    phone = journey.walk.somebody()
    phone.goto(f"/sample/phone/?phone={NASREEN['phone']}")
    if "sample-phone" not in journey.walk.seen:
        journey.walk.see(phone, "sample-phone")
    codes = filter(None, map(CODE.search, phone.locator(".sms").all_inner_texts()))
    newest = next(codes).group()
    phone.context.close()
    return newest


def mistype(page: Page) -> None:
    """A wrong code is told once; Back and refresh find the page again, and send nothing."""
    fill(page, code="000000")
    press(page, "enter")
    assert page.locator("[name=code]").get_attribute("aria-invalid") == "true"
    page.goto("/privacy/")
    page.go_back()
    page.reload()
    assert path_of(page) == "/sign-in/code/"
    assert page.locator("[name=code]").get_attribute("aria-invalid") is None


def sign_in(journey: Journey) -> None:
    """CNIC and one-time code; then the next step, who has it and until when."""
    page = journey.go("client", "/sign-in/")
    journey.see("client", "sign-in")
    fill(page, cnic=NASREEN["cnic"])
    press(page, "send")
    journey.see("client", "sign-in-code")
    mistype(page)
    fill(page, code=code_sent_to_client(journey))
    press(page, "enter")
    assert path_of(page) == "/my/"
    journey.see("client", "my-new")
    assert page.locator(".next .facts > div").count() >= 3
