"""First calls, and contacts that were agreed."""

from collections.abc import Iterator

from django.db.models import Exists, Q, QuerySet

from casework.models import Attempt, Case
from casework.open_items.parts import NEXT_CONTACT, OF_CASE, late_below
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    yield first_contacts(scope.narrow(Case.objects.uncalled(), **OF_CASE))
    yield next_contacts(scope.narrow(dated(), **OF_CASE))


def late(scope: Scope) -> Iterator[QuerySet]:
    of_case = {"today": scope.today, "office": "office", "holder": "advisor_id"}
    # Whom three attempts did not reach: what is next, the manager decides.
    in_vain = Q(Exists(Attempt.objects.in_vain()))
    uncalled = {"due_on": "first_contact_due_on", "also": in_vain} | of_case
    yield first_contacts(late_below(Case.objects.uncalled(), scope.user_id, **uncalled))
    yield next_contacts(late_below(dated(), scope.user_id, due_on="next_contact_on", **of_case))


def dated() -> QuerySet:
    return Case.objects.called().filter(next_contact_on__isnull=False)


def first_contacts(cases: QuerySet) -> QuerySet:
    return as_items(
        cases,
        kind="casework.first_contact",
        since="opened_at",
        due_on="first_contact_due_on",
        owner=Owner.ADVISOR,
        **OF_CASE,
    )


def next_contacts(cases: QuerySet) -> QuerySet:
    return as_items(
        cases,
        kind=NEXT_CONTACT,
        since="last_contact_at",
        due_on="next_contact_on",
        owner=Owner.ADVISOR,
        **OF_CASE,
    )
