"""A form sent twice acts once."""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect

from journal.models import RequestKey
from journal.moves import EditConflict

FIELD = "request_key"


class OtherContent(Exception):
    """The key was used before with other content: answered 409."""


def answered(request: HttpRequest, content: Mapping[str, Any]) -> HttpResponseRedirect | None:
    """The redirect that this very form got before, for pages that look at more than the form before they act.

    What they would find the second time is what the first time left behind.
    """
    try:
        key = uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None
    mine = RequestKey.objects.filter(owner=owner_of(request), view=request.resolver_match.view_name, key=key)
    stored = mine.filter(digest=digest_of(content)).first()
    return redirect(stored.answer) if stored else None


def once(
    request: HttpRequest, content: Mapping[str, Any], act: Callable[[], HttpResponseRedirect]
) -> HttpResponseRedirect:
    """Run `act` once for this form, and answer every repetition with the redirect that the first one got.

    Opens the transaction: the key, the effect and the answer stand or fall together. A refusal raised by `act` stores
    nothing, so that the corrected form may come with the same key.
    Raises `OtherContent` when the key comes again with other content, `BadRequest` when the form carries none.
    """
    try:
        key = uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        raise BadRequest("The form carries no request key.") from None
    digest = digest_of(content)
    with transaction.atomic():
        stored, is_first = RequestKey.objects.get_or_create(
            owner=owner_of(request),
            view=request.resolver_match.view_name,
            key=key,
            defaults={"digest": digest},
        )
        if not is_first:
            if stored.digest != digest:
                raise OtherContent
            return redirect(stored.answer)
        answer = act()
        stored.answer = answer.url
        stored.save(update_fields=["answer"])
    return answer


def once_for(request: HttpRequest, form: BaseForm, act: Callable[[], HttpResponseRedirect]) -> HttpResponseRedirect:
    """`once` for a valid form. Where somebody else was faster, the conflict takes the form along to show both."""
    try:
        return once(request, form.cleaned_data, act)
    except EditConflict as conflict:
        conflict.form = form
        raise


def without_key(sent: QueryDict) -> QueryDict:
    """What was typed, to be sent with another key."""
    typed = sent.copy()
    del typed[FIELD]
    return typed


def owner_of(request: HttpRequest) -> str:
    """Whose key it is: the user's, or the visitor's.

    A visitor is known by the cookie that every form of theirs has needed (against forged requests): they may have no
    session yet, and two sendings at once would each begin one.
    """
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    if secret := request.COOKIES.get(settings.CSRF_COOKIE_NAME):
        return f"visitor:{hashlib.sha256(secret.encode()).hexdigest()}"
    if request.session.session_key is None:
        request.session.create()
    return f"session:{request.session.session_key}"


def digest_of(content: Mapping[str, Any]) -> str:
    """A fingerprint of the cleaned form."""
    return hashlib.sha256(plain(content).encode()).hexdigest()


def plain(value: Any) -> str:
    """A value as it counts: files by what is in them, records by their number, whatever they are called today."""
    if isinstance(value, UploadedFile):
        found = hashlib.sha256()
        for chunk in value.chunks():
            found.update(chunk)
        value.seek(0)
        return found.hexdigest()
    if isinstance(value, models.Model):
        return f"{value._meta.label_lower}:{value.pk}"
    if isinstance(value, Mapping):
        return repr(sorted((name, plain(part)) for name, part in value.items()))
    if isinstance(value, set | frozenset):
        return repr(sorted(plain(part) for part in value))
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return repr([plain(part) for part in value])
    return repr(value)
