"""The rows of a list: looked at, one after the other, and the sound ones handed to the action that registers.

Small lists are done while their sender waits; larger ones by the job, which goes on where it stopped.
"""

import datetime as dt
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.db import connection
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import intakes, people
from enterprises.actions.enterprises import Business
from enterprises.intake_forms import BY_KEY, Reader, RowForm, agrees_to_contact, is_example, is_shortened, typed_in
from enterprises.look_alike_forms import SOMEBODY_ALIKE, likeness_of
from enterprises.models import Intake, IntakeRow, Person
from journal.models import JobRun
from kit import cnic as cards
from kit.faults import describe
from kit.text import UnreadableError
from kit.words import listed

Verdict = IntakeRow.Verdict
# What is done while somebody waits: a second or two.
AT_ONCE = 40
# What one run of the job may take; the next minute's goes on.
SECONDS = 240

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell: which column, what was typed, and what would be right, in the reader's language."""

    column: str
    typed: str
    said: str


@dataclass
class Look:
    """What looking at one row found."""

    verdict: str
    form: RowForm
    problems: list[Problem] = field(default_factory=list)


class Checker:
    """Looks at the rows of one list, for one colleague."""

    def __init__(self, intake: Intake, *, by: User) -> None:
        self.intake, self.by = intake, by

    @cached_property
    def reader(self) -> Reader:
        intake = self.intake
        return Reader(headings=intake.headings, columns=intake.columns, district_ids=self.by.registering_district_ids)

    @cached_property
    def first_with(self) -> dict[str, int]:
        """Of each CNIC in the list, the row where it stands first."""
        place = self.intake.columns.index("cnic") if "cnic" in self.intake.columns else None
        found: dict[str, int] = {}
        if place is None:
            return found
        for number, cells in self.intake.rows.order_by("number").values_list("number", "cells"):
            if place < len(cells) and (digits := number_in(cells[place])):
                found.setdefault(digits, number)
        return found

    def form_of(self, row: IntakeRow) -> RowForm:
        keys = self.intake.columns
        merged = {keys[place] for place in row.merged if place < len(keys) and keys[place]}
        return RowForm(typed_in(keys, row.cells), merged=merged, reader=self.reader)

    def name_in(self, row: IntakeRow) -> str:
        return typed_in(self.intake.columns, row.cells).get("name", "")

    def look(self, row: IntakeRow) -> Look:
        return self.look_at([row])[row.pk]

    def look_at(self, rows: Iterable[IntakeRow]) -> dict[int, Look]:
        """What looking at these rows found, by their ids. It asks the database no more often for many than for one."""
        rows = list(rows)
        forms, numbers = {row.pk: self.form_of(row) for row in rows}, {row.pk: row.number for row in rows}
        looks = {pk: Look(Verdict.EXAMPLE, form) for pk, form in forms.items() if is_example(form.typed)}
        looks |= {
            pk: Look(Verdict.FAULTY, form, problems)
            for pk, form in forms.items()
            if pk not in looks and (problems := self.problems_in(form, number=numbers[pk]))
        }
        return looks | self.compare({pk: form for pk, form in forms.items() if pk not in looks})

    def problems_in(self, form: RowForm, *, number: int) -> list[Problem]:
        """What the row says wrongly by itself, or beside the others of its list."""
        problems = [
            Problem(str(BY_KEY[key].label), form.typed.get(key, ""), str(said))
            for key in BY_KEY
            for said in form.errors.get(key, ())
        ]
        digits = "" if problems else form.cleaned_data["cnic"]
        if digits and self.first_with.get(digits, number) < number:
            said = _("The same CNIC stands in row %(number)s.") % {"number": self.first_with[digits]}
            return [Problem(str(BY_KEY["cnic"].label), form.typed.get("cnic", ""), said)]
        return problems

    def compare(self, forms: dict[int, RowForm]) -> dict[int, Look]:
        """Rows without a fault, beside what was registered before and who is on file."""
        if not forms:
            return {}
        digests = {pk: digest_of(form) for pk, form in forms.items()}
        before = IntakeRow.objects.filter(digest__in=digests.values(), verdict=Verdict.REGISTERED)
        registered = set(before.values_list("digest", flat=True))
        said = _("The very same row was registered before.")
        looks = {
            pk: Look(Verdict.TWICE, form, [Problem("", "", said)])
            for pk, form in forms.items()
            if digests[pk] in registered
        }
        looks |= self.find_cards({pk: form for pk, form in forms.items() if pk not in looks})
        return looks | self.find_alike({pk: form for pk, form in forms.items() if pk not in looks})

    def find_cards(self, forms: dict[int, RowForm]) -> dict[int, Look]:
        """Rows whose CNIC is on file, with who has it, as far as the colleague may know."""
        cards = [form.cleaned_data["cnic"] for form in forms.values() if form.cleaned_data["cnic"]]
        on_file = Person.objects.filter(cnic__in=cards).select_related("merged_into") if cards else []
        holders = {person.cnic: people.living(person) for person in on_file}
        held_by = [person.pk for person in holders.values()]
        seen = set(
            Person.objects.visible_to(self.by).filter(pk__in=held_by).values_list("pk", flat=True) if cards else ()
        )
        label = str(BY_KEY["cnic"].label)
        return {
            pk: Look(Verdict.ON_FILE, form, [Problem(label, form.typed["cnic"], self.said_of(holder, seen=seen))])
            for pk, form in forms.items()
            if (holder := holders.get(form.cleaned_data["cnic"]))
        }

    def find_alike(self, forms: dict[int, RowForm]) -> dict[int, Look]:
        """Whether somebody on file could be meant; for a partner's clerk that somebody looks alike, not who."""
        facts = {pk: likeness_of(form) for pk, form in forms.items()}
        if self.by.has_perm("enterprises.find_look_alikes"):
            alike = people.alike_among(Person.objects.visible_to(self.by), facts)
            problems = {
                pk: [Problem(one.person.name, "", listed(one.likeness.words_for)) for one in candidates]
                for pk, candidates in alike.items()
            }
        else:
            is_like = people.is_like_somebody(facts)
            problems = {pk: [Problem("", "", str(SOMEBODY_ALIKE))] if is_like[pk] else [] for pk in forms}
        return {
            pk: Look(Verdict.ALIKE if problems[pk] else Verdict.SOUND, form, problems[pk]) for pk, form in forms.items()
        }

    def said_of(self, holder: Person, *, seen: Collection[int]) -> str:
        """Who has the card, as far as the colleague may know."""
        if holder.pk in seen:
            return _("On file already: %(name)s") % {"name": holder.name}
        if not self.by.has_perm("enterprises.find_look_alikes"):
            return _("On file already.")
        if office := people.office_elsewhere(holder.cnic or "", by=self.by):
            return _("On file already, at %(office)s. Ask there.") % {"office": office.label}
        return _("On file already.")


