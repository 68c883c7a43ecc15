"""Every verb from every state: what the table says, and nothing else."""

from contextlib import suppress

import pytest

from accounts.roles import Role
from casework.states import (
    BUSINESS_PLAN_MOVES,
    CALL_BACK_MOVES,
    CASE_MOVES,
    FLAG_MOVES,
    FOLLOW_UP_MOVES,
    GRIEVANCE_MOVES,
    HEALTH_MOVES,
    INTRODUCTION_MOVES,
    MEETING_MOVES,
    PLAN_REVIEW_MOVES,
    REFERRAL_MOVES,
    TRANSFER_MOVES,
    WRITING_MOVES,
)
from journal.events import ADVISORS
from journal.models import Event
from journal.moves import MoveRefused, move
from tests.factories.accounts import colleague
from tests.factories.call_backs import CALL_BACKS
from tests.factories.casework import (
    CASES,
    FLAGS,
    INTRODUCTIONS,
    MEETINGS,
    PLAN_REVIEWS,
    PLANS,
    REFERRALS,
    TRANSFERS,
    WRITINGS,
    ContactFactory,
)
from tests.factories.enterprises import system
from tests.factories.grievances import GRIEVANCES
from tests.factories.health import HEALTH_CHECKS
from tests.factories.outcomes import FOLLOW_UPS

pytestmark = pytest.mark.django_db

TABLES = [
    (CASE_MOVES, CASES),
    (BUSINESS_PLAN_MOVES, PLANS),
    (REFERRAL_MOVES, REFERRALS),
    (GRIEVANCE_MOVES, GRIEVANCES),
    (MEETING_MOVES, MEETINGS),
    (HEALTH_MOVES, HEALTH_CHECKS),
    (FOLLOW_UP_MOVES, FOLLOW_UPS),
    (TRANSFER_MOVES, TRANSFERS),
    (FLAG_MOVES, FLAGS),
    (INTRODUCTION_MOVES, INTRODUCTIONS),
    (PLAN_REVIEW_MOVES, PLAN_REVIEWS),
    (WRITING_MOVES, WRITINGS),
    (CALL_BACK_MOVES, CALL_BACKS),
]
EVERY = [
    pytest.param(moves, made, verb, state, id=f"{verb}-{state}")
    for moves, made in TABLES
    for verb in moves
    for state in made
]
# What each target asks for besides its state.
CHANGES = {
    "log_first_contact": {"first_contact_at": "2026-11-24T10:00+05:00", "last_contact_at": "2026-11-24T10:00+05:00"},
    "take_out_first_contact": {"first_contact_at": None, "last_contact_at": None},
    "put_back_first_contact": {"first_contact_at": "2026-11-24T10:00+05:00"},
    "agree_plan": {},
    "reopen": {"closed_at": None, "outcome": "", "first_contact_at": "2026-11-24T10:00+05:00"},
    "reopen_planned": {"closed_at": None, "outcome": "", "first_contact_at": "2026-11-24T10:00+05:00"},
    "reopen_uncalled": {"closed_at": None, "outcome": ""},
    "close": {"closed_at": "2026-11-24T10:00+05:00", "outcome": "graduated"},
    "submit": {"submitted_at": "2026-11-24T10:00+05:00", "due_on": "2026-11-26"},
    "approve": {"approved_at": "2026-11-24T10:00+05:00"},
    "send_back": {},
    "take_up": {},
    "answer": {"answering_event_id": 1, "ended_at": "2026-11-24T10:00+05:00"},
    "drop": {"answering_event_id": 1, "ended_at": "2026-11-24T10:00+05:00"},
    "decline": {"reason": "Too far.", "ended_at": "2026-11-24T10:00+05:00"},
    "confirm": {},
    "say_no": {},
    "cancel": {"reason": "The office is shut."},
    "hold": {},
    "unhold": {"contact": None},
    "unhold_unanswered": {"contact": None},
    "miss": {},
    "withdraw": {"reason": "No longer agreed.", "ended_at": "2026-11-24T10:00+05:00"},
    "finish": {"scores": {"money": 50}, "done_at": "2026-11-24T10:00+05:00"},
    # complaints
    "reply": {"replied_at": "2026-11-24T10:00+05:00"},
    "resolve": {"resolved_at": "2026-11-24T10:00+05:00"},
    "agree": {"agreed_at": "2026-11-24T10:00+05:00", "closed_at": "2026-11-24T10:00+05:00"},
    "disagree": {},
    "lapse": {"closed_at": "2026-12-30T10:00+05:00"},
    # results
    "take_answer": {"answered_at": "2026-11-24T10:00+05:00"},
    "answer_again": {},
    "ask_again": {"to_confirm_since": "2026-11-24T10:00+05:00"},
    "run_out": {},
    "end": {"reason": "No longer there.", "ended_at": "2026-11-24T10:00+05:00"},
    # transfers and flags
    "accept": {},
    "refuse": {"refusal": "Too far."},
    "undo": {"undone_at": "2026-11-24T10:00+05:00"},
    "clear": {"clearing": "Settled.", "cleared_at": "2026-11-24T10:00+05:00"},
    "draw": {"drawn_at": "2026-11-24T10:00+05:00", "due_on": "2026-12-01"},
    "find_sound": {"reviewed_at": "2026-11-24T10:00+05:00"},
    "remark_on": {"reviewed_at": "2026-11-24T10:00+05:00", "remark": "Too many steps."},
    "talk_over": {"talked_at": "2026-11-24T10:00+05:00"},
    "take_back": {},
    "unanswer": {"ended_at": None, "ended_by": None},
    "wait_again": {},
    # call-backs
    "draw_again": {},
    "try": {"tried_on": ["2026-11-24"]},
    "give_up": {"called_at": "2026-11-24T10:00+05:00"},
    "reach": {"called_at": "2026-11-24T10:00+05:00", "took_place": "yes"},
    "hear_no": {"called_at": "2026-11-24T10:00+05:00", "took_place": "no"},
    "settle": {"settled_at": "2026-11-24T10:00+05:00", "decision": "It was put right."},
    "raise_again": {"clearing": "", "cleared_at": None, "cleared_by": None},
}


