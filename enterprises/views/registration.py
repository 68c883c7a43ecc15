"""Registration: one idea a page, every answer kept on the server as soon as it is given.

The browser holds nothing but the draft's token, in a signed cookie that outlives closing the browser. Every page is
shown by GET and changed by POST with a redirect, so Back and refresh neither lose nor repeat anything.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import throttles
from accounts.models import Office, User
from enterprises import pace
from enterprises.actions import codes, drafts, registrations
from enterprises.forms import PhoneCodeForm, StartForm
from enterprises.messages import first_contact_by, newcomer
from enterprises.models import Draft, OneTimeCode
from enterprises.permission_forms import PermissionForm
from enterprises.steps import FORMER, OPENING, before, needed, unanswered
from enterprises.summaries import answers_of, name_of, to_keep_ready
from journal.once import FIELD
from kit import again, words
from kit.errors import too_many

COOKIE = "registration"
HOUR = 60 * 60
# A family shares a phone, a camp shares an address: a few codes a number, many an address.
CODES_A_NUMBER, FROM_ONE_ADDRESS = 6, 600
BETWEEN_CODES = timedelta(seconds=60)
# The confirmation names who registered. The next one at this device finds it only while somebody may still look for it.
CONFIRMED_FOR = timedelta(hours=2)


@never_cache
@require_http_methods(["GET", "POST"])
def register(request):
    """What is needed, how long it takes, and the two openings; of somebody signed in, what they began on any device.

    An opening changes what is begun already, so that Back to this page begins nothing anew; another registration
    begins by a button of its own, which puts the one that its page showed aside.
    """
    person = signed_in_person(request)
    draft = open_draft(request) if person is None else Draft.objects.begun_by(person).first()
    if request.method == "POST" and "aside" in request.POST:
        response = redirect("enterprises:register")
        if draft is not None and request.POST["aside"] == str(draft.pk):
            response.delete_cookie(COOKIE, samesite="Lax")
        return response
    form = StartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not throttles.allow_from(request, "register-from", limit=FROM_ONE_ADDRESS, seconds=HOUR):
            return too_many(request, HOUR)
        stage = form.cleaned_data["stage"]
        if draft is None:
            draft = drafts.begin(stage=stage, language=get_language(), request_key=key_of(request), person=person)
        else:
            draft = keep(request, draft, "start", {"stage": stage})
        return remember(redirect(onward(draft)), draft)
    context = {"draft": draft, "go_on": draft and onward(draft), "person": person}
    response = TemplateResponse(request, "enterprises/register.html", context)
    return remember(response, draft) if person is not None and draft is not None else response


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def step(request, key):
    """One page of questions."""
    draft = open_draft(request)
    if draft is None:
        return elsewhere(request)
    steps = {step.key: step for step in (OPENING, *needed(draft))}
    if key not in steps:
        if key in FORMER:
            return elsewhere(request)
        raise Http404
    first = unanswered(draft)
    if first and list(steps).index(key) > list(steps).index(first.key):
        return redirect("enterprises:register-step", first.key)
    form = again.form_of(
        request,
        steps[key].form,
        initial=draft.answered(key) | drafts.typed_in(draft).get(key, {}),
        is_idea=draft.is_idea,
    )
    if request.method == "POST" and form.is_valid():
        draft = keep(request, draft, key, form.answers())
        goes_to = reverse("enterprises:register-later") if "later" in request.POST else onward(draft)
        return remember(redirect(goes_to), draft)
    if "later" in request.POST:
        drafts.save_typed(draft=draft, step=key, typed=form.typed(), sound=form.sound())
        return redirect("enterprises:register-later")
    context = place(draft, key) | {"form": form, "title": steps[key].title_for(draft)}
    return again.page(request, "enterprises/register_step.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def check(request):
    """Everything once more, the permissions, and the button that sends."""
    draft = complete_draft(request)
    if draft is None:
        return elsewhere(request)
    given = draft.answers.get("consents", {})
    form = again.form_of(request, PermissionForm, initial=given, is_idea=draft.is_idea)
    if request.method == "POST" and form.is_valid():
        draft = keep(request, draft, "consents", form.answers())
        return remember(sent(request, draft), draft)
    context = place(draft, "check") | {"form": form, "answers": answers_of(draft)}
    return again.page(request, "enterprises/register_check.html", context)


def sent(request, draft):
    """Where it goes on after the last page: whoever is known needs no code."""
    if draft.person is not None:
        registrations.finish(draft=draft, by=User.objects.system())
        return redirect("enterprises:register-done")
    if registrations.is_proven(draft):
        return redirect(onward(draft))
    return send_code(request, draft) or redirect("enterprises:register-code")


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request):
    """The code that came to the phone. With it the registration is finished; who is back is asked one thing more."""
    draft = complete_draft(request)
    if draft is None or "consents" not in draft.answers or draft.person is not None or registrations.is_proven(draft):
        return elsewhere(request)
    form = again.form_of(request, PhoneCodeForm)
    if request.method == "POST" and form.is_valid():
        try:
            with pace.even():
                confirmed = registrations.confirm(
                    draft=draft,
                    session_key=request.session.session_key or "",
                    digits=form.cleaned_data["code"],
                    source=throttles.address_of(request),
                    by=User.objects.system(),
                )
            return redirect(onward(confirmed))
        except ValidationError as refusal:
            form.add_error("code", refusal)
    return again.page(request, "enterprises/register_code.html", {"form": form, "phone": draft.phone})


@never_cache
@require_POST
def code_again(request):
    """Another code, for a message that did not come."""
    draft = complete_draft(request)
    if draft is None or "consents" not in draft.answers:
        return elsewhere(request)
    return send_code(request, draft) or redirect("enterprises:register-code")


@never_cache
@require_safe
def later(request):
    """Everything is kept; here is how to go on."""
    draft = open_draft(request)
    if draft is None:
        return elsewhere(request)
    until = timezone.localdate(draft.touched_at + drafts.KEPT)
    unfinished = "" if draft.phone else drafts.typed_in(draft).get("reach", {}).get("phone", "")
    context = {"until": until, "go_on": onward(draft), "phone": draft.phone, "unfinished": unfinished}
    return TemplateResponse(request, "enterprises/register_later.html", context)


@never_cache
@require_safe
def done(request):
    """The reference, who calls, and by when. A claim that waits for an advisor reads the same."""
    draft = draft_of(request)
    if draft is None or draft.state == Draft.State.OPEN:
        return elsewhere(request)
    with pace.even():
        context = confirmation(draft)
    return TemplateResponse(request, "enterprises/register_done.html", context)


def confirmation(draft):
    on = timezone.localdate(draft.touched_at)
    told = newcomer(draft)
    office = Office.objects.covering(draft.district_id, on=on).filter(organisation=Office.Organisation.SMEDA).first()
    has_card = draft.person is not None or bool(draft.answers["who"]["cnic"])
    return {
        "draft": draft,
        "name": name_of(draft),
        "sent_to": told.phone if told and not told.is_called else "",
        "office": office,
        "road": road_from(on, office=office, is_idea=draft.is_idea, today=timezone.localdate()),
        "ready": to_keep_ready(is_idea=draft.is_idea, has_card=has_card),
        "has_card": has_card,
    }


def road_from(on, *, office, is_idea, today):
    """What comes after registering, with who calls and by when."""
    registered = words.plain(words.day(on))
    return [
        {
            "label": _("You registered"),
            "note": _("Today, %(day)s") % {"day": registered} if on == today else registered,
            "state": "done",
        },
        {
            "label": _("An advisor of %(office)s phones you") % {"office": office.label}
            if office
            else _("An advisor phones you"),
            "note": _("By %(day)s. If the advisor is late, the manager of the office is told.")
            % {"day": words.plain(words.day(first_contact_by(on)))},
            "state": "now",
        },
        {
            "label": _("You make a plan together"),
            "note": _("At our office or on the phone, about 40 minutes")
            if is_idea
            else _("Where you work or on the phone, about 40 minutes"),
            "state": "todo",
        },
        {"label": _("You take the first step of the plan"), "note": _("With a date that suits you"), "state": "todo"},
    ]


def keep(request, draft, step, answers):
    """Keep the answers of a page. Whoever began in Urdu is written to in Urdu, whatever another device speaks.

    Only a language that they chose at this device since they came to it with their draft goes for messages too.
    """
    _token, language = held_by(request)
    chosen = get_language() if language and language != get_language() else ""
    return drafts.save_step(draft=draft, step=step, answers=answers, language=chosen)


def held_by(request):
    """The draft's token that the browser holds, and the language in which it was shown when it was last kept."""
    held = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE, max_age=drafts.KEPT) or ""
    token, _dot, language = held.partition(".")
    return token, language


