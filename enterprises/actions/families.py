"""Family: asked for a purpose, stated by somebody, never overwritten. What is wrong is taken back and stays on file."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions.people import find_or_register_person
from enterprises.family_querysets import told_by
from enterprises.kin import INVERSE, ONE_AT_A_TIME, UPWARD, Ending, Relation, word_for
from enterprises.likeness import is_one_name
from enterprises.models import FamilyQuestion, Kinship, Person, Sex
from journal.events import ADVISORS, ENTREPRENEUR, record
from journal.moves import EditConflict, hold
from kit.saving import save

# That something was said of a family stands in its own timeline; what was said stands there for nobody.
AUDIENCE = {ENTREPRENEUR, ADVISORS}
LINEAGE = {Relation.PARENT, Relation.CHILD, Relation.GRANDPARENT, Relation.GRANDCHILD}


@transaction.atomic
def ask(*, person: Person, purpose: str, by: User) -> FamilyQuestion:
    """From now on the person may be asked about their family, for this purpose alone. Asked twice it is one question.

    Whether `by` may ask is decided by the action that needs the answer, as with grants of sight.
    """
    hold(person, version=None)
    question, is_new = FamilyQuestion.objects.get_or_create(
        person=person, purpose=purpose, closed_at=None, defaults={"asked_by": by}
    )
    if is_new:
        record("enterprises.family_asked", target=question, by=by, audience=AUDIENCE, data={"purpose": purpose})
    return question


@transaction.atomic
def stop_asking(*, person: Person, purpose: str) -> int:
    """Nothing needs the answer any more: no colleague reads it from now on. What was said stays with the person.

    The caller holds the person, and looked under that lock whether something needs it.
    """
    asked = FamilyQuestion.objects.open().filter(person=person, purpose=purpose)
    return asked.update(closed_at=timezone.now())


@transaction.atomic
def state(
    *,
    person: Person,
    relation: str,
    name: str,
    sex: str,
    source: str,
    by: User,
    cnic: str = "",
    since_on: dt.date | None = None,
) -> Kinship:
    """Write down that somebody is the `relation` of the person. A CNIC links the record that has it on file.

    It links it only where the name agrees, for a slip of a digit is somebody else's card; otherwise the relative stays
    a name. Either way the relative is called as they were called here, and nobody reads the name on file. That a
    number is on file under another name can be told: such a relative is not among those who may share the household.
    """
    if not by.has_perm("enterprises.keep_family", person):
        raise PermissionDenied("enterprises.keep_family")
    relative = relative_with(cnic, name=name, sex=sex, by=by)
    if relative == person:
        raise ValidationError({"cnic": _("This is the person's own card.")}, code="oneself")
    hold_both(person, relative or person)
    if relation == Relation.PARENT and words_of(name) == words_of(person.name):
        raise ValidationError({"name": _("This is the person's own name. Enter the name of the relative.")}, code="own")
    refuse_twice(person, name=name, relation=relation)
    refuse_second_husband(person, relation=relation)
    if relative is None:
        kinship = Kinship(person=person, asked_of=person, sex=sex, relation=relation, since_on=since_on)
    else:
        kinship = tie(person, relative, relation=relation, since_on=since_on)
    kinship.name = name
    return put(kinship, person=person, source=source, by=by)


@transaction.atomic
def state_between(*, person: Person, relative: Person, relation: str, source: str, by: User) -> Kinship:
    """The same of two people whom the caller knows, such as an applicant and a guarantor. Said again it stands once.

    Whether `by` may is decided by the action that needs it.
    """
    hold_both(person, relative)
    for known in Kinship.objects.standing().between(person, relative).filter(ended_on__isnull=True):
        if known.as_seen_by(person)[0] == relation:
            return known
    refuse_second_husband(person, relation=relation)
    return put(tie(person, relative, relation=relation), person=person, source=source, by=by)


@transaction.atomic
def end_marriage(
    *, person: Person, kinship: Kinship, ending: str, ended_on: dt.date | None, source: str, by: User, version: int
) -> Kinship:
    """The marriage ended, by death or divorce, on that day or, where nobody knows it (None), by today.

    The rest stays.
    """
    held = turn_of(person, kinship, by=by, version=version)
    if held.relation != Relation.SPOUSE or held.ended_on is not None:
        raise ValidationError(_("Only a marriage that lasts can end."), code="no_marriage")
    today = timezone.localdate()
    is_end_known, ended_on = ended_on is not None, ended_on or today
    if ended_on > today or (held.since_on is not None and ended_on < held.since_on):
        raise ValidationError({"ended_on": _("This day cannot be right. Look at it again.")}, code="day")
    close(held)
    ended = Kinship(
        person_id=held.person_id,
        relative_id=held.relative_id,
        asked_of_id=held.asked_of_id,
        name=held.name,
        sex=held.sex,
        relation=held.relation,
        since_on=held.since_on,
        ended_on=ended_on,
        is_end_known=is_end_known,
        ending=Ending(ending),
        version=held.version,
    )
    return put(ended, person=person, source=source, by=by, event="enterprises.marriage_ended")


@transaction.atomic
def take_back(*, person: Person, kinship: Kinship, by: User, version: int) -> Kinship:
    """This was never so: it counts no more, and it stays on file that it was said, and who took it back."""
    held = turn_of(person, kinship, by=by, version=version)
    held.taken_back_by = by
    close(held)
    data = {"kinship": held.pk}
    record("enterprises.kin_taken_back", target=person, by=by, audience=AUDIENCE, data=data)
    return held


def words_of(name: str) -> list[str]:
    """Muhammad Ali is the son of Ali Muhammad, and Saleem Khan that of Saleem: only the very same name is refused."""
    return name.casefold().split()


def relative_with(cnic: str, *, name: str, sex: str, by: User) -> Person | None:
    """The person with this card, registered now where there was none; None without a card or with another's name."""
    if not cnic:
        return None
    found, _is_new = find_or_register_person(cnic=cnic, name=name, sex=sex, by=by)
    return found if is_one_name(name, found.name) else None


