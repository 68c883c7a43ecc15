"""Registrations not finished yet: every answer is kept as soon as it is given, and read back as rows of today.

Whoever stops for an hour, and left a number, is called by an advisor; `stopped_at` counts them and who came back.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import codes
from enterprises.actions.enterprises import FACTS, Business
from enterprises.likeness import Facts
from enterprises.models import Consent, Draft, DraftCall, OneTimeCode, Person, Sector
from enterprises.querysets import DraftQuerySet
from places.calendar import OFFICE, add_working_days
from places.models import District

LIKENESS = frozenset({"name", "sex", "parent_name", "parent_relation", "phone"})
KEPT = dt.timedelta(days=30)
TYPED = "typed"  # beside the answers of the pages: what is not an answer yet
# Working days until somebody is called: who stopped, whom nobody reached, who said they would finish by themselves.
CALL_WITHIN, CALL_AGAIN_WITHIN, LOOK_AGAIN_AFTER = 1, 1, 3


def begin(*, stage: str, language: str, request_key: uuid.UUID, person: Person | None = None) -> Draft:
    """Return the draft that this sending of the start page makes; sent again, it is the same draft.

    The token is derived from the form's key, so that two clicks at once, Back and refresh find one draft.
    """
    token = token_of(request_key)
    first = {"language": language, "person": person, "answers": {"start": {"stage": stage}}, "last_step": "start"}
    draft, is_new = Draft.objects.get_or_create(token=token, defaults=first)
    if draft.state != Draft.State.OPEN:  # the page was kept open, and begins a second registration
        return Draft.objects.create(**first)
    return draft if is_new else save_step(draft=draft, step="start", answers={"stage": stage})


def token_of(request_key: uuid.UUID) -> uuid.UUID:
    """The draft's token: nobody can tell it from the key that stood in the page."""
    return uuid.UUID(bytes=salted_hmac("enterprises.draft", str(request_key), algorithm="sha256").digest()[:16])


@transaction.atomic
def save_step(*, draft: Draft, step: str, answers: Mapping[str, Any], language: str = "") -> Draft:
    """Keep the answers of one step, and the language they were given in. What is finished stays as it was sent."""
    held = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if held.state != Draft.State.OPEN:
        return held
    if step == "start" and held.answers["start"] != answers:
        ask_anew(held)
    held.answers = held.answers | {step: beside(held, step) | dict(answers)}
    if TYPED in held.answers:
        held.answers[TYPED] = {page: typed for page, typed in typed_in(held).items() if page != step}
    held.last_step, held.language = step, language or held.language
    if step == "reach":
        note_reach(held, answers)
    touch(held)
    held.save(
        update_fields=[
            "answers",
            "last_step",
            "touched_at",
            "stopped_at",
            "call_due_on",
            "phone",
            "language",
            "district",
        ]
    )
    return held


def ask_anew(held: Draft) -> None:
    """Of a business more is asked than of an idea: those pages come again, with what was typed there.

    What was said of the work of a business does not count for an idea.
    """
    pages = ("reach", "what") if held.is_idea else ("what",)
    answered = {page: held.answers.pop(page) for page in pages if page in held.answers}
    if answered:
        typed = typed_in(held)
        held.answers[TYPED] = typed | {page: said | typed.get(page, {}) for page, said in answered.items()}


def beside(held: Draft, page: str) -> dict[str, Any]:
    """What was typed on this page before, and is not asked of an idea: it stays, should it be a business after all."""
    known = held.answers.get(page, {}) | typed_in(held).get(page, {})
    return {name: known[name] for name in Draft.ONLY_RUNNING.get(page, ()) if held.is_idea and name in known}


def note_reach(held: Draft, said: Mapping[str, Any]) -> None:
    """Which number is called and sent codes, and whose desk it is on. A code for another number is void."""
    phone = said.get("phone") or held.phone
    if held.phone != phone:
        codes.void(owner=held)
    held.phone = phone
    if said.get("district"):
        held.district = District.objects.get(code=said["district"])


@transaction.atomic
def save_typed(
    *, draft: Draft, step: str, typed: Mapping[str, Any], sound: Mapping[str, Any] = MappingProxyType({})
) -> Draft:
    """Keep what was typed on a page that is not answered yet, right or wrong: it is shown again and counts as nothing.

    Only a number or a district that is `sound` counts at once, so that whoever stops there can be called and can go
    on elsewhere; never in the place of one that was answered. What is finished stays as it was sent.
    """
    held = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if held.state == Draft.State.OPEN:
        held.answers = held.answers | {TYPED: typed_in(held) | {step: beside(held, step) | dict(typed)}}
        if "reach" not in held.answers:
            note_reach(held, sound)
        touch(held)
        held.save(update_fields=["answers", "touched_at", "stopped_at", "call_due_on", "phone", "district"])
    return held


def typed_in(draft: Draft) -> dict[str, Any]:
    """What stands on pages that are not answered yet, by page."""
    return dict(draft.answers.get(TYPED, {}))


def touch(held: Draft) -> None:
    """Somebody is at it again. Who had stopped for an hour before, with a number to call, is counted as recovered."""
    now = timezone.now()
    if held.stopped_at is None and held.phone and held.touched_at <= now - Draft.STOPPED_AFTER:
        held.stopped_at = held.touched_at
    held.touched_at = now
    held.call_due_on = in_working_days(CALL_WITHIN) if held.phone else None


