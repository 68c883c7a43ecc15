import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from accounts.roles import Role
from casework.models import StepKind
from enterprises.actions import held_papers
from enterprises.models import Document, DocumentRequest, Grant, Person
from kit import uploads
from kit.washing import Washed
from loans.models import Application
from portal import paper_views
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.casework import PlannedFactory, StepFactory
from tests.factories.enterprises import GrantFactory, OwnershipFactory
from tests.factories.loans import ApplicationFactory
from tests.factories.papers import CardFactory, DocumentFactory, DocumentRequestFactory, kind
from tests.kit import papers as made
from tests.kit.fake_clamd import clamd

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]
PHOTO = made.from_phone()


@pytest.fixture
def case():
    return PlannedFactory()


@pytest.fixture
def own(case, signed_in):
    """The entrepreneur's browser."""
    return signed_in(case.person.user)


@pytest.fixture
def desk(case, signed_in):
    """The advisor's browser."""
    return signed_in(case.advisor)


def sent(content=PHOTO, *, name="IMG_1.jpg", box="photo", code="utility-bill", **more):
    files = {box: SimpleUploadedFile(name, content, "image/jpeg")} if content is not None else {}
    return {"kind": code, "request_key": str(uuid.uuid4()), **files, **more}


def errors_of(response):
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}


# Handing in


def test_of_two_boxes_of_which_one_is_needed_neither_is_called_optional(own):
    """The day, which may be missing, is."""
    page = own.get("/my/papers/").text

    labels = re.findall(r'<label for="id_(photo|file|expires_on\w*)"[^>]*>(.*?)</label>', page, re.DOTALL)
    assert {name for name, label in labels if "(optional)" in label} & {"photo", "file"} == set()
    assert ({name for name, _label in labels} >= {"photo", "file"}, page.count("(optional)")) == (True, 1)


@pytest.mark.parametrize("box", ["photo", "file"])
def test_a_photo_from_the_phone_is_taken_in(own, case, box):
    """C13: without JavaScript, from the camera or from what is there."""
    page = own.get("/my/papers/")
    assert (page.content.count(b'enctype="multipart/form-data"'), page.content.count(b"capture=")) == (1, 1)

    response = own.post("/my/papers/", sent(box=box))

    document = Document.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/my/papers/?ref={case.enterprise.reference}")
    assert (document.kind.code, document.enterprise, document.form, document.scan) == (
        "utility-bill",
        case.enterprise,
        "jpeg",
        "none",
    )


def test_the_same_form_sent_twice_keeps_one_paper(own):
    form = sent()
    again = sent() | {"request_key": form["request_key"]}

    answers = [own.post("/my/papers/", data).status_code for data in (form, again)]

    assert (answers, Document.objects.count()) == ([302, 302], 1)


