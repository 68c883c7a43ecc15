import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from messaging import texts
from messaging.kinds import Recipient
from messaging.models import Message
from messaging.outbox import plan
from tests.factories.enterprises import ConsentFactory, PersonFactory
from tests.factories.training import (
    CertificateFactory,
    CourseFactory,
    CourseRunFactory,
    EnrolmentFactory,
    SeatedFactory,
    SittingFactory,
)
from training import messages
from training.models import Enrolment
from training.states import EnrolmentState, RunState

pytestmark = pytest.mark.django_db
KARACHI = timezone.get_default_timezone()
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=KARACHI)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def helpline(settings):
    settings.HELPLINE = "0800-00000"


def seated(*, starts_at=None, **attributes):
    """Somebody who has had their seat for long."""
    enrolment = SeatedFactory(**{"seated_at": NOON - 30 * DAY} | attributes)
    if starts_at:
        SittingFactory(run=enrolment.run, number=1, starts_at=starts_at)
    return enrolment


def test_a_message_goes_to_the_persons_phone_in_their_language():
    person = PersonFactory(phone="+923000001234", language="en")
    unasked = messages.to_person(Enrolment(person=person))
    ConsentFactory(person=person, kind="contact")

    found = messages.to_person(Enrolment(person=person))

    assert unasked is None
    assert found == Recipient(phone="+923000001234", language="en", person_id=person.pk)


def test_nobody_is_told_without_a_phone():
    assert messages.to_person(Enrolment(person=PersonFactory(phone=""))) is None


def test_the_texts_in_english():
    run = CourseRunFactory(course=CourseFactory(name="Keep a simple cash book"), place="SMEDA office, Multan")
    enrolment = seated(run=run, starts_at=timezone.now() + DAY)
    CertificateFactory(enrolment=enrolment, code="7K4M-QD2X")
    when = messages.when_of(enrolment)

    found = [kind.render(enrolment, "en") for kind in messages.KINDS]

    assert found == [
        f"Seat booked: Keep a simple cash book. First class {when}, SMEDA office, Multan. Free. Help 0800-00000",
        f"A seat is free for you: Keep a simple cash book. {when}, SMEDA office, Multan. Cannot come? Call 0800-00000",
        f"Your class: Keep a simple cash book, {when}, SMEDA office, Multan. Help 0800-00000",
        "Well done! You finished Keep a simple cash book. Certificate 7K4M-QD2X. See it on your page. Help 0800-00000",
    ]


@pytest.mark.parametrize("language", ["en", "ur"])
def test_where_others_read_the_course_is_not_named(language):
    run = CourseRunFactory(course=CourseFactory(name="Ready for a loan", name_ur="قرض کی تیاری"))
    enrolment = seated(run=run, starts_at=timezone.now() + DAY)

    said = [kind.discreet(enrolment, language) for kind in messages.KINDS]

    assert [word for word in ("loan", "قرض") if word in " ".join(said)] == []
    assert ("Well done!" in said[3], "مبارک" in said[3]) == (language == "en", language == "ur")
    assert [texts.parts(text) <= (1 if language == "en" else 2) for text in said] == [True] * 4


def test_the_day_and_hour_of_the_next_class():
    enrolment = seated(starts_at=dt.datetime(2099, 11, 24, 14, 30, tzinfo=KARACHI))

    assert messages.when_of(enrolment) == "24 Nov 2099 2:30 pm"


@time_machine.travel("2026-11-24 12:00 +0500", tick=False)
def test_without_a_class_to_come_the_first_day_is_said():
    enrolment = seated(run=CourseRunFactory(starts_on=dt.date(2026, 12, 1)))

    assert messages.when_of(enrolment) == "1 Dec"


def test_whoever_has_a_class_until_the_end_of_tomorrow_is_reminded():
    due = [seated(starts_at=NOON + HOUR), seated(starts_at=NOON + DAY), seated(starts_at=NOON + DAY + 11 * HOUR)]
    seated(starts_at=NOON - HOUR)  # over
    seated(starts_at=NOON + 2 * DAY)  # later
    seated(starts_at=NOON + DAY, run=CourseRunFactory(state=RunState.FINISHED))
    SittingFactory(run=EnrolmentFactory().run, starts_at=NOON + DAY)  # only waits

    assert list(messages.SITTING_TOMORROW.due(NOON)) == due


def test_whoever_got_their_seat_the_day_before_the_class_is_told_once():
    """The text of the seat says day, hour and place; a second one in the same minute says nothing more."""
    midnight = NOON - 12 * HOUR
    before, _since = (seated(starts_at=NOON + DAY, seated_at=at) for at in (midnight - HOUR, midnight))

    assert list(messages.SITTING_TOMORROW.due(NOON)) == [before]


def test_one_reminder_a_day_of_classes():
    enrolment = seated(starts_at=NOON + DAY)
    SittingFactory(run=enrolment.run, number=2, starts_at=NOON + DAY + 2 * HOUR)

    planned = next(iter(messages.SITTING_TOMORROW.due(NOON)))

    assert messages.day_of_class(planned) == "2026-11-25"


def test_the_occasion_asked_again_at_sending_is_the_same():
    soon = timezone.now() + HOUR
    enrolment = seated(starts_at=soon)
    planned = next(iter(messages.SITTING_TOMORROW.due(timezone.now())))

    assert messages.day_of_class(planned) == messages.day_of_class(enrolment) == timezone.localdate(soon).isoformat()


def test_without_a_class_to_come_there_is_no_occasion():
    assert messages.day_of_class(seated()) == ""


def test_a_reminder_is_still_due_while_the_class_is_to_come_and_the_seat_is_kept():
    soon, over, far = seated(starts_at=timezone.now() + HOUR), seated(), seated(starts_at=timezone.now() + 5 * DAY)
    left = seated(starts_at=timezone.now() + HOUR)
    left.state = EnrolmentState.CANCELLED

    found = [messages.SITTING_TOMORROW.still_due(enrolment) for enrolment in (soon, over, far, left)]

    assert found == [True, False, False, False]


def test_a_certificate_is_told_while_it_counts():
    completed, reopened = Enrolment(state=EnrolmentState.COMPLETED), Enrolment(state=EnrolmentState.ENROLLED)

    assert [messages.CERTIFIED.still_due(enrolment) for enrolment in (completed, reopened)] == [True, False]


def test_planning_twice_queues_one_reminder_each_in_a_fixed_number_of_queries(django_assert_num_queries):
    now = timezone.now()
    enrolments = [seated(starts_at=now + HOUR) for _time in range(3)]

    plan(now)
    plan(now)

    found = list(Message.objects.filter(kind="training.sitting_tomorrow").values_list("target_id", flat=True))
    assert sorted(found) == [enrolment.pk for enrolment in enrolments]
    with django_assert_num_queries(1):
        days = [messages.day_of_class(enrolment) for enrolment in messages.SITTING_TOMORROW.due(now)]
    assert len(days) == 3
