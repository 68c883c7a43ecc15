"""The columns of a list of people, in both languages, and the form that reads one row of it.

The answers are those of the page on which a colleague registers somebody: `RowForm` is that form, fed from a
spreadsheet. What it refuses is said in the same words.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from enterprises import relatives
from enterprises.forms import AssistedForm
from enterprises.intake_fields import KnownDistrictField, YearField
from enterprises.intake_heads import CALLED, bare
from enterprises.models import PHONE_OWNERS, Consent, Enterprise, Person, Sector, Sex
from kit.exports import FORMULA_STARTS
from kit.fields import TextField
from kit.sheets import LONGEST_CELL
from kit.text import ascii_digits, clean
from kit.uploads import SheetField
from kit.words import listed
from places import matching
from places.models import District

LANGUAGES = [code for code, _name in settings.LANGUAGES]
FEWEST_HEADS = 2
HEAD_WITHIN = 20
SHORTEST_PART = 4
# Excel writes 3520212345671 as 3.52021E+12 into a CSV file: the last digits are gone.
SHORTENED = re.compile(r"\A[0-9][.,٫]?[0-9]*E\+?[0-9]+\Z", re.IGNORECASE)
# What is left of Urdu where a file was saved in an encoding without its letters.
LOST_LETTERS = re.compile(r"\A[?\ufffd\W_]*[?\ufffd]{2,}[?\ufffd\W_]*\Z")
YES = ("yes", "y", "true", "1", "x", "ہاں", "جی", "جی ہاں")
NO = ("no", "n", "false", "0", "نہیں", "نہ", "جی نہیں")


@dataclass(frozen=True)
class Column:
    """One column: what it is called in our template, what stands in it, and an example."""

    key: str
    label: Promise
    hint: Promise
    example: Promise | str
    is_needed: bool = False
    is_text: bool = False  # digits that Excel would shorten or round


COLUMNS = (
    Column(
        "name",
        _("Full name, as on the card"),
        _("The whole name, as it is on the card."),
        _("Nasreen Bibi"),
        is_needed=True,
    ),
    Column(
        "cnic",
        _("CNIC number"),
        _("13 digits, with or without dashes. Empty, if there is no card at hand."),
        "36302-4829105-6",
        is_text=True,
    ),
    Column("sex", _("Sex"), _("Woman, Man or Transgender."), Sex.WOMAN.label, is_needed=True),
    Column(
        "parent_relation",
        _("Name beside it on the card"),
        _("Father or Husband: whose name stands beside it."),
        Person.Relation.HUSBAND.label,
    ),
    Column(
        "parent_name",
        _("Father's or husband's name"),
        _("As it is on the card."),
        _("Muhammad Aslam"),
    ),
    Column(
        "birth_year",
        _("Year of birth"),
        _("The year, or the day of birth, such as 1988 or 24/11/1988."),
        "1988",
    ),
    Column(
        "phone",
        _("Mobile number"),
        _("11 digits from 03 on. Empty, if there is none."),
        "0300-0001234",
        is_text=True,
    ),
    Column(
        "phone_owner",
        _("Whose phone is it?"),
        _("Own phone, or whose it is. Empty means: not said, a colleague asks."),
        Person.PhoneOwner.SELF.label,
    ),
    Column("language", _("Language of messages"), _("Urdu or English. Empty means Urdu."), _("Urdu")),
    Column(
        "stage",
        _("They have"),
        _("A business or An idea. Empty means a business."),
        _("A business"),
    ),
    Column(
        "sector",
        _("Kind of work"),
        _("One from the list on the last sheet. Empty means not said yet."),
        "",
    ),
    Column(
        "business",
        _("Name of the business"),
        _("Empty, if it has none."),
        _("Nasreen Stitching House"),
    ),
    Column(
        "what",
        _("What do you make or sell?"),
        _("In a few words, such as school uniforms."),
        _("School uniforms"),
    ),
    Column(
        "started_on",
        _("Running since"),
        _("The year, or the day, such as 2019 or 01/03/2019."),
        "2019",
    ),
    Column("district", _("District"), _("The district, or a town in it."), "Multan", is_needed=True),
    Column(
        "place",
        _("Village, town or street"),
        _("So that somebody finds them. A landmark helps."),
        _("Shah Rukn-e-Alam"),
    ),
    Column(
        "contact",
        _("Agrees to be contacted"),
        _("Yes, if the person agreed to be called and written to. Without it, it is a lead."),
        _("Yes"),
    ),
    Column(
        "share",
        _("Agrees to be passed to the lender"),
        _("Yes, if the person agreed that the lender sees the record."),
        _("No"),
    ),
)


def folded(text: str) -> str:
    """A head or a choice as it is compared: one case, one form of each letter and digit, nothing between the words."""
    return "".join(matching.words_of(ascii_digits(text)))


BY_KEY = {column.key: column for column in COLUMNS}
# Beside the rows that come back to be mended; who sends them again need not take these columns off.
NOTES = (_("Row in your file"), _("What is wrong"))
CONSENTS = {"contact": Consent.Kind.CONTACT, "share": Consent.Kind.SHARE}


def said_in_all(label: Promise | str) -> Iterable[str]:
    """A label in each language of the portal, and as it stands in the code."""
    for code in LANGUAGES:
        with override(code):
            yield str(label)


@cache
def heads() -> Mapping[str, str]:
    """What each column may be called, compared as `bare` does, and its key."""
    return {
        bare(name): column.key
        for column in COLUMNS
        for name in (column.key, *said_in_all(column.label), *CALLED[column.key])
    }


def column_of(heading: str) -> str:
    """The key of the column that is called so; "" for one that we do not ask for."""
    head = re.sub(r"[(\[*].*", "", heading)
    return heads().get(bare(head)) or ("parent_name" if relatives.is_head(head) else "")


def columns_told(headings: Sequence[str], columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our columns that a list has, and its own heads that are not used."""
    ours = {bare(said) for note in NOTES for said in said_in_all(note)}
    unused = [head for head, key in zip(headings, columns, strict=False) if not key and bare(head) not in {"", *ours}]
    return [str(BY_KEY[key].label) for key in columns if key], unused


