"""R2: every answer is kept when it is given; two clicks, Back and refresh never make a second draft."""

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enterprises.actions import drafts
from enterprises.messages import newcomer
from enterprises.models import Draft, Sector
from messaging.kinds import Recipient
from places.calendar import OFFICE, add_working_days
from tests.factories.enterprises import (
    ClaimFactory,
    DraftCallFactory,
    DraftFactory,
    EnterpriseFactory,
    OneTimeCodeFactory,
    PersonFactory,
    district,
)

KEY = uuid.UUID(int=7)
REACH = {"phone": "+923000001234", "phone_owner": "self", "district": "multan", "place": ""}


def begin(**changes):
    return drafts.begin(**{"stage": "running", "language": "ur", "request_key": KEY} | changes)


@pytest.mark.django_db
def test_the_same_page_sent_again_is_the_same_draft():
    first = begin()
    drafts.save_step(draft=first, step="who", answers={"name": "Nasreen Bibi"})

    again = begin(stage="idea")

    assert (again, again.answers) == (first, {"start": {"stage": "idea"}, "who": {"name": "Nasreen Bibi"}})


@pytest.mark.django_db
def test_what_was_typed_on_two_pages_is_kept_beside_the_answers():
    draft = begin()
    drafts.save_typed(draft=draft, step="who", typed={"name": "Nasreen"})

    kept = drafts.save_typed(draft=draft, step="reach", typed={"phone": "0300"})

    assert drafts.typed_in(kept) == {"who": {"name": "Nasreen"}, "reach": {"phone": "0300"}}
    assert kept.phone == ""


@pytest.mark.django_db
def test_a_registration_that_was_sent_keeps_nothing_more():
    draft = DraftFactory(state="done", reference="MUL-4827999", district=district())

    assert drafts.typed_in(drafts.save_typed(draft=draft, step="who", typed={"name": "x"})) == {}


@pytest.mark.django_db
def test_another_page_is_another_draft():
    assert begin() != begin(request_key=uuid.UUID(int=8))


@pytest.mark.django_db
def test_the_token_cannot_be_told_from_the_key():
    assert begin().token != KEY


@pytest.mark.django_db
def test_a_page_kept_open_begins_a_second_registration_after_the_first():
    first = begin()
    Draft.objects.update(state="done", reference="MUL-1", district=district())

    second = begin()

    assert (second == first, second.state) == (False, "open")


@pytest.mark.django_db
def test_another_opening_asks_what_it_is_again():
    draft = begin()
    for step, answers in (("what", {"sector": "tailoring"}), ("reach", {"district": "multan"})):
        drafts.save_step(draft=draft, step=step, answers=answers)

    found = [sorted(begin(stage=stage).answers) for stage in ("running", "idea", "running")]

    assert found == [["reach", "start", "what"], ["reach", "start", "typed"], ["start", "typed"]]


@pytest.mark.django_db
def test_what_an_idea_is_not_asked_waits_beside_its_answers_and_counts_as_nothing():
    """R2: also where its page is not answered but left for later."""
    draft = begin()
    drafts.save_step(draft=draft, step="what", answers={"sector": "tailoring", "name": "House"})
    draft = drafts.save_typed(draft=begin(stage="idea"), step="what", typed={"sector": ""})
    left = drafts.typed_in(draft)

    draft = drafts.save_step(draft=draft, step="what", answers={"sector": "food"})

    assert left == {"what": {"sector": "", "name": "House"}}
    assert (draft.said("what"), draft.said("reach")) == ({"sector": "food"}, {})
    draft = begin()
    assert drafts.typed_in(draft)["what"] == {"sector": "food", "name": "House"}