def tie(person: Person, relative: Person, *, relation: str, since_on: dt.date | None = None) -> Kinship:
    """The statement as it is stored, after a look at what stands of the two already; both are locked for it."""
    hold_both(person, relative)
    since_on = refuse_contrary(person, relative, relation=relation, since_on=since_on)
    if relation in LINEAGE:
        refuse_circle(person, relative, is_upward=relation in UPWARD)
    return Kinship(
        person_id=min(person.pk, relative.pk),
        relative_id=max(person.pk, relative.pk),
        asked_of=person,
        relation=relation if person.pk < relative.pk else INVERSE[Relation(relation)],
        since_on=since_on,
    )


def hold_both(one: Person, other: Person) -> None:
    """Lock two people in the order of their numbers, so that two officers who speak of one couple take turns."""
    pair = Person.objects.filter(pk__in=[one.pk, other.pk]).order_by("pk")
    list(pair.select_for_update(no_key=True, of=("self",)))


def refuse_contrary(person: Person, relative: Person, *, relation: str, since_on: dt.date | None) -> dt.date | None:
    """Two people are one thing to each other at a time. The constraint holds it too; this says it in words.

    Returns since when: whoever marries again does so at the end of the first marriage, where no day is given.
    """
    for known in Kinship.objects.standing().between(person, relative).order_by("-ended_on"):
        told, _other = known.as_seen_by(person)
        is_over = known.ended_on is not None and (since_on is None or known.ended_on <= since_on)
        if is_over and relation == Relation.SPOUSE:
            since_on = since_on or known.ended_on
        elif told == relation or {told, relation} <= ONE_AT_A_TIME:
            raise ValidationError(
                _("They are written down as “%(relation)s” already. If that is wrong, take it back first.")
                % {"relation": word_for(told, sex=relative.sex, of=person.sex)},
                code="contrary",
            )
    return since_on


def refuse_twice(person: Person, *, name: str, relation: str) -> None:
    """Under one name a relative is written down once, with a card or without: the answer tells nothing of the card."""
    told = Kinship.objects.standing().filter(asked_of=person, name=name, ended_on__isnull=True)
    if any(row.as_seen_by(person)[0] == relation for row in told.select_related("person", "relative")):
        raise ValidationError({"name": _("This relative is written down already.")}, code="twice")


def refuse_second_husband(person: Person, *, relation: str) -> None:
    """A woman has one husband at a time, by what she told herself; a man may have several wives.

    What others told of her is not looked at: she would read in the refusal what they said.
    """
    if relation != Relation.SPOUSE or person.sex != Sex.WOMAN:
        return
    told = Kinship.objects.standing().filter(told_by(person), relation=Relation.SPOUSE, ended_on__isnull=True)
    if (known := told.select_related("person", "relative").first()) is not None:
        _relation, other = known.as_seen_by(person)
        said = _(
            "%(name)s is written down as the husband. If that marriage ended, write that down first: open “%(name)s” "
            "on the page of the family. Then write this one down."
        )
        raise ValidationError({"who": said % {"name": known.name or other}}, code="husband")


def refuse_circle(person: Person, relative: Person, *, is_upward: bool) -> None:
    """Nobody is their own ancestor."""
    wait_for_lineage()
    descendant, ancestor = (person, relative) if is_upward else (relative, person)
    if Kinship.objects.is_descendant(ancestor.pk, of=descendant.pk):
        raise ValidationError(
            _("This cannot be: then somebody would be their own ancestor. Look at who is whose parent."), code="circle"
        )


def wait_for_lineage() -> None:
    """Whoever writes of parents takes turns with all others who do.

    A circle of four can close by two statements that have nobody in common, and no lock on people would part them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('enterprises.lineage'))")


def turn_of(person: Person, kinship: Kinship, *, by: User, version: int) -> Kinship:
    """The statement, locked, if `by` reads it and may put the person's right, it stands, and is what was shown."""
    if not (by.has_perm("enterprises.correct_family", person) and by.has_perm("enterprises.view_kinship", kinship)):
        raise PermissionDenied("enterprises.correct_family")
    hold_both(person, kinship.relative or kinship.person)
    held = hold(kinship, version=version)
    if not held.is_standing:
        raise EditConflict(held)
    return held


def close(held: Kinship) -> None:
    """It stands until now; the raised version tells who still has it on the screen."""
    held.until_at = timezone.now()
    held.version += 1
    held.save(update_fields=["until_at", "version", "taken_back_by"])


def put(kinship: Kinship, *, person: Person, source: str, by: User, event: str = "enterprises.kin_stated") -> Kinship:
    """Write the statement, and that it was made: in the person's timeline, without what it says."""
    kinship.source, kinship.stated_by, kinship.stated_at = source, by, timezone.now()
    save(kinship)
    record(event, target=person, by=by, audience=AUDIENCE, data={"kinship": kinship.pk})
    return kinship
