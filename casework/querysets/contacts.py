import datetime as dt
from typing import Self

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, WrittenQuerySet, read_for_smeda
from enterprises.consent_querysets import lets_contact

# The kinds of messages that belong to a loan, and rest on its contract.
OF_LOAN = "loans."


class ContactQuerySet(WrittenQuerySet):
    def visible_to(self, user: User) -> Self:
        """What was agreed stands between the entrepreneur and SMEDA; partners do not read it."""
        rows = super().visible_to(user).standing()
        return rows if user.is_entrepreneur else rows.filter(read_for_smeda(user, case="case__"))

    def reportable(self) -> Self:
        """What a total may count: it moved something on, and was about this client alone."""
        return self.standing().filter(is_substantive=True, is_specific=True)

    def without_lot(self, *, since: dt.datetime, until: dt.datetime) -> Self:
        """Those that count, were written down between then and have no lot yet; see `CallBack`.

        Where the client got in touch themselves, nobody is asked whether they did.
        """
        lots = apps.get_model("casework", "CallBack").objects.filter(contact_id=OuterRef("pk"))
        return self.reportable().filter(~Exists(lots), is_unasked=False, at__gte=since, at__lte=until)

    def since(self, moment: dt.datetime) -> Self:
        """Those that were after the moment, whenever they were typed: by their day, and of that day by their time."""
        day = timezone.localdate(moment)
        return self.filter(Q(on__gt=day) | Q(on=day, at__gte=moment))


class CallQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """What SMEDA has to call about; the other face of `casework.view_call`."""
        return super().visible_to(user).filter(read_for_smeda(user, case="case__"))

    def waiting(self) -> Self:
        return self.filter(contact__isnull=True, arrived_at__isnull=True)

    def to_make(self) -> Self:
        """Those that wait and may be made: without permission to be contacted, only what belongs to a loan.

        With its case ends what waited then; but a loan goes on after that, and what has to be told later is told.
        """
        of_loan = Q(kind__startswith=OF_LOAN)
        ended = Q(case__closed_at__isnull=False, since__lt=F("case__closed_at"))
        return self.waiting().filter(of_loan | (lets_contact(person="case__person_id") & ~ended))

    def first_of_case(self) -> Self:
        """One call a case: whoever calls says everything that waits."""
        calls = apps.get_model("casework", "Call").objects
        earlier = calls.to_make().filter(case_id=OuterRef("case_id"), pk__lt=OuterRef("pk"))
        return self.exclude(Exists(earlier))
