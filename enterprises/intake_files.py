"""The files of lists that people download: the empty template, and the rows that wait to be mended."""

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.intake_forms import COLUMNS, CONSENTS, LABELS, NOTES, Column
from enterprises.intake_rows import Checker
from enterprises.models import Intake, IntakeRow, Sector
from kit import exports
from places.models import District

Verdict = IntakeRow.Verdict
WIDE, NARROW = 24, 16


def template(user: User, *, form: str) -> bytes:
    """The heads with one example; as XLSX with hints and choices in the cells, and the lists on a second sheet."""
    example = [str(column.example) for column in COLUMNS]
    if form == "csv":
        return exports.write_csv([[str(column.label) for column in COLUMNS], example])
    columns = [head_of(column) for column in COLUMNS]
    hints = [
        (str(column.label), _("must be filled in") if column.is_needed else "", str(column.hint)) for column in COLUMNS
    ]
    pages = [
        exports.Page(_("People"), columns, [], is_open=True),
        exports.Page(
            _("How to fill it in"),
            [exports.Column(_("Column"), width=32), exports.Column("", width=20), exports.Column(_("Hint"), width=70)],
            hints,
        ),
        exports.Page(
            _("An example"), [exports.Column(column.heading, width=column.width) for column in columns], [example]
        ),
        exports.Page(
            _("Kinds of work and districts"),
            [exports.Column(_("Kind of work"), width=44), exports.Column(_("District"), width=28)],
            side_by_side(
                [name for _group, lines in Sector.objects.for_choices() for _code, name in lines], districts_of(user)
            ),
        ),
    ]
    return exports.write_xlsx(pages, is_rtl=get_language_bidi())


def head_of(column: Column) -> exports.Column:
    choices = [_("Yes"), _("No")] if column.key in CONSENTS else [str(label) for label in LABELS.get(column.key, ())]
    heading = f"{column.label} *" if column.is_needed else str(column.label)
    width = WIDE if column.key in {"name", "parent_name", "sector", "business", "what", "place"} else NARROW
    return exports.Column(heading, str(column.hint), choices, is_text=column.is_text, width=width)


def districts_of(user: User) -> list[str]:
    return sorted(district.label for district in District.objects.filter(pk__in=user.registering_district_ids))


def side_by_side(*lists: list[str]) -> list[list[str]]:
    """Lists of different lengths as the columns of a sheet."""
    longest = max(map(len, lists), default=0)
    return [[one[place] if place < len(one) else "" for one in lists] for place in range(longest)]


def to_mend(intake: Intake, checker: Checker, *, form: str) -> bytes:
    """What was typed in each row that was not registered, its number there, and why, in the reader's language."""
    heads = [*intake.headings, *map(str, NOTES)]
    rows = [
        [*padded(row, intake), row.number, reason_of(row, checker)] for row in intake.rows.to_mend().order_by("number")
    ]
    if form == "csv":
        return exports.write_csv([heads, *rows])
    text = {place for place, key in enumerate(intake.columns) if key in {"cnic", "phone"}}
    columns = [exports.Column(head, is_text=place in text) for place, head in enumerate(heads)]
    return exports.write_xlsx([exports.Page(_("To mend"), columns, rows)], is_rtl=get_language_bidi())


def padded(row: IntakeRow, intake: Intake) -> list[str]:
    """The row's cells, neither more nor fewer than there are heads."""
    width = len(intake.headings)
    return [*row.cells, *[""] * width][:width]


def reason_of(row: IntakeRow, checker: Checker) -> str:
    look = checker.look(row)
    said = [f"{problem.column}: {problem.said}" if problem.column else problem.said for problem in look.problems]
    if look.verdict == Verdict.ALIKE:
        said.insert(0, _("Could be somebody on file. Register them by hand."))
    if row.verdict == Verdict.FAILED:
        said.append(_("This row could not be registered. Try it by hand."))
    return " | ".join(said)