def leads_in(intake: Intake) -> int:
    """How many of the rows that are fine say nothing of a permission to be contacted: nobody may call these."""
    sound = intake.rows.filter(verdict=Verdict.SOUND).values_list("cells", flat=True)
    return sum(not agrees_to_contact(intake.columns, cells) for cells in sound)


def number_in(text: str) -> str:
    """The CNIC that stands in a cell; "" for none that can be read."""
    try:
        return cards.parse(text)
    except UnreadableError:
        return ""


def digest_of(form: RowForm) -> str:
    business = form.facts_of_business()
    return intakes.digest_of(
        form.facts()
        | {"cnic": form.cleaned_data["cnic"]}
        | {name: str(getattr(value, "pk", value)) for name, value in business.items()}
    )


# Work


def advance(intake: Intake, *, until: float | None = None) -> bool:
    """Look at what waits, or register what was confirmed, row by row; return whether nothing is left to do.

    It may be called any number of times, and by two at once: each row is done once. `until` is a moment of the
    monotonic clock at which it stops between two rows.
    """
    intake.refresh_from_db()
    if not intake.is_working:
        return True
    if intake.checked_at is None:
        return check_waiting(intake, until=until)
    return register_confirmed(intake, until=until)


def is_over(until: float | None) -> bool:
    return until is not None and monotonic() >= until