@transaction.atomic
def log_call(*, draft: Draft, outcome: str, by: User) -> DraftCall:
    """Write down what came of a call to somebody who stopped halfway, and when they are called again, if at all.

    Who does not want to register is forgotten at once. After the third call that nobody answered it is let be.
    Raises `ValidationError` when the registration was finished or erased meanwhile.
    """
    held = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if not by.has_perm("enterprises.call_draft", held):
        raise PermissionDenied("enterprises.call_draft")
    if held.state != Draft.State.OPEN:
        raise ValidationError(_("This registration does not wait for a call any more."), code="over")
    call = DraftCall.objects.create(draft=held, outcome=outcome, by=by)
    if outcome == DraftCall.Outcome.NOT_WANTED:
        erase(Draft.objects.filter(pk=held.pk))
        return call
    if outcome == DraftCall.Outcome.WILL_FINISH:
        held.call_due_on = in_working_days(LOOK_AGAIN_AFTER)
    else:
        is_last = held.calls.filter(outcome=outcome).count() >= DraftCall.TRIES
        held.call_due_on = None if is_last else in_working_days(CALL_AGAIN_WITHIN)
    held.save(update_fields=["call_due_on"])
    return call


def in_working_days(count: int) -> dt.date:
    return add_working_days(timezone.localdate(), count, calendar=OFFICE)


def facts_of(draft: Draft) -> dict[str, Any]:
    """What the draft says about the person, beside the CNIC."""
    who, reach = draft.said("who"), draft.said("reach")
    return {
        "name": who["name"],
        "sex": who["sex"],
        "parent_name": who.get("parent_name", ""),
        "parent_relation": who.get("parent_relation", ""),
        "phone": reach["phone"],
        "phone_owner": reach["phone_owner"],
        "language": draft.language,
    }


def bearer_of(draft: Draft) -> Person:
    """Whoever registers, as far as they said who they are and whose the phone is; nobody on file."""
    who, reach = draft.said("who"), draft.said("reach")
    return Person(
        name=who.get("name", ""),
        cnic=who.get("cnic") or None,
        parent_name=who.get("parent_name", ""),
        phone_owner=reach.get("phone_owner", Person.PhoneOwner.NOT_SAID),
    )


def likeness_facts_of(draft: Draft) -> Facts:
    """What the search for look-alikes knows of a newcomer who waits with the card of somebody on file: all but it."""
    said = {name: value for name, value in facts_of(draft).items() if name in LIKENESS}
    return Facts(**said, districts=frozenset([draft.district_id] if draft.district_id else []))


def business_of(draft: Draft) -> Business:
    """What the draft says about the business, as rows of today."""
    what, reach = draft.said("what"), draft.said("reach")
    started, sector = what.get("started_on"), what.get("sector")
    return Business(
        stage=draft.said("start")["stage"],
        sector=Sector.objects.get(code=sector) if sector else None,
        district=District.objects.get(code=reach["district"]),
        name=what.get("name", ""),
        what=what.get("what", ""),
        place=reach.get("place", ""),
        started_on=dt.date.fromisoformat(started) if started else None,
        help_wanted=("start",) if draft.is_idea else tuple(what.get("help", ())),
    )


def further_of(draft: Draft) -> dict[str, Any]:
    """What the person said of their business and a colleague's one page does not ask. It is theirs, and goes along."""
    if draft.is_idea:
        return {}
    what = draft.said("what")
    started = what.get("started_on")
    return {
        "what": what.get("what", ""),
        "started_on": dt.date.fromisoformat(started) if started else None,
        "help_wanted": tuple(what.get("help", ())),
    }


def typed_of(draft: Draft) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the person typed so far, by the fields of a person and by those of an enterprise."""
    who, reach, what = (draft.said(page) for page in ("who", "reach", "what"))
    wanted = {"help_wanted": ("start",)} if draft.is_idea else further_of(draft)
    of_business = {**draft.said("start"), **what, **reach, **wanted}
    return who | reach | {"language": draft.language}, {
        field: value for field, value in of_business.items() if field in FACTS
    }


def consented_in(draft: Draft) -> list[str]:
    given = draft.answers["consents"]
    return [kind for kind in Consent.Kind.values if given.get(kind)]


def forget(*, now: dt.datetime) -> int:
    """Erase what was typed in drafts that nobody touched for 30 days; return how many. The nightly sweep calls this.

    A draft that waits for an advisor stays until it is settled. The row stays, without anybody in it, to be counted.
    """
    old = Draft.objects.filter(touched_at__lt=now - KEPT).exclude(answers={})
    settled = Q(state=Draft.State.DONE) | Q(claim__settled_at__isnull=False)
    return erase(old.open()) + old.filter(settled).update(answers={}, phone="")


def erase(drafts: DraftQuerySet) -> int:
    """Forget what was typed in these open drafts, and who typed it; return how many."""
    stopped = drafts.filter(stopped_at__isnull=True).exclude(phone="")
    stopped.update(stopped_at=F("touched_at"))
    return forget_typed(drafts)


def forget_typed(drafts: DraftQuerySet) -> int:
    """Forget it, of somebody who did not stop."""
    OneTimeCode.objects.filter(draft__in=drafts).delete()
    return drafts.update(state=Draft.State.ERASED, answers={}, phone="", person=None, call_due_on=None)