def draft_of(request):
    """The draft whose token the browser holds; one that is finished, for two hours.

    One that somebody began signed in is shown to them alone.
    """
    token, _language = held_by(request)
    try:
        kept = Draft.objects.select_related("person").exclude(state=Draft.State.ERASED)
        draft = kept.filter(token=uuid.UUID(token)).first()
    except ValueError:
        return None
    if draft is not None and draft.person_id is not None and draft.person != signed_in_person(request):
        return None
    is_over = draft is not None and draft.state != Draft.State.OPEN
    return None if is_over and draft.touched_at < timezone.now() - CONFIRMED_FOR else draft


def open_draft(request):
    draft = draft_of(request)
    return draft if draft is not None and draft.state == Draft.State.OPEN else None


def go_on_of(request):
    """Where whoever began at this device and has not finished goes on; "" for everybody else."""
    draft = open_draft(request)
    return onward(draft) if draft is not None else ""


def complete_draft(request):
    """The open draft, if nothing is left to ask."""
    draft = open_draft(request)
    return draft if draft is not None and unanswered(draft) is None else None


def elsewhere(request):
    """Where somebody belongs whose page is not open to them: where they stopped, the confirmation, or the start."""
    draft = draft_of(request)
    if draft is None:
        return redirect("enterprises:register")
    return redirect(onward(draft))


