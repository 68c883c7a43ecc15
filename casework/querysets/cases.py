import datetime as dt
from contextlib import suppress
from functools import reduce
from operator import or_
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case as Choose
from django.db.models import Exists, F, OuterRef, Q, When

from accounts.models import User
from accounts.querysets import is_open_at
from accounts.roles import HOLDER_ROLES, NATIONAL_ROLES, Role
from casework.states import OPEN_CASES
from enterprises.consent_querysets import lets_contact
from enterprises.querysets import sight_of
from kit import cnic, phones
from kit.given import Given
from kit.text import UnreadableError

WEEK = dt.timedelta(days=7)


def read_for_smeda(user: User, *, case: Any = "") -> Any:
    """Cases that the user works on or reads for SMEDA, rather than through a partner's grant; on top of their sight.

    The other face of `casework.rules.reads_for_smeda`; `case` leads to the case, as in "case__".
    """
    if user.is_system or user.has_role(*NATIONAL_ROLES):
        return ~Q(pk__in=[])  # all; an empty Q would vanish when joined by OR
    own = Q(**{f"{case}enterprise__district_id__in": user.district_ids}) | Q(**{f"{case}advisor": user})
    if user.has_role(Role.REGIONAL_MANAGER):
        own |= Q(**{f"{case}office_id__in": user.office_ids})
    return own


def at_or_above(office: str) -> Q:
    """Posts at the office that `office` leads to from the outer rows, as in "case__office", or above it."""
    paths = (f"{office}_id", f"{office}__parent_id", f"{office}__parent__parent_id")
    return reduce(or_, (Q(office_id=OuterRef(path)) for path in paths))


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

    def late(self, *, on: dt.date) -> Self:
        """Those whose first call, or whose agreed contact, is past its day; `late_since` is that day."""
        due_on = When(state="new", then=F("first_contact_due_on"))
        rows = self.open().to_contact().annotate(late_since=Choose(due_on, default=F("next_contact_on")))
        return rows.filter(late_since__lt=on)

    def wishing(self, *, before: dt.datetime | None = None) -> Self:
        """Open cases whose client waits for another advisor; with a moment, those who wait since before it."""
        rows = self.open().filter(wish_waits_since__isnull=False)
        return rows if before is None else rows.filter(wish_waits_since__lt=before)

    def tried_in_vain(self) -> Self:
        """Those whose client was not reached in three attempts on more than one day, since the last talk."""
        return self.filter(Exists(apps.get_model("casework", "Attempt").objects.in_vain()))

    def new(self, *, now: dt.datetime) -> Self:
        """Those that came to their advisor in the last seven days."""
        return self.filter(assigned_at__gt=now - WEEK)

    def left_behind(self, *, on: Any) -> Self:
        """Open cases that nobody works on: who has them cannot sign in or left the office, or the office is closed."""
        posts = apps.get_model("accounts", "Appointment").objects.in_force(on=on)
        works_there = posts.filter(at_or_above("office"), user_id=OuterRef("advisor_id"), role__in=HOLDER_ROLES)
        is_there = is_open_at("office__", on=on) & Q(advisor__is_active=True) & Exists(works_there)
        return self.open().exclude(is_there)

    def matching(self, text: str) -> Self:
        """Cases that the text names: by a CNIC, mobile number or name of any owner, by reference or business name.

        A whole number is looked for as such alone. Whose business it is, and not who is called about it, decides.
        """
        people, enterprises = (apps.get_model("enterprises", name).objects for name in ("Person", "Enterprise"))
        for read, column in ((cnic.parse, "cnic"), (phones.parse, "phone")):
            with suppress(UnreadableError):
                return self.filter(enterprise_id__in=businesses_of(people.filter(**{column: read(text)})))
        named = enterprises.filter(name__trigram_word_similar=text).values("pk")
        referred = enterprises.by_reference(text).values("pk")
        return self.filter(enterprise_id__in=businesses_of(people.called(text)).union(named, referred))

    def numbered(self, text: str) -> Self:
        """Cases that a whole CNIC of an owner, or a reference, names."""
        people, enterprises = (apps.get_model("enterprises", name).objects for name in ("Person", "Enterprise"))
        with suppress(UnreadableError):
            return self.filter(enterprise_id__in=businesses_of(people.filter(cnic=cnic.parse(text))))
        return self.filter(enterprise_id__in=enterprises.by_reference(text).values("pk"))

    def for_list(self) -> Self:
        return self.select_related("enterprise__district", "enterprise__sector", "person", "advisor", "office")


def businesses_of(people: Any) -> Any:
    """The businesses that these people, or the records that theirs were merged into, own, or are called about."""
    owned = apps.get_model("enterprises", "Ownership").objects.current()
    cases = apps.get_model("casework", "Case").objects
    return reduce(
        lambda one, other: one.union(other),
        (rows.filter(person_id__in=people.living_ids()).order_by().values("enterprise_id") for rows in (owned, cases)),
    )


CASE_ID: Any = Given("case_id", models.BigIntegerField())


class OfCaseQuerySet(models.QuerySet):
    """Rows that hang on a case and take its sight."""

    def of_given_case(self) -> Self:
        """Those of one case, in a query that is kept: see `kit.given.kept`."""
        return self.filter(case_id=CASE_ID)

    def visible_to(self, user: User) -> Self:
        cases = apps.get_model("casework", "Case").objects.visible_to(user)
        return self.filter(Exists(cases.filter(pk=OuterRef("case_id"))))


class WrittenQuerySet(OfCaseQuerySet):
    """Rows of a case that whoever wrote them may take out."""

    def standing(self) -> Self:
        """Those that nobody took out. Every list, timeline and total asks for these alone."""
        return self.filter(removed_at__isnull=True)

    def written_by(self, user: User) -> Self:
        """The user's own, those that were taken out too, on cases that they still see."""
        return OfCaseQuerySet.visible_to(self, user).filter(by=user)

    def removed_by(self, user: User) -> Self:
        return self.written_by(user).filter(removed_at__isnull=False)

    def for_list(self) -> Self:
        return self.select_related("case__person", "case__enterprise")
