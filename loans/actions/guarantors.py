"""Who vouches for an applicant, and that they were met."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import families
from enterprises.actions.people import find_or_register_person
from enterprises.family_querysets import are_close_relatives
from enterprises.kin import Relation, word_for
from enterprises.likeness import is_one_name
from enterprises.models import Kinship, Person, Statement
from journal.moves import MoveRefused, hold, move
from loans.actions.applications import TOLD
from loans.conditions import why_not_yet
from loans.guarantee import guarantors_left, may_add
from loans.models import Application, Guarantor
from loans.states import BEFORE_COMMITTEE


@transaction.atomic
def add_guarantor(
    *,
    application: Application,
    version: int,
    cnic: str,
    name: str,
    sex: str,
    phone: str,
    relation: str,
    by: User,
    kinship: str = Relation.OTHER,
    is_somebody_else: bool = False,
    consent: str = Guarantor.Consent.CODE,
    witness: str = "",
) -> Guarantor:
    """Write down somebody who vouches. They are found by their CNIC, or registered as a person.

    They count once they said yes themselves: on paper at once, or by a code that is sent when they are on file.
    Under another name than on file they are written down too, and the name on file is not shown: a number tells nobody
    who has it, nor whose relative that is. Written down again with the right name, they are shown by it. `kinship`
    says what a guarantor of the family is; `is_somebody_else`, that it is no relative of this name, if that was asked.
    """
    held = hold(application, version=version)
    refuse_addition(held, by=by)
    signed = on_paper(consent, witness=witness)
    is_family = relation == Guarantor.Relation.FAMILY
    if is_family and not held.product.family_may_guarantee:
        raise ValidationError({"relation": _("Family cannot guarantee this loan. Choose somebody outside the family.")})
    person = hold(find_or_register_person(cnic=cnic, name=name, sex=sex, phone=phone, by=by)[0], version=None)
    if person.pk == held.person_id:
        raise ValidationError({"cnic": _("This is the applicant's own card. A guarantor is somebody else.")})
    is_named = is_told_by(name, person.name)
    known = held.guarantors.filter(person=person).first()
    if known is not None and (known.is_named or not is_named):
        raise ValidationError({"cnic": _("This person is a guarantor of this application already.")})
    is_somebody_else = is_named and refuse_unfit(held, person, is_family=is_family, is_answered=is_somebody_else, by=by)
    if is_named and is_family:
        state_family(held.person, person, relation=kinship, by=by)
    if known is not None:
        return name_guarantor(known, relation=relation, is_somebody_else=is_somebody_else, **signed)
    return Guarantor.objects.create(
        application=held,
        applicant_id=held.person_id,
        person=person,
        relation=relation,
        is_named=is_named,
        is_somebody_else=is_somebody_else,
        added_by=by,
        **signed,
    )


def refuse_addition(held: Application, *, by: User) -> None:
    if not may_add(held):
        raise MoveRefused(held, "guarantee")
    if not by.has_perm("loans.appraise_application", held):
        raise PermissionDenied("loans.appraise_application")


def on_paper(consent: str, *, witness: str) -> dict[str, Any]:
    """What is written down of a signature; nothing where a code is to come."""
    if consent == Guarantor.Consent.CODE:
        return {}
    if not witness:
        raise ValidationError({"witness": _("Write who witnessed the signature.")})
    return {"consent": Guarantor.Consent.PAPER, "consented_at": timezone.now(), "witness": witness}


def is_told_by(typed: str, name: str) -> bool:
    """Whether whoever typed this knew the whole name on file: part of it does not show the rest."""
    return is_one_name(typed, name) and len(typed.split()) >= len(name.split())


def state_family(person: Person, relative: Person, *, relation: str, by: User) -> None:
    """Write down what a guarantor of the family is. What does not fit is refused without what stands on file."""
    source = Statement.Source.ASSISTED
    try:
        with transaction.atomic():
            families.state_between(person=person, relative=relative, relation=relation, source=source, by=by)
    except ValidationError as refusal:
        said = _("This does not fit what the family said. Ask the applicant again how they are related.")
        raise ValidationError({"relation": said}) from refusal


def name_guarantor(guarantor: Guarantor, **changes: Any) -> Guarantor:
    """Somebody who was written down under another name is named now, and related as was said with the right name."""
    changes["is_named"] = True
    for name, value in changes.items():
        setattr(guarantor, name, value)
    guarantor.save(update_fields=[*changes])
    return guarantor


def refuse_unfit(application: Application, person: Person, *, is_family: bool, is_answered: bool, by: User) -> bool:
    """Whoever is named right and does not guarantee all the same; return whether they were told from a namesake."""
    refuse_dead(application.person, person, by=by)
    refuse_close(application, person, by=by)
    return not is_family and refuse_namesake(application.person, person, is_answered=is_answered, by=by)


def refuse_dead(applicant: Person, person: Person, *, by: User) -> None:
    """Nobody vouches who died. That they did reads whoever reads of the applicant's family, and nobody else."""
    if Kinship.objects.dead_among({person.pk}, on=timezone.localdate()):
        said = cannot_guarantee()
        if by.has_perm("enterprises.view_family", applicant):
            said = _(
                "Whoever has this card is written down as having died. Look at the card: is it theirs who vouches?"
            )
        raise ValidationError({"cnic": said}, code="dead")


def cannot_guarantee() -> str:
    """To whoever does not read of the family: one text, beside one field, whether of the dead or of relatives."""
    return _("This person cannot guarantee this loan. Look at the card, or choose somebody else.")


def refuse_namesake(applicant: Person, person: Person, *, is_answered: bool, by: User) -> bool:
    """A relative whose card nobody wrote down may be this very person: the officer asks, and says that it is not.

    Return whether there is one of this name, and the officer said so.
    """
    told = Kinship.objects.visible_to(by).standing().of(applicant).filter(relative__isnull=True, sex=person.sex)
    for kinship in told:
        if is_one_name(person.name, kinship.name):
            if is_answered:
                return True
            said = _("%(name)s is the name of a relative of the applicant (%(relation)s). Is this somebody else?") % {
                "name": kinship.name,
                "relation": word_for(kinship.relation, sex=kinship.sex, of=applicant.sex),
            }
            raise ValidationError({"is_somebody_else": said}, code="namesake")
    return False


def refuse_close(application: Application, person: Person, *, by: User) -> None:
    """Whoever is known as a close relative does not guarantee, whatever the officer was told; the product decides.

    That they are reads whoever reads of the applicant's family, and nobody else.
    """
    if application.product.family_may_guarantee:
        return
    if are_close_relatives(application.person, person, on=timezone.localdate()):
        field, said = "cnic", cannot_guarantee()
        if by.has_perm("enterprises.view_family", application.person):
            field = "relation"
            said = _(
                "This person is written down as a close relative of the applicant. Family cannot guarantee this "
                "loan. Choose somebody outside the family."
            )
        raise ValidationError({field: said}, code="close")


@transaction.atomic
def verify_guarantors(*, application: Application, version: int, by: User) -> Application:
    """Say that the guarantors were met and know what they sign: the application goes to the committee.

    Refused with what must come before: the visit, a household that agrees, enough guarantors.
    """
    held = hold(application, version=version)
    if held.state in BEFORE_COMMITTEE and (reasons := why_not_yet(held, guarantors_left(held), by=by)):
        raise ValidationError(reasons)
    now = timezone.now()
    return move(held, "guarantee", by=by, version=version, audience=TOLD, guaranteed_by=by, guaranteed_at=now)
