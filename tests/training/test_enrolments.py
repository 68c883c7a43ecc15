import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from enterprises.models import Grant, Sex
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from messaging.models import Message
from tests.factories.accounts import colleague
from tests.factories.enterprises import (
    EnterpriseFactory,
    OwnershipFactory,
    PersonFactory,
    district,
    entrepreneur,
    system,
)
from tests.factories.training import CourseRunFactory, EnrolmentFactory, SeatedFactory
from training.actions import enrolments
from training.models import CourseRun, Enrolment
from training.states import EnrolmentState, RunState

pytestmark = pytest.mark.django_db


def ask(run, *, by=None):
    ownership = OwnershipFactory()
    return enrolments.enrol(run=run, enterprise=ownership.enterprise, person=ownership.person, by=by or system())


def seats(run):
    run.refresh_from_db()
    return run.seats_taken, Enrolment.objects.filter(run=run).seated().count()


def told():
    return list(Message.objects.order_by("id").values_list("kind", "target_id"))


def written():
    return list(Event.objects.order_by("id").values_list("name", "target_id"))


def test_enrol_takes_a_seat_lets_the_trainer_see_and_tells():
    run = CourseRunFactory(capacity=1)
    ownership = OwnershipFactory()

    enrolment = enrolments.enrol(run=run, enterprise=ownership.enterprise, person=ownership.person, by=system())

    assert enrolment.state == EnrolmentState.ENROLLED
    assert seats(run) == (1, 1)
    assert (enrolment.grant.user, enrolment.grant.enterprise, enrolment.grant.purpose, enrolment.grant.until_at) == (
        run.trainer,
        ownership.enterprise,
        Grant.Purpose.ENROLMENT,
        None,
    )
    assert written() == [("training.enrolled", enrolment.pk)]
    assert told() == [("training.enrolled", enrolment.pk)]


def test_enrol_on_a_full_run_waits():
    run = CourseRunFactory(capacity=1)
    first = ask(run)

    second = ask(run)

    assert second.state == EnrolmentState.WAITING
    assert seats(run) == (1, 1)
    assert written() == [("training.enrolled", first.pk), ("training.waitlisted", second.pk)]
    assert told() == [("training.enrolled", first.pk)]


def test_enrol_writes_who_asked():
    advisor = colleague(Role.ADVISOR, districts=[district()])

    enrolment = ask(CourseRunFactory(), by=advisor)

    assert (enrolment.by, Event.objects.get().by) == (advisor, advisor)


def test_enrol_oneself():
    ownership = entrepreneur()

    enrolment = enrolments.enrol(
        run=CourseRunFactory(), enterprise=ownership.enterprise, person=ownership.person, by=ownership.person.user
    )

    assert enrolment.state == EnrolmentState.ENROLLED


@pytest.mark.parametrize("role", [Role.TRAINER, Role.LOAN_OFFICER, Role.PROGRAMME_MANAGER])
def test_enrol_is_refused_to_others(role):
    with pytest.raises(PermissionDenied):
        ask(CourseRunFactory(), by=colleague(role))


def test_enrol_of_a_stranger_is_refused_to_an_advisor_of_elsewhere():
    with pytest.raises(PermissionDenied):
        ask(CourseRunFactory(), by=colleague(Role.ADVISOR, districts=[district("lahore")]))


def refusal(run, **changes):
    ownership = OwnershipFactory()
    asked = {"enterprise": ownership.enterprise, "person": ownership.person} | changes
    with pytest.raises(ValidationError) as refused:
        enrolments.enrol(run=run, by=system(), **asked)
    return refused.value.code


def test_enrol_after_the_first_day_is_refused():
    yesterday = timezone.localdate() - dt.timedelta(days=1)

    assert refusal(CourseRunFactory(starts_on=yesterday)) == "begun"


def test_enrol_on_a_finished_run_is_refused():
    assert refusal(CourseRunFactory(state=RunState.FINISHED)) == "begun"


def test_enrol_of_a_man_on_a_womens_course_is_refused():
    ownership = OwnershipFactory(person=PersonFactory(sex=Sex.MAN))
    run = CourseRunFactory(women_only=True)

    assert refusal(run, person=ownership.person, enterprise=ownership.enterprise) == "women_only"


def test_enrol_of_a_woman_on_a_womens_course():
    assert ask(CourseRunFactory(women_only=True)).state == EnrolmentState.ENROLLED


def test_enrol_of_somebody_who_does_not_own_the_business_is_refused():
    assert refusal(CourseRunFactory(), person=PersonFactory()) == "not_owner"


def test_enrol_of_a_lead_is_refused():
    """R8: first they agree to be contacted; no total has to leave them out afterwards."""
    lead = EnterpriseFactory(client_since=None)

    assert refusal(CourseRunFactory(), enterprise=lead, person=OwnershipFactory(enterprise=lead).person) == "lead"


def test_enrol_twice_is_refused():
    enrolment = ask(CourseRunFactory())

    assert refusal(enrolment.run, person=enrolment.person, enterprise=enrolment.enterprise) == "twice"


def test_enrol_again_after_leaving_takes_the_last_place():
    run = CourseRunFactory(capacity=1)
    first, second = ask(run), ask(run)
    enrolments.cancel(enrolment=first, by=system(), version=first.version)

    again = enrolments.enrol(run=run, enterprise=first.enterprise, person=first.person, by=system())

    second.refresh_from_db()
    assert (second.state, again.state) == (EnrolmentState.ENROLLED, EnrolmentState.WAITING)


