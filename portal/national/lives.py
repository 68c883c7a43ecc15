"""Which tables a life is written in, in the order in which they can be copied."""

from graphlib import TopologicalSorter

from django.apps import apps
from django.db.models import Field, ForeignKey, Model

from enterprises.models import Draft, Enterprise, Person
from journal.models import Event
from messaging.models import Message
from training.models import CourseRun

Table = type[Model]
# What a life begins with; whatever points to one of them, or to what does, is part of it.
ROOTS: tuple[Table, ...] = (Person, Enterprise, CourseRun)
# A registration that somebody stopped halfway through is not yet a life.
LEFT_OUT: tuple[Table, ...] = (Draft,)
# Two tables that point to each other: this key is looked at once both are copied.
POINTS_BACK: frozenset[tuple[str, str]] = frozenset({("loans.Loan", "frozen_for")})
# What names its rows by label and id. They come last, and hold ids of all others.
BY_LABEL: tuple[Table, ...] = (Event, Message)


def tables() -> list[Table]:
    """All of them, each after those that it points to."""
    found: set[Table] = set(ROOTS)
    others = [model for model in apps.get_models() if model._meta.managed and model not in {*LEFT_OUT, *BY_LABEL}]
    while more := {model for model in others if model not in found and found & set(pointed_to(model))}:
        found |= more
    order = TopologicalSorter({model: (set(waits_for(model)) & found) - {model} for model in sorted_by_label(found)})
    return [*order.static_order(), *BY_LABEL]


def sorted_by_label(models: set[Table]) -> list[Table]:
    """The same order at every run."""
    return sorted(models, key=lambda model: model._meta.label)


def pointed_to(model: Table) -> list[Table]:
    return [field.related_model for field in keys(model)]


def waits_for(model: Table) -> list[Table]:
    return [field.related_model for field in keys(model) if (model._meta.label, field.name) not in POINTS_BACK]


def keys(model: Table) -> list[ForeignKey]:
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def written(model: Table) -> list[Field]:
    """The columns that the database does not work out by itself."""
    return [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
