"""Complaining, and reading what came of it: by anybody, with number and code, and by whoever is signed in."""

import datetime as dt
from functools import partial

from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import throttles
from accounts.models import User
from casework.actions import grievances
from casework.forms import ComplaintForm, JudgeForm, NumberAndCodeForm, StrangersComplaintForm
from casework.models import Grievance
from casework.pages import grievances as pages
from casework.states import GrievanceState
from enterprises import pace
from journal.acting import act_once
from journal.once import once_for
from kit import again
from kit.errors import too_many
from messaging.sealing import Unreadable, seal, unseal

HOUR = 60 * 60
DAY = 24 * HOUR
# A camp shares an address: guesses at one number end for the browser that makes them, and shut nobody else out.
FROM_ONE_ADDRESS, GUESSES_FROM_ONE = 60, 10
# After so many a day by all together each browser has few, and each address has few: slower, for nobody the end.
GUESSES_A_DAY, SLOW_FROM_ONE, SLOW_FROM_ONE_ADDRESS = 200, 3, 10
TEXTS_A_NUMBER = 3
# Number and code stand in the session, sealed, while somebody may still write them down; then what was opened by them.
TOLD, OPENED = "complaint_told", "complaint_opened"
TOLD_FOR, OPENED_FOR = dt.timedelta(minutes=20), dt.timedelta(minutes=20)


@never_cache
@sensitive_post_parameters("text", "name", "phone")
@require_http_methods(["GET", "POST"])
def complain(request):
    """Three answers and a button, for whoever comes."""
    person = request.user.person if request.user.is_authenticated and request.user.is_entrepreneur else None
    if person is None:
        # Number and code stand in it: an answer that is lost on the way must not be what brings it.
        begin_session(request)
    form = again.form_of(request, ComplaintForm if person else StrangersComplaintForm)
    if request.method == "POST" and form.is_valid():
        if not throttles.allow_from(request, "complain", limit=FROM_ONE_ADDRESS, seconds=HOUR):
            return too_many(request, HOUR)
        facts = form.cleaned_data
        phone = facts.get("phone")
        # To a number that had several texts today none is sent; the complaint is taken all the same, with the number.
        tells = not phone or throttles.allow(f"complain:{phone}", limit=TEXTS_A_NUMBER, seconds=DAY)
        by = request.user if person else User.objects.system()
        make = partial(grievances.make, by=by, complainant=person, language=get_language(), tells=tells, **facts)
        return once_for(request, form, lambda: told(request, make()))
    return again.page(request, "casework/complain.html", {"form": form, "person": person})


def told(request, made):
    """Lead on to what was made: signed in to its page, else to number and code, which are told once."""
    if made.grievance.complainant_id:
        return redirect("casework:my-complaint", made.grievance.pk)
    request.session[TOLD] = seal({"number": str(made.grievance.number), "code": made.code, "until": ends_at(TOLD_FOR)})
    return redirect("casework:complain-done")


