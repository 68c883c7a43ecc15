import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, Exists, F, Func, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.roles import LENDER_ROLES, NATIONAL_ROLES, Role
from enterprises import references
from enterprises.consent_querysets import lets_contact, refuses_contact
from enterprises.likeness import Facts, keys_of, slips_of
from enterprises.name_search import people_called
from enterprises.states import OPEN_PHONE_CHANGES

Groups = list[tuple[str, list[tuple[str, str]]]]
# Grants by which a lender sees a client's papers; being a guarantor or on a course shows none.
LENDERS_PURPOSES = ("referral", "application")


class SectorQuerySet(models.QuerySet[Any]):
    def for_choices(self) -> Groups:
        """Return (sector, [(code, line), ...]) of what forms offer, in one query."""
        lines: Any = self.filter(is_open=True, parent__isnull=False).select_related("parent")
        rows = sorted(lines, key=lambda row: (row.parent.order, row.order))
        return [
            (sector.label, [(row.code, row.label) for row in group])
            for sector, group in groupby(rows, key=lambda row: row.parent)
        ]


class GrantQuerySet(models.QuerySet[Any]):
    def live(self, *, at: dt.datetime) -> Self:
        return self.filter(Q(until_at__isnull=True) | Q(until_at__gt=at), from_at__lte=at)

    def held_by(self, user: User) -> Self:
        """Granted to an office where the user works with clients, or to the user."""
        return self.filter(Q(office_id__in=user.client_office_ids) | Q(user=user))


def grants_to(user: User, *, enterprise: str) -> "GrantQuerySet":
    """Live grants of sight that the user holds over the outer query's enterprise, as a subquery for EXISTS."""
    grants = apps.get_model("enterprises", "Grant").objects
    return grants.live(at=timezone.now()).held_by(user).filter(enterprise_id=OuterRef(enterprise))


def sight_of(user: User, *, prefix: str = "") -> Q:
    """The condition under which the user sees rows of an enterprise; `prefix` leads to it, as in "enterprise__".

    The one statement of sight for querysets; its other face is `enterprises.rules.sees_enterprise`.
    """
    if user.is_system or user.has_role(*NATIONAL_ROLES):
        return Q()
    if user.is_entrepreneur:
        owned = apps.get_model("enterprises", "Ownership").objects.filter(
            person__user=user, until_on__isnull=True, enterprise_id=OuterRef(f"{prefix}pk")
        )
        return Q(Exists(owned))
    if not user.roles:
        return Q(pk__in=[])
    return Q(**{f"{prefix}district_id__in": user.district_ids}) | Q(Exists(grants_to(user, enterprise=f"{prefix}pk")))


class EnterpriseQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """What was merged into another record is in nobody's sight: its address leads on (`portal.pointers`)."""
        return self.unmerged().filter(sight_of(user))

    def registered_by(self, user: User) -> Self:
        """What a partner's clerk registered. It is no sight: of these the clerk reads a line, and opens no page."""
        return self.filter(registered_by=user) if user.has_role(Role.PARTNER_CLERK) else self.none()

    def clients(self) -> Self:
        """Not leads: what totals count."""
        return self.filter(client_since__isnull=False)

    def leads_that_lack_nothing(self) -> Self:
        """Leads that should be clients by now; the other face of `actions.clients.lacking`."""
        owners = apps.get_model("enterprises", "Ownership").objects.current().filter(is_contact=True)
        may_be_called = owners.filter(lets_contact(), enterprise_id=OuterRef("pk"))
        found = Exists(may_be_called.exclude(person__phone="")) | (~Q(place="") & Exists(may_be_called))
        return self.unmerged().filter(found, client_since__isnull=True)

    def unmerged(self) -> Self:
        return self.filter(merged_into__isnull=True)

    def records_of(self, pk: Any) -> Self:
        """The record and those that were merged into it."""
        return self.filter(Q(pk=pk) | Q(merged_into_id=pk))

    def by_reference(self, text: str) -> Self:
        """The one enterprise with this reference, however it was typed: "mul 4827", "MUL-۴۸۲۷".

        The reference of one that was merged leads to the one that it went into.
        """
        named = self.model.objects.filter(reference=references.parse(text))
        return self.filter(
            pk=Subquery(named.values_list(Coalesce("merged_into_id", "pk", output_field=models.BigIntegerField()))[:1])
        )

    def for_list(self) -> Self:
        return self.select_related("district", "sector")


