from functools import partial

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journal.acting import act_once
from loans.actions import endings
from loans.forms import GiveBackForm, WriteOffForm
from loans.pages import verbs as pages
from loans.views.sight import loan_in_sight
from loans.views.verbs import show_verb


@require_http_methods(["GET", "POST"])
def loan_give_back(request, pk):
    loan = loan_in_sight(request, pk, needs="loans.cancel_loan")
    if request.method == "GET" and (why := endings.why_not_given_back(loan)):
        messages.warning(request, why)
        return redirect(loan)
    form = GiveBackForm(request.POST or None)
    if form.is_valid():
        give_back = partial(endings.give_back, loan=loan, by=request.user, **form.cleaned_data)
        said = _("The loan is cancelled, and the borrower is told.")
        if answer := act_once(request, form, give_back, said=said, to=loan.get_absolute_url()):
            return answer
    return show_verb(request, loan, form, title=_("The money was given back"), text=pages.BEFORE_GIVING_BACK)


@require_http_methods(["GET", "POST"])
def loan_write_off(request, pk):
    loan = loan_in_sight(request, pk, needs="loans.write_off")
    if request.method == "GET" and (why := endings.why_not_written_off(loan)):
        messages.warning(request, why)
        return redirect(loan)
    form = WriteOffForm(request.POST or None)
    if form.is_valid():
        write_off = partial(endings.write_off, loan=loan, by=request.user, **form.cleaned_data)
        said = _("Written off. Money is taken at the counter as before.")
        if answer := act_once(request, form, write_off, said=said, to=loan.get_absolute_url()):
            return answer
    return show_verb(request, loan, form, title=_("Write the rest off"), text=pages.BEFORE_WRITING_OFF)
