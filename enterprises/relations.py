"""What hangs on a person, on an enterprise, or on what goes over with them: where it goes when records are merged.

`portal/wiring.py` lists every relation of every app; a test fails on one that is missing. The rule says what happens
where both records have a row and only one may stand.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERSON, ENTERPRISE = "enterprises.Person", "enterprises.Enterprise"
# What `closes` writes into a row: the moment of the merge, and who merged. Sentences are for the client to read.
NOW, BY = "now", "by"
NEVER: Any = Q(pk__in=[])


class Rule(Enum):
    """What happens to the rows of the record that goes."""

    BOTH = "both"
    KEPT = "kept"
    CLOSE = "close"
    FOLD = "fold"
    REFUSE = "refuse"
    VALUE = "value"
    STAYS = "stays"

    @property
    def words(self) -> Promise:
        return WORDS[self]

    def words_for(self, *, going: int, kept_back: int) -> Promise:
        """What happens, where so many rows go over and so many do not."""
        said = ALL_GO if not kept_back else MIXED if going else NONE_GO
        return said.get(self, self.words)


WORDS: dict[Rule, Promise] = {
    Rule.BOTH: _("All of them go over."),
    Rule.KEPT: _("They go over. Where both have one, the kept record's counts and the other stays."),
    Rule.CLOSE: _("They go over. Where both wait for the same, the second is ended."),
    Rule.FOLD: _("They go over. Where both have one, the kept record's goes on with what hangs on the other."),
    Rule.REFUSE: _("They go over. Where both have one that is open, nothing is joined."),
    Rule.VALUE: _("They go over with the value that they speak of."),
    Rule.STAYS: _("They stay, and are read together with the kept record's."),
}
# The same where only the one or the other comes to pass: the line says what its numbers say.
ALL_GO = {Rule.KEPT: WORDS[Rule.BOTH], Rule.CLOSE: WORDS[Rule.BOTH], Rule.FOLD: WORDS[Rule.BOTH]}
NONE_GO: dict[Rule, Promise] = {
    Rule.BOTH: _("They stay: the kept record is about another person."),
    Rule.KEPT: _("The kept record has the same: its own counts, and these stay."),
    Rule.CLOSE: _("The kept record waits for the same: these are ended."),
    Rule.FOLD: _("The kept record's goes on, with what hangs on the other."),
    Rule.VALUE: _("They stay: the kept record has a value of its own."),
}
MIXED: dict[Rule, Promise] = {
    Rule.BOTH: _("They go over where the kept record is about the same person; the others stay."),
    Rule.VALUE: _("They go over where their value does; the others stay."),
}


@dataclass(frozen=True)
class Relation:
    """One way in which rows point at a record: `path` is "app.Model.field".

    `title`: what the rows are called on pages; empty where another relation tells of the same rows.
    `once`: what may stand but once with a record, among the rows that meet `among`.
    `closes`: what is written into the second of two (CLOSE), or into the row that others are folded out of (FOLD),
    where it meets `among`; `ends` narrows that where `among` does not.
    `unless`: where one of two stays behind (KEPT), but both are such as this, nothing is joined: see `refusal`.
    `blocks`: rows that let nothing be merged while either record has one; `refusal` says so and what to do.
    `against`: another field of the same model; a row that joins one record to the other would join it to itself.
    `as_moved`: what changes in a row that goes over. `renumbers`: a number that is counted on from the kept record's.
    `while_twin`: what was ended comes back with an undo only while the kept record's row still stands.
    `alike`: in this field both of what it points at must name one person, or all of its rows stay (BOTH); nothing is
    joined while one of them meets `among`.
    `rank`: of two that are folded, the one that ranks higher is kept, and with it its enterprise.
    `of`: what it points at, where the field is a plain number.
    """

    path: str
    title: Promise | str
    rule: Rule = Rule.BOTH
    once: tuple[str, ...] = ()
    among: Q = field(default_factory=Q)
    closes: Mapping[str, Any] = field(default_factory=dict)
    ends: Q = field(default_factory=Q)
    unless: Q | None = None
    blocks: Q | None = None
    refusal: Promise | str = ""
    against: str = ""
    as_moved: Mapping[str, Any] = field(default_factory=dict)
    renumbers: str = ""
    while_twin: bool = False
    alike: str = ""
    rank: Callable[[Any], Any] | None = None
    of: str = ""

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.path.rpartition(".")[0])

    @property
    def column(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def target(self) -> str:
        """The label of what it points at."""
        related = self.model._meta.get_field(self.column).related_model
        return self.of or str(related._meta.label)

    def rows(self, *pks: int) -> Any:
        """The rows that point at these records."""
        return self.model._default_manager.filter(**{f"{self.column}__in": pks})


_installed: list[Relation] = []


def install(table: Iterable[Relation]) -> None:
    """Take over the table of `portal/wiring.py`, in the order in which rows go over."""
    _installed[:] = table


def installed() -> tuple[Relation, ...]:
    return tuple(_installed)


def at(path: str) -> Relation | None:
    return next((relation for relation in _installed if relation.path == path), None)


def stamped(values: Mapping[str, Any], *, by: int, now: dt.datetime, language: str) -> dict[str, Any]:
    """The values with who and when filled in, and sentences in this language."""
    filled = {NOW: now, BY: by}
    with translation.override(language):
        said = {name: str(value) if isinstance(value, Promise) else value for name, value in values.items()}
    return {name: filled.get(value, value) if isinstance(value, str) else value for name, value in said.items()}


def plain(value: Any) -> Any:
    """A value as JSON keeps it whole, to the microsecond."""
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def revived(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """What `plain` wrote, as the model's fields hold it."""
    fields: Any = model._meta
    return {name: fields.get_field(name).to_python(value) for name, value in values.items()}