def find_heads(rows) -> tuple[int, list[str]] | None:
    """Which of the first rows holds the heads, and the key of each; None where none does."""
    for place, row in enumerate(rows[:HEAD_WITHIN]):
        keys = unique(column_of(cell) for cell in row.cells)
        if sum(map(bool, keys)) >= FEWEST_HEADS:
            return place, keys
    return None


def unique(keys: Iterable[str]) -> list[str]:
    """Of two columns with one name the first counts."""
    found: list[str] = []
    for key in keys:
        found.append("" if key in found else key)
    return found


class IntakeForm(forms.Form):
    """A file with a list. Whether its heads can be told is said here, beside the file."""

    file = SheetField(label=_("Your file"), help_text=_("XLSX, XLS or CSV, up to 2,000 rows and 10 MB."))

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("file", ButtonHolder(Submit("look", _("Look at the rows"), css_class="onward")))
        return helper

    def clean(self):
        cleaned = super().clean()
        sheet = cleaned.get("file")
        if sheet is None:
            return cleaned
        found = find_heads(sheet.rows)
        if found is None:
            self.add_error("file", _("The heads of the columns are missing. Put the rows into our template."))
            return cleaned
        place, keys = found
        missing = [column.label for column in COLUMNS if column.is_needed and column.key not in keys]
        if missing:
            self.add_error("file", _("These columns are missing: %(columns)s") % {"columns": listed(missing)})
        rows = sheet.rows[place + 1 :]
        if not rows:
            self.add_error("file", _("There is no row below the heads."))
        cleaned |= {"headings": sheet.rows[place].cells, "columns": keys, "rows": rows}
        return cleaned