def check_waiting(intake: Intake, *, until: float | None) -> bool:
    checker = Checker(intake, by=intake.uploaded_by)
    for row in intake.rows.filter(verdict=Verdict.WAITING).order_by("number"):
        if is_over(until):
            return False
        intakes.judge(row=row, verdict=checker.look(row).verdict)
    intakes.finish_checking(intake=intake)
    return True


def register_confirmed(intake: Intake, *, until: float | None) -> bool:
    by = intake.confirmed_by
    checker = Checker(intake, by=by)
    for row in intake.rows.filter(verdict=Verdict.SOUND).order_by("number"):
        if is_over(until):
            return False
        register_one(row, checker, by=by)
    intakes.finish_registering(intake=intake)
    return True


def register_one(row: IntakeRow, checker: Checker, *, by: User) -> None:
    """Look once more, for much may have happened since, and register. Whatever fails, the next row goes on."""
    try:
        look = checker.look(row)
        if look.verdict != Verdict.SOUND:
            intakes.judge(row=row, verdict=look.verdict)
        else:
            intakes.register_sound(row=row, by=by, digest=digest_of(look.form), **said_in(look.form))
    except Exception as error:
        if not connection.is_usable():
            raise
        fault = describe(error)
        logger.error("row not registered", extra={"row": row.pk, **fault})  # noqa: TRY400 - codes only
        intakes.fail(row=row, fault=" ".join(fault.values()))


def answers_in(row: IntakeRow, *, by: User) -> tuple[dict[str, str], dict[str, Any]]:
    """What the page for registering by hand is filled with; and what it does not ask, of the business.

    Of a cell that cannot be read nothing is taken over but its text; of a number that Excel shortened not even that.
    """
    form = Checker(row.intake, by=by).form_of(row)
    form.is_valid()
    read = form.cleaned_data
    of_business = {name: read[name] for name in ("what", "started_on") if read.get(name)}
    legible = {key: text for key, text in form.data.items() if key not in {"cnic", "phone"} or not is_shortened(text)}
    # A list may say the whole day of birth; the page asks the year.
    born = {"birth_year": str(read["birth_year"].year)} if read.get("birth_year") else {}
    return legible | born, of_business


def said_in(form: RowForm) -> dict[str, Any]:
    """What the row says, as `assisted.register` takes it."""
    return {
        "cnic": form.cleaned_data["cnic"],
        "facts": form.facts(),
        "business": Business(**form.facts_of_business()),
        "consented": form.consented(),
        "presumed": form.presumed,
    }


# The job


def due_period(now: dt.datetime) -> str | None:
    """Every minute, while a list waits for us."""
    return f"{now:%Y-%m-%dT%H.%M}" if Intake.objects.unfinished().exists() else None


def work(run: JobRun) -> dict[str, int]:
    """Go on with the lists that wait, the oldest first, for some minutes. A list that fails stops no other."""
    until = monotonic() + SECONDS
    found = {"done": 0, "left": 0, "failed": 0}
    waiting = Intake.objects.unfinished().select_related("uploaded_by", "confirmed_by").order_by("touched_at", "id")
    for intake in list(waiting):
        try:
            found["done" if advance(intake, until=until) else "left"] += 1
        except Exception as error:
            if not connection.is_usable():
                raise
            logger.error("list failed", extra={"intake": intake.pk, **describe(error)})  # noqa: TRY400 - codes only
            found["failed"] += 1
    return found
