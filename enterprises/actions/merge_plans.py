"""What a merge would do before it is done: which values stand, which rows go over, and what speaks against it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enterprises import relations
from enterprises.models import Consent, Enterprise, Ownership, Person
from enterprises.relations import ENTERPRISE, PERSON, Relation, Rule

Pair = tuple[int, int]

# What goes over where the kept record has nothing: each group as a whole, by its first field.
PERSON_FILLS = (
    ("phone", "phone_owner", "phone_reader", "safe_from", "safe_until", "loans_may_be_named"),
    ("parent_name", "parent_relation"),
    ("birth_year",),
    ("channel",),
    ("reading",),
    ("education",),
    ("disability",),
)
ENTERPRISE_FILLS = (
    ("name",),
    ("sector",),
    ("what",),
    ("place",),
    # What runs since some day is no idea any more, whatever the other record says.
    ("started_on", "stage"),
    ("help_wanted",),
    ("sales", "sales_per"),
    ("workers", "women"),
    ("premises",),
    ("legal_form",),
    ("area",),
    ("client_since",),
)
FILLS = {PERSON: PERSON_FILLS, ENTERPRISE: ENTERPRISE_FILLS}
# What may be empty and is not filled, and why. A test fails on a field that stands neither here nor above.
NOT_FILLED = {
    PERSON: {
        "user": "How they sign in is settled by itself (`merges.sign_in_as_kept`).",
        "cnic": "A record without a card is not kept before one with a card (`about_cards`).",
        "merged_into": "It is the pointer that the merge writes.",
        "likeness_keys": "They are worked out anew from what stands, since the version rises.",
        "sound_keys": "They are worked out anew with these.",
    },
    ENTERPRISE: {"merged_into": "It is the pointer that the merge writes."},
}
DISCRETION = ("phone_owner", "phone_reader", "safe_from", "safe_until", "loans_may_be_named")
EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True)
class Refusal:
    """Why two records cannot be joined now, what to do about it, and the page where that is done.

    `is_wrong_way`: the other one of the two must be kept, so that what this way would do is of no use to anybody.
    """

    text: Promise | str
    url: str = ""
    is_wrong_way: bool = False


@dataclass(frozen=True)
class Sifted:
    """Rows of one relation and one pair: those that go over, those that collide with (their twin), those that stay."""

    moving: list[int] = field(default_factory=list)
    twins: dict[int, int] = field(default_factory=dict)
    staying: list[int] = field(default_factory=list)


@dataclass
class Line:
    """One line of the preview: a relation, its rule, and how many rows go, end or stay."""

    title: Promise | str
    rule: Rule
    going: int = 0
    ending: int = 0
    staying: int = 0

    def __bool__(self) -> bool:
        return bool(self.going or self.ending or self.staying)

    @property
    def words(self) -> Promise:
        return self.rule.words_for(going=self.going, kept_back=self.ending + self.staying)


@dataclass(frozen=True)
class Plan:
    """Everything that the page shows and the action does. `pairs` holds (kept, gone) by label."""

    kept: Person
    gone: Person
    pairs: dict[str, list[Pair]]
    lines: list[Line]
    refusals: list[Refusal]

    @property
    def is_wrong_way(self) -> bool:
        return any(refusal.is_wrong_way for refusal in self.refusals)


def plan(*, kept: Person, gone: Person, same: Iterable[Pair] = ()) -> Plan:
    """What joining `gone` into `kept` would do; `same` names enterprises (of the one, of the other) that are one."""
    pairs = pairs_of(kept, gone, same)
    return Plan(kept, gone, pairs, lines_of(pairs), list(refusals(kept, gone, pairs)))


def lines_of(pairs: dict[str, list[Pair]]) -> list[Line]:
    """What goes, ends and stays. A row that hangs on person and business is counted once: where it is folded, if it is.

    Else where it stands first.
    """
    titled = [relation for relation in relations.installed() if relation.title]
    counted: dict[str, set[int]] = {}
    found = {
        relation.path: line_of(relation, pairs, counted=counted.setdefault(relation.model._meta.label, set()))
        for relation in sorted(titled, key=lambda one: one.rule != Rule.FOLD)
    }
    return [line for relation in titled if (line := found[relation.path])]


def pairs_of(kept: Person, gone: Person, same: Iterable[Pair]) -> dict[str, list[Pair]]:
    """Which record goes into which: the two people, their enterprises, and what is folded with those."""
    pairs: dict[str, list[Pair]] = {PERSON: [(kept.pk, gone.pk)]}
    pairs[ENTERPRISE] = [ranked(pair) for pair in same]
    for relation in relations.installed():
        if relation.rule == Rule.FOLD:
            folded = [
                (twin, pk)
                for pair in pairs.get(relation.target, ())
                for pk, twin in sift(relation, pair, pairs).twins.items()
            ]
            pairs.setdefault(relation.model._meta.label, []).extend(folded)
    return pairs


def ranked(pair: Pair) -> Pair:
    """The pair, the other way round where what is folded with the second ranks higher: a case that is further on."""
    for relation in relations.installed():
        if relation.rank is not None and relation.target == ENTERPRISE:
            ranks = [max(map(relation.rank, relation.rows(pk)), default=None) for pk in pair]
            if ranks[1] is not None and (ranks[0] is None or ranks[1] > ranks[0]):
                return pair[1], pair[0]
    return pair


def sift(
    relation: Relation, pair: Pair, pairs: dict[str, list[Pair]], *, filled: Iterable[str] | None = None
) -> Sifted:
    """Tell apart which rows of the record that goes may go over. Reads alone; the same before and after the rest."""
    kept, gone = pair
    rows = relation.rows(gone).order_by("pk")
    if relation.rule == Rule.STAYS or (relation.alike and not is_of_one(relation, pair, pairs)):
        return Sifted(staying=list(rows.values_list("pk", flat=True)))
    if relation.rule == Rule.VALUE:
        names = fills(relation.target, pair) if filled is None else filled
        told = relation.rows(kept).values("field")
        going = set(rows.filter(field__in=names).exclude(field__in=told).values_list("pk", flat=True))
        rest = [pk for pk in rows.values_list("pk", flat=True) if pk not in going]
        return Sifted(moving=sorted(going), staying=rest)
    if relation.rule not in COLLIDING:
        return Sifted(moving=list(rows.values_list("pk", flat=True)))
    taken = {key: pk for pk, key in keyed(relation, relation.rows(kept).filter(relation.among), pairs)}
    twins = {pk: taken[key] for pk, key in keyed(relation, rows.filter(relation.among), pairs) if key in taken}
    return Sifted(moving=[pk for pk in rows.values_list("pk", flat=True) if pk not in twins], twins=twins)


def is_of_one(relation: Relation, pair: Pair, pairs: dict[str, list[Pair]]) -> bool:
    """Whether both name one person where the relation asks for it: the two who are joined are one already."""
    people = {gone: kept for kept, gone in pairs[PERSON]}
    named = apps.get_model(relation.target)._default_manager.filter(pk__in=pair).values_list(relation.alike, flat=True)
    return len({people.get(pk, pk) for pk in named}) == 1


COLLIDING = frozenset({Rule.KEPT, Rule.CLOSE, Rule.FOLD})


def keyed(
    relation: Relation, rows: models.QuerySet[Any], pairs: dict[str, list[Pair]]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """(row, what may stand once). People go over first: to what hangs on a business they are one already."""
    fields: Any = relation.model._meta
    people = {} if relation.target == PERSON else {gone: kept for kept, gone in pairs[PERSON]}
    renamed = [people if fields.get_field(name).related_model is Person else {} for name in relation.once]
    for pk, *values in rows.values_list("pk", *relation.once):
        yield pk, tuple(names.get(value, value) for names, value in zip(renamed, values, strict=True))


def line_of(relation: Relation, pairs: dict[str, list[Pair]], *, counted: set[int]) -> Line:
    """The line of one relation, of rows that no other counted before; they are added to `counted`."""
    line = Line(relation.title, relation.rule)
    for pair in pairs.get(relation.target, ()):
        sifted = sift(relation, pair, pairs)
        going, staying, twins = (set(rows) - counted for rows in (sifted.moving, sifted.staying, sifted.twins))
        line.going += len(going)
        line.staying += len(staying)
        if relation.rule == Rule.KEPT:
            line.staying += len(twins)
        else:
            line.ending += len(twins)
        counted |= going | staying | twins
    return line


def fills(label: str, pair: Pair) -> list[str]:
    """The fields of the kept record that are empty, and not in the other: what goes over."""
    model: Any = apps.get_model(label)
    records = model._default_manager.in_bulk(pair)
    kept, gone = records[pair[0]], records[pair[1]]
    return [
        name
        for group in FILLS[label]
        if getattr(kept, group[0]) in EMPTY and getattr(gone, group[0]) not in EMPTY
        for name in group
    ]


# What speaks against it


def refusals(kept: Person, gone: Person, pairs: dict[str, list[Pair]]) -> Iterator[Refusal]:
    """Every reason why these two cannot be joined now, each with what to do."""
    if kept.is_merged or gone.is_merged:
        yield Refusal(_("One of these records was joined with another already. Open the record that it leads to."))
        return
    yield from about_cards(kept, gone)
    yield from about_phones(kept, gone)
    yield from about_consents(kept, gone)
    yield from about_partners(kept, gone)
    for relation in relations.installed():
        if is_refused(relation, pairs):
            yield Refusal(relation.refusal)


def about_cards(kept: Person, gone: Person) -> Iterator[Refusal]:
    verified = Person.Standing.VERIFIED
    if kept.cnic_standing == gone.cnic_standing == verified:
        yield Refusal(
            _("Officers have seen two different cards. Two cards are two people, unless the card office changed the "
              "number: see both cards again, and put the wrong number right first.")
        )  # fmt: skip
    elif gone.cnic and (not kept.cnic or gone.cnic_standing == verified):
        yield Refusal(
            _("The record with the card must be the one that is kept. Change which of the two is kept."),
            reverse("enterprises:merge-preview", args=[gone.pk, kept.pk]),
            is_wrong_way=True,
        )


def about_phones(kept: Person, gone: Person) -> Iterator[Refusal]:
    # What nobody asked of the second record is no word against the first.
    said = DISCRETION if gone.is_phone_described else DISCRETION[:1]
    differs = any(getattr(kept, name) != getattr(gone, name) for name in said)
    if kept.phone and kept.phone == gone.phone and differs:
        yield Refusal(
            _("The two records say differently whose phone it is and how it may be used. Ask the person alone, and "
              "write the same in both first."),
            reverse("enterprises:person-access", args=[kept.pk]),
        )  # fmt: skip


def about_consents(kept: Person, gone: Person) -> Iterator[Refusal]:
    """One taken back, or refused, after the other was given: software does not decide which of them holds."""
    for one, other in ((kept, gone), (gone, kept)):
        for consent in Consent.objects.standing().filter(person=one):
            later = Consent.objects.refused_since(consent.given_at).filter(person=other, kind=consent.kind)
            again = Consent.objects.standing().filter(person=other, kind=consent.kind)
            if later.exists() and not again.exists():
                yield Refusal(
                    _("One record has a permission that was taken back in the other. Ask the person what holds, and "
                      "write the same in both first.")
                )  # fmt: skip
                return


def about_partners(kept: Person, gone: Person) -> Iterator[Refusal]:
    shared = Ownership.objects.current().filter(
        person=gone, is_contact=True, enterprise__in=kept.ownerships.current().values("enterprise")
    )
    if shared.exists():
        yield Refusal(
            _("Both own the same business, and the portal talks to the other one about it. Change which of the two "
              "is kept."),
            reverse("enterprises:merge-preview", args=[gone.pk, kept.pk]),
            is_wrong_way=True,
        )  # fmt: skip


def is_refused(relation: Relation, pairs: dict[str, list[Pair]]) -> bool:
    for pair in pairs.get(relation.target, ()):
        if relation.blocks is not None and relation.rows(*pair).filter(relation.blocks).exists():
            return True
        if relation.against and relation.rows(*pair).filter(**{f"{relation.against}__in": pair}).exists():
            return True
        waits = relation.alike and relation.rows(pair[1]).filter(relation.among).exists()
        if waits and not is_of_one(relation, pair, pairs):
            return True
        clashing = relation.among if relation.rule == Rule.REFUSE else relation.unless
        if clashing is not None:
            mine, theirs = (
                {key for _pk, key in keyed(relation, relation.rows(pk).filter(clashing), pairs)} for pk in pair
            )
            if mine & theirs:
                return True
    return False


def enterprises_of(person: Person) -> list[Enterprise]:
    """What the person owns today, the oldest first."""
    owned = person.ownerships.current().values("enterprise")
    return list(
        Enterprise.objects.unmerged()
        .filter(pk__in=owned)
        .for_list()
        .select_related("case__advisor")
        .order_by("registered_at", "pk")
    )


def likelier(one: Person, other: Person) -> tuple[Person, Person]:
    """Which of two is proposed to be kept: whose card was seen, who gave a number, who came first."""
    order = [Person.Standing.NONE, Person.Standing.CLAIMED, Person.Standing.VERIFIED]

    def weight(person: Person) -> tuple[int, int]:
        return order.index(Person.Standing(person.cnic_standing)), -person.pk

    return (one, other) if weight(one) > weight(other) else (other, one)
