from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from kit import pdf
from tests.factories.accounts import OfficeFactory
from tests.factories.enterprises import OwnershipFactory, PersonFactory
from tests.factories.training import CertificateFactory, CourseFactory, SeatedFactory, run_with_classes
from tests.kit.drawing import glyphs
from training import papers
from training.models import Certificate

pytestmark = pytest.mark.django_db

ADDRESS = "https://portal.example.org/verify/7K4M-QD2X/"
# In points: the width of the page, and how far the sewn line stands from its edge.
PAGE_WIDTH, FRAME = 841.89, 52.4


def a_certificate(*, name="Nasreen Bibi", course="Cash book", course_ur="کیش بک", office="SMEDA Multan"):
    run = run_with_classes(
        2,
        on=date(2026, 11, 24),
        course=CourseFactory(name=course, name_ur=course_ur, hours=12),
        office=OfficeFactory(name=office, name_ur=office),
    )
    owner = OwnershipFactory(person=PersonFactory(name=name))
    enrolment = SeatedFactory(run=run, enterprise=owner.enterprise, person=owner.person, state="completed")
    CertificateFactory(enrolment=enrolment, code="7K4M-QD2X", issued_at=datetime(2026, 11, 24, 9, tzinfo=UTC))
    return Certificate.objects.for_paper().get()


def drawn(monkeypatch, certificate):
    """The paper as a picture, and what it was drawn from."""
    seen = {}
    render = pdf.render

    def as_picture(template, content, *, at):
        seen.update(content)
        return render(template, content, at=at, form="svg")

    monkeypatch.setattr(papers.pdf, "render", as_picture)
    return papers.certificate_pdf(certificate, address=ADDRESS), seen


def test_the_paper_says_who_what_when_and_where(monkeypatch):
    _picture, content = drawn(monkeypatch, a_certificate())

    square = content.pop("qr")
    urdu = content.pop("ur")
    assert content == {
        "name": "Nasreen Bibi",
        "code": "7K4M-QD2X",
        "address": "portal.example.org/verify",
        "en": {
            "organisation": "Small and Medium Enterprises Development Authority",
            "title": "Certificate of completion",
            "given_to": "This certificate is given to",
            "finished": "who finished the course",
            "course": "Cash book",
            "length": "12 hours in 2 classes",
            "days": "24 Nov 2026",
            "issued": "Given by",
            "office": "SMEDA Multan",
            "issued_on": "24 Nov 2026",
            "check": "Is this paper genuine? Scan the square, or write this code at",
        },
    }
    assert (urdu["course"], urdu.keys()) == ("کیش بک", content["en"].keys())
    assert square == papers.qr(ADDRESS)


def test_a_course_of_several_days_says_from_when_to_when():
    certificate = a_certificate()
    certificate.enrolment.run.ends_on = date(2026, 12, 3)

    with override("en"):
        days = papers.wording(certificate)["days"]

    assert days == "24 Nov 2026 to 3 Dec 2026"


def test_the_file_is_a_pdf():
    assert papers.certificate_pdf(a_certificate(), address=ADDRESS)[:5] == b"%PDF-"


@pytest.mark.parametrize(
    "texts",
    [
        {"name": "Syeda Noor-un-Nisa " * 6, "course": "A long course " * 7, "office": "A long office " * 7},
        {"name": "نور النساء بیگم " * 7, "course": "W" * 100, "course_ur": "سلائی کڑھائی اور " * 6},
        {"name": "#panic() *b* \\", "course": ']]#read("/etc/passwd")', "office": "$x$ = y"},
    ],
    ids=["long Latin", "long Urdu", "markup"],
)
def test_whatever_it_says_stays_on_one_page_inside_the_frame(monkeypatch, texts):
    picture, _content = drawn(monkeypatch, a_certificate(**{name: text[:100] for name, text in texts.items()}))

    assert [place for place, _glyph in glyphs(picture) if not FRAME < place < PAGE_WIDTH - FRAME] == []
