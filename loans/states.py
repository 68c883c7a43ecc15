"""States and moves of a loan application. The table is the documentation; docs/states.md is made from it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from journal.moves import Move


class ApplicationState(models.TextChoices):
    RECEIVED = "received", _("received, visit to come")
    VISITED = "visited", _("visited, guarantors to come")
    GUARANTEED = "guaranteed", _("with the committee")
    APPROVED = "approved", _("approved, not paid out yet")
    REFUSED = "refused", _("not approved")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DISBURSED = "disbursed", _("paid out")


class MisfortuneState(models.TextChoices):
    REPORTED = "reported", _("reported, the family is to be visited")
    VISITED = "visited", _("visited, to be said what follows")
    PROPOSED = "proposed", _("verified, a second person decides")
    ENDED = "ended", _("ended")


BEFORE_COMMITTEE = frozenset({ApplicationState.RECEIVED, ApplicationState.VISITED})
UNDECIDED = BEFORE_COMMITTEE | {ApplicationState.GUARANTEED}
OPEN_APPLICATIONS = UNDECIDED | {ApplicationState.APPROVED}

APPLICATION_MOVES = {
    # A second visit is a visit again: what is written last stands on the application, the journal keeps both.
    "visit": Move(
        {ApplicationState.RECEIVED, ApplicationState.VISITED},
        ApplicationState.VISITED,
        "loans.appraise_application",
        event="loans.visited",
    ),
    "guarantee": Move(
        {ApplicationState.VISITED}, ApplicationState.GUARANTEED, "loans.appraise_application", event="loans.guaranteed"
    ),
    "approve": Move(
        {ApplicationState.GUARANTEED}, ApplicationState.APPROVED, "loans.vote_on_application", event="loans.approved"
    ),
    "reject": Move(
        {ApplicationState.GUARANTEED}, ApplicationState.REFUSED, "loans.vote_on_application", event="loans.refused"
    ),
    "refuse": Move(set(UNDECIDED), ApplicationState.REFUSED, "loans.refuse_application", event="loans.refused"),
    "withdraw": Move(
        set(OPEN_APPLICATIONS), ApplicationState.WITHDRAWN, "loans.withdraw_application", event="loans.withdrawn"
    ),
    "disburse": Move(
        {ApplicationState.APPROVED}, ApplicationState.DISBURSED, "loans.disburse_application", event="loans.disbursed"
    ),
}


class RequestState(models.TextChoices):
    WAITING = "waiting", _("asked for")
    ANSWERED = "answered", _("answered")
    WITHDRAWN = "withdrawn", _("not needed any more")


REQUEST_MOVES = {
    "answer": Move(
        {RequestState.WAITING}, RequestState.ANSWERED, "loans.answer_request", event="loans.request_answered"
    ),
    "withdraw": Move(
        {RequestState.WAITING}, RequestState.WITHDRAWN, "loans.withdraw_request", event="loans.request_withdrawn"
    ),
    # The paper that came had a virus.
    "reopen": Move({RequestState.ANSWERED}, RequestState.WAITING, "loans.reopen_request", event="loans.request_open"),
}

OPEN_MISFORTUNES = frozenset({MisfortuneState.REPORTED, MisfortuneState.VISITED, MisfortuneState.PROPOSED})

MISFORTUNE_MOVES = {
    "visit": Move(
        {MisfortuneState.REPORTED, MisfortuneState.VISITED},
        MisfortuneState.VISITED,
        "loans.visit_family",
        event="loans.family_visited",
    ),
    # Proposed anew is proposed by whoever did so last: the database holds that they do not decide.
    "propose": Move(
        {MisfortuneState.VISITED, MisfortuneState.PROPOSED},
        MisfortuneState.PROPOSED,
        "loans.propose_waiver",
        event="loans.waiver_proposed",
    ),
    "waive": Move({MisfortuneState.PROPOSED}, MisfortuneState.ENDED, "loans.approve_waiver", event="loans.waived"),
    "end": Move(set(OPEN_MISFORTUNES), MisfortuneState.ENDED, "loans.end_misfortune", event="loans.misfortune_ended"),
}