@pytest.mark.django_db
def test_a_step_keeps_its_answers_and_the_time():
    draft = DraftFactory(answers={"start": {"stage": "idea"}}, touched_at=timezone.now() - dt.timedelta(days=3))

    kept = drafts.save_step(draft=draft, step="reach", answers=REACH, language="ur")

    assert (kept.phone, kept.language, kept.last_step) == ("+923000001234", "ur", "reach")
    assert timezone.now() - kept.touched_at < dt.timedelta(minutes=1)


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "is_live"), [("+923000001234", True), ("+923009999999", False)])
def test_a_code_is_good_for_the_number_that_it_went_to(number, is_live):
    draft = DraftFactory(phone="+923000001234")
    code = OneTimeCodeFactory(purpose="register", draft=draft)

    drafts.save_step(draft=draft, step="reach", answers=REACH | {"phone": number})

    assert type(code).objects.live(at=timezone.now()).exists() == is_live


@pytest.mark.django_db
def test_what_is_sent_stays_as_it_was_sent():
    draft = DraftFactory(state="done", reference="MUL-1", district=district())

    kept = drafts.save_step(draft=draft, step="who", answers={"name": "Another"})

    assert kept.answers["who"]["name"] == "Nasreen Bibi"


@pytest.mark.django_db
def test_a_business_is_read_from_the_answers():
    draft = DraftFactory()
    draft.answers["what"]["started_on"] = "2019-03-01"

    business = drafts.business_of(draft)

    assert business == drafts.Business(
        stage="running",
        sector=Sector.objects.get(code="tailoring"),
        district=district(),
        name="Nasreen Stitching House",
        what="Uniforms",
        place="Shah Rukn-e-Alam",
        started_on=dt.date(2019, 3, 1),
        help_wanted=("loan",),
    )


@pytest.mark.django_db
def test_an_idea_has_no_first_day_and_wants_to_start():
    draft = DraftFactory()
    draft.answers |= {
        "start": {"stage": "idea"},
        "what": {"sector": "undecided", "started_on": "2019-03-01"},
    }

    business = drafts.business_of(draft)

    assert (business.stage, business.name, business.started_on, business.help_wanted) == ("idea", "", None, ("start",))


@pytest.mark.django_db
def test_drafts_are_erased_thirty_days_after_the_last_touch():
    """R2. The row stays without anybody in it: it is counted."""
    now = timezone.now()
    old = now - dt.timedelta(days=31)
    finished = {"state": "done", "reference": "MUL-1", "district": district()}
    stopped = DraftFactory(touched_at=old, person=PersonFactory())
    OneTimeCodeFactory(draft=stopped)
    done = DraftFactory(touched_at=old, enterprise=EnterpriseFactory(), **finished)
    fresh = DraftFactory(touched_at=now - dt.timedelta(days=29))
    waiting = ClaimFactory(draft__touched_at=old).draft
    settled = ClaimFactory(
        draft__touched_at=old, settled_at=now, settled_by=EnterpriseFactory().registered_by, outcome="same"
    ).draft

    erased = drafts.forget(now=now)

    left = {draft: (draft.state, bool(draft.answers), bool(draft.phone)) for draft in Draft.objects.all()}
    assert (erased, left) == (
        3,
        {
            stopped: ("erased", False, False),
            done: ("done", False, False),
            fresh: ("open", True, True),
            waiting: ("claim", True, True),
            settled: ("claim", False, False),
        },
    )
    stopped.refresh_from_db()
    assert (stopped.stopped_at, stopped.person, stopped.codes.count()) == (old, None, 0)
    assert drafts.forget(now=now) == 0


@pytest.mark.django_db
def test_what_is_erased_holds_nothing():
    with pytest.raises(IntegrityError, match="enterprises_draft_erased_holds_nothing"):
        DraftFactory(state="erased")


def leave(draft, *, hours):
    """Make it so long ago that the draft was touched."""
    Draft.objects.filter(pk=draft.pk).update(touched_at=timezone.now() - dt.timedelta(hours=hours))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("phone", "hours", "is_counted"), [("+923000001234", 2, True), ("+923000001234", 0.9, False), ("", 2, False)]
)
def test_who_comes_back_after_an_hour_had_stopped(phone, hours, is_counted):
    """R3: the share that is recovered counts whoever could be called."""
    draft = DraftFactory(phone=phone)
    leave(draft, hours=hours)
    left_at = Draft.objects.get().touched_at

    kept = drafts.save_step(draft=draft, step="what", answers={"help": []})

    assert kept.stopped_at == (left_at if is_counted else None)