@never_cache
@require_safe
def complain_done(request):
    """Number and code, to write down: the code once in each language, since others may use the phone too."""
    held = standing(request, TOLD)
    grievance = Grievance.objects.for_list().filter(number=held["number"]).first() if held else None
    if grievance is None:
        return redirect("casework:complain-status")
    code, language = held["code"], get_language()
    seen = held.get("seen", "").split()
    if language in seen:
        code = ""
    else:
        request.session[TOLD] = seal(held | {"seen": " ".join([*seen, language])})
    # In two groups, as people write it down and read it out.
    shown = f"{code[:4]} {code[4:]}"
    context = {"grievance": grievance, "code": code, "shown": shown, "holder": pages.holder_of(grievance)}
    context["then"] = pages.what_follows(grievance, today=timezone.localdate())
    return TemplateResponse(request, "casework/complain_done.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def complain_status(request):
    """Number and code open the complaint; a number that nobody has is answered like a code that is wrong."""
    form = again.form_of(request, NumberAndCodeForm)
    if request.method == "GET":
        begin_session(request)
    if request.method == "POST" and form.is_valid():
        if not may_guess(request, form.cleaned_data["number"]):
            return too_many(request, HOUR)
        with pace.even():
            grievance = grievances.found(**form.cleaned_data)
        if grievance is not None:
            request.session[OPENED] = seal({"number": str(grievance.number), "until": ends_at(OPENED_FOR)})
            return redirect("casework:complain-answer")
        form.add_error(None, _("Number and code do not fit. Look at both again, or call us: we read it to you."))
    return again.page(request, "casework/complain_status.html", {"form": form})


def begin_session(request):
    if request.session.session_key is None:
        request.session.create()


def may_guess(request, number):
    """Count one try at the code of this number: by browser and address, and of all together to slow them down.

    Who comes without a session shares one with all who do so from there; every page that asks for a code begins one.
    """
    address = throttles.address_of(request)
    is_slow = not throttles.allow(f"complaint:{number}", limit=GUESSES_A_DAY, seconds=DAY)
    browser = f"complaint:{number}:{address}:{request.session.session_key or ''}"
    allowed = [
        throttles.allow_from(request, "complaint", limit=FROM_ONE_ADDRESS, seconds=HOUR),
        throttles.allow(browser, limit=SLOW_FROM_ONE if is_slow else GUESSES_FROM_ONE, seconds=HOUR),
    ]
    if is_slow:
        slow = f"complaint-slow:{number}:{address}"
        allowed.append(throttles.allow(slow, limit=SLOW_FROM_ONE_ADDRESS, seconds=HOUR))
    return all(allowed)


@never_cache
@require_http_methods(["GET", "POST"])
def complain_answer(request):
    """Where the complaint stands, and whether it is put right; for twenty minutes after number and code."""
    held = standing(request, OPENED)
    grievance = Grievance.objects.for_list().filter(number=held["number"]).first() if held else None
    if grievance is None:
        return redirect("casework:complain-status")
    return judged(request, grievance, by=User.objects.system(), to="casework:complain-answer")


@require_safe
def my_complaints(request):
    return TemplateResponse(
        request, "casework/my_complaints.html", {"complaints": pages.of_person(request.user.person)}
    )


@require_http_methods(["GET", "POST"])
def my_complaint(request, pk):
    grievance = get_object_or_404(Grievance.objects.visible_to(request.user).for_list(), pk=pk)
    return judged(request, grievance, by=request.user, to=None)


def judged(request, grievance, *, by, to):
    """The page of a complaint for whoever made it, who says there whether it is put right."""
    form = JudgeForm(request.POST if request.method == "POST" else None, initial={"version": grievance.version})
    if form.is_valid():
        facts = form.cleaned_data
        is_right = facts["verdict"] == "yes"
        judge = partial(
            grievances.judge,
            grievance=grievance,
            by=by,
            version=facts["version"],
            is_right=is_right,
            text=facts["text"],
        )
        to = to or reverse_of(grievance)
        if answer := act_once(request, form, judge, said=said_of_verdict, to=to):
            return answer
    today = timezone.localdate()
    context = {"page": pages.shared(grievance, today=today), "form": form, "today": today}
    return TemplateResponse(request, "casework/complaint.html", context)


def said_of_verdict(grievance):
    if grievance.state == GrievanceState.CLOSED:
        return _("Thank you. The complaint is closed.")
    if grievance.owner_id is None:
        return _("Nobody else may answer it yet. We look for somebody; nobody who answered looks at it again.")
    return _("Somebody else looks at it now.")


def reverse_of(grievance):
    return redirect("casework:my-complaint", grievance.pk).url


def ends_at(span):
    return str(int((timezone.now() + span).timestamp()))


def standing(request, key):
    """What the session holds under the key, while its time lasts."""
    try:
        held = unseal(request.session.get(key, ""))
    except Unreadable:
        return None
    return held if int(held["until"]) > timezone.now().timestamp() else None