def test_cancel_gives_the_seat_to_the_first_who_waits_and_tells_them():
    run = CourseRunFactory(capacity=1)
    seated, first, second = ask(run), ask(run), ask(run)

    enrolments.cancel(enrolment=seated, by=system(), version=seated.version)

    states = dict(Enrolment.objects.values_list("pk", "state"))
    assert states == {
        seated.pk: EnrolmentState.CANCELLED,
        first.pk: EnrolmentState.ENROLLED,
        second.pk: EnrolmentState.WAITING,
    }
    assert seats(run) == (1, 1)
    assert told() == [("training.enrolled", seated.pk), ("training.seat_free", first.pk)]
    assert written()[-2:] == [("training.cancelled", seated.pk), ("training.enrolled", first.pk)]


def test_cancel_of_who_waits_frees_no_seat():
    run = CourseRunFactory(capacity=1)
    ask(run)
    first, second = ask(run), ask(run)

    enrolments.cancel(enrolment=first, by=system(), version=first.version)

    second.refresh_from_db()
    assert second.state == EnrolmentState.WAITING
    assert seats(run) == (1, 1)


def test_cancel_after_the_course_began_leaves_the_chair_empty():
    run = CourseRunFactory(capacity=1)
    seated, waiting = ask(run), ask(run)
    CourseRun.objects.filter(pk=run.pk).update(starts_on=timezone.localdate() - dt.timedelta(days=1))

    enrolments.cancel(enrolment=seated, by=system(), version=seated.version)

    waiting.refresh_from_db()
    assert waiting.state == EnrolmentState.WAITING
    assert seats(run) == (0, 0)


def test_cancel_after_all_classes_were_held_is_refused():
    run = CourseRunFactory()
    seated = ask(run)
    CourseRun.objects.filter(pk=run.pk).update(state=RunState.FINISHED)

    with pytest.raises(MoveRefused, match="all classes held"):
        enrolments.cancel(enrolment=seated, by=system(), version=seated.version)

    assert seats(run) == (1, 1)


def test_cancel_ends_the_trainers_sight():
    enrolment = ask(CourseRunFactory())

    enrolments.cancel(enrolment=enrolment, by=system(), version=enrolment.version)

    enrolment.grant.refresh_from_db()
    assert enrolment.grant.until_at is not None


def test_cancel_leaves_sight_that_another_course_needs():
    one = ask(CourseRunFactory())
    other = enrolments.enrol(
        run=CourseRunFactory(trainer=one.run.trainer), enterprise=one.enterprise, person=one.person, by=system()
    )

    enrolments.cancel(enrolment=one, by=system(), version=one.version)

    other.grant.refresh_from_db()
    assert (other.grant, other.grant.until_at) == (one.grant, None)


def test_cancel_twice_is_refused():
    enrolment = ask(CourseRunFactory())
    left = enrolments.cancel(enrolment=enrolment, by=system(), version=enrolment.version)

    with pytest.raises(MoveRefused):
        enrolments.cancel(enrolment=left, by=system(), version=left.version)
    assert seats(enrolment.run) == (0, 0)


def test_cancel_of_what_changed_meanwhile_is_a_conflict():
    enrolment = ask(CourseRunFactory())

    with pytest.raises(EditConflict):
        enrolments.cancel(enrolment=enrolment, by=system(), version=enrolment.version + 1)
    assert seats(enrolment.run) == (1, 1)


def test_cancel_by_another_trainer_is_refused():
    enrolment = ask(CourseRunFactory())

    with pytest.raises(PermissionDenied):
        enrolments.cancel(enrolment=enrolment, by=colleague(Role.TRAINER), version=enrolment.version)


def test_sight_is_given_anew_when_another_ends_it_first(monkeypatch):
    """Between finding the live grant and holding its row, somebody else ended it."""
    run = CourseRunFactory()
    ownership = OwnershipFactory()
    give = enrolments.grants.give

    def ended_meanwhile(**asked):
        monkeypatch.setattr(enrolments.grants, "give", give)
        grant = give(**asked)
        enrolments.grants.end(grant=grant, by=system())
        return grant

    monkeypatch.setattr(enrolments.grants, "give", ended_meanwhile)

    enrolment = enrolments.enrol(run=run, enterprise=ownership.enterprise, person=ownership.person, by=system())

    assert enrolment.grant.until_at is None


def test_hand_over_moves_sight_to_the_new_trainer():
    run = CourseRunFactory()
    before, enrolment = run.trainer, ask(run)
    run.trainer = colleague(Role.TRAINER)
    run.save()

    enrolments.hand_over(run=run, by=system())

    live = Grant.objects.filter(until_at__isnull=True).values_list("user", flat=True)
    enrolment.refresh_from_db()
    assert (list(live), enrolment.grant.user) == ([run.trainer.pk], run.trainer)
    assert Grant.objects.get(user=before).until_at is not None


def test_with_ahead_counts_those_who_asked_before():
    run = CourseRunFactory()
    now = timezone.now()
    SeatedFactory(run=run, asked_at=now - dt.timedelta(hours=2))
    first = EnrolmentFactory(run=run, asked_at=now - dt.timedelta(hours=1))
    second, third = EnrolmentFactory(run=run, asked_at=now), EnrolmentFactory(run=run, asked_at=now)
    EnrolmentFactory(asked_at=now - dt.timedelta(hours=1))

    ahead = dict(Enrolment.objects.filter(run=run).waiting().with_ahead().values_list("pk", "ahead"))

    assert ahead == {first.pk: 0, second.pk: 1, third.pk: 2}
