"""Somebody is registered by a colleague who sits beside them: at the desk, on a visit, at a camp, on the telephone."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import claims, drafts, enterprises, releases
from enterprises.actions.enterprises import Business
from enterprises.actions.people import find_or_register_person, living
from enterprises.actions.statements import see_card
from enterprises.likeness import is_one_name
from enterprises.models import Draft, Enterprise, Person, Sex
from enterprises.references import next_reference
from journal.moves import hold
from kit import cnic as numbers
from messaging.outbox import queue

OwnWords = tuple[set[str], set[str]]
NOTHING_OWN: OwnWords = (set(), set())


@transaction.atomic
def register(
    *,
    cnic: str,
    facts: Mapping[str, Any],
    business: Business,
    consented: Iterable[str],
    by: User,
    is_card_seen: bool = False,
    is_same_person: bool = False,
    is_rival: bool = False,
    draft: Draft | None = None,
    person: Person | None = None,
    source: str = "",
    presumed: Collection[str] = (),
) -> Enterprise:
    """Write down a person and a business that a colleague heard, and who heard it; the phone on file is told.

    Whose CNIC is on file is registered with a further business only after `is_same_person` says so; what stands on
    file is not overwritten, and what was typed must agree with it. Whoever does not see that person needs the card in
    hand: a number alone opens no record of another district. After `is_rival` it is somebody else: they are registered
    without the number, and whose it is, an advisor settles by looking at the card. Without permission to be contacted
    it is a lead. `draft` is the registration that stopped halfway and is finished here; what stands as it was typed
    there is the person's own word. `person` is whom the colleague recognised among those who look alike: then theirs is
    the business, and what is on file stays; a card number is added where they had none. A partner's clerk registers new
    people alone, and a card counts as seen where an officer of the district saw it. `source` says who stated it, if not
    heard just now, `presumed` what nobody did.
    Raises `ValidationError` with code "known", "elsewhere", "differs", "card" or "over".
    """
    if not by.has_perm("enterprises.register_enterprise"):
        raise PermissionDenied("enterprises.register_enterprise")
    reference = next_reference(business.district)
    own = NOTHING_OWN
    if draft is not None:
        begun = take_over(draft, reference=reference, business=business, by=by)
        own = own_words(begun, cnic=cnic, facts=facts, business=business)
    said = {**facts, "source": source, "own": own[0], "presumed": presumed}
    asked = {"is_same_person": is_same_person, "is_rival": is_rival, "is_card_seen": is_card_seen}
    owner, holder = whose(cnic, said, person=person, by=by, **asked)
    stated: dict[str, Any] = {"consented": consented, "source": source, "presumed": presumed, "own": own[1], "by": by}
    enterprise = enterprises.register(person=owner, business=business, reference=reference, **stated)
    is_seen = is_card_seen and by.has_perm("enterprises.see_card", enterprise)
    if holder is not None:
        claims.make_for(owner, holder=holder, cnic=numbers.parse(cnic), at=enterprise, is_card_seen=is_seen, by=by)
    elif is_seen:
        see_their_card(owner, cnic, name=facts.get("name", ""), by=by)
    if draft is not None:
        Draft.objects.filter(pk=draft.pk).update(enterprise=enterprise)
    if enterprise.client_since is not None:  # a lead is told when it becomes a client
        queue("enterprises.registered_for_you", target=enterprise, by=by)
    return enterprise


def whose(
    cnic: str,
    facts: Mapping[str, Any],
    *,
    person: Person | None,
    is_same_person: bool,
    is_rival: bool,
    is_card_seen: bool,
    by: User,
) -> tuple[Person, Person | None]:
    """Whose record it becomes, and who has the number that they came with, where that is somebody else."""
    if person is not None:
        return recognised(person, cnic=cnic, source=facts["source"], is_rival=is_rival, by=by)
    if is_rival:
        return newcomer(cnic, facts, by=by)
    return owner_of(cnic, facts, is_same_person=is_same_person, is_card_seen=is_card_seen, by=by), None


def see_their_card(owner: Person, cnic: str, *, name: str, by: User) -> None:
    """The card in hand is that on file; the name is read from it where the colleague typed the very name on file."""
    if cnic and numbers.parse(cnic) == owner.cnic:
        is_name_read = name.casefold() == owner.name.casefold()
        see_card(owner, by=by, read=("name", "cnic") if is_name_read else ("cnic",))


def own_words(draft: Draft, *, cnic: str, facts: Mapping[str, Any], business: Business) -> OwnWords:
    """The fields of the person, and those of the business, that stand as the person typed them before."""
    of_person, of_business = drafts.typed_of(draft)
    told = {**facts, "cnic": numbers.parse(cnic) if cnic else ""}
    sector = business.sector.code if business.sector else ""
    written = vars(business) | {"sector": sector, "district": business.district.code}
    return (
        {field for field, value in of_person.items() if told.get(field) == value},
        {field for field, value in of_business.items() if written[field] == value},
    )


def newcomer(cnic: str, facts: Mapping[str, Any], *, by: User) -> tuple[Person, Person | None]:
    """Somebody new, and who has their number, if anybody: then they are registered without it."""
    person, is_new = find_or_register_person(cnic=cnic or None, by=by, **facts)
    if is_new:
        return person, None
    return find_or_register_person(cnic=None, by=by, **facts)[0], person


def owner_of(cnic: str, facts: Mapping[str, Any], *, is_same_person: bool, is_card_seen: bool, by: User) -> Person:
    """Whoever has the card, if the colleague says that it is they; else somebody new.

    With the business the colleague gets sight of the person. So of somebody out of their sight they must have seen the
    card, and that is written down.
    """
    person, is_new = find_or_register_person(cnic=cnic or None, by=by, **facts)
    if not is_new and not by.has_perm("enterprises.recognise_person"):
        raise ValidationError(
            _("This number is on file. Look at the 13 digits again. If they are right, tick the box above."),
            code="known",
        )
    if not is_new and not is_same_person:
        raise ValidationError(
            _("This CNIC is with us already. Ask whether it is the same person, and say so above."),
            code="known",
        )
    if not is_new and not is_card_seen and not by.has_perm("enterprises.view_person", person):
        raise ValidationError(
            _("This CNIC is on file at another office. Ask for the card, and tick that you have it in your hand."),
            code="elsewhere",
        )
    if not is_new:
        refuse_another(person, facts, by=by)
    return person


def refuse_another(person: Person, facts: Mapping[str, Any], *, by: User) -> None:
    """A card number that was mistyped or lent puts nobody's business on somebody else's record."""
    if is_one_name(facts["name"], person.name) and facts["sex"] == person.sex:
        return
    told = {
        "name": person.name,
        "sex": Sex(person.sex).label,
        "typed": facts["name"],
        "typed_sex": Sex(facts["sex"]).label,
    }
    if by.has_perm("enterprises.view_person", person):
        stands = _("On file with this card: %(name)s (%(sex)s). You typed: %(typed)s (%(typed_sex)s).") % told
    else:
        stands = _("With this card another name or sex is on file than you typed.")
    to_do = _(
        "Look at the card number again. If it is the person on file, write name and sex here as they stand there. If it"
        " is somebody else, say so: they are registered, and an advisor checks whose card it is."
    )
    raise ValidationError(f"{stands} {to_do}", code="differs")


def recognised(person: Person, *, cnic: str, source: str, is_rival: bool, by: User) -> tuple[Person, Person | None]:
    """Whom the colleague knew again, as far as they see them; with the card number, if none stood there.

    And who has that number, where it is somebody else's and `is_rival` says that it is not they.
    """
    if not by.has_perm("enterprises.view_person", person):
        raise PermissionDenied("enterprises.view_person")
    owner: Person = hold(living(person), version=None)
    number = numbers.parse(cnic) if cnic else ""
    if number in {"", owner.cnic}:
        return owner, None
    if owner.cnic is not None:
        raise ValidationError(
            _("This card number is not on file for the person whom you chose. Look at the card, and choose again."),
            code="card",
        )
    holder = Person.objects.filter(cnic=number).first()
    if holder is None:
        releases.put_on(owner, number, source=source, by=by)
        return owner, None
    if not is_rival:
        raise ValidationError(
            _("This number is on file with somebody else than whom you chose. Look at the card, and say whose it is."),
            code="known",
        )
    return owner, living(holder)


def take_over(draft: Draft, *, reference: str, business: Business, by: User) -> Draft:
    """Finish a registration that stopped halfway: it counts as recovered, and nobody is called again.

    Returned as it stands now: its owner may have typed more meanwhile.
    """
    held = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if not by.has_perm("enterprises.call_draft", held):
        raise PermissionDenied("enterprises.call_draft")
    if held.state != Draft.State.OPEN:
        raise ValidationError(_("This registration was finished or erased meanwhile."), code="over")
    drafts.touch(held)
    held.state, held.reference, held.district, held.call_due_on = Draft.State.DONE, reference, business.district, None
    held.save(update_fields=["state", "reference", "district", "stopped_at", "touched_at", "call_due_on"])
    return held
