import datetime as dt
import io
import re
import uuid
from functools import partial

import pikepdf
import pytest
import segno
import time_machine
from django.utils import timezone
from PIL import Image

from accounts.roles import Role
from casework.models import StepKind
from enterprises.models import Passport
from loans.facts import of_cards
from portal import passport_views
from portal.pages import owned
from portal.pages import passport as pages
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.casework import ClosedFactory, PlannedFactory, ReferralFactory, StepFactory
from tests.factories.enterprises import GrantFactory, OwnershipFactory
from tests.factories.loans import ApplicationFactory, LoanFactory, approved
from tests.factories.papers import PassportFactory

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
DAY = dt.date(2026, 11, 27)


def passport_of(case):
    return PassportFactory(person=case.person, enterprise=case.enterprise)


def step(case, code="loan-application"):
    return StepFactory(case=case, kind=StepKind.objects.get(code=code), due_on=DAY)


def scanned(client, code):
    response = client.get(f"/passport/{code}/")
    return response.status_code, response.content.decode()


def test_scanning_tells_how_the_case_stands_and_nothing_personal(client):
    """N7."""
    case = PlannedFactory()
    case.person.name, case.person.cnic = "Nasreen Bibi", "3630248291056"
    case.person.save()
    case.enterprise.name = "Nasreen Stitching"
    case.enterprise.save()
    step(case)

    status, page = scanned(client, passport_of(case).code)

    assert status == 200
    assert "The next step is with the holder of this passport, until" in page
    secrets = ["Nasreen", "36302", case.enterprise.reference, case.person.phone, "loan", "Rs"]
    assert [word for word in secrets if word in page] == []


@pytest.mark.parametrize(
    ("owner", "who"), [("advisor", "Office"), ("entrepreneur", "the holder"), ("lender", "a partner of SMEDA")]
)
def test_the_status_says_with_whom_the_next_step_is(owner, who):
    case = PlannedFactory()
    if owner == "lender":
        ReferralFactory(case=case, due_on=DAY)
    else:
        step(case, "business-plan" if owner == "advisor" else "loan-application")

    status = pages.status_of(passport_of(case), on=DAY)

    assert (status.is_open, status.lines[0], who in status.lines[1], "27 Nov 2026" in status.lines[1]) == (
        True,
        "The case is open.",
        True,
        True,
    )


def test_a_case_without_a_step_and_a_closed_one_say_so():
    assert pages.status_of(passport_of(PlannedFactory()), on=DAY).lines == [
        "The case is open.",
        "Nothing waits just now.",
    ]
    assert pages.status_of(passport_of(ClosedFactory()), on=DAY).lines == ["The case is closed."]
    assert pages.status_of(PassportFactory(), on=DAY).is_open is False


def test_a_void_code_reads_like_one_that_never_was(client):
    """N7: the same page, status and work for both."""
    passport = PassportFactory()
    Passport.objects.update(revoked_at=timezone.now(), revoked_by=passport.issued_by)

    codes = [passport.code, "never-was", "x" * 500]

    answers = [scanned(client, code) for code in codes]

    # The form that changes the language says where it leads back to, and carries its token.
    pages_alike = {TOKEN.sub("", page.replace(code, "")) for code, (_status, page) in zip(codes, answers, strict=True)}
    assert (len(pages_alike), {status for status, _page in answers}) == (1, {404})


def test_unknown_and_void_codes_cost_the_same_queries(client, django_assert_num_queries):
    passport = PassportFactory()
    Passport.objects.update(revoked_at=timezone.now(), revoked_by=passport.issued_by)
    scanned(client, "warm")

    for code in (passport.code, "never-was"):
        with django_assert_num_queries(4):
            scanned(client, code)


def test_guesses_are_counted(client, monkeypatch):
    monkeypatch.setattr(passport_views, "CHECKS", 2)

    assert [scanned(client, f"guess-{number}")[0] for number in range(3)] == [404, 404, 429]


def test_pages_of_a_passport_are_kept_by_nobody(client):
    assert "no-store" in client.get("/passport/x/")["Cache-Control"]


def post(client, url, verb):
    return client.post(url, {"verb": verb, "request_key": str(uuid.uuid4())})


def test_the_holder_makes_and_takes_along_a_passport(signed_in):
    """N7: on paper and as a picture for the phone."""
    case = PlannedFactory()
    step(case)
    own = signed_in(case.person.user)
    assert own.get("/my/passport/").context["passport"] is None

    assert post(own, "/my/passport/", "issue").status_code == 302
    passport = own.get("/my/passport/").context["passport"]
    paper, picture = (own.get(f"/passports/{passport.pk}.{form}") for form in ("pdf", "png"))

    assert [paper.content[:5], paper["Content-Type"], picture["Content-Type"]] == [
        b"%PDF-",
        "application/pdf",
        "image/png",
    ]
    assert picture["Content-Disposition"] == f'attachment; filename="passport-{case.enterprise.reference}.png"'
    assert Image.open(io.BytesIO(picture.content)).width == 720
    assert own.get(f"/passports/{passport.pk}.exe").status_code == 404


