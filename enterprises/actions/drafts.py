"""Registrations not finished yet: every answer is kept as soon as it is given, and read back as rows of today."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from enterprises.actions import codes
from enterprises.actions.enterprises import Business
from enterprises.models import Consent, Draft, Enterprise, Person, Sector
from places.models import District

KEPT = dt.timedelta(days=30)


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
def save_step(*, draft: Draft, step: str, answers: Mapping[str, Any]) -> Draft:
    """Keep the answers of one step. What is finished stays as it was sent."""
    held = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if held.state != Draft.State.OPEN:
        return held
    if step == "start" and held.answers["start"] != answers:
        held.answers.pop("what", None)  # an idea is asked other things than a business
    held.answers = held.answers | {step: dict(answers)}
    held.last_step = step
    held.touched_at = timezone.now()
    if step == "phone":
        if held.phone != answers["phone"]:
            codes.void(draft=held)
        held.phone = answers["phone"]
        held.language = answers.get("language") or held.language
    held.save(update_fields=["answers", "last_step", "touched_at", "phone", "language"])
    return held


def facts_of(draft: Draft) -> dict[str, Any]:
    """What the draft says about the person, beside the CNIC."""
    who, phone = draft.answers["who"], draft.answers["phone"]
    return {
        "name": who["name"],
        "sex": who["sex"],
        "parent_name": who.get("parent_name", ""),
        "parent_relation": who.get("parent_relation", ""),
        "phone": phone["phone"],
        "phone_owner": phone["phone_owner"],
        "language": draft.language,
    }


def business_of(draft: Draft) -> Business:
    """What the draft says about the business, as rows of today."""
    what, where = draft.answers["what"], draft.answers["where"]
    stage = draft.answers["start"]["stage"]
    is_idea = stage == Enterprise.Stage.IDEA
    started = what.get("started_on")
    return Business(
        stage=stage,
        sector=Sector.objects.get(code=what["sector"]),
        district=District.objects.get(code=where["district"]),
        name=what.get("name", ""),
        what=what.get("what", ""),
        place=where.get("place", ""),
        started_on=dt.date.fromisoformat(started) if started and not is_idea else None,
        help_wanted=("start",) if is_idea else tuple(draft.answers.get("help", {}).get("help", ())),
    )


def consented_in(draft: Draft) -> list[str]:
    given = draft.answers["consents"]
    return [kind for kind in Consent.Kind.values if given.get(kind)]


def forget(*, now: dt.datetime) -> int:
    """Erase what was typed in drafts that nobody touched for 30 days; return how many. The nightly sweep calls this.

    A draft that waits for an advisor stays until it is settled; after that its row stays without what was typed.
    """
    old = Draft.objects.filter(touched_at__lt=now - KEPT)
    settled = old.filter(claim__settled_at__isnull=False).exclude(answers={})
    erased = settled.update(answers={}, phone="")
    _deleted, by_model = old.filter(claim__isnull=True).delete()
    return erased + by_model.get("enterprises.Draft", 0)
