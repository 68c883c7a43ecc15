"""Obstacles that are the same are one, or are offered to be joined; and who sees to them is not lost."""

import uuid

import pytest
from django.urls import reverse

from accounts.roles import Role
from casework.actions import barriers
from casework.models import Barrier
from casework.pages import barriers as pages
from kit.templatetags.kit import own
from tests.factories.accounts import colleague
from tests.factories.barriers import BarrierFactory, BarrierReportFactory, authority
from tests.factories.casework import CalledFactory
from tests.factories.enterprises import district

pytestmark = pytest.mark.django_db
SAID = "بجلی کا کنکشن نہیں ملتا"
TYPED_ELSEWHERE = "بجلي كا  كنكشن نهيں ملتا۔"


@pytest.fixture
def manager():
    return colleague(Role.PROGRAMME_MANAGER)


def report(what):
    case = CalledFactory()
    return barriers.report(case=case, by=case.advisor, days_lost=3, authority=authority(), what=what)


def page_of(barrier):
    return reverse("casework:barrier-detail", args=[barrier.pk])


def shown():
    (group,) = pages.groups(pages.worst(Barrier.objects.all()), is_linked=True)
    return [[cell["text"] for cell in row["cells"]][-2:] for row in group["rows"]]


@pytest.mark.parametrize(("first", "second"), [(SAID, TYPED_ELSEWHERE), ("Asks twice.", "asks  TWICE")])
def test_what_reads_the_same_is_one(first, second):
    made = [report(first).barrier, report(second).barrier]

    assert made[0] == made[1]
    assert Barrier.objects.get().what == first


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: only the very letters count")
def test_what_reads_the_same_is_one_control(monkeypatch):
    monkeypatch.setattr("casework.actions.barriers.as_read", str.casefold)

    test_what_reads_the_same_is_one(SAID, TYPED_ELSEWHERE)


def test_what_reads_the_same_in_other_districts_is_offered_to_the_programmes_manager(manager, signed_in):
    here = BarrierFactory(what="Asks for a bribe at the gate")
    there = BarrierFactory(what="asks for a bribe at the  gate.", district=district("lahore"))
    near = BarrierFactory(what="Asks for bribe at a gate", district=district("khanewal"))
    for other in ({"what": "No electricity"}, {"what": here.what, "authority": authority("tax")}):
        BarrierFactory(**other)
    BarrierFactory(what=here.what, same_as=near)

    page = signed_in(manager).get(page_of(here))
    form = signed_in(manager).get(reverse("casework:barrier-join", args=[here.pk])).context["form"]

    assert page.context["alike"] == pages.alike(here) == [there, near]
    assert [form["into"].value(), *form.fields["into"].queryset[:2]] == [there.pk, there, near]
    assert "Reads nearly the same" in page.text
    assert signed_in(CalledFactory().advisor).get(page_of(here)).context["alike"] == []


def test_where_none_is_like_it_none_is_chosen(manager, signed_in):
    alone = BarrierFactory(what="Asks for a bribe at the gate")
    BarrierFactory(what="No electricity")
    client = signed_in(manager)

    assert "Reads nearly the same" not in client.get(page_of(alone)).text
    form = client.get(reverse("casework:barrier-join", args=[alone.pk])).context["form"]
    assert (form["into"].value(), form.fields["into"].queryset.count()) == (None, 1)


def test_who_sees_to_it_and_the_answer_go_on_where_it_is_joined_and_back(manager, signed_in):
    told = BarrierReportFactory(barrier__what="Told", barrier__owner="Commissioner", barrier__answer="Heard.").barrier
    goes_on = BarrierReportFactory(barrier__what="Goes on").barrier

    joined = barriers.join(barrier=told, into=goes_on, by=manager, version=0)
    together = shown()
    form = signed_in(manager).get(page_of(goes_on)).context["form"]
    barriers.part(barrier=joined, by=manager, version=joined.version)

    assert together == [[own("Commissioner"), own("Heard.")]]
    assert [form["owner"].value(), form["answer"].value()] == ["Commissioner", "Heard."]
    assert sorted(shown()) == sorted([[own("Commissioner"), own("Heard.")], ["–", "–"]])


def test_what_stands_at_the_one_that_goes_on_is_kept_and_the_other_answer_stands_beside_it(manager, signed_in):
    goes_on = BarrierReportFactory(barrier__owner="Commissioner", barrier__answer="Heard.").barrier
    for owner, answer in (("Tax office", "Refused."), ("Mayor", "")):
        told = BarrierReportFactory(barrier__owner=owner, barrier__answer=answer).barrier
        barriers.join(barrier=told, into=goes_on, by=manager, version=0)

    page = signed_in(manager).get(page_of(goes_on)).text

    assert shown() == [[own("Commissioner"), own("Heard.")]]
    assert [said in page for said in ("Tax office", "Refused.", "Mayor")] == [True, True, True]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_page_takes_as_many_questions_however_many_are_like_it(
    number, manager, signed_in, django_assert_num_queries
):
    barrier = BarrierFactory(what="Asks twice")
    for _each in range(number):
        BarrierFactory(what="asks twice.", district=district("lahore"))
    client = signed_in(manager)
    client.get(page_of(barrier))

    with django_assert_num_queries(QUERIES):
        assert len(client.get(page_of(barrier)).context["alike"]) == min(number, pages.ALIKE)


QUERIES = 8


def send(client, path, **typed):
    return client.post(path, typed | {"request_key": str(uuid.uuid4())})


def test_what_the_page_showed_of_the_joined_one_is_kept_when_it_is_saved(manager, signed_in):
    goes_on = BarrierFactory(what="Goes on")
    BarrierFactory(owner="Commissioner", answer="Heard.", same_as=goes_on)

    send(signed_in(manager), page_of(goes_on), version=0, what="Goes on", owner="Commissioner", answer="Heard, twice.")

    goes_on.refresh_from_db()
    assert (goes_on.owner, goes_on.answer) == ("Commissioner", "Heard, twice.")