class SharedKeys(Func):
    """How many keys of the row are among these."""

    template = "cardinality(ARRAY(SELECT unnest(%(expressions)s)))"
    arg_joiner = ") INTERSECT SELECT unnest("
    output_field = models.IntegerField()

    def __init__(self, column: F, keys: list[str]) -> None:
        super().__init__(column, Value(keys, output_field=ArrayField(models.CharField(max_length=80))))


class PersonQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Oneself; for colleagues, who owns an enterprise in their sight. Partners do not see each other's card."""
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self.unmerged()
        if user.is_entrepreneur:
            return self.filter(user=user)
        seen = apps.get_model("enterprises", "Enterprise").objects.visible_to(user).values("pk")
        ownerships = apps.get_model("enterprises", "Ownership").objects.current()
        return self.unmerged().filter(Exists(ownerships.filter(person_id=OuterRef("pk"), enterprise_id__in=seen)))

    def unmerged(self) -> Self:
        return self.filter(merged_into__isnull=True)

    def records_of(self, pk: Any) -> Self:
        """The record and those that were merged into it."""
        return self.filter(Q(pk=pk) | Q(merged_into_id=pk))

    def living_ids(self) -> Any:
        """The ids of these people's records, or of those that they were merged into."""
        return self.order_by().values_list(Coalesce("merged_into_id", "pk", output_field=models.BigIntegerField()))

    def called(self, text: str) -> Self:
        return self.filter(people_called(text))

    def uncompared(self) -> Self:
        """Registered or changed since they were last compared with the others. Every edit raises the version."""
        return self.unmerged().exclude(compared_version=F("version"))

    def resembling(self, facts: Facts) -> Self:
        """Whom it is worth comparing with somebody of whom these facts are known: all answered by indexes.

        Those who share most come first, so that whoever compares may stop: among a million people some hundreds share
        a common word of the name and of the father's, and only a few share all of them.
        """
        keys = keys_of(facts, years_around=1)
        same = Q(phone=facts.phone) if facts.phone else Q(pk__in=[])
        if facts.cnic:
            same |= Q(cnic__in=[facts.cnic, *slips_of(facts.cnic)])
        return (
            self.unmerged()
            .filter(Q(likeness_keys__overlap=keys) | same)
            .order_by(Case(When(same, then=0), default=1), SharedKeys(F("likeness_keys"), keys).desc(), "pk")
        )

    def with_districts(self) -> Self:
        """`known_districts`: where they have a business. `references`: what it is called."""
        owned = apps.get_model("enterprises", "Ownership").objects.current().filter(person=OuterRef("pk"))
        return self.annotate(
            known_districts=ArraySubquery(owned.values("enterprise__district_id")),
            known_references=ArraySubquery(owned.values("enterprise__reference")),
        )

    def contacts_of(self, enterprise: models.Model) -> Self:
        """The owner whom the portal talks to."""
        return self.filter(
            ownerships__enterprise=enterprise, ownerships__until_on__isnull=True, ownerships__is_contact=True
        )


