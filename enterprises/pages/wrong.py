"""What clients called wrong of what was written down for them."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q

from enterprises.details import field_label
from enterprises.models import Enterprise, Ownership, Person, Statement
from kit import words


def fields_of(enterprise_ids: Collection[int]) -> dict[int, str]:
    """The fields by business, of itself and of its owners, as one line of words. Two queries for all."""
    owners = Ownership.objects.current().filter(enterprise__in=enterprise_ids).values_list("person_id", "enterprise_id")
    businesses = defaultdict(list)
    for person_id, enterprise_id in owners:
        businesses[person_id].append(enterprise_id)
    wrong = Statement.objects.called_wrong().filter(Q(enterprise__in=enterprise_ids) | Q(person__in=list(businesses)))
    labels = defaultdict(list)
    for person_id, enterprise_id, field in wrong.order_by("pk").values_list("person_id", "enterprise_id", "field"):
        for one in [enterprise_id] if enterprise_id else businesses[person_id]:
            labels[one].append(field_label(Enterprise if enterprise_id else Person, field))
    return {one: words.listed(dict.fromkeys(names)) for one, names in labels.items()}
