"""Where everything goes when records are merged: no relation may be forgotten (R7)."""

from django.apps import apps
from django.db import models

from casework.models import Case
from enterprises import relations
from enterprises.models import Enterprise, Grant, Person
from enterprises.relations import Rule
from portal.relations import NAMES_A_ROW, RELATIONS

# What is merged: people and enterprises, and what is folded with them.
MERGED = (Person, Enterprise, Case, Grant)


def pointing():
    """Every field of the database that points at something that is merged, as "app.Model.field"."""
    found = set()
    for target in MERGED:
        for relation in target._meta.get_fields(include_hidden=True):
            if not relation.auto_created or relation.concrete or not relation.is_relation:
                continue
            field = relation.field
            if field.many_to_many:  # its rows are those of the model between, which is walked itself
                assert not field.remote_field.through._meta.auto_created
                continue
            found.add(f"{field.model._meta.label}.{field.name}")
    return found


def by_number():
    """Plain numbers that name a row: fields that end in _id and are no foreign key."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.concrete_fields
        if field.name.endswith("_id") and not field.is_relation and isinstance(field, models.IntegerField)
    }


OURS = {
    "portal", "reports", "formalisation", "training", "loans", "casework", "enterprises", "accounts", "messaging",
    "journal", "places",
}  # fmt: skip


def unlisted(table):
    listed = {relation.path for relation in table}
    return sorted((pointing() | by_number()) - listed - NAMES_A_ROW)


def test_every_relation_says_where_its_rows_go():
    assert unlisted(RELATIONS) == []


def test_a_relation_that_is_forgotten_is_found():
    """The control: with one line less in the table, the walk names it."""
    without = [relation for relation in RELATIONS if relation.path != "casework.Contact.case"]

    assert unlisted(without) == ["casework.Contact.case"]


def test_nothing_is_listed_that_is_not_there_and_nothing_twice():
    paths = [relation.path for relation in RELATIONS]

    assert sorted(paths) == sorted(set(paths))
    assert set(paths) | NAMES_A_ROW == pointing() | by_number()


def test_what_is_folded_comes_before_what_hangs_on_it_and_every_refusal_has_its_words():
    order = [relation.path for relation in RELATIONS]
    for folded in (relation for relation in RELATIONS if relation.rule == Rule.FOLD):
        label = folded.model._meta.label
        hanging = [relation.path for relation in RELATIONS if relation.target == label]
        assert all(order.index(path) > order.index(folded.path) for path in hanging), label
    refusing = [one for one in RELATIONS if one.rule == Rule.REFUSE or one.blocks is not None]
    assert all(str(relation.refusal) for relation in refusing)
    assert relations.installed() == RELATIONS