@pytest.mark.django_db
def test_the_first_stop_is_the_one_that_counts():
    first = timezone.now() - dt.timedelta(days=9)
    draft = DraftFactory(stopped_at=first)
    leave(draft, hours=3)

    assert drafts.save_step(draft=draft, step="what", answers={"help": []}).stopped_at == first


@pytest.mark.django_db
def test_a_call_is_due_on_the_next_working_day_once_there_is_a_number():
    draft = DraftFactory(phone="", answers={"start": {"stage": "idea"}})
    tomorrow = add_working_days(timezone.localdate(), 1, calendar=OFFICE)

    before = drafts.save_step(draft=draft, step="who", answers={"name": "Nasreen Bibi"}).call_due_on
    after = drafts.save_step(draft=draft, step="reach", answers=REACH).call_due_on

    assert (before, after) == (None, tomorrow)


@pytest.mark.django_db
def test_the_district_is_known_as_soon_as_it_is_said(advisor):
    draft = DraftFactory()

    assert drafts.save_step(draft=draft, step="reach", answers=REACH).district == district()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("earlier", "outcome", "days"),
    [
        ([], "will_finish", 3),
        ([], "no_answer", 1),
        (["no_answer"], "no_answer", 1),
        (["no_answer"] * 2, "no_answer", None),
    ],
)
def test_what_came_of_a_call_says_when_the_next_one_is_due(advisor, earlier, outcome, days):
    """R3. After the third call that nobody answered it is let be."""
    draft = DraftFactory(district=district(), call_due_on=timezone.localdate())
    for one in earlier:
        DraftCallFactory(draft=draft, outcome=one)

    call = drafts.log_call(draft=draft, outcome=outcome, by=advisor)

    draft.refresh_from_db()
    due_on = days and add_working_days(timezone.localdate(), days, calendar=OFFICE)
    assert (draft.call_due_on, call.by, draft.state) == (due_on, advisor, "open")


@pytest.mark.django_db
def test_who_does_not_want_to_register_is_forgotten_at_once(advisor):
    draft = DraftFactory(district=district())

    drafts.log_call(draft=draft, outcome="not_wanted", by=advisor)

    draft.refresh_from_db()
    assert (draft.state, draft.answers, draft.phone, draft.call_due_on) == ("erased", {}, "", None)


@pytest.mark.django_db
def test_what_was_finished_meanwhile_needs_no_call(advisor):
    draft = DraftFactory(state="done", reference="MUL-1", district=district())

    with pytest.raises(ValidationError, match="does not wait for a call"):
        drafts.log_call(draft=draft, outcome="no_answer", by=advisor)


@pytest.mark.django_db
def test_advisors_of_other_districts_do_not_call(advisor):
    with pytest.raises(PermissionDenied):
        drafts.log_call(draft=DraftFactory(district=district("lahore")), outcome="no_answer", by=advisor)


def drafts_at_once(*, clicks=20):
    start = threading.Barrier(clicks)

    def click(_place):
        try:
            start.wait(timeout=60)
            begin()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(clicks) as pool:
        list(pool.map(click, range(clicks)))
    return Draft.objects.count()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_twenty_clicks_at_once_begin_one_registration():
    assert drafts_at_once() == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_with_a_token_of_chance_there_are_twenty(monkeypatch):
    """The failing control: the token is not derived from the form's key."""
    monkeypatch.setattr(drafts, "token_of", lambda _key: uuid.uuid4())

    with pytest.raises(AssertionError):
        assert drafts_at_once() == 1


@pytest.mark.parametrize(
    ("stage", "further"),
    [("running", {"what": "Uniforms", "started_on": None, "help_wanted": ("loan",)}), ("idea", {})],
)
def test_what_a_colleagues_page_does_not_ask_goes_along(stage, further):
    draft = DraftFactory.build()
    draft.answers["start"]["stage"] = stage

    assert drafts.further_of(draft) == further


