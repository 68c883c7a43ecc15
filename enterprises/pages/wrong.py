"""What clients called wrong of what was written down for them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from enterprises import details
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
            labels[one].append(details.field_label(Enterprise if enterprise_id else Person, field))
    return {one: words.listed(dict.fromkeys(names)) for one, names in labels.items()}


# Where an advisor changes what no page of questions asks for, by its subject.
OF_PERSON = {
    "name": "person-name",
    "parent_name": "person-name",
    "parent_relation": "person-name",
    "sex": "person-name",
    "cnic": "person-card",
    "phone": "person-access",
    "phone_owner": "person-phone",
}
OF_ENTERPRISE = {
    "place": "business-address-edit",
    "stage": "enterprise-stage",
    "district": "enterprise-district",
}


def statements_of(enterprise: Enterprise) -> QuerySet[Statement]:
    """What is called wrong of the business and of its owners, the first one first."""
    wrong = Statement.objects.called_wrong().about_business(enterprise)
    subjects = ("person", "enterprise__sector", "enterprise__district")
    return wrong.select_related(*subjects, "by").order_by("disputed_at", "pk")


def rows_of(
    statements: Iterable[Statement], enterprise: Enterprise, *, viewer: User, carry: str
) -> list[dict[str, Any]]:
    """The fields as `components/answers.html` takes them, each with where an advisor changes it."""
    contact = Person.objects.contacts_of(enterprise).first()
    return [
        {
            "label": label_of(one),
            "text": details.text_of(one.subject, one.field, viewer=viewer),
            "small": details.source_of(one, viewer=viewer)["small"],
            "url": url_of(one, enterprise, contact=contact, carry=carry),
        }
        for one in statements
    ]


def label_of(statement: Statement) -> str:
    """The field with whose it is: a business may have several owners."""
    label = details.field_label(type(statement.subject), statement.field)
    return f"{statement.person.name}: {label}" if statement.person else label


def url_of(statement: Statement, enterprise: Enterprise, *, contact: Person | None, carry: str) -> str:
    """Where an advisor changes the field; empty where its page is the contact's and it is a further owner's."""
    of_person = statement.person_id is not None
    name = (OF_PERSON if of_person else OF_ENTERPRISE).get(statement.field)
    if name:
        return reverse(f"enterprises:{name}", args=[statement.person_id or enterprise.pk]) + carry
    if of_person and statement.person != contact:
        return ""
    subject = "person" if of_person else "enterprise"
    for part in details.PARTS.values():
        if part.form.subject == subject and statement.field in part.form.told():
            return reverse("enterprises:enterprise-change", args=[enterprise.pk, part.key]) + carry
    return ""
