"""Human beings, one record each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Value
from django.utils import timezone

from accounts.models import Office, User
from enterprises.actions.statements import source_for, state
from enterprises.likeness import Facts, Likeness, keys_of, score, sounds_of
from enterprises.models import Ownership, Person
from enterprises.querysets import PersonQuerySet
from kit import cnic as cards

# Of these it is written down who stated them.
FACTS = ("name", "sex", "phone", "phone_owner", "parent_name", "parent_relation", "birth_year", "language")
# How many records are compared, and how many of them shown. More of one name would not be read.
COMPARED, SHOWN = 200, 8


@transaction.atomic
def find_or_register_person(
    *,
    cnic: str | None,
    name: str,
    sex: str,
    by: User,
    phone: str = "",
    parent_name: str = "",
    parent_relation: str = "",
    birth_year: int | None = None,
    phone_owner: str = Person.PhoneOwner.SELF,
    language: str = "ur",
    source: str = "",
    own: Collection[str] = (),
    presumed: Collection[str] = (),
) -> tuple[Person, bool]:
    """Return the person with this CNIC, and whether this call registered them.

    Whoever is on file keeps what is written there: what a stranger types about them changes nothing. Without a CNIC
    it is always somebody new. Of any number of callers at once with one CNIC, exactly one registers: the constraint
    decides. `source` says who stated the facts, where it is not plain from `by`; those of `own` the person typed, and
    those of `presumed` nobody said. Without a phone nobody said whose it is either.
    """
    if not by.has_perm("enterprises.register_person"):
        raise PermissionDenied("enterprises.register_person")
    facts = {
        "name": name,
        "sex": sex,
        "phone": phone,
        "phone_owner": phone_owner if phone else Person.PhoneOwner.NOT_SAID,
        "parent_name": parent_name,
        "parent_relation": parent_relation,
        "birth_year": birth_year,
        "language": language,
        "created_by": by,
    } | keys_to_find(name, parent_name, birth_year)
    unsaid = {*presumed, *(["phone_owner"] if facts["phone_owner"] == Person.PhoneOwner.NOT_SAID else [])}
    told = [name for name in FACTS if facts[name] and name not in unsaid]
    if cnic is None:
        person = Person.objects.create(**facts)
        state(person, told, source=source or source_for(person, by=by), by=by, own=own)
        return person, True
    person, is_new = Person.objects.get_or_create(
        cnic=number_in(cnic), defaults=facts | {"cnic_standing": Person.Standing.CLAIMED}
    )
    if is_new:
        state(person, ["cnic", *told], source=source or source_for(person, by=by), by=by, own=own)
    return living(person), is_new


def number_in(cnic: str) -> str:
    try:
        return cards.parse(cnic)
    except cards.CnicError as error:
        raise ValidationError(str(error), code="cnic") from error


def living(person: Person) -> Person:
    """The record that a merged one points to in the end."""
    while person.merged_into is not None:
        person = person.merged_into
    return person


@dataclass(frozen=True)
class Candidate:
    """Somebody on file who could be the one in question, and why."""

    person: Person
    likeness: Likeness


@dataclass(frozen=True)
class Found:
    """`elsewhere` is the office where the very CNIC is on file out of the reader's sight; of whom, it does not say."""

    candidates: list[Candidate]
    elsewhere: Office | None = None

    def __bool__(self) -> bool:
        return bool(self.candidates or self.elsewhere)


def keys_to_find(name: str, parent_name: str, birth_year: int | None) -> dict[str, list[str]]:
    """By what the record is found: among look-alikes, and by a colleague who types a name."""
    facts = Facts(name=name, parent_name=parent_name, birth_year=birth_year)
    return {"likeness_keys": keys_of(facts), "sound_keys": sounds_of(name, parent_name)}


def look_alike(*, facts: Facts, by: User, besides: Person | None = None) -> Found:
    """Whom the colleague sees that could be the person of these facts, the likeliest first. For staff alone.

    Nothing is decided and nothing written. Who is registered outside the reader's sight is not shown: only for the very
    same CNIC the office is named, so that a colleague there can be asked.
    """
    if not by.has_perm("enterprises.find_look_alikes"):
        raise PermissionDenied("enterprises.find_look_alikes")
    seen = Person.objects.visible_to(by)
    if besides is not None:
        seen = seen.exclude(pk=besides.pk)
    return Found(alike_among(seen, {0: facts})[0], elsewhere=office_elsewhere(facts.cnic, by=by))


def is_like_somebody(facts: Mapping[int, Facts]) -> dict[int, bool]:
    """Of each of the facts, whether anybody on file looks like them, whoever asks; not who, and not by the very card.

    That a card is on file is asked for itself.
    """
    return {
        key: any(not facts[key].cnic or candidate.person.cnic != facts[key].cnic for candidate in alike)
        for key, alike in alike_among(Person.objects.all(), facts).items()
    }


def holder_of(*, facts: Facts, by: User) -> Found:
    """Whoever has the very card of these facts on file, as far as the colleague sees them; else where to ask."""
    if not by.has_perm("enterprises.find_look_alikes"):
        raise PermissionDenied("enterprises.find_look_alikes")
    holder = Person.objects.filter(cnic=facts.cnic).first() if facts.cnic else None
    seen = Person.objects.visible_to(by).with_districts().filter(pk=living(holder).pk) if holder else ()
    candidates = [Candidate(person, score(facts, person.facts)) for person in seen]
    return Found(candidates, elsewhere=office_elsewhere(facts.cnic, by=by))


def alike_among(people: PersonQuerySet, facts: Mapping[int, Facts]) -> dict[int, list[Candidate]]:
    """Who of these people could be the person of each of the facts, the likeliest first: one query for all of them."""
    wanted = [
        people.resembling(one).with_districts().annotate(asked_by=Value(key))[:COMPARED] for key, one in facts.items()
    ]
    alike: dict[int, list[Candidate]] = {key: [] for key in facts}
    for person in wanted[0].union(*wanted[1:], all=True) if wanted else ():
        candidate = Candidate(person, score(facts[person.asked_by], person.facts))
        if candidate.likeness.is_enough:
            alike[person.asked_by].append(candidate)
    for candidates in alike.values():
        candidates.sort(key=lambda candidate: (-candidate.likeness.points, candidate.person.pk))
    return {key: candidates[:SHOWN] for key, candidates in alike.items()}


def office_elsewhere(cnic: str, *, by: User) -> Office | None:
    """The office of whoever holds this CNIC, where the colleague does not see them."""
    holder = Person.objects.filter(cnic=cnic).first() if cnic else None
    if holder is None or Person.objects.visible_to(by).filter(pk=living(holder).pk).exists():
        return None
    owned = Ownership.objects.current().filter(person=living(holder)).order_by("pk")
    district_id = owned.values_list("enterprise__district_id", flat=True).first()
    smeda = Office.objects.filter(organisation=Office.Organisation.SMEDA)
    return smeda.covering(district_id, on=timezone.localdate()).first() if district_id else None