WHO = {"name": "Nasreen Bibi"}
PHONE, WHERE = {"phone": "+923000001234", "phone_owner": "self"}, {"district": "multan", "place": "Mumtazabad"}
WHAT, HELP = {"sector": "tailoring", "name": "House"}, {"help": ["loan"]}
RUNNING, IDEA = {"start": {"stage": "running"}, "who": WHO}, {"start": {"stage": "idea"}, "who": WHO}
FORMER = [
    (RUNNING | {"phone": PHONE}, {"typed": {"reach": PHONE}}),
    (RUNNING | {"phone": PHONE, "what": WHAT}, {"typed": {"reach": PHONE, "what": WHAT}}),
    (
        RUNNING | {"phone": PHONE, "what": WHAT, "where": WHERE, "typed": {"who": WHO, "help": {"help": [""]}}},
        {"reach": PHONE | WHERE, "typed": {"who": WHO, "what": WHAT | {"help": [""]}}},
    ),
    (
        RUNNING | {"phone": PHONE, "what": WHAT, "where": WHERE, "help": HELP, "consents": {}, "typed": {}},
        {"reach": PHONE | WHERE, "what": WHAT | HELP, "consents": {}, "typed": {}},
    ),
    (IDEA | {"phone": PHONE, "what": WHAT, "where": WHERE}, {"reach": PHONE | WHERE, "what": WHAT}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), FORMER)
def test_a_registration_begun_on_five_pages_goes_on_with_three(before, after):
    """R2: what was answered stands; a page of which a part was not is asked again, filled in."""
    migration = import_module("enterprises.migrations.0031_three_pages_of_a_registration")
    draft = DraftFactory(answers=before, last_step="phone")
    begun = {page: said for page, said in before.items() if page in {"start", "who"}}

    migration.gather(apps, None)
    migration.scatter(apps, None)
    draft.refresh_from_db()
    scattered = {*draft.answers, *draft.answers.get("typed", {}), draft.last_step}
    for _run in range(2):
        migration.gather(apps, None)

    draft.refresh_from_db()
    assert ("reach" in scattered, "phone" in scattered) == (False, True)
    assert (draft.answers, draft.last_step) == (begun | after, "reach")


@pytest.mark.django_db
def test_somebody_signed_in_who_began_on_other_pages_was_asked_for_no_phone():
    migration = import_module("enterprises.migrations.0031_three_pages_of_a_registration")
    draft = DraftFactory(answers={"start": {"stage": "running"}, "where": WHERE}, person=PersonFactory())

    migration.gather(apps, None)

    draft.refresh_from_db()
    assert draft.answers["reach"] == WHERE
    migration.scatter(apps, None)
    draft.refresh_from_db()
    assert draft.answers == {"start": {"stage": "running"}, "where": WHERE}


@pytest.mark.django_db
def test_a_page_saved_while_the_drafts_are_rewritten_is_not_lost(monkeypatch):
    """Each batch is read under its lock; and what was not rewritten yet is read as well."""
    migration = import_module("enterprises.migrations.0031_three_pages_of_a_registration")
    old = RUNNING | {"phone": PHONE, "what": WHAT, "where": WHERE, "help": HELP}
    first = DraftFactory(answers=old, phone=PHONE["phone"])
    second = DraftFactory(answers=RUNNING | {"phone": PHONE})
    read = (first.answered("reach"), first.answered("what"), second.answered("reach"), newcomer(first))
    three_pages = migration.three_pages

    def and_somebody_saves(answers, *, is_known):
        Draft.objects.filter(pk=second.pk).update(answers=old)
        return three_pages(answers, is_known=is_known)

    monkeypatch.setattr(migration, "BATCH", 1)
    monkeypatch.setattr(migration, "three_pages", and_somebody_saves)
    with CaptureQueriesContext(connection) as queries:
        migration.gather(apps, None)

    second.refresh_from_db()
    assert (second.answers["reach"], second.answers["what"]) == (PHONE | WHERE, WHAT | HELP)
    reads = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert [sql.endswith("FOR NO KEY UPDATE") for sql in reads] == [True] * 3
    assert read == (PHONE | WHERE, WHAT | HELP, {}, Recipient(PHONE["phone"], "en", None, is_called=False))
