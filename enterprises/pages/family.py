"""A family and its household as pages print them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Exists, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Appointment, User
from accounts.roles import LENDER_ROLES
from enterprises.family_querysets import told_by
from enterprises.kin import Ending, Relation, standing_of, standing_word, word_for
from enterprises.models import FamilyQuestion, Household, Kinship, Person, Residence
from kit import words
from kit.templatetags.kit import own


@dataclass(frozen=True)
class Telling:
    """Who said or took back something, in words for the reader: names for colleagues, "your advisor" for oneself."""

    reader: User
    # Who of those named is the lender's, and not the advisor.
    lenders: frozenset[int]

    @classmethod
    def of(cls, rows: Iterable[Any], *, to: User) -> Self:
        """One query, for whoever reads of themselves; colleagues read names."""
        by = {one for row in rows for one in (row.stated_by_id, getattr(row, "taken_back_by_id", None)) if one}
        lent = Appointment.objects.filter(role__in=LENDER_ROLES, user__in=set() if to.is_colleague else by)
        return cls(to, frozenset(lent.values_list("user_id", flat=True)))

    @property
    def is_staff(self) -> bool:
        return self.reader.is_colleague

    def who(self, by: User) -> str:
        """Nothing where nobody said it, as with what the portal did by itself."""
        if self.is_staff:
            return str(by) if by.is_colleague else ""
        if by == self.reader:
            return _("you")
        if not by.is_colleague:
            return ""
        return by.introduced(_("the lender's officer") if by.pk in self.lenders else _("your advisor"))

    def said(self, row: Any) -> str:
        """Who stated it, and when."""
        day, who = words.plain(words.day_plain(row.stated_at)), self.who(row.stated_by)
        if not who:
            return _("%(source)s, %(day)s") % {"source": row.get_source_display(), "day": day}
        if self.is_staff:
            return _("%(source)s, by %(who)s, %(day)s") % {"source": row.get_source_display(), "who": who, "day": day}
        sentence = _("by you, %(day)s") if row.stated_by == self.reader else _("for you, by %(who)s, %(day)s")
        return sentence % {"who": who, "day": day}


def frame(user: User, person: Person, *, carried: str) -> dict[str, Any]:
    """Which layout the page stands in, and where its parts are changed; `carried` brings the way back along."""
    is_staff = user.is_colleague
    pages = ("person-family", "person-kin-create", "person-household") if is_staff else (
        "my-family", "my-kin-create", "my-household",
    )  # fmt: skip
    args = [person.pk] if is_staff else []
    family, add, household = (reverse(f"enterprises:{name}", args=args) + carried for name in pages)
    return {
        "layout": "base_staff.html" if is_staff else "base.html",
        "is_staff": is_staff,
        "person": person,
        "family_url": family,
        "add_url": add,
        "household_url": household,
    }


def is_there_for(person: Any) -> Q:
    """Whether somebody's own page of the family is there: something asks for it, or they have answered."""
    asked = FamilyQuestion.objects.open().filter(person=person)
    told = Kinship.objects.filter(told_by(person))
    lived = Residence.objects.told_by(person)
    return Q(Exists(asked) | Exists(told) | Exists(lived))


def is_reached(person: Person) -> bool:
    return Person.objects.filter(is_there_for(person), pk=person.pk).exists()


def gather(person: Person, *, user: User, carried: str) -> dict[str, Any]:
    """Everything that the page prints; what was said before stands apart from what counts."""
    may_keep = user.has_perm("enterprises.keep_family", person)
    may_correct = user.has_perm("enterprises.correct_family", person)
    rows = list(Kinship.objects.visible_to(user).of(person).for_page())
    standing = [row for row in rows if row.is_standing]
    at_home = Kinship.objects.visible_to(user).at_home_of(person, on=timezone.localdate())
    named = {one: name for one, name in names_of_kin(standing, person).items() if one in at_home}
    home = Household.objects.of(person, on=timezone.localdate())
    telling = Telling.of([*rows, *([home] if home else [])], to=user)
    household = household_of(home, names=named, telling=telling) if home else None
    return {
        "may_keep": may_keep,
        "may_count": may_correct if household else may_keep,
        "purposes": [
            question.get_purpose_display() for question in FamilyQuestion.objects.open().filter(person=person)
        ],
        "relatives": [
            row_of(row, person, telling=telling, may_correct=may_correct, carried=carried) for row in standing
        ],
        "standing": standing_in_words(standing, sex=person.sex),
        "household": household,
        "before": [was(row, person, telling) for row in rows if not row.is_standing] + moves_of(person),
    }


