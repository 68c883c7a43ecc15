"""Who must not decide: said by the member or known by their number; the page says so before, the database holds it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from enterprises.models import Kinship
from journal.models import Event
from journal.moves import MoveRefused
from loans.actions import applications, committee, conflicts
from loans.conflicts import conflict_of
from loans.models import Conflict, RefusalReason
from tests.factories.enterprises import PersonFactory
from tests.factories.loans import (
    ApplicationFactory,
    GuarantorFactory,
    VoteFactory,
    approved,
    guaranteed,
    lender,
)
from tests.loans.test_applications import problems
from tests.loans.test_models import refused_by
from tests.loans.test_views import send, text_of

pytestmark = pytest.mark.django_db
NUMBER = "+923001234567"


@pytest.fixture
def place():
    return lender()


@pytest.fixture
def application(place):
    return ApplicationFactory(product=place.product, branch=place.branch, **guaranteed())


def declare(application, by, why="relative"):
    return conflicts.declare(application=application, version=application.version, why=why, by=by)


def vote(application, by):
    return committee.vote(application=application, version=application.version, approves=True, amount=6000, by=by)


def test_who_said_so_neither_votes_nor_refuses(place, application):
    declare(application, place.staff.manager)
    reason = RefusalReason.objects.exclude(needs_text=True).first()

    with pytest.raises(ValidationError) as refusal:
        vote(application, place.staff.manager)
    with pytest.raises(ValidationError):
        applications.refuse(application=application, version=0, refusal=reason, by=place.staff.manager)

    said = "You do not decide on this application. You said that you must not decide on it: a relative of mine."
    assert problems(refusal) == [said]
    assert Event.objects.get(name="loans.conflict_declared").audience == ["lender"]
    assert str(Conflict.objects.visible_to(place.staff.manager).get()).startswith("conflict ")


def test_others_decide(place, application):
    declare(application, place.staff.manager)

    assert vote(application, place.staff.area).votes.count() == 1


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        ("applicant", "Your number is the applicant's number on file."),
        ("guarantor", "Your number is the number of a guarantor on file."),
        ("stranger", ""),
    ],
)
def test_numbers_that_are_the_members_own(place, application, whose, said):
    User.objects.filter(pk=place.staff.manager.pk).update(phone=NUMBER)
    member = User.objects.get(pk=place.staff.manager.pk)
    person = PersonFactory(phone=NUMBER) if whose != "applicant" else application.person
    person.phone = NUMBER
    person.save(update_fields=["phone"])
    if whose == "guarantor":
        GuarantorFactory(application=application, person=person)

    assert conflict_of(member, application) == said
    facts = {"application": application, "member": member}
    assert refused_by("loans_conflict_stops_the_vote", lambda: VoteFactory(**facts)) is bool(said)


def test_number_of_a_close_relative(place, application, monkeypatch):
    User.objects.filter(pk=place.staff.manager.pk).update(phone=NUMBER)
    brother = PersonFactory(phone=NUMBER)
    asked = []

    def close_to_each(people, *, on):
        asked.append((people, on))
        return {application.person_id: {brother.pk: "brother"}}

    monkeypatch.setattr(Kinship.objects, "close_to_each", close_to_each)

    said = conflict_of(User.objects.get(pk=place.staff.manager.pk), application)

    assert said == "Your number is the number of a close relative of the applicant on file."
    assert asked == [({application.person_id: {brother.pk}}, timezone.localdate())]


def check_database_refuses(place, application):
    Conflict.objects.create(application=application, member=place.staff.manager, why="money")
    facts = {"application": application, "member": place.staff.manager}
    assert refused_by("loans_conflict_stops_the_vote", lambda: VoteFactory(**facts))


def test_the_database_refuses_the_vote(place, application):
    check_database_refuses(place, application)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: without the trigger")
def test_the_database_refuses_the_vote_control(place, application):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER conflict_stops_the_vote ON loans_vote")

    check_database_refuses(place, application)


def test_it_is_never_changed(place, application):
    declare(application, place.staff.manager)

    assert refused_by("append-only", lambda: Conflict.objects.update(why="other"))
    assert refused_by("loans_conflict_once", lambda: Conflict.objects.create(
        application=application, member=place.staff.manager, why="other"
    ))  # fmt: skip


def test_declaring_twice_and_after_the_vote(place, application):
    declare(application, place.staff.manager)
    vote(application, place.staff.area)

    for member, said in [
        (place.staff.manager, "You have said so already."),
        (place.staff.area, "You have voted on this application already."),
    ]:
        with pytest.raises(ValidationError) as refusal:
            declare(application, member)
        assert problems(refusal) == [said]


def test_declaring_by_who_does_not_vote_and_when_it_is_decided(place, application):
    with pytest.raises(PermissionDenied):
        declare(application, place.staff.officer)
    with pytest.raises(MoveRefused):
        declare(ApplicationFactory(product=place.product, branch=place.branch, **approved()), place.staff.manager)


# The pages


def url(name, application):
    return reverse(f"loans:application-{name}", args=[application.pk])


def test_the_page_says_it_before_and_offers_no_vote(place, application, signed_in):
    client = signed_in(place.staff.manager)
    before = client.get(application.get_absolute_url()).content.decode()
    answer = send(client, url("conflict", application), version=0, why="friend")
    after = client.get(application.get_absolute_url())

    assert [name in before for name in (url("vote", application), url("conflict", application))] == [True, True]
    assert (answer.status_code, answer.url) == (302, application.get_absolute_url())
    assert "You do not decide on this application. You said that you must not" in text_of(after)
    for name in ("vote", "refuse", "conflict"):
        assert url(name, application) not in after.content.decode()
    seen = text_of(signed_in(place.staff.area).get(application.get_absolute_url()))
    assert "Conflict of interest" in seen
    assert "a friend" not in seen


@pytest.mark.parametrize("name", ["vote", "conflict"])
def test_pages_lead_back_with_the_reason(place, application, signed_in, name):
    declare(application, place.staff.manager)

    response = signed_in(place.staff.manager).get(url(name, application), follow=True)

    assert response.redirect_chain == [(application.get_absolute_url(), 302)]
    assert "You do not decide on this application." in text_of(response)


def test_page_of_a_conflict_after_the_vote_leads_back(place, application, signed_in):
    vote(application, place.staff.manager)

    response = signed_in(place.staff.manager).get(url("conflict", application), follow=True)

    assert "You have voted on this application already." in text_of(response)


def test_a_refused_answer_stays_on_the_page(place, application, signed_in):
    answer = send(signed_in(place.staff.manager), url("conflict", application), version=0, why="nonsense")

    assert answer.status_code in {200, 302}
    assert not Conflict.objects.exists()
