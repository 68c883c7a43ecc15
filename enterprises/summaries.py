"""What somebody answered, in words, as "check your answers" shows it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.actions.people import Found
from enterprises.models import Claim, Draft, Enterprise, Help, Person, Sector, Sex
from enterprises.steps import OPENING, needed
from kit import cnic, phones, words
from kit.templatetags.kit import bdi, own
from kit.words import MONTHS
from places.models import District


def answers_of(draft: Draft, *, may_change: bool = True) -> list[dict[str, Any]]:
    """Every answer so far, with its label and the page where it is changed; what was left empty says so."""
    rows = []
    for step in (OPENING, *needed(draft)):
        if not draft.answered(step.key):
            continue
        url = reverse("enterprises:register-step", args=[step.key]) if may_change else ""
        rows += [{"label": label, "text": text, "url": url} for label, text in SAID[step.key](draft.said(step.key))]
    return rows if may_change else [row | in_third_person(row) for row in rows]


def in_third_person(row: dict[str, Any]) -> dict[str, Any]:
    """The words of a row for colleagues, who read about somebody else."""
    words_of = {
        _("You are"): _("Sex"),
        _("You have"): _("They have"),
        _("You want help with"): _("They want help with"),
        _("No card with you"): _("No card at hand"),
    }
    return {key: words_of.get(row[key], row[key]) for key in ("label", "text") if isinstance(row[key], str)}


def to_keep_ready(*, is_idea: bool, has_card: bool = True) -> list[str]:
    """What the advisor asks for on the first call."""
    return [
        *([_("Your CNIC")] if has_card else []),
        _("What you want to sell, and who would buy it")
        if is_idea
        else _("What you sold and spent last week, even on a scrap of paper"),
    ]


def start(said: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(_("You have"), _("An idea") if said["stage"] == Enterprise.Stage.IDEA else _("A business"))]


def who(said: dict[str, Any]) -> list[tuple[str, Any]]:
    rows = [
        (_("Full name"), own(said["name"])),
        (_("CNIC"), cnic.display(said["cnic"]) if said["cnic"] else _("No card with you")),
        (_("You are"), Sex(said["sex"]).label),
    ]
    if "parent_name" in said:
        relative = own(said["parent_name"]) or _("Not said")
        rows.append((label_of_relative(said.get("parent_relation", "")), relative))
    return rows


def reach(said: dict[str, Any]) -> list[tuple[str, Any]]:
    district = District.objects.select_related("province").get(code=said["district"])
    rows: list[tuple[str, Any]] = [(_("District"), [district.full_label, district.province.label])]
    if "phone" in said:
        owner = Person.PhoneOwner(said["phone_owner"]).label
        rows.insert(0, (_("Mobile"), [phones.display(said["phone"]), owner]))
    if said.get("place"):
        rows.append((_("Village, town or street"), own(said["place"])))
    return rows


def what(said: dict[str, Any]) -> list[tuple[str, Any]]:
    code = said.get("sector")
    rows = [(_("Kind of work"), Sector.objects.get(code=code).label if code else _("Not said yet"))]
    if "name" in said:
        parts = [own(part) for part in (said["name"], said.get("what", "")) if part]
        rows.append((_("Business"), parts or _("No name yet")))
        rows.append((_("Running since"), since(said) or _("Not said")))
        wanted = [Help(kind).label for kind in said.get("help", ())]
        rows.append((_("You want help with"), wanted or _("We talk about it")))
    return rows


def since(said: dict[str, Any]) -> str:
    """The month and year as they were given: a year alone stays a year."""
    if not said.get("started_year"):
        return ""
    month = MONTHS[int(said["started_month"]) - 1] if said.get("started_month") else ""
    return f"{month} {said['started_year']}".strip()


SAID = {"start": start, "who": who, "reach": reach, "what": what}

RELATIVES = {
    Person.Relation.FATHER: gettext_lazy("Father's name"),
    Person.Relation.HUSBAND: gettext_lazy("Husband's name"),
}


def label_of_relative(relation: str) -> str:
    """Whose name stands beside theirs, as far as somebody said it."""
    known = {str(one): label for one, label in RELATIVES.items()}
    return str(known.get(relation) or _("Father's or husband's name"))


def newcomer_rows(claim: Claim, *, phone: str) -> list[dict[str, Any]]:
    """Whoever came with a card number that is another's, and is on file without it. For colleagues."""
    person = claim.newcomer
    said = {name: getattr(person, name) for name in ("name", "sex", "parent_name", "parent_relation")}
    rows = who(said | {"cnic": claim.cnic or person.cnic})
    if phone:
        rows.append((_("Mobile"), [phone, person.get_phone_owner_display()]))
    return [{"label": label, "text": text} for label, text in rows]


def name_of(draft: Draft) -> str:
    """Who is registering; empty where nobody said so yet."""
    return draft.person.name if draft.person else draft.answers.get("who", {}).get("name", "")


def person_rows(person: Person, districts: dict[int, District]) -> list[dict[str, Any]]:
    """Enough of somebody to know them by, with card and phone masked. For `with_districts()` rows and colleagues."""
    return [row for row in facts_to_know_by(person, districts) if row["text"]]


def rows_side_by_side(one: Person, other: Person, districts: dict[int, District]) -> list[list[dict[str, Any]]]:
    """The same of two people line by line: what one of them lacks stands there as a dash."""
    sides = [facts_to_know_by(person, districts) for person in (one, other)]
    lines = [line for line in zip(*sides, strict=True) if any(row["text"] for row in line)]
    return [[line[at] | {"text": line[at]["text"] or "–"} for line in lines] for at in (0, 1)]


def facts_to_know_by(person: Person, districts: dict[int, District]) -> list[dict[str, Any]]:
    places = [districts[pk].label for pk in person.known_districts]
    rows: list[tuple[str, Any]] = [
        (_("Full name"), own(person.name)),
        (label_of_relative(person.parent_relation), own(person.parent_name)),
        (_("Born"), bdi(person.birth_year)),
        (_("Mobile"), bdi(phones.masked(person.phone) if person.phone else "")),
        (_("CNIC"), bdi(cnic.masked(person.cnic) if person.cnic else "")),
        (_("District"), words.listed(places)),
        (_("Reference"), [bdi(reference) for reference in person.known_references]),
    ]
    return [{"label": label, "text": text} for label, text in rows]


def districts_of(people: Iterable[Person]) -> dict[int, District]:
    """The districts of these people, in one query."""
    return District.objects.in_bulk({pk for person in people for pk in person.known_districts})


def candidate_rows(found: Found) -> list[dict[str, Any]]:
    """Those who could be the person in question: who they are, and why they look alike."""
    districts = districts_of(candidate.person for candidate in found.candidates)
    return [
        {
            "pk": candidate.person.pk,
            "name": candidate.person.name,
            "rows": person_rows(candidate.person, districts),
            "why": candidate.likeness.words_for,
            "against": candidate.likeness.words_against,
        }
        for candidate in found.candidates
    ]
