"""R3: who stopped halfway is called, from a list that counts how many came back."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from enterprises.models import DraftCall
from tests.factories.accounts import colleague
from tests.factories.enterprises import DraftFactory, district

pytestmark = pytest.mark.django_db


def stopped(**facts):
    ago = timezone.now() - dt.timedelta(hours=2)
    return DraftFactory(**{"touched_at": ago, "call_due_on": timezone.localdate(), "district": district()} | facts)


def sent(**values):
    return {"request_key": str(uuid.uuid4())} | values


def test_the_list_shows_whom_to_call_and_where_they_stopped(signed_in, advisor):
    late = stopped(call_due_on=timezone.localdate() - dt.timedelta(days=2), answers={"start": {"stage": "idea"}})
    checked = stopped(answers=DraftFactory.build().answers)
    stopped(district=district("lahore"))

    rows = signed_in(advisor).get("/desk/drafts/").context["rows"]

    assert [(row["draft"], row["name"], str(row["step"])) for row in rows] == [
        (late, "", "Who are you?"),
        (checked, "Nasreen Bibi", "The code from the message"),
    ]


def test_without_permissions_they_stopped_at_the_check(signed_in, advisor):
    answers = DraftFactory.build().answers
    del answers["consents"]
    draft = stopped(answers=answers)

    assert str(signed_in(advisor).get(f"/desk/drafts/{draft.pk}/").context["step"]) == "Check your answers"


@pytest.mark.parametrize(
    ("page", "field"),
    [("what", "what"), ("what", "started_year"), ("what", "name"), ("who", "parent_name"), ("reach", "place")],
)
def test_a_draft_from_before_a_question_was_asked_can_be_called(signed_in, advisor, page, field):
    """Drafts live for thirty days: one may lack what is asked today."""
    answers = DraftFactory.build().answers
    answers[page].pop(field, None)
    draft = stopped(answers=answers)

    shown = signed_in(advisor).get(f"/desk/drafts/{draft.pk}/")

    assert (shown.status_code, "Nasreen Bibi" in shown.text) == (200, True)


def test_the_share_of_those_who_came_back_is_shown(signed_in, advisor):
    stopped()
    assert signed_in(advisor).get("/desk/drafts/").context["share"] == 0
    stopped(state="done", reference="MUL-1", stopped_at=timezone.now())

    page = signed_in(advisor).get("/desk/drafts/")

    assert (page.context["share"], "2 people stopped halfway, and 1 of them finished" in page.content.decode()) == (
        50,
        True,
    )


def test_nobody_stopped(signed_in, advisor):
    page = signed_in(advisor).get("/desk/drafts/")

    assert (page.context["share"], "Nobody waits for a call" in page.content.decode()) == (None, True)


def test_what_came_of_the_call_is_written_down_once(signed_in, advisor):
    draft = stopped()
    client, content = signed_in(advisor), sent(outcome="will_finish")

    answers = [client.post(f"/desk/drafts/{draft.pk}/", content)["Location"] for _time in range(2)]

    assert (answers, DraftCall.objects.count()) == (["/desk/drafts/"] * 2, 1)


def test_what_was_finished_while_the_page_stood_open_says_so(signed_in, advisor):
    draft = stopped(state="done", reference="MUL-1")

    page = signed_in(advisor).post(f"/desk/drafts/{draft.pk}/", sent(outcome="no_answer"))

    assert "This registration is over" in page.content.decode()
    assert DraftCall.objects.count() == 0


@pytest.mark.parametrize(("where", "status"), [("multan", 200), ("lahore", 404), (None, 404)])
def test_the_call_belongs_to_the_advisors_of_the_district(signed_in, advisor, where, status):
    draft = stopped(district=district(where) if where else None)

    assert signed_in(advisor).get(f"/desk/drafts/{draft.pk}/").status_code == status


def test_who_reads_everything_calls_nobody(signed_in):
    draft = stopped()
    client = signed_in(colleague(Role.AUDITOR))

    assert client.get(f"/desk/drafts/{draft.pk}/").context["form"] is None
    assert client.post(f"/desk/drafts/{draft.pk}/", sent(outcome="no_answer")).status_code == 403


def test_the_desk_says_who_stopped(signed_in, advisor):
    stopped()

    rows = signed_in(advisor).get("/desk/").context["desk"].groups[0]["rows"]

    assert [str(row["cells"][1]["text"]) for row in rows] == ["Nasreen Bibi"]


def test_the_number_of_queries_does_not_grow_with_the_rows(signed_in, advisor):
    client, counts = signed_in(advisor), []
    for more in (1, 2):
        for _row in range(more):
            stopped()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/desk/drafts/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