def mover_of(moves, item, verb):
    """Somebody whom the rules let make the move."""
    if verb in {"answer_again", "take_back"}:
        return item.by if verb == "take_back" else item.case.person.user
    if moves in (WRITING_MOVES, BUSINESS_PLAN_MOVES, MEETING_MOVES, INTRODUCTION_MOVES) or verb in {
        "take_answer",
        "ask_again",
    }:
        return colleague(Role.ADVISOR, office=item.case.office)
    if moves is FLAG_MOVES or (moves is GRIEVANCE_MOVES and verb in {"reply", "resolve"}):
        return item.owner
    if moves in (PLAN_REVIEW_MOVES, CALL_BACK_MOVES) and verb not in {"draw", "draw_again", "end"}:
        return item.author if verb == "talk_over" else colleague(Role.PROGRAMME_MANAGER)
    if moves is TRANSFER_MOVES:
        return {"withdraw": item.by, "undo": item.decided_by}.get(verb) or item.to_advisor
    return system()


@pytest.mark.parametrize(("moves", "made", "verb", "state"), EVERY)
def test_a_verb_leads_from_its_sources_alone(moves, made, verb, state):
    item = made[state]()
    by = mover_of(moves, item, verb)
    needed = {
        "approve": lambda: {"approved_by": by},
        "take_answer": lambda: {"answered_by": by},
        "hold": lambda: {"contact": ContactFactory(case=item.case)},
    }
    needed["finish"] = lambda: {"done_by": by}
    needed["draw"] = lambda: {"read_at": item.case.office}
    needed["find_sound"] = needed["remark_on"] = lambda: {"read_by": by}
    needed["talk_over"] = lambda: {"talked_by": by}
    needed["give_up"] = needed["reach"] = needed["hear_no"] = lambda: {"called_by": by}
    needed["settle"] = lambda: {"settled_by": by}
    needed["clear"] = lambda: {"cleared_by": by}
    changes = CHANGES[verb] | needed.get(verb, dict)()
    if moves is CALL_BACK_MOVES and verb == "end":
        changes = {}
    if moves is INTRODUCTION_MOVES and verb != "unanswer":
        changes |= {"ended_by": by}
    if moves is WRITING_MOVES:
        is_over = verb != "wait_again"
        changes = {"ended_by": by if is_over else None, "ended_at": "2026-11-24T10:00+05:00" if is_over else None}
    if moves is TRANSFER_MOVES and verb != "undo":
        changes = {name: value for name, value in changes.items() if name == "refusal"}
        changes |= {"decided_by": by, "decided_at": "2026-11-24T10:00+05:00"}

    with suppress(MoveRefused):
        move(item, verb, by=by, version=0, audience={ADVISORS}, **changes)

    item.refresh_from_db()
    events = list(Event.objects.filter(target_id=item.pk).values_list("name", flat=True))
    if state in moves[verb].sources:
        assert (item.state, item.version, events) == (moves[verb].target, 1, [moves[verb].event])
    else:
        assert (item.state, item.version, events) == (state, 0, [])
