"""A name or a sex that was written down wrongly, put right by the advisor as it stands on the card."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises import cards
from enterprises.actions.statements import AUDIENCE, see_card, state
from enterprises.likeness import Facts, is_one_name, keys_of, sounds_of
from enterprises.models import NameCorrection, Person, Statement
from journal.events import record
from journal.moves import hold
from messaging.outbox import queue

FIELDS = ("name", "parent_name", "parent_relation", "sex")


@transaction.atomic
def correct(
    *,
    person: Person,
    name: str,
    parent_name: str,
    parent_relation: str,
    sex: str,
    reason: str,
    is_card_seen: bool,
    by: User,
    version: int,
) -> NameCorrection | None:
    """Put name and sex right, keep what stood there, and tell the person; None where nothing differs.

    What an officer read from the card, and the sex, is changed with the card in hand alone. Another name may be
    another person: see `why_not_renamed`. Raises `EditConflict` when the record changed meanwhile.
    """
    held = hold(person, version=version)
    if not by.has_perm("enterprises.correct_name", held):
        raise PermissionDenied("enterprises.correct_name")
    told = {"name": name, "parent_name": parent_name, "parent_relation": parent_relation, "sex": sex}
    changed = [field for field in FIELDS if getattr(held, field) != told[field]]
    if not changed:
        return None
    if not is_card_seen and "sex" in changed:
        refusal = _("Whether it is a woman or a man is changed with the card in your hand alone. Say so here.")
        raise ValidationError({"is_card_seen": ValidationError(refusal, code="card")})
    read = Statement.objects.filter(person=held, field__in=changed, source=Statement.Source.CARD)
    if not is_card_seen and read.exists():
        refusal = _("An officer read this from the card. Change it with the card in your hand, and say so here.")
        raise ValidationError({"is_card_seen": ValidationError(refusal, code="card")})
    for field in {"name", "parent_name"}.intersection(changed):
        if refusal := why_not_renamed(held, field, told[field], is_card_seen=is_card_seen, by=by):
            raise ValidationError({field: ValidationError(refusal, code="another")})
    before = {field: getattr(held, field) for field in FIELDS}
    made = NameCorrection.objects.create(person=held, reason=reason, is_card_seen=is_card_seen, by=by, **before)
    for field in changed:
        setattr(held, field, told[field])
    held.likeness_keys = keys_of(Facts(name=held.name, parent_name=held.parent_name, birth_year=held.birth_year))
    held.sound_keys = sounds_of(held.name, held.parent_name)
    held.version += 1
    held.save(update_fields=[*changed, "likeness_keys", "sound_keys", "version"])
    if is_card_seen and held.cnic_standing == Person.Standing.CLAIMED:
        see_card(held, by=by)
    source = Statement.Source.CARD if is_card_seen else Statement.Source.ASSISTED
    state(held, changed, source=source, by=by)
    record("enterprises.name_corrected", target=held, by=by, audience=AUDIENCE)
    queue("enterprises.name_corrected", target=made, by=by)
    return made


def why_not_renamed(person: Person, field: str, name: str, *, is_card_seen: bool, by: User) -> str:
    """Why the record, locked, or the father or husband on it, cannot be called so by this officer; empty where it can.

    Whoever may write any name may hand a record, with its card and its loan, to somebody else alone. Where money hangs
    on it or a colleague saw the card, another name than the one on file is the manager's, with the card in hand.
    """
    if not is_another(person, field, name) or (is_card_seen and by.has_perm("enterprises.change_name", person)):
        return ""
    seen = Statement.objects.filter(person=person, field="cnic", source=Statement.Source.CARD, by=by)
    is_seen_by_others = person.cnic_standing == Person.Standing.VERIFIED and not seen.exists()
    if not is_seen_by_others and not cards.weigh_more(person.pk):
        return ""
    if field == "parent_name":
        return _(
            "This is another father's or husband's name than the one on file. Your regional manager changes it, with "
            "the card in hand."
        )
    return _(
        "This is another name than the one on file. If it is the same person, your regional manager changes the name, "
        "with the card in hand. If it is somebody else, register that person anew."
    )


def is_another(person: Person, field: str, name: str) -> bool:
    """Whether it differs from what stands there, or stood there before somebody put that right a little at a time.

    Small steps would lead from any name to any other. What was replaced by another name altogether counts no more.
    """
    later = ""
    for stood in filter(None, (getattr(person, field), *stood_before(person, field))):
        if later and not is_one_name(stood, later):
            return False
        if name and not is_one_name(stood, name):
            return True
        later = stood
    return False


def stood_before(person: Person, field: str) -> Iterable[str]:
    """What was corrected, the latest first."""
    return NameCorrection.objects.filter(person=person).order_by("-pk").values_list(field, flat=True)
