"""The decision of the lender."""

from django.conf import settings
from django.utils.translation import gettext as _

from kit import words
from loans.conditions import lacks_of
from loans.models import Application
from loans.states import ApplicationState


def say_decision(application: Application) -> str:
    if application.state == ApplicationState.REFUSED:
        said = (
            _(
                "Loan {reference} was not approved. Your page says why and what to do. Ask again from {day}. No fee. "
                "Help {helpline}"
            )
            if application.person.has_page
            else _("Loan {reference} was not approved. Ask why and what to do: {helpline}. Again from {day}. No fee.")
        )
        return said.format(
            reference=application.reference,
            day=words.plain(words.day_plain(application.ask_again_on)),
            helpline=settings.HELPLINE,
        )
    if lacks := lacks_of([application])[application.pk]:
        said = (
            _(
                "Your loan of Rs {amount} is approved ({reference}). Still to come from you: {what}. See your page. "
                "There is no fee: pay nobody."
            )
            if application.person.has_page
            else _(
                "Your loan of Rs {amount} is approved ({reference}). Still to come from you: {what}. Help {helpline}. "
                "There is no fee."
            )
        )
        return said.format(
            helpline=settings.HELPLINE,
            amount=f"{application.amount:,}",
            reference=application.reference,
            what=words.plain(words.listed(lack.label for lack in lacks)),
        )
    return _(
        "Your loan of Rs {amount} is approved ({reference}). The branch tells you the day. There is no fee: pay nobody."
    ).format(amount=f"{application.amount:,}", reference=application.reference)


def is_decided(application: Application) -> bool:
    """Still as it was decided: neither withdrawn nor paid out before the message left, which says so itself."""
    return application.state in {ApplicationState.APPROVED, ApplicationState.REFUSED}