class RowForm(AssistedForm):
    """One row. What a cell says in either language becomes what the page would have sent."""

    district = KnownDistrictField(label=_("District"))
    birth_year = YearField(label=_("Year of birth"), required=False)
    what = TextField(label=_("What do you make or sell?"), max_length=200, required=False)
    started_on = YearField(label=_("Running since"), required=False)

    def __init__(self, typed: Mapping[str, str], *, merged: Iterable[str], reader: "Reader"):
        self.typed, self.merged, self.reader = typed, frozenset(merged), reader
        sent = reader.given | {key: reader.sent(key, text) for key, text in typed.items()}
        sent |= relatives.read(sent, is_said=bool(typed.get("parent_relation", "").strip()))
        super().__init__(sent, districts=reader.district_ids, sectors=reader.sectors)
        self.sector_of = reader.lines.__getitem__
        self.fields["district"].known = reader.districts
        self.fields["district"].error_messages |= {
            "required": _("Write the district."),
            "invalid_choice": _("Your office does not register in this place. Write the district, or a town in it."),
        }

    def _clean_fields(self):
        """Where a cell cannot mean what it seems to, that is said first, and instead of what it would lead to."""
        super()._clean_fields()
        for key, said in self.unreadable():
            self._errors.pop(key, None)
            self.add_error(key, said)

    def unreadable(self):
        for key in self.merged:
            yield key, _("This cell is joined with others. Part them, and write the value into each row.")
        for key, text in self.typed.items():
            if key in self.merged or key not in self.fields:
                continue
            if len(text) > LONGEST_CELL:
                most = {"most": f"{LONGEST_CELL:,}"}
                yield key, _("There are more than %(most)s characters here. Shorten this.") % most
            elif text.startswith("="):
                yield key, _("This is a formula. Copy the cell and paste it as a value.")
            elif key in ("cnic", "phone") and is_shortened(text):
                yield key, _("Excel shortened this number. Make the column text, and type all digits again.")
            elif LOST_LETTERS.match(text):
                yield key, _("The Urdu letters were lost when the file was saved. Save it as XLSX, and send that.")
            elif key in self.reader.words and not self.reader.knows(key, text):
                yield key, self.reader.wrong_word(key)

    # A list that does not say whose phones these are, or of whose names is beside, is taken: a colleague asks.
    is_to_ask_whose_phone = False
    is_to_ask_which_relative = False

    def clean(self):
        cleaned = super().clean()
        cleaned |= {"is_card_seen": False, "whose_card": ""}
        started = cleaned.get("started_on")
        if started and cleaned.get("stage") == Enterprise.Stage.IDEA:
            cleaned["started_on"] = None
        return cleaned

    def facts(self):
        """Of a phone of which it is not said whose it is, nothing is presumed: a colleague asks."""
        born = self.cleaned_data["birth_year"]
        return super().facts() | {"birth_year": born.year if born else None}

    @property
    def presumed(self):
        """What the row does not say, and is taken for granted: nobody stated it."""
        return frozenset(key for key in DEFAULTS if not self.typed.get(key, "").strip())

    def facts_of_business(self):
        said = self.cleaned_data
        return super().facts_of_business() | {"what": said["what"], "started_on": said["started_on"]}


class Reader:
    """What cells may say and what it means, looked up once for all rows of a list."""

    def __init__(self, *, headings: Sequence[str], columns: Sequence[str], district_ids: Collection[int]) -> None:
        self.district_ids = district_ids
        self.sectors = Sector.objects.for_choices()
        self.given = DEFAULTS | given_by(headings, columns)
        self.words = {key: words() for key, words in WORDS.items()}
        self.words["sector"] = words_of_sectors()
        self.found: dict[str, str] = {}

    @cached_property
    def lines(self) -> dict[str, Sector]:
        return {line.code: line for line in Sector.objects.all()}

    @cached_property
    def districts(self) -> dict[str, District]:
        """Those in which the colleague registers, and that exist today."""
        in_force = District.objects.in_force(on=timezone.localdate()).filter(pk__in=self.district_ids)
        return {district.code: district for district in in_force}

    def sent(self, key: str, text: str) -> str:
        """What the page would have sent for what stands in the cell; as it stands, where it is not understood."""
        text = text.strip()
        if key == "district":
            return self.district(text)
        if key in CONSENTS:
            return {"yes": "on", "no": ""}.get(self.words[key].get(folded(text), ""), text)
        if not text:
            return self.given.get(key, "")
        return self.meant(key, text) if key in self.words else text

    def meant(self, key: str, text: str) -> str:
        """The code of the choice that is called so; a part of its name will do where only one kind of work has it."""
        said = folded(text)
        found = {self.words[key].get(said, text)}
        if key == "sector" and said not in self.words[key] and len(said) >= SHORTEST_PART:
            found = {code for name, code in self.words[key].items() if said in name} or {text}
        return found.pop() if len(found) == 1 else text

    def district(self, text: str) -> str:
        """The code of the one district that is meant; nothing uncertain is guessed."""
        if text not in self.found:
            found = matching.find(text[:100], on=timezone.localdate()) if text else matching.Found()
            self.found[text] = found.districts[0].code if found.is_certain else text
        return self.found[text]

    def knows(self, key: str, text: str) -> bool:
        """Whether the words mean one choice; nothing said means none, and is asked for where it is needed."""
        said = folded(text)
        return not text.strip() or said in self.words[key] or self.sent(key, text) in self.words[key].values()

    def wrong_word(self, key: str) -> str:
        if key == "sector":
            return gettext("Choose a kind of work from the list on the last sheet of the template.")
        choices = [gettext("Yes"), gettext("No")] if key in CONSENTS else [str(label) for label in LABELS[key]]
        return gettext("Write one of these: %(choices)s") % {"choices": listed(choices)}


