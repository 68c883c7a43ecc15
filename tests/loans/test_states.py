"""Every verb from every state, and every move's permission for every role."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from journal.events import LENDER
from journal.moves import MoveRefused, move
from loans.models import Application
from loans.states import APPLICATION_MOVES, ApplicationState
from tests.factories.accounts import UserFactory
from tests.factories.loans import (
    NOON,
    ApplicationFactory,
    RefusalReasonFactory,
    approved,
    guaranteed,
    lender,
    visited,
)

pytestmark = pytest.mark.django_db

# Which move leads from which state where.
TABLE = {
    ("received", "visit"): "visited",
    ("visited", "visit"): "visited",
    ("visited", "guarantee"): "guaranteed",
    ("guaranteed", "approve"): "approved",
    ("guaranteed", "reject"): "refused",
    ("received", "refuse"): "refused",
    ("visited", "refuse"): "refused",
    ("guaranteed", "refuse"): "refused",
    ("received", "withdraw"): "withdrawn",
    ("visited", "withdraw"): "withdrawn",
    ("guaranteed", "withdraw"): "withdrawn",
    ("approved", "withdraw"): "withdrawn",
    ("approved", "disburse"): "disbursed",
}
MOVERS = {
    "visit": "officer",
    "guarantee": "officer",
    "approve": "manager",
    "reject": "manager",
    "refuse": "manager",
    "withdraw": "officer",
    "disburse": "cashier",
}


def in_state(state, **attributes):
    facts = {
        "received": dict,
        "visited": visited,
        "guaranteed": guaranteed,
        "approved": approved,
        "disbursed": lambda: approved(state="disbursed", disbursed_by=UserFactory(), disbursed_at=NOON),
        "withdrawn": lambda: {"state": "withdrawn"},
        "refused": lambda: refusal() | {"state": "refused"},
    }[state]()
    return ApplicationFactory(**(facts | attributes))


def refusal():
    decided = {"decided_by": UserFactory(), "decided_at": NOON}
    return {"refusal": RefusalReasonFactory(), "ask_again_on": dt.date(2027, 1, 12)} | decided


def changes(verb):
    """What each move must bring along."""
    found = {
        "visit": visited,
        "guarantee": lambda: {"guaranteed_by": UserFactory(), "guaranteed_at": NOON},
        "approve": lambda: {"amount_approved": 6000, "decided_by": UserFactory(), "decided_at": NOON},
        "reject": refusal,
        "refuse": refusal,
        "withdraw": dict,
        "disburse": lambda: {"disbursed_by": UserFactory(), "disbursed_at": NOON},
    }[verb]()
    return {name: value for name, value in found.items() if name != "state"}


def attempt(application, verb, by):
    facts = {"version": application.version, "audience": {LENDER}, "data": {"amount": 6000}}
    return move(application, verb, by=by, **facts, **changes(verb))


@pytest.mark.parametrize("verb", APPLICATION_MOVES)
@pytest.mark.parametrize("state", ApplicationState.values)
def test_every_verb_from_every_state(state, verb):
    place = lender()
    application = in_state(state, product=place.product, branch=place.branch)
    by = getattr(place.staff, MOVERS[verb])

    try:
        move(
            application,
            verb,
            by=by,
            version=application.version,
            audience={LENDER},
            data={"amount": 6000},
            **changes(verb),
        )
    except MoveRefused:
        reached = None
    else:
        reached = Application.objects.get(pk=application.pk).state

    assert reached == TABLE.get((state, verb))


@pytest.mark.parametrize("verb", APPLICATION_MOVES)
def test_every_verb_is_refused_to_all_but_its_movers(verb):
    place, elsewhere = lender(), lender()
    state = next(state for state, chosen in TABLE if chosen == verb)
    application = in_state(state, product=place.product, branch=place.branch)

    allowed = []
    for staff in (place.staff, elsewhere.staff):
        for name, by in vars(staff).items():
            try:
                move(
                    application,
                    verb,
                    by=by,
                    version=application.version,
                    audience={LENDER},
                    data={"amount": 1},
                    **changes(verb),
                )
            except PermissionDenied:
                continue
            except MoveRefused:
                pass
            allowed.append((staff is place.staff, name))
            Application.objects.filter(pk=application.pk).delete()
            application = in_state(state, product=place.product, branch=place.branch)

    movers = {"manager": ["manager", "area"], "officer": ["officer"], "cashier": ["cashier"]}[MOVERS[verb]]
    assert allowed == [(True, name) for name in movers]
