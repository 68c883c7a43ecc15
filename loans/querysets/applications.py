from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import CharField, Exists, F, Func, OuterRef, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from loans.querysets.sight import sight_of_loans
from loans.states import OPEN_APPLICATIONS

# The plan's step whose papers (`DocumentKind.for_steps`) the lender needs before the money is given.
PAPERS_OF = "loan-application"


def lacks_a_paper(on: Any) -> Exists:
    """Of an outer application, by the rule of `DocumentKindQuerySet.lacking`."""
    kinds = apps.get_model("enterprises", "DocumentKind").objects
    owners = {"person": OuterRef(OuterRef("person_id")), "enterprise": OuterRef(OuterRef("enterprise_id"))}
    return Exists(kinds.lacking(PAPERS_OF, on=on, **owners))


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(sight_of_loans(user))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_APPLICATIONS)

    def undecided(self) -> Self:
        return self.open().exclude(state="approved")

    def unshared(self, *, since: datetime) -> Self:
        """Ended since then because the applicant no longer lets SMEDA share, the newest first."""
        return self.filter(unshared_at__gte=since).order_by("-unshared_at", "-id")

    def awaiting_disbursement(self) -> Self:
        return self.filter(state="approved")

    def lacking_card(self) -> Self:
        """Whose applicant's identity card no officer has seen."""
        return self.exclude(person__cnic_standing="verified")

    def lacking_papers(self, *, on: Any) -> Self:
        """Where a paper that the loan needs is not here."""
        return self.filter(lacks_a_paper(on))

    def lacking_nothing(self, *, on: Any) -> Self:
        """The rest: the card was seen, and the papers are here."""
        return self.filter(~lacks_a_paper(on), person__cnic_standing="verified")

    def with_said(self) -> Self:
        """Of what was refused: what the check had said of the very rule, when the application was received.

        Empty where nothing was asked, or no rule corresponds to the reason.
        """
        answer = Func(
            F("pre_check__answers"),
            F("refusal__rule"),
            template="(%(expressions)s)",
            arg_joiner=" ->> ",
            output_field=CharField(),
        )
        return self.filter(state="refused").annotate(said=Coalesce(answer, Value("")))

    def for_list(self) -> Self:
        return self.select_related(
            "person", "product", "branch", "enterprise__sector", "enterprise__district", "officer"
        )


class OfApplicationQuerySet(models.QuerySet):
    """Rows that hang on an application and take its sight."""

    def visible_to(self, user: User) -> Self:
        applications = apps.get_model("loans", "Application").objects.visible_to(user)
        return self.filter(Exists(applications.filter(pk=OuterRef("application_id"))))
