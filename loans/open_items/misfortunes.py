"""A family that somebody visits after a death or a disability, and what follows from it."""

from collections.abc import Iterator

from django.db.models import QuerySet

from journal.open_items import Owner, Scope, as_items
from loans.models import Misfortune

OF_VISIT = {"enterprise": "loan__enterprise_id", "holder": "visitor_id", "office": "branch_id"}
# What follows is said by whoever manages the branch.
OF_SETTLING = OF_VISIT | {"holder": None}


def items(scope: Scope) -> Iterator[QuerySet]:
    yield as_items(
        scope.narrow(Misfortune.objects.to_visit(), **OF_VISIT),
        kind="loans.family_visit",
        since="reported_at",
        due_on="due_on",
        owner=Owner.LENDER,
        **OF_VISIT,
    )
    yield as_items(
        scope.narrow(Misfortune.objects.to_settle(), **OF_SETTLING),
        kind="loans.misfortune",
        since="reported_at",
        due_on="due_on",
        owner=Owner.LENDER,
        **OF_SETTLING,
    )
