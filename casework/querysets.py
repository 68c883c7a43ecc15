import datetime as dt
from contextlib import suppress
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import NATIONAL_ROLES
from casework.states import OPEN_CASES
from enterprises.consent_querysets import lets_contact
from enterprises.querysets import sight_of
from kit import cnic, phones
from kit.text import UnreadableError

# What the journal calls a no of the lender's; lending stands on a higher floor and is not asked.
NOT_APPROVED = "loans.refused"
# The kinds of messages that belong to a loan, and rest on its contract.
OF_LOAN = "loans."


def read_for_smeda(user: User, *, case: Any = "") -> Any:
    """Cases that the user works on or reads for SMEDA, rather than through a partner's grant; on top of their sight.

    The other face of `casework.rules.reads_for_smeda`; `case` leads to the case, as in "case__".
    """
    if user.is_system or user.has_role(*NATIONAL_ROLES):
        return ~Q(pk__in=[])  # all; an empty Q would vanish when joined by OR
    return Q(**{f"{case}enterprise__district_id__in": user.district_ids}) | Q(**{f"{case}advisor": user})


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """A case of a business that was merged into another is in nobody's sight: its address leads on."""
        return self.filter(sight_of(user, prefix="enterprise__"), enterprise__merged_into__isnull=True)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_CASES)

    def to_contact(self) -> Self:
        """Cases of people who let SMEDA contact them. Of the others nobody waits for a call, and none is late."""
        return self.filter(lets_contact())

    def silent(self) -> Self:
        """The others, while the case is open."""
        return self.open().exclude(lets_contact())

    def called(self) -> Self:
        """Open cases whose first call was made: the next contact is agreed."""
        return self.filter(state__in=OPEN_CASES - {"new"}).to_contact()

    def uncalled(self, *, before: dt.date | None = None) -> Self:
        """Cases whose first call is still to be made, and may be; with a day, those whose call was due before it."""
        rows = self.filter(state="new").to_contact()
        return rows if before is None else rows.filter(first_contact_due_on__lt=before)

    def matching(self, text: str) -> Self:
        """Cases that the text names: by a whole CNIC, mobile number or reference, or by what resembles a name."""
        people = apps.get_model("enterprises", "Person").objects
        for read, column in ((cnic.parse, "cnic"), (phones.parse, "phone")):
            with suppress(UnreadableError):
                return self.filter(person_id__in=people.filter(**{column: read(text)}).living_ids())
        enterprises = apps.get_model("enterprises", "Enterprise").objects
        alike = Q(name__trigram_word_similar=text) | Q(name__icontains=text)
        return self.filter(
            Q(person_id__in=people.filter(alike).values("pk"))
            | Q(enterprise_id__in=enterprises.filter(alike).values("pk"))
            | Q(enterprise_id__in=enterprises.by_reference(text).values("pk"))
        )

    def for_list(self) -> Self:
        return self.select_related("enterprise__district", "enterprise__sector", "person", "advisor", "office")


class OfCaseQuerySet(models.QuerySet):
    """Rows that hang on a case and take its sight."""

    def visible_to(self, user: User) -> Self:
        cases = apps.get_model("casework", "Case").objects.visible_to(user)
        return self.filter(Exists(cases.filter(pk=OuterRef("case_id"))))


class ContactQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """What was agreed stands between the entrepreneur and SMEDA; partners do not read it."""
        rows = super().visible_to(user)
        return rows if user.is_entrepreneur else rows.filter(read_for_smeda(user, case="case__"))


class CallQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """What SMEDA has to call about; the other face of `casework.view_call`."""
        return super().visible_to(user).filter(read_for_smeda(user, case="case__"))

    def waiting(self) -> Self:
        return self.filter(contact__isnull=True, arrived_at__isnull=True)

    def to_make(self) -> Self:
        """Those that wait and may be made: without permission to be contacted, only what belongs to a loan."""
        return self.waiting().filter(Q(kind__startswith=OF_LOAN) | lets_contact(person="case__person_id"))

    def first_of_case(self) -> Self:
        """One call a case: whoever calls says everything that waits."""
        calls = apps.get_model("casework", "Call").objects
        earlier = calls.to_make().filter(case_id=OuterRef("case_id"), pk__lt=OuterRef("pk"))
        return self.exclude(Exists(earlier))


class NoteQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """An internal note is for SMEDA's own; a shared one the entrepreneur reads too, and no partner either."""
        rows = super().visible_to(user)
        if user.is_entrepreneur:
            return rows.filter(is_shared=True)
        return rows.filter(read_for_smeda(user, case="case__"))


class StepQuerySet(OfCaseQuerySet):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def for_list(self) -> Self:
        """The plan in its order: what is done first, then what is due next."""
        return self.select_related("kind").order_by(models.F("closed_at").asc(nulls_last=True), "due_on", "id")

    def to_tell(self) -> list[Any]:
        """What the client is told of a plan: its next step, and where that is somebody else's, their own first one."""
        steps: list[Any] = list(self.open().for_list())
        own = [step for step in steps if step.kind.owner == "entrepreneur"]
        return list(dict.fromkeys([*steps[:1], *own[:1]]))


class StepKindQuerySet(models.QuerySet):
    def offered(self) -> Self:
        return self.filter(is_open=True)

    def suggested_for(self, case: Any) -> Self:
        """What fits what the entrepreneur asked for and is not in the plan yet."""
        planned = case.steps.values("kind_id")
        return self.offered().filter(suggested_for__in=case.enterprise.help_wanted).exclude(pk__in=planned)


class BusinessPlanQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Outside SMEDA an approved plan alone: a lender does not see drafts."""
        return super().visible_to(user).filter(read_for_smeda(user, case="case__") | Q(state="approved"))

    def awaiting_approval(self) -> Self:
        return self.filter(state="submitted")

    def approved(self) -> Self:
        return self.filter(state="approved")

    def in_the_making(self) -> Self:
        return self.exclude(state="approved")

    def for_list(self) -> Self:
        return self.select_related(
            "case__enterprise__district", "case__enterprise__sector", "case__person", "author", "approved_by"
        )


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
        event = apps.get_model("journal", "Event").objects.filter(pk=OuterRef("answering_event_id"))
        return self.filter(Q(state="declined") | Q(Exists(event.filter(name=NOT_APPROVED)), state="answered"))

    def untold(self) -> Self:
        """Each open case's newest no, while nobody has talked with the client since, and somebody may.

        No index of its own: it is asked of a few hundred open cases, by their advisor or office, whose few referrals
        the index of their case finds, and each one's event its key. All noes together are asked for by nobody.
        """
        return self.refused().newest_of_case().unheard().of_open_cases().filter(lets_contact(person="case__person_id"))

    def newest_of_case(self) -> Self:
        newer = apps.get_model("casework", "Referral").objects.refused()
        return self.exclude(Exists(newer.filter(case_id=OuterRef("case_id"), pk__gt=OuterRef("pk"))))

    def unheard(self) -> Self:
        """Ended, and nobody has talked with the client since."""
        return self.exclude(case__last_contact_at__isnull=False, case__last_contact_at__gte=models.F("ended_at"))

    def of_open_cases(self) -> Self:
        return self.exclude(case__state="closed")

    def unanswered(self) -> Self:
        """Sent, and not taken up: once it is, the application itself is what people wait for."""
        return self.filter(state="sent")


class EnquiryQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        return self.filter(district_id__in=user.district_ids)

    def from_phone(self, phone: str) -> Self:
        """What was asked from this number, on whatever day."""
        return self.filter(phone=phone)

    def of_day(self, day: dt.date) -> Self:
        """What was asked from that midnight to the next, in the portal's time zone."""
        begins = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
        return self.filter(at__gte=begins, at__lt=begins + dt.timedelta(days=1))

    def for_list(self) -> Self:
        return self.select_related("topic", "district", "by").order_by("-at", "-id")
