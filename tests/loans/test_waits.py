"""For whom an application waited: whole days, each one side's, and together all of them."""

import datetime as dt

import pytest
from django.utils import timezone

from enterprises.models import Document
from journal.events import LENDER, record
from journal.models import Event
from loans.models import Application
from loans.waits import Waits, waits_of
from reports.indicators import INDICATORS
from reports.periods import Month
from tests.factories.accounts import UserFactory, colleague
from tests.factories.enterprises import system
from tests.factories.grievances import programme_manager
from tests.factories.loans import ApplicationFactory, RequestFactory, approved, bring_papers, refused
from tests.factories.papers import DocumentFactory, kind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]
DAY = dt.timedelta(days=1)
BEGUN = dt.datetime(2026, 10, 1, 10, tzinfo=timezone.get_default_timezone())
ON = dt.date(2026, 10, 21)


def day(number):
    """Ten in the morning, so many days after it was received."""
    return BEGUN + number * DAY


def received(**attributes):
    return ApplicationFactory(received_at=BEGUN, **attributes)


def asked(application, since, until=None, of="applicant"):
    came = {"state": "answered", "answer": "Here.", "ended_by": system(), "ended_at": day(until)} if until else {}
    return RequestFactory(application=application, of=of, asked_at=day(since), **came)


def waits(application, on=ON):
    return waits_of([Application.objects.get(pk=application.pk)], on=on)[application.pk]


def test_whatever_nobody_else_has_is_the_lenders():
    assert waits(received()) == Waits(0, 0, 20)


def test_what_was_asked_of_each_side_and_what_overlaps():
    application = received()
    asked(application, 2, 5)
    asked(application, 4, 7, of="smeda")
    asked(application, 18)

    found = waits(application)

    assert found == Waits(applicant=5, smeda=2, lender=13)
    assert found.days == 20


def test_what_comes_the_same_day_costs_no_day():
    application = received()
    RequestFactory(
        application=application, asked_at=day(3), state="answered", answer="x", ended_by=system(),
        ended_at=day(3) + dt.timedelta(hours=4),
    )  # fmt: skip

    assert waits(application) == Waits(0, 0, 20)


@pytest.mark.parametrize(("on", "days"), [(dt.date(2026, 10, 1), 0), (dt.date(2026, 10, 2), 1)])
def test_the_first_day_counts_when_it_is_over(on, days):
    assert waits(received(), on=on).days == days


def test_a_refused_one_stands_still():
    assert waits(received(**refused(decided_at=day(6)))) == Waits(0, 0, 6)


def test_a_withdrawn_one_ends_by_the_journal():
    application = received(state="withdrawn")
    told = record("loans.withdrawn", target=application, by=system(), audience=[LENDER])
    Event.objects.filter(pk=told.pk).update(at=day(4))

    assert waits(application) == Waits(0, 0, 4)


def decided(**attributes):
    return received(**approved() | {"decided_at": day(10)} | attributes)


def test_papers_that_lack_once_it_is_approved_wait_with_the_applicant():
    assert waits(decided()) == Waits(10, 0, 10)


def test_until_the_last_of_them_is_here():
    application = decided()
    bring_papers(application)
    Document.objects.update(uploaded_at=day(2))
    Document.objects.filter(kind__code="utility-bill").update(uploaded_at=day(14))

    assert waits(application) == Waits(4, 0, 16)


def test_a_paper_with_a_virus_was_none():
    application = decided()
    bring_papers(application)
    Document.objects.update(uploaded_at=day(2))
    Document.objects.filter(kind__code="utility-bill").update(
        scan="infected", removed_at=day(3), removed_by=UserFactory()
    )

    assert waits(application) == Waits(10, 0, 10)


def test_somebody_elses_paper_is_not_theirs():
    application = decided()
    DocumentFactory(kind=kind("utility-bill"), uploaded_at=day(1))

    assert waits(application).applicant == 10


def test_as_many_queries_for_any_number(django_assert_num_queries):
    for number in (1, 3):
        for _one in range(number):
            asked(decided(), 2, 5)
        rows = list(Application.objects.all())
        with django_assert_num_queries(3):
            waits_of(rows, on=ON)


def test_the_figure_counts_days_and_opens_to_their_applications():
    application = received(**refused(decided_at=day(6)))
    application.enterprise.client_since = BEGUN - DAY
    application.enterprise.save()
    asked(application, 1, 3)
    received()
    indicator, month, viewer = INDICATORS["with_lender"], Month(dt.date(2026, 10, 1)), programme_manager()

    figure, rows = indicator.figure(month, viewer), list(indicator.listed(month, viewer))
    indicator.complete(rows)

    assert (figure.numerator, figure.denominator) == (4, 6)
    assert [(row.pk, row.days_applicant, row.days_smeda, row.days_lender) for row in rows] == [
        (application.pk, 2, 0, 4)
    ]


def test_its_page_says_so(signed_in):
    application = received(officer=colleague("loan_officer"))
    asked(application, 1, 3)

    page = signed_in(programme_manager()).get(application.get_absolute_url())

    assert "With the applicant: 2" in page.content.decode().replace("<bdi>", "").replace("</bdi>", "")
