from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda
from enterprises.consent_querysets import lets_contact

# What the journal calls a no of the lender's, and an end without one; lending, on a higher floor, is not asked.
NOT_APPROVED, NOT_WANTED = "loans.refused", "loans.withdrawn"


class ReferralQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Who works on the case, the entrepreneur, and the office referred to while its sight lasts."""
        rows = super().visible_to(user)
        if user.is_entrepreneur:
            return rows
        return rows.filter(read_for_smeda(user, case="case__") | Q(to_office_id__in=user.office_ids))

    def open(self) -> Self:
        return self.filter(state__in=["sent", "taken"])

    def refused(self) -> Self:
        """Those that ended in a no: the branch did not take the client up, or did not approve the loan."""
        return self.filter(was_refused())

    def withdrawn(self) -> Self:
        """Those that ended without an answer: the permission was taken back or ran out, or the client wants no loan."""
        return self.filter(was_withdrawn())

    def untold(self) -> Self:
        """The noes among `unspoken_of`."""
        return self.refused().unspoken_of()

    def left(self) -> Self:
        """Those among `unspoken_of` that were withdrawn: the client is asked again, or told of another way."""
        return self.withdrawn().unspoken_of()

    def to_talk_of(self) -> Self:
        """Both: `untold` and `left`."""
        return self.filter(was_refused() | was_withdrawn()).unspoken_of()

    def unspoken_of(self) -> Self:
        """Each open case's newest that led to no loan, while nobody has talked with the client since, and may.

        No index of its own: it is asked of a few hundred open cases, by their advisor or office, whose few referrals
        the index of their case finds, and each one's event its key. All noes together are asked for by nobody.
        """
        return self.newest_of_case().unheard().of_open_cases().filter(lets_contact(person="case__person_id"))

    def newest_of_case(self) -> Self:
        sent = apps.get_model("casework", "Referral").objects
        newer = sent.refused() | sent.withdrawn()
        return self.exclude(Exists(newer.filter(case_id=OuterRef("case_id"), pk__gt=OuterRef("pk"))))

    def unheard(self) -> Self:
        """Ended, and nobody has talked with the client since."""
        return self.exclude(case__last_contact_at__isnull=False, case__last_contact_at__gte=models.F("ended_at"))

    def of_open_cases(self) -> Self:
        return self.exclude(case__state="closed")

    def unanswered(self) -> Self:
        """Sent, and not taken up: once it is, the application itself is what people wait for."""
        return self.filter(state="sent")


def was_refused() -> Q:
    return Q(state="declined") | answered_by(NOT_APPROVED)


def was_withdrawn() -> Q:
    return Q(state="withdrawn") | answered_by(NOT_WANTED)


def answered_by(event: str) -> Q:
    """Referrals whose answer is an event of this name."""
    events = apps.get_model("journal", "Event").objects.filter(pk=OuterRef("answering_event_id"), name=event)
    return Q(Exists(events), state="answered")
