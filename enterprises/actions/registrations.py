"""From a draft to a person, an enterprise and a case.

A draft becomes a person only after the phone's code; when its CNIC is known already, it becomes a claim that an advisor
settles. The visitor gets the same pages and a reference either way.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone, translation

from accounts.models import User
from enterprises.actions import claims, codes, drafts, enterprises
from enterprises.actions.people import find_or_register_person, living
from enterprises.discretion import brief, called_in_code
from enterprises.models import Draft, Enterprise, OneTimeCode, Person
from enterprises.references import next_reference
from kit.words import listed
from messaging.outbox import queue

PURPOSE = OneTimeCode.Purpose.REGISTER
RESUME = OneTimeCode.Purpose.RESUME
PROVEN = "proven"  # beside the answers of the pages: for which card and number the code was entered, and until when
MOST_NAMED = 2  # of those who began on one phone, in the text of the code
PROVEN_FOR = dt.timedelta(minutes=30)  # the device may be in other hands then; a new code proves it again


def send_code(*, draft: Draft, session_key: str) -> OneTimeCode:
    """Send the code that proves the phone to the number that was typed; on a phone of others it says for whom."""
    return codes.send(
        purpose=PURPOSE,
        session_key=session_key,
        subject=draft.phone,
        phone=draft.phone,
        language=draft.language,
        draft=draft,
        called=called_in_code(drafts.bearer_of(draft), phone=draft.phone),
    )


def ask_to_resume(*, phone: str, session_key: str, language: str) -> OneTimeCode:
    """Send a code with which the registrations begun with this number go on, on whatever device asked.

    A number with which nothing was begun costs the same work and gives the same answer.
    """
    begun = list(Draft.objects.resumable(phone)[:MOST_NAMED])
    draft = begun[0] if begun else None
    called = called_in_code(drafts.bearer_of(draft) if draft else None, phone=phone)
    if len(begun) > 1:  # the code opens them all
        names = [brief(drafts.bearer_of(one).name) for one in begun if one.answers.get("who")]
        with translation.override(begun[0].language):
            called = listed(dict.fromkeys(names))
    return codes.send(
        purpose=RESUME,
        session_key=session_key,
        subject=phone,
        phone=phone if draft else None,
        language=draft.language if draft else language,
        draft=draft,
        called=called,
    )


def resume(*, session_key: str, digits: str, source: str) -> list[Draft]:
    """Return the registrations begun with the number that the code went to, the last touched first.

    Several people may have begun on one phone. Raises as `codes.try_digits` does.
    """
    code = codes.try_digits(purpose=RESUME, session_key=session_key, digits=digits, source=source)
    with transaction.atomic():
        codes.use(code)
        return list(Draft.objects.resumable(code.draft.phone if code.draft else ""))


def confirm(*, draft: Draft, session_key: str, digits: str, source: str, by: User) -> Draft:
    """Finish the draft if these are the digits of its code. Raises as `codes.try_digits` does.

    Of whoever is back and has a business with us it stays open: first they say whether it is another one.
    """
    if draft.state != Draft.State.OPEN or is_proven(draft):
        return draft
    code = codes.try_digits(purpose=PURPOSE, session_key=session_key, digits=digits, source=source)
    return complete(draft=draft, code=code, by=by)


@transaction.atomic
def complete(*, draft: Draft, code: OneTimeCode, by: User) -> Draft:
    """Spend the code and finish the draft, both or neither; a draft finished meanwhile is returned as it is."""
    held = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if held.state != Draft.State.OPEN or is_proven(held):
        return held
    if code.draft_id != held.pk:
        raise codes.spent()
    codes.use(code)
    if not businesses_on_file(held):
        return finish(draft=held, by=by)
    until = timezone.now() + PROVEN_FOR
    held.answers = held.answers | {PROVEN: proof_of(held) | {"until": until.isoformat()}}
    drafts.touch(held)
    held.save(update_fields=["answers", "touched_at", "stopped_at", "call_due_on"])
    return held


def proof_of(draft: Draft) -> dict[str, str]:
    return {"cnic": draft.answers["who"]["cnic"], "phone": draft.phone}


def is_proven(draft: Draft) -> bool:
    """Whether the code was entered just now, for the very card and number that the draft holds."""
    proof = draft.answers.get(PROVEN, {})
    if "until" not in proof or timezone.now() >= dt.datetime.fromisoformat(proof["until"]):
        return False
    return bool(proof == proof_of(draft) | {"until": proof["until"]})


def businesses_on_file(draft: Draft) -> list[Enterprise]:
    """What whoever is back has with us already; nothing where the phone is not theirs on file. For a proven draft."""
    number = draft.answers["who"]["cnic"]
    holder = Person.objects.filter(cnic=number).first() if number else None
    if holder is None or not is_back(living(holder), phone=draft.phone):
        return []
    owned = living(holder).ownerships.current().filter(enterprise__merged_into__isnull=True)
    owned = owned.select_related("enterprise__sector", "enterprise__district").order_by("pk")
    return [ownership.enterprise for ownership in owned]


@transaction.atomic
def go_on(*, draft: Draft, is_same: bool, by: User) -> Draft:
    """What whoever is back said: it is a business that is with us, and the draft is forgotten; or it is another one.

    A draft whose card or number was changed meanwhile stays as it is, and needs its code.
    """
    held = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if held.state != Draft.State.OPEN or not is_proven(held):
        return held
    if not is_same:
        return finish(draft=held, by=by)
    drafts.forget_typed(Draft.objects.filter(pk=held.pk))
    held.refresh_from_db()
    return held


@transaction.atomic
def finish(*, draft: Draft, by: User) -> Draft:
    """Make the draft a person with an enterprise, or a claim; once. Its reference is given either way.

    The caller has seen the phone's code, or the person is signed in.

    Whose record it is:
    - nobody has the CNIC, or none was given: a new person;
    - the CNIC is known and so is this very phone: the owner is back with a further enterprise. Knowing the CNIC and
      holding the phone is what signing in asks for, so it is enough here, unless the phone is somebody else's;
    - the CNIC is known with another phone: a claim. The phone on file is told, an advisor sees the card, and neither
      of the two learns anything about the other.
    """
    held = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if held.state != Draft.State.OPEN:
        return held
    business = drafts.business_of(held)
    reference = next_reference(business.district)
    person, is_new = person_of(held, by=by)
    if is_new or held.person_id == person.pk or is_back(person, phone=held.phone):
        held.enterprise = enterprises.register(
            person=person, business=business, reference=reference, consented=drafts.consented_in(held), by=by
        )
        held.state = Draft.State.DONE
    else:
        held.state = Draft.State.CLAIM
    held.reference, held.district = reference, business.district
    drafts.touch(held)
    held.call_due_on = None
    held.save(update_fields=["state", "reference", "district", "enterprise", "touched_at", "stopped_at", "call_due_on"])
    if held.state == Draft.State.CLAIM:
        claims.make(draft=held, person=person, district=business.district, by=by)
    queue("enterprises.registered", target=held, by=by)
    return held


def person_of(draft: Draft, *, by: User) -> tuple[Person, bool]:
    """Whom the draft is about, and whether they were registered just now."""
    if draft.person is not None:
        return draft.person, False
    return find_or_register_person(cnic=draft.answers["who"]["cnic"] or None, by=by, **drafts.facts_of(draft))


def is_back(person: Person, *, phone: str) -> bool:
    return person.phone == phone and not person.has_phone_of_strangers