def onward(draft):
    """The first page that has no answers yet; then the check, and after sending the confirmation.

    Between the two whoever is back says whether it is a further business.
    """
    if draft.state != Draft.State.OPEN:
        return reverse("enterprises:register-done")
    if first := unanswered(draft):
        return reverse("enterprises:register-step", args=[first.key])
    return reverse("enterprises:register-further" if registrations.is_proven(draft) else "enterprises:register-check")


def place(draft, key):
    """How far the page stands on the way, and what lies before it: before the first one, the opening."""
    if key == OPENING.key:
        return {"back": reverse("enterprises:register")}
    steps = needed(draft)
    keys = [step.key for step in steps]
    back = reverse("enterprises:register-step", args=[(before(draft, key) or OPENING).key])
    number = keys.index(key) + 1 if key in keys else len(keys) + 1
    return {"number": number, "total": len(steps) + 1, "back": back}


def remember(response, draft):
    response.set_signed_cookie(
        COOKIE,
        f"{draft.token}.{get_language()}",
        salt=COOKIE,
        max_age=drafts.KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def send_code(request, draft):
    """Send the phone its code, unless one is just on its way; the page 429 when there were too many."""
    if request.session.session_key is None:
        request.session.create()
    session_key = request.session.session_key
    last = codes.latest(purpose=OneTimeCode.Purpose.REGISTER, session_key=session_key)
    now = timezone.now()
    if last and last.draft_id == draft.pk and last.is_on_its_way(since=now - BETWEEN_CODES, now=now):
        messages.info(request, _("A code is on its way. It can take a minute."))
        return None
    allowed = [
        throttles.allow(f"register-code:{draft.phone}", limit=CODES_A_NUMBER, seconds=HOUR),
        throttles.allow_from(request, "code-from", limit=FROM_ONE_ADDRESS, seconds=HOUR),
    ]
    if not all(allowed):
        return too_many(request, HOUR)
    registrations.send_code(draft=draft, session_key=session_key)
    return None


def signed_in_person(request):
    return getattr(request.user, "person", None)


def key_of(request):
    """The key that the start page carried: two clicks on it begin one registration."""
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return uuid.uuid4()
