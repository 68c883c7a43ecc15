from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.actions import business_plans
from casework.forms import BusinessPlanChangeForm, BusinessPlanForm, MoveForm, ReturnForm, TradeForm
from casework.forms.business_plans import MOST_ROWS
from casework.models import BusinessPlan
from casework.pages import business_plan as pages
from casework.views.cases import case_in_sight
from enterprises import needs
from journal.acting import act_once
from kit.again import is_held, keep_unsaid

SAVED = gettext_lazy("The plan is saved. Read it once more, then send it to your colleagues.")


def plan_in_sight(request, pk, *, needs=None):
    """The plan with all that its pages print: 404 where it is out of sight, 403 where the permission `needs` lacks."""
    plan = get_object_or_404(BusinessPlan.objects.visible_to(request.user).for_list(), pk=pk)
    if needs and not request.user.has_perm(needs, plan):
        raise PermissionDenied(needs)
    return plan


@require_http_methods(["GET", "POST"])
def business_plan_create(request, pk):
    case = case_in_sight(request, pk, needs="casework.write_business_plan")
    begun = case.business_plans.in_the_making().first()
    if request.method == "GET" and begun and not is_held(request):
        messages.info(request, _("A business plan of this client is not approved yet: this is it."))
        return redirect(begun)
    trades = pages.trades_for(case.enterprise, asked=trade_asked(request))
    form = BusinessPlanForm(request.POST or None, trade=trades.chosen, own_rows=rows_asked(request))
    if answer := of_another_trade(request, form, trades=trades):
        return answer
    if form.is_valid():
        write = partial(business_plans.write, case=case, by=request.user, **form.facts())
        if answer := act_once(request, form, write, said=SAVED):
            return answer
    return page_to_write(request, case, form, trades=trades)


@require_http_methods(["GET", "POST"])
def business_plan_edit(request, pk):
    plan = plan_in_sight(request, pk, needs="casework.write_business_plan")
    if request.method == "GET" and not pages.may_change(plan, user=request.user):
        return redirect(plan)  # it is read or approved by now: its page says so
    trades = pages.trades_for(plan.case.enterprise, asked=trade_asked(request), plan=plan)
    form = BusinessPlanChangeForm(request.POST or None, trade=trades.chosen, plan=plan, own_rows=rows_asked(request))
    if answer := of_another_trade(request, form, trades=trades):
        return answer
    if form.is_valid():
        version = form.cleaned_data["version"]
        rewrite = partial(business_plans.rewrite, plan=plan, by=request.user, version=version, **form.facts())
        if answer := act_once(request, form, rewrite, said=SAVED):
            return answer
    return page_to_write(request, plan.case, form, trades=trades, plan=plan)


def trade_asked(request):
    """Of which trade the page asks, where one was chosen; its form is sent to the same address."""
    return request.GET.get("trade", "")


def rows_asked(request):
    """How many lines in own words the page has at least, where what was typed for another trade stands there."""
    asked = request.GET.get("own", "")
    return min(int(asked), MOST_ROWS) if asked.isascii() and asked.isdecimal() else 0


def of_another_trade(request, form, *, trades):
    """The page once more, with the lines of the trade that was chosen and with all that was typed; None otherwise."""
    chosen = next((trade for trade in trades.offered if trade.code == request.POST.get("trade")), None)
    if "show" not in request.POST or chosen is None:
        return None
    form.lay_out_for(chosen)
    return keep_unsaid(request, form, query=form.address_of())


def page_to_write(request, case, form, *, trades, plan=None):
    """The form of the plan, after what it uses and nobody has said yet."""
    asked = partial(needs.asked, case.person, case.enterprise, purpose=needs.BUSINESS_PLAN)
    context = {
        "case": case,
        "plan": plan,
        "form": form,
        "study": pages.study_of(trades.chosen),
        "trade_form": TradeForm(initial={"trade": trades.chosen and trades.chosen.code}, trades=trades.offered),
        "needed": asked(viewer=request.user, back=request.path),
    }
    return TemplateResponse(request, "casework/business_plan_write.html", context)


@require_safe
def business_plan_detail(request, pk):
    plan = plan_in_sight(request, pk)
    return show(request, plan, MoveForm(initial={"version": plan.version}))


@require_safe
def business_plan_print(request, pk):
    """One sheet: the plan in Urdu and in English."""
    plan = plan_in_sight(request, pk)
    context = {"plan": plan, "sheets": pages.sheets_of(plan, user=request.user)}
    return TemplateResponse(request, "casework/business_plan_print.html", context)


@require_POST
def business_plan_submit(request, pk):
    said = _("The plan is sent. Here you see who reads it, and by when.")
    return moved(request, plan_in_sight(request, pk), business_plans.submit, said=said)


@require_POST
def business_plan_approve(request, pk):
    said = _("The plan is approved.")
    return moved(request, plan_in_sight(request, pk), business_plans.approve, said=said)


@require_POST
def business_plan_set_aside(request, pk):
    said = _("Saved.")
    return moved(request, plan_in_sight(request, pk), business_plans.set_aside, said=said)


@require_http_methods(["GET", "POST"])
def business_plan_return(request, pk):
    plan = plan_in_sight(request, pk, needs="casework.approve_business_plan")
    form = ReturnForm(request.POST or None, initial={"version": plan.version})
    if form.is_valid():
        send_back = partial(business_plans.send_back, plan=plan, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, send_back, said=_("The plan is back with the advisor, with your remark.")):
            return answer
    return TemplateResponse(request, "casework/business_plan_return.html", {"plan": plan, "form": form})


def moved(request, plan, action, *, said):
    """Make a move that needs nothing but a button; a refusal is shown on the plan's own page."""
    form = MoveForm(request.POST)
    if form.is_valid():
        act = partial(action, plan=plan, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, act, said=said):
            return answer
    return show(request, plan, form)


def show(request, plan, form):
    context = pages.gather(plan, user=request.user) | {"plan": plan, "form": form}
    return TemplateResponse(request, "casework/business_plan_detail.html", context)
