"""A word of its own in every field of free text, and in every event: whatever is shown says where it is from."""

import datetime as dt
import re
from contextlib import contextmanager
from itertools import count
from string import ascii_lowercase

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from journal import events, sentences
from journal.events import ADVISORS, LENDER, MANAGERS
from journal.models import Event
from tests.databases import without_triggers
from tests.factories.accounts import UserFactory

OURS = ("accounts", "casework", "enterprises", "formalisation", "loans", "messaging", "training")
# What is no free text though nothing says what may stand in it: codes, digests, seals and addresses within.
CODED = {
    "code", "cnic", "closed_by_code", "closed_by_event", "columns", "dedup_key", "digest", "email", "fault", "field",
    "for_steps", "gateway_id", "key", "kind", "language", "last_error", "last_step", "number", "password", "path",
    "enterprises.Document.name", "reference", "secret", "sent_to", "session_key", "sha256", "subject",
    "target_label", "username", "wording",
}  # fmt: skip
WORD = re.compile(r"zq[a-z]{4}q", re.IGNORECASE)
# A number that is planted ends in seven digits; however it is written, one finds them.
NUMBER, APART = re.compile(r"355([0-9]{7})(?![0-9])"), re.compile(r"[-\s\u2066-\u2069]|&nbsp;")
# No record of ours is so old: where such a year stands, an event that was planted is shown, by whatever words.
LONG_AGO = dt.datetime(1901, 1, 1, 12, tzinfo=dt.UTC)
# Not the end of a number such as MUL-L-1901, nor of an address.
YEAR = re.compile(r"(?<![-/])\b1901\b")
OTHERS = (ADVISORS, LENDER, MANAGERS)
# Each sequence goes on from one number, so that few numbers in an address lead to a record of each kind.
LINE_UP = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, max(last_value) OVER ())
    FROM pg_sequences WHERE schemaname = 'public' AND data_type = 'bigint'::regtype AND sequencename LIKE '%_id_seq'
"""


def line_up():
    """The number above which all stands that is planted."""
    with connection.cursor() as cursor:
        cursor.execute(LINE_UP)
        return cursor.fetchall()[0][0]


def fields_of(model):
    """Its fields of free text."""
    texts = [one for one in model._meta.concrete_fields if isinstance(one, models.CharField | models.TextField)]
    return [
        one
        for one in texts
        if not one.choices and not one.primary_key and one.name not in CODED and str(one) not in CODED
    ]


def records():
    """Our models with free text, but for reference data, which everybody may read."""
    for model in apps.get_models():
        if model._meta.app_label in OURS and not any(one.name == "name_ur" for one in model._meta.concrete_fields):
            yield model


def free_texts():
    """Every field of free text of every kind of record."""
    return {f"{model._meta.model_name}: {field.name}" for model in records() for field in fields_of(model)}


@contextmanager
def constraints_asked_at_once():
    """A table with questions still to ask lets nobody change its triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class Planted:
    """What was planted, by its word: `read` says of a text whose words stand in it."""

    def __init__(self, above):
        self.above, self.words, self.numbers = above, {}, {}
        self._next = count(1)

    def word(self, what):
        number, letters = next(self._next), ""
        for _place in range(4):
            number, letter = divmod(number, len(ascii_lowercase))
            letters = ascii_lowercase[letter] + letters
        self.words[word := f"Zq{letters}q".lower()] = what
        return word.capitalize()

    def phone(self, what):
        self.numbers[digits := f"{next(self._next):07d}"] = what
        return f"+92355{digits}"

    def in_records(self, told_apart):
        """Every text that is there gets its word. `told_apart` says of a row what it is and whose."""
        with constraints_asked_at_once(), without_triggers(connection):
            for model in records():
                for row in model._base_manager.filter(pk__gt=self.above):
                    self.in_row(row, *told_apart(row))

    def in_row(self, row, kind, whose):
        """In fields that are empty too, where the database lets a row of this state have a text there."""
        for field in fields_of(type(row)):
            plant = self.phone if "phone" in field.name else self.word
            text, rows = plant(f"{kind}: {field.name} of {whose}"), type(row)._base_manager.filter(pk=row.pk)
            try:
                with transaction.atomic():
                    rows.update(**{field.attname: text})
            except DatabaseError:
                assert not getattr(row, field.attname), f"{kind}: {field.name} is no free text"
                self.words.pop(text.lower(), None)
                self.numbers.pop(text[-7:], None)

    def in_events(self, *, enterprise, person):
        """One event of every kind for every audience but theirs: of the business, and of the person alone."""
        sentences.install(dict.fromkeys(events._wired, "%(planted)s"))
        colleague = UserFactory()
        Event.objects.bulk_create(
            Event(
                name=name, target_label=type(about)._meta.label_lower, target_id=about.pk, by=colleague, at=LONG_AGO,
                audience=[audience], data={"planted": self.word(f"event for {audience}: {name}")},
                enterprise_id=enterprise.pk if about is enterprise else None, person_id=person.pk,
            )
            for name in sorted(events._wired)
            for audience in OTHERS
            for about in (enterprise, person)
        )  # fmt: skip

    def kinds(self):
        """What something was planted in, whosever it is."""
        return {what.rpartition(" of ")[0] or what for what in (*self.words.values(), *self.numbers.values())}

    def read(self, text):
        shown = {self.words.get(word.lower()) for word in WORD.findall(text)}
        shown |= {self.numbers.get(digits) for digits in NUMBER.findall(APART.sub("", text))}
        return (shown - {None}) | ({"the day of an event for somebody else"} if YEAR.search(text) else set())
