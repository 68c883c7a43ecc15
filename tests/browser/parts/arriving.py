"""The other ways in (R2-R7): an idea that stops and goes on elsewhere, a camp, a list, a call, two with one card."""

from casework.models import Case
from enterprises import cards
from enterprises.models import Draft, Enterprise, Person
from tests.browser.parts.company import Journey, newest_code, sign_in_as_client, sign_in_as_colleague
from tests.browser.walking import Walk, fill, follow, path_of, press

FIRST, SECOND, HER_PHONE = "+923019990011", "+923019990012", "+923019990013"
IDEA = {
    "name": "صائمہ نور", "cnic": "36302-4827333-4", "sex": "woman", "phone": "0301-9990011", "phone_owner": "self",
    "sector": "tailoring", "district": "multan", "place": "شاہ رکن عالم",
}  # fmt: skip
RIVAL = {
    "name": "ثوبیہ کنول", "sex": "woman", "phone": "0301-9990012", "phone_owner": "self", "sector": "tailoring",
    "district": "multan",
}  # fmt: skip
AT_CAMP = {
    "name": "Shazia Batool", "cnic": "36302-4827444-6", "is_card_seen": True, "sex": "woman",
    "phone": "0301-9990013", "phone_owner": "self", "language": "ur", "sector": "tailoring", "district": "multan",
    "contact": True,
}  # fmt: skip
LIST = (
    "نام,شناختی کارڈ نمبر,جنس,موبائل,فون کس کا,کام,ضلع,رابطے کی اجازت ہے\n"
    "راشدہ پروین,3630248275552,عورت,03019990014,اپنا فون,سلائی اور کڑھائی,ملتان,جی ہاں\n"
    "کوثر بی بی,36302,عورت,03019990015,اپنا فون,سلائی اور کڑھائی,ملتان,جی ہاں\n"
)


def asked(page, answers):
    """Those answers that this page asks for."""
    return {name: answer for name, answer in answers.items() if page.locator(f"main [name='{name}']").count()}


def answer_pages(walk: Walk, page, answers, *, look="", until="/register/check/"):
    """Page after page as far as this address, each with what it asks for."""
    while path_of(page) != until:
        fill(page, **asked(page, answers))
        if look:
            walk.see(page, f"{look}{path_of(page).replace('/', '-').rstrip('-')}")
        before = path_of(page)
        press(page, "go")
        assert path_of(page) != before, page.locator("main").inner_text()


def an_idea_stops_and_goes_on_elsewhere(journey: Journey) -> None:
    """Half of it on one phone; a code to the number brings every answer to another, and nothing is asked twice."""
    walk = journey.walk
    page = journey.pages["first phone"] = walk.somebody()
    journey.see("first phone", "home-first")
    page.goto("/register/")
    with page.expect_navigation():
        page.locator("button[name=stage][value=idea]").click()
    fill(page, **asked(page, IDEA))
    press(page, "go")
    fill(page, phone=IDEA["phone"], phone_owner="self")
    press(page, "later")
    journey.see("first phone", "register-later")

    page = journey.pages["second phone"] = walk.somebody()
    page.goto("/register/")
    follow(page, "/register/resume/")
    journey.see("second phone", "register-resume")
    fill(page, phone=IDEA["phone"])
    press(page, "send")
    journey.see("second phone", "register-resume-code")
    fill(page, code=newest_code(journey, FIRST))
    press(page, "enter")
    answer_pages(walk, page, IDEA, look="idea")
    journey.see("second phone", "idea-check")
    assert IDEA["name"] in page.locator("main").inner_text()
    finish(journey, "second phone", FIRST)
    journey.see("second phone", "idea-done")
    with journey.world.inside():
        assert Draft.objects.filter(phone=FIRST).count() == 1
        assert Enterprise.objects.get(ownerships__person__phone=FIRST).stage == "idea"


def finish(journey: Journey, who, phone) -> None:
    page = journey.pages[who]
    fill(page, contact=True)
    press(page, "send")
    if path_of(page) == "/register/code/":
        fill(page, code=newest_code(journey, phone))
        press(page, "enter")
    assert path_of(page) == "/register/done/"


def at_a_camp(journey: Journey) -> None:
    """One sheet, and the next one keeps what people of one camp share; who is on file already is shown beside it."""
    page = journey.go("advisor", "/desk/register/")
    journey.see("advisor", "assisted")
    fill(page, **AT_CAMP | {"cnic": "36302"})
    press(page, "another")
    assert page.locator("[name=cnic]").get_attribute("aria-invalid") == "true"
    assert page.locator("[name=name]").input_value() == AT_CAMP["name"]
    fill(page, cnic=AT_CAMP["cnic"])
    press(page, "another")
    assert page.locator("[name=name]").input_value() == ""
    assert page.locator("[name=district]").input_value() == "multan"
    fill(page, name="Shazia Batol", sex="woman", phone=AT_CAMP["phone"], phone_owner="self", contact=True)
    press(page, "save")
    assert page.locator("main [name=person]").count() > 1
    journey.see("advisor", "assisted-look-alike")