class LookAlikeQuerySet(models.QuerySet[Any]):
    def of(self, person: models.Model) -> Self:
        return self.filter(Q(first=person) | Q(second=person))

    def suspected(self) -> Self:
        return self.filter(state="suspected")

    def unasked(self) -> Self:
        """Of whom nobody ever said anything: what a colleague said, or doubts, has a version."""
        return self.filter(version=0)

    def told_apart(self) -> Self:
        """Which a colleague called two people."""
        return self.filter(state="apart")

    def visible_to(self, user: User) -> Self:
        """Pairs of whom the user sees both: somebody else's half would tell who is registered elsewhere."""
        people = apps.get_model("enterprises", "Person").objects.visible_to(user)
        if user.is_entrepreneur:
            return self.none()
        return self.filter(*(Exists(people.filter(pk=OuterRef(side))) for side in ("first_id", "second_id")))

    def for_list(self) -> Self:
        people = apps.get_model("enterprises", "Person").objects.with_districts()
        return self.prefetch_related(Prefetch("first", people), Prefetch("second", people))


class MergeQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        return self.filter(undone_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        """Merges of whom the user sees the kept record; never the entrepreneur, who is not told what staff think."""
        if user.is_entrepreneur:
            return self.none()
        people = apps.get_model("enterprises", "Person").objects.visible_to(user)
        return self.filter(kept_id__in=people.values("pk"))

    def of_two(self, one: int, other: int) -> Any:
        """By which these two are one record now, whichever of them was kept."""
        return self.standing().filter(Q(kept=one, gone=other) | Q(kept=other, gone=one)).first()

    def for_list(self) -> Self:
        return self.select_related("kept", "gone", "by")


class OwnershipQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        return self.filter(until_on__isnull=True)

    def visible_to(self, user: User) -> Self:
        """Who sees the business sees who owns it, and owned it: by name, not the owners' own records."""
        return self.filter(
            enterprise_id__in=apps.get_model("enterprises", "Enterprise").objects.visible_to(user).values("pk")
        )


class OneTimeCodeQuerySet(models.QuerySet[Any]):
    def live(self, *, at: dt.datetime) -> Self:
        """Codes that can still be tried."""
        return self.filter(used_at__isnull=True, expires_at__gt=at, tries__lt=self.model.TRIES)


class DraftQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(state="open")

    def stopped(self, *, at: dt.datetime) -> Self:
        """Half-finished, with a number to call, and untouched for an hour."""
        return self.open().filter(touched_at__lte=at - self.model.STOPPED_AFTER).exclude(phone="")

    def to_call(self, *, at: dt.datetime) -> Self:
        """Stopped, not called often enough yet, and not of somebody who took back the permission to be called."""
        return self.stopped(at=at).filter(~refuses_contact(), call_due_on__isnull=False)

    def visible_to(self, user: User) -> Self:
        """Drafts of the user's districts; where none was given yet, they are the head office's."""
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        mine = Q(district_id__in=user.district_ids)
        return self.filter(mine | Q(district__isnull=True) if user.is_at_head_office else mine)

    def for_list(self) -> Self:
        return self.select_related("district", "person")

    def begun_by(self, person: Any) -> Self:
        """What somebody began signed in, the last touched first."""
        return self.open().filter(person=person).order_by("-touched_at", "-id")

    def resumable(self, phone: str) -> Self:
        """What was begun with this number by whoever is not signed in, the last touched first."""
        return self.open().filter(phone=phone, person__isnull=True).order_by("-touched_at", "-id")

    def recovery(self, *, since: dt.datetime, at: dt.datetime) -> dict[str, int]:
        """Of those who stopped since then: how many, and how many of them finished after all."""
        stopped = Q(stopped_at__isnull=False) | Q(
            state="open", call_due_on__isnull=False, touched_at__lte=at - self.model.STOPPED_AFTER
        )
        finished = Q(stopped_at__isnull=False, state__in=["done", "claim"])
        counted: dict[str, int] = self.filter(begun_at__gte=since).aggregate(
            stopped=Count("pk", filter=stopped), finished=Count("pk", filter=finished)
        )
        return counted

    def claimed(self, text: str) -> Self:
        """The registration with this reference that waits for an advisor. In public it looks like any other."""
        return self.filter(state="claim", enterprise__isnull=True, reference=references.parse(text))


class StatementQuerySet(models.QuerySet[Any]):
    def about(self, person: Any, enterprise: Any) -> Self:
        return self.filter(Q(person=person) | Q(enterprise=enterprise))

    def about_business(self, enterprise: Any) -> Self:  # of the business, and of whoever owns it now
        return self.filter(Q(enterprise=enterprise) | Q(person__in=enterprise.ownerships.current().values("person")))

    def for_others(self) -> Self:
        """What somebody else wrote down for the person: what they may look at and say whether it is right."""
        return self.filter(source__in=["assisted", "import"])

    def to_confirm(self) -> Self:
        """Of that, what the person has said nothing about."""
        return self.for_others().filter(disputed_at__isnull=True)

    def called_wrong(self) -> Self:
        """Of that, what the person says is wrong, until somebody states it anew."""
        return self.for_others().filter(disputed_at__isnull=False)

    def said_by_themselves(self) -> Self:
        """What the person said, also where an officer has read the same from the card since."""
        return self.filter(Q(source="self") | Q(source="card", said_at__isnull=False))

    def by_field(self) -> dict[str, Any]:
        """The statements of one subject by their fields."""
        return {statement.field: statement for statement in self.select_related("by")}


class SizeClassQuerySet(models.QuerySet[Any]):
    def in_force(self, *, on: dt.date) -> Self:
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), from_on__lte=on)

    def of(self, sales_a_year: int, *, on: dt.date) -> Any:
        """The smallest class in force on the day that such yearly sales fit into; None above them all."""
        return self.in_force(on=on).filter(up_to__gte=sales_a_year).order_by("up_to", "-from_on").first()


