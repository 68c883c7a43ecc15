"""What the lender still needs: asked, answered by phone or by the advisor, taken back; a paper answers by itself."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from enterprises.actions import documents, scans
from enterprises.models import Document
from journal.models import Event
from journal.moves import MoveRefused
from loans.actions import requests
from loans.models import Request
from loans.states import REQUEST_MOVES
from messaging.models import Message
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.casework import CalledFactory, smeda_office
from tests.factories.enterprises import system
from tests.factories.loans import ApplicationFactory, RequestFactory, lender
from tests.factories.papers import PAPER, DocumentFactory, kind
from tests.loans.test_models import refused_by
from tests.loans.test_views import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]


@pytest.fixture
def place():
    return lender()


@pytest.fixture
def application(place):
    """Of somebody with a page, whose advisor covers the district."""
    advisor = colleague(Role.ADVISOR, office=smeda_office())
    case = CalledFactory(advisor=advisor, office_id=min(advisor.office_ids))
    type(case.person).objects.filter(pk=case.person_id).update(user=EntrepreneurUserFactory(), language="en")
    case.person.refresh_from_db()
    return ApplicationFactory(
        product=place.product, branch=place.branch, enterprise=case.enterprise, person=case.person,
        officer=place.staff.officer,
    )  # fmt: skip


def ask(place, application, *, what="paper", paper="utility-bill", words="", of="applicant", by=None):
    return requests.ask(
        application=application, version=application.version, kind=what, words=words, of=of,
        paper=kind(paper) if paper else None, by=by or place.staff.officer,
    )  # fmt: skip


def hand_in(application, *, code="utility-bill", by=None, scan="clean"):
    return documents.add(
        kind=kind(code), enterprise=application.enterprise, person=application.person, paper=PAPER, scan=scan,
        by=by or application.person.user,
    )  # fmt: skip


def again(asked):
    return Request.objects.get(pk=asked.pk)


def send(client, path, **typed):
    return client.post(path, {"request_key": str(uuid.uuid4()), **typed})


def test_a_paper_that_comes_answers_by_itself(place, application):
    asked = ask(place, application)

    paper = hand_in(application)

    found = again(asked)
    assert (found.state, found.document, found.ended_by) == ("answered", paper, application.person.user)
    assert [event.name for event in Event.objects.filter(target_label="loans.request").order_by("pk")] == [
        "loans.asked",
        "loans.request_answered",
    ]


def test_a_paper_of_another_kind_or_person_answers_nothing(place, application):
    asked = ask(place, application)

    hand_in(application, code="cnic-front")
    DocumentFactory(kind=kind("utility-bill"))

    assert again(asked).is_waiting


def test_a_paper_of_the_person_answers_too(place, application):
    asked = ask(place, application, paper="cnic-front")

    hand_in(application, code="cnic-front")

    assert not again(asked).is_waiting


def infected(application, monkeypatch):
    paper = hand_in(application, scan="waiting")
    scans.settle(paper, verdict=Document.Scan.INFECTED)
    return paper


def test_a_paper_with_a_virus_is_asked_for_again(place, application, monkeypatch):
    asked = ask(place, application)

    infected(application, monkeypatch)

    found = again(asked)
    assert (found.state, found.document, found.ended_at) == ("waiting", None, None)


def test_what_was_asked_again_meanwhile_is_not_asked_twice(place, application, monkeypatch):
    asked = ask(place, application)
    paper = hand_in(application, scan="waiting")
    RequestFactory(application=application, kind="paper", words="", paper=kind("utility-bill"))

    scans.settle(paper, verdict=Document.Scan.INFECTED)

    assert again(asked).state == "answered"


def test_the_applicant_is_told_by_a_text_and_answers_on_their_page(place, application, signed_in):
    asked = ask(place, application, what="use", paper=None, words="From whom do you buy the machine?")
    client = signed_in(application.person.user)
    page = reverse("loans:my-request", args=[asked.pk])

    mine = client.get("/my/")
    shown = client.get(page)
    empty = send(client, page, version=0, answer="")
    sent = send(client, page, version=0, answer="From Bilal at the bazaar.")

    found = again(asked)
    assert Message.objects.filter(kind="loans.asked", target_id=asked.pk).count() == 1
    assert page in mine.text
    assert "From whom do you buy the machine?" in text_of(shown)
    assert "Write the answer." in text_of(empty)
    assert (sent.status_code, found.state, found.answer) == (302, "answered", "From Bilal at the bazaar.")
    assert "From Bilal at the bazaar." in text_of(signed_in(place.staff.officer).get(found.get_absolute_url()))


def test_the_page_of_a_paper_leads_to_where_it_is_sent(place, application, signed_in):
    asked = ask(place, application)

    page = signed_in(application.person.user).get(reverse("loans:my-request", args=[asked.pk]))

    assert f"/my/papers/?ref={application.enterprise.reference}&amp;kind=utility-bill#hand-in" in page.text


def test_the_advisor_answers_for_the_client_and_hands_papers_in(place, application, signed_in):
    advisor = application.enterprise.case.advisor
    paper = ask(place, application)
    question = ask(place, application, what="debts", paper=None, words="What else do you owe?")
    client = signed_in(advisor)

    page = client.get(paper.get_absolute_url())
    send(client, question.get_absolute_url(), version=0, answer="Nothing.")

    assert f"/papers/of/{application.enterprise_id}" in page.text or "kind=utility-bill" in page.text
    assert (again(question).state, again(question).ended_by) == ("answered", advisor)


def test_what_smeda_is_asked_no_client_reads(place, application, signed_in):
    asked = ask(place, application, what="other", paper=None, words="Is the plan's profit right?", of="smeda")

    own = signed_in(application.person.user)
    pages = [own.get(reverse("loans:my-request", args=[asked.pk])), own.get("/my/")]

    assert [page.status_code for page in pages] == [404, 200]
    assert "profit right" not in pages[1].text
    assert not Message.objects.filter(kind="loans.asked").exists()
    assert not application.person.user.has_perm("loans.view_request", asked)
    assert application.enterprise.case.advisor.has_perm("loans.view_request", asked)


def test_the_branch_takes_back_with_a_reason(place, application, signed_in):
    asked = ask(place, application)
    client = signed_in(place.staff.officer)

    empty = send(client, asked.get_absolute_url(), version=0, reason="")
    send(client, asked.get_absolute_url(), version=0, reason="Seen at the visit.")

    assert "Write why" in text_of(empty)
    assert (again(asked).state, again(asked).reason) == ("withdrawn", "Seen at the visit.")
    assert "Seen at the visit." in text_of(
        signed_in(application.person.user).get(reverse("loans:my-request", args=[asked.pk]))
    )


def test_whoever_neither_answers_nor_asks_only_reads(place, application, signed_in):
    asked = ask(place, application)
    client = signed_in(place.staff.cashier)

    assert client.get(asked.get_absolute_url()).status_code == 200
    assert send(client, asked.get_absolute_url(), version=0, reason="No.").status_code == 403


def test_the_officer_asks_from_the_application(place, application, signed_in):
    client = signed_in(place.staff.officer)
    path = reverse("loans:request-create", args=[application.pk])
    typed = {"version": 0, "kind": "paper", "of": "applicant", "words": ""}

    assert path in client.get(application.get_absolute_url()).text
    unnamed = send(client, path, **typed)
    sent = send(client, path, **typed | {"paper": "utility-bill"})

    assert "Choose the paper." in text_of(unnamed)
    assert (sent.status_code, Request.objects.get().paper.code) == (302, "utility-bill")
    assert Request.objects.get().get_absolute_url() in client.get(application.get_absolute_url()).text


def test_a_paper_that_is_here_is_asked_for_with_what_is_wrong_with_it(place, application):
    hand_in(application)

    with pytest.raises(ValidationError, match="what is wrong with it"):
        ask(place, application)
    assert ask(place, application, words="The name cannot be read.").is_waiting


def test_a_paper_of_the_person_that_is_here_too(place, application):
    hand_in(application, code="cnic-front")

    with pytest.raises(ValidationError, match="what is wrong with it"):
        ask(place, application, paper="cnic-front")


def test_a_question_needs_words(place, application):
    with pytest.raises(ValidationError, match="Write what is needed"):
        ask(place, application, what="use", paper=None)


def test_one_paper_is_asked_for_once_at_a_time(place, application):
    ask(place, application)

    with pytest.raises(ValidationError, match="asked for already"):
        ask(place, application)


def test_of_an_application_that_ended_nothing_is_needed(place, application, signed_in):
    asked = RequestFactory(application=application)
    type(application).objects.filter(pk=application.pk).update(state="withdrawn")
    application.refresh_from_db()

    refused = [
        lambda: requests.withdraw(asked=asked, version=0, reason="x", by=place.staff.officer),
        lambda: requests.answer(asked=asked, version=0, answer="x", by=application.person.user),
    ]
    for act in refused:
        with pytest.raises(ValidationError, match="has ended"):
            act()
    with pytest.raises(MoveRefused):
        ask(place, application)
    assert list(Request.objects.waiting()) == []
    path = reverse("loans:request-create", args=[application.pk])
    assert signed_in(place.staff.officer).get(path).status_code == 302


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda asked, by: requests.answer(asked=asked, version=0, answer="Here.", by=by), "Hand the paper in"),
        (lambda asked, by: requests.withdraw(asked=asked, version=0, reason="", by=by), "Write why"),
    ],
)
def test_what_is_refused_of_a_paper(place, application, act, said):
    asked = ask(place, application)

    with pytest.raises(ValidationError, match=said):
        act(asked, place.staff.officer)


def test_an_answer_has_words(application):
    with pytest.raises(ValidationError, match="Write the answer"):
        requests.answer(asked=RequestFactory(application=application), version=0, answer="", by=application.person.user)


def test_nobody_else_asks_or_takes_back(place, application):
    with pytest.raises(PermissionDenied):
        ask(place, application, by=place.staff.cashier)
    with pytest.raises(PermissionDenied):
        requests.withdraw(
            asked=RequestFactory(application=application), version=0, reason="x", by=lender().staff.officer
        )


PERMITTED = {
    "answer": {"borrower", "advisor", "system"},
    "withdraw": {"officer", "manager", "area"},
    "reopen": {"system"},
}


@pytest.mark.parametrize("verb", REQUEST_MOVES)
def test_who_may_make_each_move(place, application, verb):
    asked = RequestFactory(application=application)
    people = vars(place.staff) | {
        "borrower": application.person.user, "advisor": application.enterprise.case.advisor, "system": system(),
    }  # fmt: skip

    assert {name for name, by in people.items() if by.has_perm(REQUEST_MOVES[verb].permission, asked)} == PERMITTED[
        verb
    ]


def test_sight_and_permission_agree(place, application):
    rows = [RequestFactory(application=application, of=of) for of in ("applicant", "smeda")] + [RequestFactory()]
    people = [*vars(place.staff).values(), application.person.user, application.enterprise.case.advisor, system()]

    for user in people:
        seen = set(Request.objects.visible_to(user))
        assert seen == {row for row in rows if user.has_perm("loans.view_request", row)}


ENDED = {"ended_at": timezone.now()}


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("loans_request_says_what", {"words": ""}),
        ("loans_request_says_what", {"kind": "paper"}),
        ("loans_request_ends_with_what_came", {"answer": "Too early"}),
        ("loans_request_ends_with_what_came", {"state": "answered", **ENDED}),
        ("loans_request_ends_with_what_came", {"state": "withdrawn", **ENDED}),
    ],
)
def test_constraints(constraint, wrong):
    by = {"ended_by": system()} if "ended_at" in wrong else {}
    assert refused_by(constraint, lambda: RequestFactory(**wrong, **by))
    assert not refused_by(constraint, RequestFactory)
    assert not refused_by(
        constraint, lambda: RequestFactory(state="answered", answer="Here.", ended_by=system(), **ENDED)
    )


def test_the_list_asks_as_much_for_one_as_for_many(place, application, signed_in, django_assert_num_queries):
    client, counts = signed_in(place.staff.officer), []
    client.get(application.get_absolute_url())
    for more in (1, 2, 497):
        for _one in range(more):
            RequestFactory(application=application)
        with django_assert_num_queries(36):
            counts.append(client.get(application.get_absolute_url()).status_code)
    assert counts == [200] * 3