def standing_in_words(rows: list[Kinship], *, sex: str) -> str:
    """Married, widowed or divorced, as it follows from the marriages."""
    marriages = [row.tie for row in rows if row.relation == Relation.SPOUSE]
    found = standing_of(marriages, on=timezone.localdate())
    return str(standing_word(found, sex=sex)) if found else ""


def sides_of(row: Kinship, person: Person) -> tuple[str, str, str]:
    """(what the other is to the person, their name, their sex), from whichever side it was written.

    Whoever was found by a typed card is called as it was typed: the name on file is nobody's answer to a number.
    """
    relation, other = row.as_seen_by(person)
    if other is None:
        return relation, row.name, row.sex
    is_typed = row.name and other.pk != row.asked_of_id
    return relation, row.name if is_typed else other.name, other.sex


def names_of_kin(rows: Iterable[Kinship], person: Person) -> dict[int, str]:
    """What the relatives on file are called on the pages of this person."""
    named = {}
    for row in rows:
        if other := row.as_seen_by(person)[1]:
            named[other.merged_into_id or other.pk] = sides_of(row, person)[1]
    named.pop(person.pk, None)
    return named


def row_of(row: Kinship, person: Person, *, telling: Telling, may_correct: bool, carried: str = "") -> dict[str, Any]:
    relation, name, sex = sides_of(row, person)
    url = ""
    if may_correct:
        args = [person.pk, row.pk] if telling.is_staff else [row.pk]
        url = (
            reverse("enterprises:person-kin-change" if telling.is_staff else "enterprises:my-kin-change", args=args)
            + carried
        )
    return {
        "label": word_for(relation, sex=sex, of=person.sex),
        "text": own(name),
        "small": " · ".join(filter(None, (marriage_in_words(row), telling.said(row)))),
        "url": url,
    }


ENDS = {
    (Ending.DEATH, True): gettext_lazy("died, %(day)s"),
    (Ending.DEATH, False): gettext_lazy("died, nobody knows the day"),
    (Ending.DIVORCE, True): gettext_lazy("divorced, %(day)s"),
    (Ending.DIVORCE, False): gettext_lazy("divorced, nobody knows the day"),
}


def marriage_in_words(row: Kinship) -> str:
    """Since when, and until when and why; nothing where nothing is known."""
    found = []
    if row.since_on:
        found.append(_("since %(day)s") % {"day": words.plain(words.day_plain(row.since_on))})
    if row.ended_on:
        sentence = ENDS[row.ending, row.is_end_known]
        found.append(sentence % {"day": words.plain(words.day_plain(row.ended_on))})
    return " · ".join(found)


def was(row: Kinship, person: Person, telling: Telling) -> dict[str, Any]:
    """What counts no more: what was said, and who took it back, or that another statement came."""
    relation, name, sex = sides_of(row, person)
    sentence, who = _("said otherwise since %(day)s"), ""
    if row.taken_back_by is not None:
        who = telling.who(row.taken_back_by)
        sentence = _("taken back by %(who)s on %(day)s") if who else _("taken back on %(day)s")
    return {
        "label": word_for(relation, sex=sex, of=person.sex),
        "text": own(name),
        "small": sentence % {"who": who, "day": words.plain(words.day_plain(row.until_at))},
    }


def household_of(home: Household, *, names: dict[int, str], telling: Telling) -> dict[str, Any]:
    """What the person told: how many they are, how many earn, and who of the relatives the reader knows lives there."""
    living = home.residences.today().select_related("person").order_by("from_on", "id")
    ids = (residence.person.merged_into_id or residence.person_id for residence in living)
    others = [own(names[one]) for one in ids if one in names]
    return {
        "rows": [
            {"label": _("People in the household"), "text": words.number(home.size)},
            {"label": _("People who earn"), "text": words.number(home.earners)},
            {"label": _("Lives there too"), "text": others},
        ],
        "said": telling.said(home),
    }


def moves_of(person: Person) -> list[dict[str, Any]]:
    """Households that the person told of, and has left."""
    told = Residence.objects.told_by(person).of([person.pk])
    left = told.filter(until_on__isnull=False).select_related("household")
    return [
        {
            "label": _("Household"),
            "text": ngettext("%(size)s person", "%(size)s people", residence.household.size)
            % {"size": residence.household.size},
            "small": _("from %(start)s until %(end)s")
            % {
                "start": words.plain(words.day_plain(residence.from_on)),
                "end": words.plain(words.day_plain(residence.until_on)),
            },
        }
        for residence in left.order_by("from_on", "id")
    ]