class OfPersonQuerySet(models.QuerySet[Any]):
    """Rows that hang on a person and are read by the person and by SMEDA's office alone."""

    def visible_to(self, user: User) -> Self:
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        if user.is_entrepreneur:
            return self.filter(person__user=user)
        owned = apps.get_model("enterprises", "Ownership").objects.current()
        here = owned.filter(person_id=OuterRef("person_id"), enterprise__district_id__in=user.district_ids)
        return self.filter(Exists(here))


class CodeSheetQuerySet(OfPersonQuerySet):
    def good(self) -> Self:
        return self.filter(ended_at__isnull=True)


class SheetCodeQuerySet(models.QuerySet[Any]):
    def unused(self) -> Self:
        return self.filter(used_at__isnull=True)

    def good_for(self, *person_ids: int) -> Self:
        """Unused codes of the person's good sheets, of whichever of their records. For nobody (0) it finds none.

        Before a sheet is in the person's hand its codes open nothing, for whoever saw it printed.
        """
        return self.unused().filter(
            sheet__person_id__in=person_ids, sheet__ended_at__isnull=True, sheet__handed_over_at__isnull=False
        )


class PhoneChangeQuerySet(OfPersonQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_PHONE_CHANGES)

    def to_ask_about(self) -> Self:
        """The newest that was approved of each person, while nobody said who reads on the new phone."""
        approved = self.model.objects.filter(state="approved", person_id=OuterRef("person_id"))
        newer = approved.filter(decided_at__gt=OuterRef("decided_at"))
        return self.filter(~Exists(newer), state="approved", person__phone_reader="unsaid")

    def for_page(self) -> Self:
        return self.select_related("person", "enterprise__district", "asked_by", "attested_by", "decided_by")


def paper_sight(user: User) -> Q:
    """Enterprises whose papers the user reads for SMEDA: by district, or as the office that has the case in hand."""
    case = grants_to(user, enterprise="pk").filter(purpose="case")
    return Q(district_id__in=user.district_ids) | Q(Exists(case))


def lender_sight(user: User) -> Q:
    """Enterprises that stand before the user's branch: only such grants let a lender see papers, and few kinds."""
    if not user.has_role(*LENDER_ROLES):
        return Q(pk__in=[])
    return Q(Exists(grants_to(user, enterprise="pk").filter(purpose__in=LENDERS_PURPOSES)))


class DocumentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Whose paper it is, and SMEDA where it advises them; a lender sees the kinds that are shared, while it may.

        Partners of a business see its papers, and not each other's cards. Sight alone opens no file: see `open`.
        """
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        if user.is_entrepreneur:
            owned = apps.get_model("enterprises", "Ownership").objects.current().filter(person__user=user)
            return self.filter(Q(person__user=user) | Q(enterprise_id__in=owned.values("enterprise_id")))
        if not user.roles:
            return self.none()
        shared = self.of_any(lender_sight(user)) & Q(kind__is_shared=True)
        return self.filter(self.of_any(paper_sight(user)) | shared)

    def of_any(self, enterprises: Q) -> Q:
        """The condition that a paper is of such an enterprise, or of somebody who owns one."""
        found = apps.get_model("enterprises", "Enterprise").objects.filter(enterprises, pk=OuterRef("enterprise_id"))
        owned = apps.get_model("enterprises", "Ownership").objects.current().filter(person_id=OuterRef("person_id"))
        return Q(Exists(found)) | Q(Exists(owned.filter(Exists(found))))

    def about(self, enterprise: Any) -> Self:
        """The papers of the enterprise, and of the person whom the portal talks to about it."""
        people = apps.get_model("enterprises", "Person").objects.contacts_of(enterprise)
        papers = self.model._default_manager.order_by().values("pk")
        # Each by its own index, which an OR of both would not use.
        return self.filter(
            pk__in=papers.filter(enterprise=enterprise).union(papers.filter(person_id__in=people.values("pk")))
        )

    def standing(self) -> Self:
        """What counts today: neither replaced nor removed."""
        return self.filter(replaced_by__isnull=True, removed_at__isnull=True)

    def counting(self, *, on: Any) -> Self:
        """What counts as handed in on the day; its other face is `Document.counts`."""
        return self.standing().open().filter(Q(expires_on__isnull=True) | Q(expires_on__gte=on))

    def in_check(self) -> Self:
        """What was handed in and counts once the virus check found nothing."""
        return self.standing().filter(scan="waiting")

    def open(self) -> Self:
        """Whose bytes may leave the portal. What was removed, waits for the virus check or failed it is kept shut."""
        return self.filter(removed_at__isnull=True, scan__in=["none", "clean"])

    def to_erase(self, *, before: dt.datetime) -> Self:
        return self.filter(removed_at__lt=before, erased_at__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("kind", "uploaded_by").order_by("kind__order", "kind_id", "-uploaded_at", "-id")


class DocumentRequestQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        """Who is asked, and SMEDA where it advises them."""
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        enterprises = apps.get_model("enterprises", "Enterprise").objects
        if user.is_entrepreneur:
            return self.filter(enterprise_id__in=enterprises.visible_to(user).values("pk"))
        return self.filter(enterprise_id__in=enterprises.filter(paper_sight(user)).values("pk"))

    def for_list(self) -> Self:
        return self.select_related("kind", "asked_by").order_by("due_on", "id")


class PassportQuerySet(models.QuerySet[Any]):
    def valid(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        """Whose it is, and SMEDA where it advises them."""
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        enterprises = apps.get_model("enterprises", "Enterprise").objects
        if user.is_entrepreneur:
            return self.filter(person__user=user, enterprise_id__in=enterprises.visible_to(user).values("pk"))
        return self.filter(enterprise_id__in=enterprises.filter(paper_sight(user)).values("pk"))


class AddressQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        return self.filter(until_at__isnull=True)

    def of(self, person: models.Model, enterprises: Iterable[models.Model]) -> Self:
        """The person's own addresses, and those of these businesses."""
        return self.filter(Q(person=person) | Q(enterprise__in=enterprises))

    def visible_to(self, user: User) -> Self:
        """An address is seen by whoever sees the person or the business."""
        people = apps.get_model("enterprises", "Person").objects.visible_to(user)
        businesses = apps.get_model("enterprises", "Enterprise").objects.visible_to(user)
        return self.filter(Q(person__in=people) | Q(enterprise__in=businesses))