WRONG = {
    "nothing": ({"content": None}, "photo", "Choose a photo or a PDF."),
    "empty": ({"content": b""}, "photo", "This file is empty. Choose another."),
    "html called pdf": ({"content": made.NEITHER["html"], "name": "bill.pdf", "box": "file"}, "file", "unknown"),
    "svg": ({"content": made.NEITHER["svg"], "name": "bill.svg", "box": "file"}, "file", "unknown"),
    "program": ({"content": made.NEITHER["program"], "name": "bill.jpg"}, "photo", "unknown"),
    "pdf behind a page": ({"content": made.NEITHER["pdf behind a page"], "box": "file"}, "file", "unknown"),
    "cut": ({"content": PHOTO[: len(PHOTO) // 2]}, "photo", "damaged"),
    "script": ({"content": made.pdf(made.with_script), "box": "file"}, "file", "active"),
}


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("what", WRONG)
def test_a_bad_file_is_refused_in_words_and_loses_nothing_else(own, what, language):
    """C13: refused beside its field, in the reader's language; what was chosen and typed stays."""
    given, box, message = WRONG[what]
    own.cookies["django_language"] = language

    response = own.post("/my/papers/", sent(**given, code="rent-deed", expires_on="31/01/2030"))

    said = errors_of(response)
    code = response.context["form"].errors.as_data()[box][0].code
    with translation.override("en"):
        expected = str(uploads.PaperField.default_error_messages.get(message, message))
    assert (response.status_code, list(said), Document.objects.count()) == (200, [box], 0)
    if language == "en":
        assert said[box] == [expected]
    else:
        assert (said[box] != [expected], code is None or code.isascii()) == (True, True)
    assert response.context["form"]["kind"].value() == "rent-deed"
    assert b'value="31/01/2030"' in response.content
    assert b'<option value="rent-deed" selected>' in response.content


def test_a_photo_of_more_than_ten_megabytes_is_refused_with_its_size(own, settings):
    settings.UPLOAD_MOST_BYTES = len(PHOTO) - 1

    response = own.post("/my/papers/", sent())

    assert errors_of(response) == {
        "photo": ["This file has 0.0 MB. Take the photo again in a smaller size: 10 MB at most."]
    }


def test_what_one_form_carries_is_bounded_together(own, settings):
    """The second of two files that fit alone is refused: nobody fills the memory with many."""
    settings.UPLOAD_MOST_BYTES = len(PHOTO) + 10
    both = sent() | {"file": SimpleUploadedFile("b.jpg", PHOTO)}

    assert list(errors_of(own.post("/my/papers/", both))) == ["file"]


def test_photo_and_file_together_are_one_too_many(own):
    both = sent() | {"file": SimpleUploadedFile("b.jpg", PHOTO)}

    assert errors_of(own.post("/my/papers/", both)) == {"file": ["Send one of the two: the photo, or the file."]}


def test_a_request_larger_than_any_form_is_not_read(own, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_READ", 100)

    response = own.post("/my/papers/", sent())

    assert (response.status_code, "10" in response.content.decode()) == (413, True)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        *(("kind", bad) for bad in ("\x00", "\u202e", "۱۲۳", "x" * 100_000, "")),
        *(("expires_on", bad) for bad in ("۱۲۳", "x" * 100_000, "31/02/2030")),
    ],
)
def test_bad_input_is_a_sentence_and_the_photo_is_kept_meanwhile(own, field, bad):
    response = own.post("/my/papers/", sent() | {field: bad})

    assert (response.status_code, list(errors_of(response)), Document.objects.count()) == (200, [field], 0)
    assert "It is here, for an hour." in response.text
    assert own.post("/my/papers/", sent(content=None) | {"held": held_on(response)}).status_code == 302
    assert (Document.objects.get().form, Document.objects.get().has_preview) == ("jpeg", True)


def held_on(response):
    return re.search(r'name="held" value="([^"]+)"', response.text).group(1)


def test_a_photo_that_is_kept_is_taken_up_by_whoever_sent_it_within_the_hour(own, desk, case):
    """By nobody else, not once it is over, and not by a text that was made up; a slip more does not lose it."""
    response = own.post("/my/papers/", sent(expires_on="31/02/2030"))
    token = held_on(response)
    more = own.post("/my/papers/", sent(content=None, expires_on="31/02/2031") | {"held": token})

    said = [errors_of(desk.post(f"/papers/of/{case.enterprise_id}/", sent(content=None) | {"held": token}))]
    said.append(errors_of(own.post("/my/papers/", sent(content=None) | {"held": f"{token}x"})))
    with time_machine.travel(timezone.now() + held_papers.HELD_FOR + dt.timedelta(minutes=1)):
        said.append(errors_of(own.post("/my/papers/", sent(content=None) | {"held": token})))

    over = {"photo": ["It was kept for an hour, and that is over. Choose it once more."]}
    assert (said, Document.objects.count(), held_on(more)) == ([over] * 3, 0, token)


def test_a_pdf_without_a_picture_is_kept_too(own, case):
    drawn = Washed("pdf", b"%PDF-1.7", b"", b"")
    sent_by = {"enterprise": case.enterprise, "by": case.person.user}
    token = held_papers.hold(drawn, **sent_by)

    assert held_papers.take_up(token, **sent_by) == drawn
    assert held_papers.take_up(f"{token}\ud800", **sent_by) is None


def test_a_photo_that_is_kept_for_one_business_is_no_paper_of_another(own, case):
    """An owner of two, who opens the other's page before the first one's date is put right."""
    request = DocumentRequestFactory(person=case.person, kind=kind("rent-deed"), enterprise=case.enterprise)
    OwnershipFactory(person=case.person)
    asked_for = f"/my/papers/?asked={request.pk}"
    kept = {"held": held_on(own.post(asked_for, sent(expires_on="31/02/2030")))}

    answers = [own.post(page, sent(content=None) | kept).status_code for page in ("/my/papers/", asked_for)]

    assert (answers, [paper.enterprise for paper in Document.objects.all()]) == ([200, 302], [case.enterprise])


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: where nobody asks whose paper was kept")
def test_a_photo_that_is_kept_for_one_business_control(own, case, monkeypatch):
    take_up = held_papers.take_up
    monkeypatch.setattr(
        held_papers, "take_up", lambda token, *, enterprise, by: take_up(token, enterprise=case.enterprise, by=by)
    )

    test_a_photo_that_is_kept_for_one_business_is_no_paper_of_another(own, case)


def test_from_page_to_page_the_photo_goes_along_too(own):
    """The refusal is a page of its own, which is opened by GET."""
    own.post("/my/papers/", sent(expires_on="31/02/2030"), headers={"Sec-Fetch-Mode": "navigate"})

    page = own.get("/my/papers/")

    assert ("It is here, for an hour." in page.text, list(errors_of(page))) == (True, ["expires_on"])
    assert own.post("/my/papers/", sent(content=None) | {"held": held_on(page)}).status_code == 302


def test_no_paper_is_valid_for_a_hundred_years(own):
    response = own.post("/my/papers/", sent(expires_on="31/01/2130"))

    assert errors_of(response)["expires_on"] == ["Look at the year again."]


@pytest.mark.parametrize("bad", ["\x00", "a name and no file"])
def test_what_is_no_file_is_a_sentence(own, bad):
    response = own.post("/my/papers/", sent() | {"photo": bad})

    assert (response.status_code, list(errors_of(response))) == (200, ["photo"])


def test_eicar_is_refused_while_the_sender_is_there(own, settings):
    """C13: inside a PDF that is otherwise all right."""

    def with_eicar(pdf):
        pdf.pages[0].obj.Contents = pdf.make_stream(made.EICAR)

    content = made.pdf(with_eicar, compress_streams=False)
    with clamd() as settings.CLAMD_URL:
        response = own.post("/my/papers/", sent(content, box="file"))
        control = own.post("/my/papers/", sent(made.pdf(), box="file"))

    assert errors_of(response) == {"file": ["A virus was found in this file. Take a photo of the paper instead."]}
    assert (control.status_code, Document.objects.get().scan) == (302, "clean")


def test_while_the_scanner_is_away_a_paper_is_kept_shut(own, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    own.post("/my/papers/", sent())
    document = Document.objects.get()

    parts = ("", "file/", "picture/", "picture/?size=small")
    answers = [own.get(f"/papers/{document.pk}/{part}").status_code for part in parts]

    assert (document.scan, answers) == ("waiting", [200, 404, 404, 404])
    assert own.get("/my/papers/").status_code == 200


def test_an_advisor_hands_in_for_the_client(desk, case):
    """R4: the record says who gave it."""
    response = desk.post(f"/papers/of/{case.enterprise_id}/", sent(code="cnic-front"))

    document, page = Document.objects.get(), desk.get(response["Location"])
    assert (response.status_code, document.person, document.uploaded_by) == (302, case.person, case.advisor)
    assert case.advisor.full_name in page.text
    assert [str(said) for said in page.context["messages"]] == ["The paper is on file."]
    assert f'<a class="back" href="{case.get_absolute_url()}">' in page.text


def test_who_only_reads_hands_nothing_in(case, signed_in):
    reader = signed_in(colleague(Role.AUDITOR))
    url = f"/papers/of/{case.enterprise_id}/"

    assert (reader.get(url).context["form"], reader.post(url, sent()).status_code) == (None, 403)
    assert Document.objects.count() == 0


# Giving out


def test_a_file_is_given_out_as_an_attachment_that_runs_nothing(own, case):
    """Promises, uploads: attachment, nosniff, sandbox, kept by nobody."""
    document = DocumentFactory(enterprise=case.enterprise, kind=kind("utility-bill"))

    whole, picture = own.get(f"/papers/{document.pk}/file/"), own.get(f"/papers/{document.pk}/picture/")

    heads = ("Content-Disposition", "Content-Type", "X-Content-Type-Options", "Cache-Control")
    assert [whole[name] for name in heads] == [
        f'attachment; filename="utility-bill-{document.pk}.jpg"',
        "image/jpeg",
        "nosniff",
        "no-store, private",
    ]
    assert [picture[name] for name in heads] == ["inline", "image/jpeg", "nosniff", "no-store, private"]
    assert whole["Content-Security-Policy"] == picture["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (whole.content, picture.content) == (b"a paper", b"its picture")
    assert own.get(f"/papers/{document.pk}/picture/?size=small").content == b"small"


def test_papers_of_others_are_not_there(signed_in, case):
    document = DocumentFactory(enterprise=case.enterprise)
    stranger = signed_in(PlannedFactory().person.user)

    urls = [f"/papers/{document.pk}/{part}" for part in ("", "file/", "picture/")]
    assert [stranger.get(url).status_code for url in urls] == [404, 404, 404]
    assert stranger.post(f"/papers/{document.pk}/remove/").status_code == 404


def test_the_lender_sees_what_is_shared_while_its_grant_lasts(signed_in, case):
    """R9: and not a second longer."""
    office = OfficeFactory()
    shared = CardFactory(person=case.person)
    private = DocumentFactory(enterprise=case.enterprise, kind=kind("bank-certificate"))
    grant = GrantFactory(enterprise=case.enterprise, office=office, purpose=Grant.Purpose.REFERRAL)
    lender = signed_in(colleague(Role.LOAN_OFFICER, office=office))
    urls = [f"/papers/{document.pk}/file/" for document in (shared, private)]

    before = [lender.get(url).status_code for url in urls]
    listed = lender.get(f"/papers/of/{case.enterprise_id}/")
    applied = ApplicationFactory(enterprise=case.enterprise, branch=office)
    back = lender.get(f"/papers/of/{case.enterprise_id}/").context["back"]
    grant.until_at = timezone.now()
    grant.save()

    assert (before, [line["document"] for line in listed.context["papers"].here]) == ([200, 404], [shared])
    assert (listed.context["back"], back) == ("", applied.get_absolute_url())
    assert [lender.get(url).status_code for url in urls] == [404, 404]


def test_whoever_may_not_compare_a_card_gets_no_form_for_it(signed_in, own, desk, case):
    """Also by sending half a form: it would show the number beside the picture."""
    office = OfficeFactory()
    GrantFactory(enterprise=case.enterprise, office=office, purpose=Grant.Purpose.REFERRAL)
    lender = signed_in(colleague(Role.LOAN_OFFICER, office=office))
    card, bill = CardFactory(person=case.person), DocumentFactory(enterprise=case.enterprise, kind=kind("utility-bill"))

    answers = [client.post(f"/papers/{card.pk}/").status_code for client in (lender, own, desk)]

    assert (answers, desk.post(f"/papers/{bill.pk}/").status_code) == ([403, 403, 200], 403)


def test_a_paper_whose_file_is_lost_is_not_there(own, case):
    from enterprises import vault

    document = DocumentFactory(enterprise=case.enterprise)
    vault.erase(document.name)

    assert [own.get(f"/papers/{document.pk}/{part}").status_code for part in ("", "file/")] == [200, 404]


def test_removing_hides_the_paper_at_once(own, case):
    document = DocumentFactory(enterprise=case.enterprise)

    response = own.post(f"/papers/{document.pk}/remove/", {"request_key": str(uuid.uuid4())})

    assert (response.status_code, own.get(f"/papers/{document.pk}/file/").status_code) == (302, 404)


def test_an_advisor_compares_the_card_on_its_page(desk, case):
    """R12."""
    card = CardFactory(person=case.person)
    page = desk.get(f"/papers/{card.pk}/")
    assert page.context["form"] is not None

    form = {"version": case.person.version, "request_key": str(uuid.uuid4())}
    response = desk.post(f"/papers/{card.pk}/", form)

    case.person.refresh_from_db()
    assert (response.status_code, case.person.cnic_standing) == (302, Person.Standing.VERIFIED)
    later = form | {"version": case.person.version, "request_key": str(uuid.uuid4())}
    refused = desk.post(f"/papers/{card.pk}/", later)
    assert list(errors_of(refused)) == ["__all__"]
    assert desk.get(f"/papers/{card.pk}/").context["form"] is None


# What is missing


def test_the_checklist_says_what_each_step_still_needs(own, desk, case):
    """C13: missing papers for each step, and what was asked for before them."""
    StepFactory(case=case, kind=StepKind.objects.get(code="loan-application"))
    CardFactory(person=case.person)
    CardFactory(person=case.person, kind=kind("cnic-back"), expires_on=timezone.localdate() - dt.timedelta(days=1))
    request = DocumentRequestFactory(person=case.person, kind=kind("rent-deed"))

    for page in (own.get("/my/papers/"), desk.get(f"/papers/of/{case.enterprise_id}/")):
        lines = page.context["papers"].missing
        assert [(line["kind"].code, line["request"], len(line["steps"])) for line in lines] == [
            ("rent-deed", request, 0),
            ("cnic-back", None, 1),
            ("photo-person", None, 1),
            ("utility-bill", None, 1),
        ]


def test_a_loan_that_is_applied_for_needs_its_papers(own, desk, case):
    """C13, L4: which are missing, for whom and until when, as long as the application is open."""
    application = ApplicationFactory(enterprise=case.enterprise, person=case.person)
    CardFactory(person=case.person)
    need = {"label": "", "whom": application.branch.label, "until": application.due_on}
    pages = ("/my/papers/", own), (f"/papers/of/{case.enterprise_id}/", desk)

    open_ones = [client.get(url) for url, client in pages]
    Application.objects.update(state="withdrawn")
    over = [client.get(url).context["papers"].missing for url, client in pages]

    codes = ["cnic-back", "photo-person", "utility-bill"]
    for page in open_ones:
        lines = page.context["papers"].missing
        assert [(line["kind"].code, line["steps"]) for line in lines] == [(code, [need]) for code in codes]
        assert page.text.count(f"{application.branch.label} needs it for the loan") == 3
    assert over == [[], []]


def test_a_paper_that_is_valid_no_longer_is_missing_where_one_is_needed(own, desk, case):
    """C13: on the list of the client, of the advisor and beside the case, with since when and what to do."""
    ApplicationFactory(enterprise=case.enterprise, person=case.person)
    CardFactory(person=case.person)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    for days in (40, 0, 30):  # three bills, of which the one in the middle was valid longest
        DocumentFactory(
            enterprise=case.enterprise, kind=kind("utility-bill"), expires_on=yesterday - dt.timedelta(days=days)
        )

    pages = [own.get("/my/papers/"), desk.get(f"/papers/of/{case.enterprise_id}/")]
    beside = desk.get(f"/desk/cases/{case.pk}/").text

    for page in pages:
        lines = page.context["papers"].missing
        over = [line["over_since"] for line in lines if line["kind"].code == "utility-bill"]
        assert (over, page.text.count("A new one is needed."), page.text.count("Not valid any longer")) == (
            [yesterday],
            1,
            3,
        )
        assert "?kind=utility-bill#hand-in" in page.text or "kind=utility-bill" in page.text
    assert beside.count("Missing: the one that is here was valid until") == 1


@pytest.mark.parametrize(("language", "hint"), [("en", "All four corners"), ("ur", "چاروں کونے نظر آئیں")])
def test_the_checklist_says_what_must_be_on_a_paper(own, case, language, hint):
    DocumentRequestFactory(person=case.person, kind=kind("cnic-front"))
    own.cookies["django_language"] = language

    assert hint in own.get("/my/papers/").content.decode()


@pytest.mark.parametrize("papers", [1, 3])
def test_queries_do_not_grow_with_the_papers(own, case, papers, django_assert_num_queries):
    for _paper in range(papers):
        DocumentFactory(enterprise=case.enterprise, kind=kind("shop-photo"))
        unplanned = StepKind.objects.exclude(pk__in=case.steps.values("kind_id"))
        StepFactory(case=case, kind=unplanned.order_by("id").first())
    own.get("/my/papers/")

    with django_assert_num_queries(10):
        own.get("/my/papers/")


# Asking


def test_a_question_stands_on_both_pages_until_the_paper_comes(own, desk, case):
    """C7, C13."""
    due_on = timezone.localdate() + dt.timedelta(days=7)
    url = f"/desk/enterprises/{case.enterprise_id}/papers/ask/"
    form = {"kind": "rent-deed", "due_on": due_on.isoformat(), "request_key": str(uuid.uuid4())}

    assert desk.get(f"{url}?kind=rent-deed").status_code == 200
    assert desk.post(url, form).status_code == 302
    again = desk.post(url, form | {"request_key": str(uuid.uuid4())})

    request = DocumentRequest.objects.get()
    step = own.get("/my/").context["business"].next_step
    assert errors_of(again) == {"kind": ["This paper was asked for already."]}
    assert [step[name] for name in ("title", "bring", "until")] == [
        "Send or bring a paper",
        ["Rent agreement or ownership paper"],
        due_on,
    ]
    assert step["actions"][0]["url"] == f"/my/papers/?asked={request.pk}#hand-in"
    assert own.get(f"/my/papers/?asked={request.pk}").context["form"]["kind"].value() == "rent-deed"
    assert own.get("/my/papers/?asked=x").context["form"]["kind"].value() == ""
    assert desk.get(f"/desk/papers/asked/{request.pk}/").status_code == 200
    own.post("/my/papers/", sent(code="rent-deed"))
    assert own.get("/my/").context["business"].next_step is None
    assert desk.get(f"/desk/papers/asked/{request.pk}/").status_code == 200


def test_a_question_can_be_taken_back(desk, case):
    request = DocumentRequestFactory(person=case.person)

    response = desk.post(f"/desk/papers/asked/{request.pk}/", {"request_key": str(uuid.uuid4())})

    request.refresh_from_db()
    assert (response.status_code, request.closed_at is None) == (302, False)


@pytest.mark.parametrize("days", [-1, 181])
def test_the_day_of_a_question_is_near(desk, case, days):
    day = timezone.localdate() + dt.timedelta(days=days)
    form = {"kind": "rent-deed", "due_on": day.isoformat(), "request_key": str(uuid.uuid4())}

    response = desk.post(f"/desk/enterprises/{case.enterprise_id}/papers/ask/", form)

    assert list(errors_of(response)) == ["due_on"]


def test_an_advisor_of_another_district_asks_nothing(case, signed_in):
    office = OfficeFactory()
    GrantFactory(enterprise=case.enterprise, office=office, purpose=Grant.Purpose.ENROLMENT)
    other = signed_in(colleague(Role.ADVISOR, office=office))

    assert other.get(f"/desk/enterprises/{case.enterprise_id}/papers/ask/").status_code == 403


@pytest.mark.parametrize("is_closed", [False, True])
def test_an_answer_goes_to_the_business_that_was_asked(own, case, is_closed):
    """C13: also when the question was taken back while the photo was taken, and a newer business is there."""
    request = DocumentRequestFactory(person=case.person, kind=kind("rent-deed"), enterprise=case.enterprise)
    OwnershipFactory(person=case.person)
    if is_closed:
        DocumentRequest.objects.update(closed_at=timezone.now())

    response = own.post(f"/my/papers/?asked={request.pk}", sent(code="rent-deed"))

    assert (response.status_code, Document.objects.get().enterprise) == (302, case.enterprise)
    shown = own.get(f"/my/papers/?asked={request.pk}").context["form"]["kind"].value()
    assert shown == ""


def flood(own, desk, case):
    """Two papers from each; the answers."""
    urls = [(own, "/my/papers/"), (desk, f"/papers/of/{case.enterprise_id}/")]
    return [[client.post(url, sent()).status_code for _paper in range(2)] for client, url in urls]


def test_nobody_fills_the_vault(own, desk, case, monkeypatch):
    """Promises, rate limits: for each who sends, and enough for a whole camp."""
    monkeypatch.setattr(paper_views, "OWN_PAPERS", 1)
    monkeypatch.setattr(paper_views, "PAPERS_OF_CLIENTS", 1)

    assert flood(own, desk, case) == [[302, 429]] * 2
    assert own.get("/my/papers/").status_code == 200


@pytest.mark.xfail(strict=True, reason="the control: without the limit all are kept", raises=AssertionError)
def test_nobody_fills_the_vault_control(own, desk, case, monkeypatch):
    monkeypatch.setattr(paper_views, "is_flood", lambda request: False)

    assert flood(own, desk, case) == [[302, 429]] * 2


@pytest.mark.parametrize("url", ["/my/papers/", "/my/passport/"])
def test_without_a_business_there_is_no_such_page(url, signed_in, case):
    case.enterprise.ownerships.update(until_on=timezone.localdate())

    assert signed_in(case.person.user).get(url).status_code == 404


def test_papers_of_a_business_that_is_asked_for(own, case):
    case.enterprise.reference = "MUL-4827"
    case.enterprise.save()

    assert [own.get("/my/papers/", {"ref": ref}).status_code for ref in ("mul 4827", "LHE-1", "x")] == [200, 404, 404]
