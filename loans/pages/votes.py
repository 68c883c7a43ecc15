"""Who voted, and how."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from kit import words
from loans.models import Application
from loans.states import ApplicationState


def votes_of(application: Application, *, user: User) -> list[dict[str, Any]]:
    """Who voted, and how. Until it is decided a member reads how they themselves voted alone, and so votes freely."""
    votes = application.votes.select_related("member", "refusal")
    is_secret = application.state == ApplicationState.GUARANTEED
    return [
        {
            "label": str(vote.member),
            "text": _("has voted") if is_secret and vote.member_id != user.pk else vote_in_words(vote),
            "small": words.plain(words.moment(vote.at)),
        }
        for vote in votes
    ]


def aside_of(application: Application) -> list[dict[str, Any]]:
    """Who said that they must not decide, while the committee does; why stays with them and the lender's record."""
    if application.state != ApplicationState.GUARANTEED:
        return []
    return [
        {"label": str(one.member), "text": _("does not decide"), "small": words.plain(words.moment(one.at))}
        for one in application.conflicts.select_related("member")
    ]


def vote_in_words(vote) -> Any:
    if vote.approves:
        return words.plain(_("Yes, %(amount)s") % {"amount": words.rupees(vote.amount)})
    return _("No: %(reason)s") % {"reason": vote.refusal.label}