def test_a_new_passport_voids_the_old_one_everywhere(signed_in, client):
    case = PlannedFactory()
    old = passport_of(case)
    desk = signed_in(case.advisor)
    url = f"/desk/enterprises/{case.enterprise_id}/passport/"
    assert desk.get(url).context["passport"] == old

    post(desk, url, "reissue")

    assert (scanned(client, old.code)[0], desk.get(f"/passports/{old.pk}.pdf").status_code) == (404, 404)
    new = desk.get(url).context["passport"]
    assert scanned(client, new.code)[0] == 200
    post(desk, url, "revoke")
    assert (scanned(client, new.code)[0], desk.get(url).context["passport"]) == (404, None)


def test_nobody_prints_the_passport_of_others(signed_in):
    case = PlannedFactory()
    passport = passport_of(case)
    stranger = signed_in(PlannedFactory().person.user)

    assert stranger.get(f"/passports/{passport.pk}.pdf").status_code == 404


def test_who_only_reads_issues_nothing(signed_in):
    case = PlannedFactory()
    office = OfficeFactory()
    GrantFactory(enterprise=case.enterprise, office=office, purpose="enrolment")
    url = f"/desk/enterprises/{case.enterprise_id}/passport/"

    for user in (colleague(Role.AUDITOR), colleague(Role.ADVISOR, office=office)):
        client = signed_in(user)
        post(client, url, "issue")
        assert client.get(url).context["may_issue"] is False
    assert Passport.objects.count() == 0


@pytest.mark.parametrize(
    ("may_name", "owner", "is_for_phone", "is_named"),
    [
        (True, "self", True, True),
        (True, "spouse", False, True),
        (True, "spouse", True, False),
        (False, "self", False, False),
        (False, "self", True, False),
    ],
)
def test_a_loan_is_not_named_where_it_may_not_be(may_name, owner, is_for_phone, is_named):
    """N4: a paper lies about, and others read it; so do those whose phone it is."""
    case = PlannedFactory()
    case.person.loans_may_be_named, case.person.phone_owner = may_name, owner
    step(case)

    shown = pages.next_step(case.enterprise, person=case.person, case=case, on=DAY, is_for_phone=is_for_phone)

    assert shown == {
        "title": "Apply for the loan without interest" if is_named else "A step of your plan",
        "until": "Fri 27 Nov 2026",
        "who": "You",
    }


def test_a_passport_has_the_step_of_its_holder_and_not_another_owners():
    """N7: on the paper and to whoever scans it; of their two approved loans neither reads the amount of the other's."""
    loan = LoanFactory(first_due_on=DAY, disbursed_on=DAY - dt.timedelta(days=30))
    case = PlannedFactory(person=loan.person, enterprise=loan.enterprise)
    partner = OwnershipFactory(enterprise=case.enterprise, is_contact=False).person
    papers = [passport_of(case), PassportFactory(person=partner, enterprise=case.enterprise)]

    def said():
        steps = [pages.next_step(case.enterprise, person=one.person, case=case, on=DAY)["title"] for one in papers]
        return steps, ["with the holder" in pages.status_of(one, on=DAY).lines[1] for one in papers]

    alone = said()
    for person in (case.person, partner):
        ApplicationFactory(person=person, enterprise=case.enterprise, **approved())
    facts = of_cards([case.enterprise_id])[case.enterprise_id]
    mine = [item["kind"] for item in owned.items_of(partner, [case.enterprise_id], on=DAY)]

    assert alone == (["Your next instalment", "Nothing waits just now"], [True, False])
    assert (facts.lines, mine.count(owned.CARD)) == ((), 1)


def test_a_passport_has_the_step_of_its_holder_control(monkeypatch):
    """The failing control: every item of the business is each owner's."""
    monkeypatch.setattr(owned, "own_alone", lambda items, _person: items)

    with pytest.raises(AssertionError):
        test_a_passport_has_the_step_of_its_holder_and_not_another_owners()


SAID = {
    "en": ("Regional office", "Get a tax number (NTN) from FBR", "Fri 27 Nov 2026", "You"),
    "ur": ("علاقائی دفتر", "ایف بی آر سے ٹیکس نمبر (این ٹی این) بنوائیں", "جمعہ، 27 نومبر 2026", "آپ"),
}


@pytest.fixture(params=SAID)
def taken_along(request, signed_in, monkeypatch):
    """A passport in either language as its holder gets it: the paper, the picture, and what each was drawn from."""
    with time_machine.travel("2026-11-26 12:00 +0500", tick=False):
        yield as_taken_along(request.param, signed_in, monkeypatch)


