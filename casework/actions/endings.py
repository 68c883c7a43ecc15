"""What a case needs before it ends: what waits for somebody, and what each way of ending asks for."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.models import Case, Flag
from kit.text import apart

# A business check, and a later one to compare it with.
CHECKS = 2


class Waiting(NamedTuple):
    """What somebody has to settle first, whatever the ending; the page where they do, if that is one of the case."""

    text: str
    url: str = ""


class Lack(NamedTuple):
    """What lacks for an ending: its word, for the journal, and what the reader reads."""

    code: str
    text: str


def waiting(case: Case) -> list[Waiting]:
    """Whoever has to answer about the case is waited for; and what colleagues have to mind stays on no closed case."""
    found = []
    if case.referrals.open().exists():
        found.append(Waiting(_("The lender has not answered the referral yet. Close the case after the answer.")))
    if plan := case.business_plans.awaiting_approval().first():
        text = _("A colleague is still reading the business plan. Close the case after the answer.")
        found.append(Waiting(text, plan.get_absolute_url()))
    for flag in Flag.objects.standing().filter(case=case).select_related("owner").order_by("due_on", "pk"):
        text = _("A flag is not settled yet: {kind}, {name}. Settle it first.")
        text = text.format(kind=flag.get_kind_display(), name=apart(str(flag.owner)))
        found.append(Waiting(text, flag.get_absolute_url()))
    return found


def lacking_alone(case: Case) -> list[Lack]:
    """What lacks for saying of a business that it stands on its own.

    Its plan is done, and a later check of how it stands can be compared with the first.
    """
    found = []
    steps = case.steps.all()
    if still := steps.open().count():
        text = ngettext("%(count)d step of the plan is open.", "%(count)d steps of the plan are open.", still)
        found.append(Lack("steps", text % {"count": still}))
    elif not steps.filter(dropped_because="").exists():
        found.append(Lack("plan", _("No step of a plan was done.")))
    checks = case.health_checks.done().count()
    if checks < CHECKS:
        text = _("Business checks: {number} of {needed}.")
        found.append(Lack("checks", text.format(number=checks, needed=CHECKS)))
    return found


def was_looked_for(case: Case) -> bool:
    """Somebody went there, tried on several days, or wrote down whom they asked: nobody is given up from a desk.

    All of it since the last talk, and a note since the case came to who has it: why it came is no search.
    """
    if Case.objects.filter(pk=case.pk).tried_in_vain().exists():
        return True
    if case.attempts.visits().since_last_talk().exists():
        return True
    talked_at = case.last_contact_at or case.opened_at
    return case.notes.standing().filter(at__gt=max(talked_at, case.assigned_at)).exists()


def lacking_search() -> str:
    return _(
        "Say first where you looked: three attempts on two days, hours apart, a visit, or a note on whom you asked."
    )
