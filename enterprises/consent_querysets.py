"""What people agreed to, until when; among it the one rule of whom SMEDA may call or write to."""

import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone


class ConsentQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def lets_contact(self) -> Self:
        """The rule: who gave the permission to be contacted, and did not take it back, may be called or written to.

        Without it nobody calls or visits, no clock of a call runs, and no text goes but what signs them in, guards
        their card and number, or belongs to a loan that is applied for or runs.
        """
        return self.standing().filter(kind="contact")

    def refused_since(self, at: Any) -> Self:
        """What the person said no to after that moment; `at` may be a column. What merely ran out they did not."""
        return self.filter(Q(withdrawn_at__gt=at, lapsed_at__isnull=True) | Q(refused_at__gt=at))

    def newest_of_each_kind(self) -> Self:
        """What stands, or else what was taken back last."""
        return self.order_by("kind", F("withdrawn_at").desc(nulls_first=True), "-id").distinct("kind")

    def lets_share(self, enterprise: Any, *, on: Any) -> Self:
        """The consent by which the enterprise's owner lets SMEDA pass details to the lender; it may be a column.

        One that ran out shares nothing more from that day, whenever the night's job ends it.
        """
        return self.standing().filter(
            Q(until_on__isnull=True) | Q(until_on__gte=on),
            kind="share",
            person__ownerships__enterprise=enterprise,
            person__ownerships__until_on__isnull=True,
            person__ownerships__is_contact=True,
        )

    def run_out(self, *, at: dt.datetime) -> Self:
        """Those that stood until a day before; that to share only where no application or loan rests on it.

        What is shared of a business rests on the permission of the owner whom the portal talks to, as in `lets_share`.
        """
        served = (
            apps.get_model("enterprises", "Grant")
            .objects.live(at=at)
            .filter(
                purpose="application",
                enterprise__ownerships__person=OuterRef("person"),
                enterprise__ownerships__until_on__isnull=True,
                enterprise__ownerships__is_contact=True,
            )
        )
        return self.standing().filter(until_on__lt=timezone.localdate(at)).exclude(Q(kind="share") & Exists(served))

    def to_ask_again(self) -> Self:
        """Those that ran out, and neither was given again nor refused since."""
        again = self.model.objects.filter(person=OuterRef("person"), kind=OuterRef("kind"), id__gt=OuterRef("id"))
        return self.filter(~Exists(again), lapsed_at__isnull=False, refused_at__isnull=True)


class ConsentTermQuerySet(models.QuerySet[Any]):
    def in_force(self, kind: str, *, on: dt.date) -> Any:
        """How long a permission of this kind is given on the day; None where it has no end."""
        return self.filter(kind=kind, from_on__lte=on).order_by("-from_on").first()


def lets_contact(*, person: str = "person_id") -> Exists:
    """The same of the outer query's person, whose column is named."""
    consents = apps.get_model("enterprises", "Consent").objects
    return Exists(consents.lets_contact().filter(person_id=OuterRef(person)))


def lets_share(*, enterprise: str, on: Any) -> Exists:
    """The same of the outer query's business, whose column is named."""
    consents = apps.get_model("enterprises", "Consent").objects
    return Exists(consents.lets_share(OuterRef(enterprise), on=on))


def refuses_contact(*, person: str = "person_id") -> Q:
    """Whose permission to be contacted was given and taken back; who never was asked for it is not meant."""
    consents = apps.get_model("enterprises", "Consent").objects
    ended = consents.filter(person_id=OuterRef(person), kind="contact", withdrawn_at__isnull=False)
    return Q(Exists(ended)) & ~Q(lets_contact(person=person))
