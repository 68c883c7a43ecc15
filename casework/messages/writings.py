"""That the advisor wrote on the client's page; never what."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from casework.actions.cases import UNTOLD
from casework.models import Writing
from casework.states import WritingState
from enterprises.discretion import reach_if_allowed
from messaging.kinds import Kind, Recipient


def to_client(writing: Writing) -> Recipient | None:
    """While they let SMEDA contact them; else the text waits on their page. Of who died nobody else's phone is told."""
    return None if writing.case.outcome in UNTOLD else reach_if_allowed(writing.case.person)


def wrote_text(writing: Writing, language: str) -> str:
    """Whoever cannot sign in any more asks on the telephone."""
    with override(language):
        text = (
            _("Your advisor at SMEDA wrote to you. Sign in and open your page. Help {helpline}")
            if writing.case.person.has_page
            else _("Your advisor at SMEDA has something to tell you. Call {helpline}")
        )
        return text.format(helpline=settings.HELPLINE)


def is_to_read(writing: Writing) -> bool:
    """Nobody opened it, and nothing else of before is there to open: of several one is told."""
    unread = writing.case.writings.unread_by(is_client=True)
    is_new = writing.state == WritingState.SENT and writing.read_at is None
    return is_new and not unread.filter(pk__lt=writing.pk).exists()


ADVISOR_WROTE = Kind(
    "casework.advisor_wrote",
    recipient=to_client,
    render=wrote_text,
    discreet=wrote_text,
    still_due=is_to_read,
    call=gettext_lazy("what their advisor wrote on their page"),
)