def given_by(headings: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Whose names stand beside the people's own, where the head of that column says it."""
    if "parent_name" not in columns or "parent_relation" in columns:
        return {}
    is_of = relatives.named_in(headings[columns.index("parent_name")])
    return {"parent_relation": is_of.pop()} if len(is_of) == 1 else {}


DEFAULTS = {"language": "ur", "stage": Enterprise.Stage.RUNNING}
LABELS: dict[str, list[Promise | str]] = {
    "sex": [Sex.WOMAN.label, Sex.MAN.label, _("Transgender")],
    "parent_relation": [choice.label for choice in Person.Relation],
    "phone_owner": [label for _value, label in PHONE_OWNERS],
    "language": [_("Urdu"), _("English")],
    "stage": [_("A business"), _("An idea")],
}
VALUES = {
    "sex": [Sex.WOMAN, Sex.MAN, Sex.TRANSGENDER],
    "parent_relation": list(Person.Relation),
    "phone_owner": [value for value, _label in PHONE_OWNERS],
    "language": ["ur", "en"],
    "stage": [Enterprise.Stage.RUNNING, Enterprise.Stage.IDEA],
}
ALSO = {
    "sex": {"woman": "female f w عورت خاتون", "man": "male m مرد", "transgender": "x transgender خواجہ سرا"},
    "parent_relation": {"father": "s/o d/o والد", "husband": "w/o شوہر خاوند"},
    "phone_owner": {"self": "own self اپنا"},
    "language": {"ur": "urdu اردو", "en": "english انگریزی"},
    "stage": {"running": "business running کاروبار", "idea": "idea خیال"},
}


def words_for(key: str) -> Callable[[], dict[str, str]]:
    @cache
    def words() -> dict[str, str]:
        found = {folded(value): value for value in VALUES[key]}
        for value, label in zip(VALUES[key], LABELS[key], strict=True):
            found |= {folded(said): value for said in said_in_all(label)}
        for value, names in ALSO[key].items():
            found |= {folded(name): value for name in names.split()}
        return found

    return words


@cache
def yes_and_no() -> dict[str, str]:
    found = {folded(word): "yes" for word in (*YES, *said_in_all(_("Yes")))}
    return found | {folded(word): "no" for word in ("", *NO, *said_in_all(_("No")))}


WORDS = {key: words_for(key) for key in VALUES} | dict.fromkeys(CONSENTS, yes_and_no)


def words_of_sectors() -> dict[str, str]:
    """Lines of work by code and by name in both languages."""
    lines = Sector.objects.filter(is_open=True, parent__isnull=False)
    return {folded(name): line.code for line in lines for name in (line.code, line.name, line.name_ur)}


def agrees_to_contact(columns: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether the row says that the person may be contacted."""
    said = typed_in([key if key == "contact" else "" for key in columns], cells).get("contact", "")
    return yes_and_no().get(folded(said)) == "yes"


def shortened_in(columns: Sequence[str], cells: Sequence[str]) -> list[str]:
    """Our columns whose number Excel shortened in this row: the page on which it is registered by hand asks anew."""
    typed = typed_in(columns, cells)
    return [str(BY_KEY[key].label) for key in ("cnic", "phone") if is_shortened(typed.get(key, ""))]


def is_shortened(text: str) -> bool:
    return bool(SHORTENED.match(ascii_digits(text.strip())))


def is_example(typed: Mapping[str, str]) -> bool:
    """Whether the row is the one that our own template shows how to fill in, in whichever language."""
    return all(folded(typed.get(key, "")) in names for key, names in examples().items())


@cache
def examples() -> Mapping[str, set[str]]:
    return {key: {folded(said) for said in said_in_all(BY_KEY[key].example)} for key in ("name", "cnic")}


def typed_in(columns: Iterable[str], cells: Sequence[str]) -> dict[str, str]:
    """The cells of one row by our columns; one that the row does not reach is empty."""
    return {key: written(cells[place]) if place < len(cells) else "" for place, key in enumerate(columns) if key}


def written(cell: str) -> str:
    """What stands in the cell, without the quote that we put before what could begin a formula."""
    text = clean(cell)
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text