def from_a_list(journey: Journey) -> None:
    """A row that is fine is registered when the advisor says so; the other says what would be right."""
    page = journey.go("advisor", "/desk/register/file/")
    journey.see("advisor", "lists")
    page.locator("main input[type=file]").set_input_files(
        {"name": "camp.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    with page.expect_navigation():
        page.locator("main form button").last.click()
    journey.see("advisor", "list-read")
    with page.expect_navigation():
        page.locator("form[action$='/confirm/'] button").click()
    journey.see("advisor", "list-registered")
    with journey.world.inside():
        phones = ("+923019990014", "+923019990015")
        assert [Person.objects.filter(phone=phone).count() for phone in phones] == [1, 0]


def finished_on_the_telephone(journey: Journey) -> None:
    """Who stopped an hour ago stands in a list; the advisor goes on where they stopped."""
    page = journey.go("advisor", "/desk/drafts/")
    journey.see("advisor", "drafts")
    with page.expect_navigation():
        page.locator("main table a").first.click()
    journey.see("advisor", "draft")
    with page.expect_navigation():
        page.locator("main a[href*='?draft=']").click()
    name = page.locator("[name=name]").input_value()
    assert name
    fill(page, contact=True)
    press(page, "save")
    assert path_of(page).startswith("/desk/enterprises/")
    journey.see("advisor", "all-details")


def two_with_one_card(journey: Journey) -> None:
    """Whoever comes second reads what everybody reads; with the card seen, the number goes over."""
    walk = journey.walk
    with journey.world.inside():
        cases = Case.objects.open().filter(advisor__email=journey.advisor, person__cnic_standing="claimed")
        people = [case.person for case in cases.exclude(person__cnic=None).select_related("person").order_by("pk")]
        # Of somebody with a loan a second officer would have to look.
        known = next(person for person in people if not cards.weigh_more(person.pk))
    page = journey.pages["rival"] = walk.somebody()
    page.goto("/register/")
    with page.expect_navigation():
        page.locator("button[name=stage][value=running]").click()
    answer_pages(walk, page, RIVAL | {"cnic": known.cnic})
    finish(journey, "rival", SECOND)
    said = page.locator("main").inner_text()
    assert (known.name in said, known.phone[-7:] in said) == (False, False)
    page = journey.go("advisor", "/desk/claims/")
    journey.see("advisor", "claims")
    with page.expect_navigation():
        page.locator("main table a").get_by_text(RIVAL["name"]).click()
    journey.see("advisor", "claim")
    press(page, "settle")
    assert page.locator("[name=outcome][aria-invalid=true], [aria-invalid=true] [name=outcome]").count()
    fill(page, outcome="released", reason="ملتان دفتر میں کارڈ ہاتھ میں لیا، تصویر انہی کی ہے۔")
    press(page, "settle")
    assert path_of(page) == "/desk/claims/"
    with journey.world.inside():
        holder = Person.objects.get(cnic=known.cnic)
        assert (holder.name, holder.cnic_standing) == (RIVAL["name"], "verified")


def one_person_twice(journey: Journey) -> None:
    """Two records that look alike lie side by side; joined, and taken apart again, nothing is lost."""
    page = sign_in_as_colleague(journey, "manager", "manager.punjab@sample.invalid", first_page="/desk/")
    page.goto("/desk/people/look-alikes/")
    journey.see("manager", "look-alikes")
    with page.expect_navigation():
        page.locator("main a[href*='/merge/']").first.click()
    journey.see("manager", "merge")
    same = page.locator("main [type=radio][name^=same_]:not([value=other])")
    if same.count():
        same.first.check()
        press(page, "show")
    journey.see("manager", "merge-shown")
    with journey.world.inside():
        before = Person.objects.filter(merged_into=None).count()
    fill(page, is_sure=True)
    press(page, "join")
    journey.see("manager", "merge-joined")
    with journey.world.inside():
        assert Person.objects.filter(merged_into=None).count() == before - 1
    with page.expect_navigation():
        page.locator("form[action$='/undo/'] button").click()
    journey.see("manager", "merge-undone")
    with journey.world.inside():
        assert Person.objects.filter(merged_into=None).count() == before


def looks_at_own_record(journey: Journey) -> None:
    """Registered at the camp, she signs in, says what is right, and takes a permission back."""
    journey.walk.seen += ["sample-phone"]
    sign_in_as_client(journey, "owner", cnic=AT_CAMP["cnic"], phone=HER_PHONE)
    journey.see("owner", "my")
    for address in ("/my/confirm/", "/my/consents/", "/my/details/", "/my/address/", "/my/phone/"):
        journey.go("owner", address)
        journey.see("owner", address.strip("/").replace("/", "-"))
