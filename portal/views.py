from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import closures, throttles
from enterprises.models import Draft, Enterprise
from enterprises.references import parse
from enterprises.views import registration
from kit.errors import too_many
from kit.keeping import kept_for_a_minute
from portal import my_panels
from portal.context import first_page
from portal.pages import desk as desks
from portal.pages import home as homes
from portal.pages import letters as letters_page
from portal.pages import my as mine
from portal.pages import road as roads
from portal.pages import team as teams


@require_safe
@kept_for_a_minute(personal={registration.COOKIE})
def home(request):
    first, go_on = first_page(request.user), registration.go_on_of(request)
    context = homes.gather(on=timezone.localdate(), first_page=first, go_on=go_on)
    return TemplateResponse(request, "portal/home.html", context)


@require_safe
def fees(request):
    """Nobody may ask for a fee, and whom to tell."""
    return TemplateResponse(request, "portal/fees.html")


@require_safe
def privacy(request):
    return TemplateResponse(request, "portal/privacy.html")


@require_safe
def track(request):
    """Where a request stands, by its reference alone: milestones and their days, never a name or an amount."""
    typed = request.GET.get("ref", "").strip()
    context = {"typed": typed[:40]}
    if typed:
        if not throttles.allow_from(request, "track", limit=120, seconds=900):
            return too_many(request, 900)
        enterprise = Enterprise.objects.by_reference(typed).first()
        # A registration that waits for an advisor reads like any other: nobody learns whose card is known.
        waiting = None if enterprise else Draft.objects.claimed(typed).first()
        if enterprise is not None:
            # Of two merged records each keeps the reference that its holder has on paper.
            context |= {"road": roads.road_in_public(enterprise), "reference": parse(typed)}
        elif waiting is not None:
            road = roads.road_of_waiting(waiting.touched_at)
            context |= {"road": road, "reference": waiting.reference}
        else:
            context["error"] = _("We have no request with this reference. Check the message that we sent you.")
    return TemplateResponse(request, "portal/track.html", context)


@require_safe
def my(request):
    today = timezone.localdate()
    business = mine.gather(request.user.person, reference=request.GET.get("ref", ""), on=today)
    panels = my_panels.shown_for(request, business, on=today) if business else []
    context = {"business": business, "panels": panels, "today": today}
    context["also"] = my_panels.also_open(business, panels) if business else []
    return TemplateResponse(request, "portal/my.html", context)


@require_safe
def my_messages(request):
    """What we wrote to the reader, the newest first."""
    letters, found = letters_page.listing(request.user.person, after=request.GET.get("after", ""))
    return TemplateResponse(request, "portal/my_messages.html", {"letters": letters, "page": found})


@require_safe
def desk(request):
    is_team = request.GET.get("team") == "1"
    show = request.GET.get("show", "")
    today = timezone.localdate()
    holder = desks.holder_asked_for(request.user, request.GET.get("whose", ""), on=today, is_team=is_team)
    found = desks.gather(
        request.user,
        on=today,
        is_team=is_team,
        show=show,
        after=request.GET.get("after", ""),
        first=request.GET.get("from", ""),
        holder_id=holder[0] if holder else None,
    )
    context = {
        "desk": found,
        "is_team": is_team,
        "show": show,
        "columns": desks.columns(),
        "views": desks.views(request.user, is_team=is_team, holder=holder),
        "tools": desks.tools(request.user),
        "closures": closures.notices(request.user, on=today),
    }
    return TemplateResponse(request, "portal/desk.html", context)


@require_safe
def team(request):
    """What each advisor has, for their manager."""
    now = timezone.now()
    today = timezone.localdate(now)
    context = {"team": teams.gather(request.user, now=now, today=today), "today": today}
    return TemplateResponse(request, "portal/team.html", context)
