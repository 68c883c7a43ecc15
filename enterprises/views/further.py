"""Whoever registers and is with us already sees what is there, and says whether this is another business."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from enterprises.actions import registrations
from enterprises.look_alike_forms import SameBusinessForm
from enterprises.models import Draft
from enterprises.views.registration import COOKIE, complete_draft, elsewhere, onward
from kit import again, words
from kit.templatetags.kit import own


@never_cache
@require_http_methods(["GET", "POST"])
def further(request):
    """Reached with the phone's code alone, which is what signing in asks for too."""
    draft = complete_draft(request)
    if draft is None or not registrations.is_proven(draft):
        return elsewhere(request)
    on_file = registrations.businesses_on_file(draft)
    form = again.form_of(request, SameBusinessForm, several=len(on_file) > 1)
    if request.method == "POST" and form.is_valid():
        is_same = form.cleaned_data["which"] == SameBusinessForm.SAME
        went_on = registrations.go_on(draft=draft, is_same=is_same, by=User.objects.system())
        if went_on.state != Draft.State.ERASED:
            return redirect(onward(went_on))
        messages.success(request, _("It is with us already, and nothing was registered twice. Sign in to see it."))
        response = redirect("enterprises:sign-in")
        response.delete_cookie(COOKIE, samesite="Lax")
        return response
    businesses = [
        {
            "label": own(business.called),
            "text": business.reference,
            "small": _("registered on %(day)s") % {"day": words.plain(words.day_plain(business.registered_at))},
        }
        for business in on_file
    ]
    return again.page(request, "enterprises/register_further.html", {"form": form, "businesses": businesses})