def as_taken_along(language, signed_in, monkeypatch):
    case = PlannedFactory()
    case.person.name, case.person.language = "Nasreen Bibi", language
    case.person.save()
    case.office.name, case.office.name_ur, case.office.phone = SAID["en"][0], SAID["ur"][0], "061-9330417"
    case.office.save()
    step(case, "ntn")
    passport = passport_of(case)
    contents, render = [], pages.pdf.render

    def watched(template, content, **how):
        contents.append(content)
        return render(template, content, **how)

    monkeypatch.setattr(pages.pdf, "render", watched)
    own = signed_in(case.person.user)
    files = {form: own.get(f"/passports/{passport.pk}.{form}").content for form in ("pdf", "png")}
    return passport, files, contents, partial(render, pages.TEMPLATE, at=timezone.now(), form="png", ppi=36.0)


def test_the_paper_says_who_which_where_and_what_comes_next(taken_along):
    """N7, in both languages: and whatever it is drawn from stands on it, for with other words it is another picture."""
    passport, _files, contents, draw = taken_along
    said = SAID[passport.person.language]

    for content in contents:
        found = [content[name] for name in ("name", "reference", "office", "phone", "next")]
        assert found == [
            "Nasreen Bibi",
            passport.enterprise.reference,
            said[0],
            "061-9330417",
            dict(zip(("title", "until", "who"), said[1:], strict=True)),
        ]
    as_it_is = draw(content)
    others = {name: content | {name: "MMM"} for name in ("name", "reference", "office", "phone", "scan", "free")}
    others |= {name: content | {"next": content["next"] | {name: "MMM"}} for name in content["next"]}
    assert [name for name, other in others.items() if draw(other) == as_it_is] == []


COLOURS = {"g", "G", "rg", "RG", "k", "K", "sc", "SC", "scn", "SCN"}


def is_grey(operator, operands):
    numbers = [float(operand) for operand in operands]
    return numbers[:3] == [0, 0, 0] if operator in {"k", "K"} else len(set(numbers)) == 1


def test_the_paper_is_one_a4_in_black_and_white_and_so_is_the_picture(taken_along):
    """N7."""
    _passport, files, _contents, _draw = taken_along

    with pikepdf.open(io.BytesIO(files["pdf"])) as paper:
        (page,) = paper.pages
        used = [(str(operator), operands) for operands, operator in pikepdf.parse_content_stream(page)]
        used = [(operator, operands) for operator, operands in used if operator in COLOURS | {"sh", "Do"}]
        box = [round(float(edge)) for edge in page.mediabox]
    picture = Image.open(io.BytesIO(files["png"])).convert("RGB")

    assert (box, {operator for operator, _operands in used} <= COLOURS) == ([0, 0, 595, 842], True)
    assert [one for one in used if not is_grey(*one)] == []
    assert [colour for _number, colour in picture.getcolors(2**16) if len(set(colour)) > 1] == []


# The square's side in dots of the picture, its white edge included: 184 small units, drawn on a phone at 0.62 of a
# point with two dots each.
SIDE = 184 * 0.62 * 2


def leads_to(picture, address):
    """Whether the square of this address stands somewhere in the picture, dark for dark and light for light."""
    modules = segno.make(address, error="q", micro=False).matrix
    width = SIDE / (len(modules) + 2 * pages.QUIET)
    at = [round((number + 0.5) * width) for number in range(len(modules))]
    spots = [(x, y, bool(dark)) for y, row in zip(at, modules, strict=True) for x, dark in zip(at, row, strict=True)]
    dots = picture.convert("L").load()
    return any(
        all((dots[left + x, top + y] < 128) == dark for x, y, dark in spots)
        for top in range(picture.height - int(width * len(modules)))
        for left in range(picture.width - int(width * len(modules)))
    )


def test_the_square_leads_to_the_page_that_shows_nothing_personal(taken_along, client):
    """N7, and the control: another address is not what stands there."""
    passport, files, contents, _draw = taken_along
    address = f"http://testserver/passport/{passport.code}/"
    picture = Image.open(io.BytesIO(files["png"]))

    scanned_page = client.get(address).content.decode()

    assert {content["qr"] for content in contents} == {pages.qr(address)}

    assert (leads_to(picture, address), leads_to(picture, address.replace("passport", "password"))) == (True, False)
    assert [word for word in ("Nasreen", passport.enterprise.reference, "NTN", "Rs") if word in scanned_page] == []


def test_around_the_code_are_four_modules_of_white():
    svg = pages.qr("https://example.org/p/abc")
    width = int(re.search(r'width="(\d+)"', svg).group(1))

    begins = [float(x) for x in re.findall(r"M(\d+(?:\.\d+)?) ", svg)]
    assert ((width - 2 * 4 - 17) % 4, min(begins)) == (0, 4)


def test_however_much_stands_on_it_the_paper_is_one_page():
    case = PlannedFactory()
    case.person.name = "Muhammad Abdul-Rahman Ghulam Mustafa Khan Yousafzai " * 2
    case.person.save()
    case.office.name = "Regional business coordinator of Dera Ghazi Khan division and the tribal areas"
    case.office.save()
    step(case, "ntn")

    with pikepdf.open(io.BytesIO(pages.drawn(passport_of(case), address="https://x/", form="pdf", on=DAY))) as paper:
        assert len(paper.pages) == 1
