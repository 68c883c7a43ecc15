from typing import Any, Self

from django.apps import apps
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, Value

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda
from enterprises.consent_querysets import lets_contact
from kit.given import Given


class BusinessPlanQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Outside SMEDA an approved plan alone: a lender does not see drafts."""
        return super().visible_to(user).filter(read_for_smeda(user, case="case__") | Q(state="approved"))

    def awaiting_approval(self) -> Self:
        return self.filter(state="submitted")

    def written_by_others_than(self, user_id: Any) -> Self:
        """To who wrote in it there is nothing to do: the portal never asks them to approve their own.

        `user_id` may be `Given`.
        """
        reader = user_id if isinstance(user_id, Given) else Value(user_id, output_field=BigIntegerField())
        rows = self.alias(reader=reader)
        return rows.exclude(author_id=user_id).exclude(reader__among=F("writers"))

    def approved(self) -> Self:
        return self.filter(state="approved")

    def sent_back(self) -> Self:
        """With a remark, to be completed."""
        return self.filter(state="returned").of_open_cases()

    def to_refer(self) -> Self:
        """Approved for a loan that nobody asked the lender for yet, though the client may be asked and wants it.

        Of a lead, and of whom nobody may call, nobody waits for it; a newer one that is approved takes its place, and
        one that somebody only writes does not.
        """
        plans, sent = (apps.get_model("casework", name).objects for name in ("BusinessPlan", "Referral"))
        newer = plans.approved().filter(case_id=OuterRef("case_id"), number__gt=OuterRef("number"))
        referred = sent.filter(business_plan_id=OuterRef("pk"))
        wanted = self.approved().filter(set_aside_at__isnull=True, case__enterprise__client_since__isnull=False)
        asked = lets_contact(person="case__person_id")
        return wanted.filter(~Exists(newer), ~Exists(referred), asked).of_open_cases()

    def of_open_cases(self) -> Self:
        return self.exclude(case__state="closed")

    def in_the_making(self) -> Self:
        return self.exclude(state="approved")

    def for_list(self) -> Self:
        return self.select_related(
            "case__enterprise__district", "case__enterprise__sector", "case__person", "author", "approved_by", "trade",
            "read_at", "case__office",
        )  # fmt: skip
