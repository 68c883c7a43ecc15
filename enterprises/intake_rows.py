"""The rows of a list: looked at, one after the other, and the sound ones handed to the action that registers.

Small lists are done while their sender waits; larger ones by the job, which goes on where it stopped.
"""

import datetime as dt
import logging
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.db import connection
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import intakes, people
from enterprises.actions.enterprises import Business
from enterprises.intake_forms import BY_KEY, Reader, RowForm, typed_in
from enterprises.look_alike_forms import likeness_of
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
        form = self.form_of(row)
        problems = [
            Problem(str(BY_KEY[key].label), form.typed.get(key, ""), str(said))
            for key in BY_KEY
            for said in form.errors.get(key, ())
        ]
        if problems:
            return Look(Verdict.FAULTY, form, problems)
        typed, digits = form.typed.get("cnic", ""), form.cleaned_data["cnic"]
        if digits and self.first_with.get(digits, row.number) < row.number:
            said = _("The same CNIC stands in row %(number)s.") % {"number": self.first_with[digits]}
            return Look(Verdict.FAULTY, form, [Problem(str(BY_KEY["cnic"].label), typed, said)])
        if IntakeRow.objects.filter(digest=digest_of(form), verdict=Verdict.REGISTERED).exists():
            return Look(Verdict.TWICE, form, [Problem("", "", _("The very same row was registered before."))])
        if digits and (holder := Person.objects.filter(cnic=digits).first()):
            problem = Problem(str(BY_KEY["cnic"].label), typed, self.said_of(people.living(holder)))
            return Look(Verdict.ON_FILE, form, [problem])
        return self.look_for_alike(form)

    def look_for_alike(self, form: RowForm) -> Look:
        if not self.by.has_perm("enterprises.find_look_alikes"):
            return self.look_unseen(form)
        found = people.look_alike(facts=likeness_of(form), by=self.by)
        if not found:
            return Look(Verdict.SOUND, form)
        problems = [
            Problem(candidate.person.name, "", listed(candidate.likeness.words_for)) for candidate in found.candidates
        ]
        return Look(Verdict.ALIKE, form, problems)

    def look_unseen(self, form: RowForm) -> Look:
        """For a partner's clerk: that somebody looks alike, not who."""
        if not people.is_alike(facts=likeness_of(form)):
            return Look(Verdict.SOUND, form)
        said = _("Somebody like this is on file. Register them only if they say that they never registered.")
        return Look(Verdict.ALIKE, form, [Problem("", "", said)])

    def said_of(self, holder: Person) -> str:
        """Who has the card, as far as the colleague may know."""
        if self.by.has_perm("enterprises.view_person", holder):
            return _("On file already: %(name)s") % {"name": holder.name}
        if not self.by.has_perm("enterprises.find_look_alikes"):
            return _("On file already.")
        if office := people.office_elsewhere(holder.cnic or "", by=self.by):
            return _("On file already, at %(office)s. Ask there.") % {"office": office.label}
        return _("On file already.")


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


def answers_in(row: IntakeRow, *, by: User) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
    """What the page for registering by hand is filled with; and what it does not ask, of the person and the business.

    Of a cell that cannot be read nothing is taken over but its text.
    """
    form = Checker(row.intake, by=by).form_of(row)
    form.is_valid()
    read = form.cleaned_data
    born = read.get("birth_year")
    of_person = {"birth_year": born.year} if born else {}
    of_business = {name: read[name] for name in ("what", "started_on") if read.get(name)}
    return dict(form.data), of_person, of_business


def said_in(form: RowForm) -> dict[str, Any]:
    """What the row says, as `assisted.register` takes it."""
    return {
        "cnic": form.cleaned_data["cnic"],
        "facts": form.facts(),
        "business": Business(**form.facts_of_business()),
        "consented": form.consented(),
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
