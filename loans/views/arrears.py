from functools import partial

from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journal.acting import act_once
from loans.actions import arrears
from loans.forms import AgreeForm, GuarantorTalkForm, LateVisitForm
from loans.models import Guarantor
from loans.pages import arrears as pages
from loans.views.sight import loan_in_sight


@require_http_methods(["GET", "POST"])
def late_visit(request, pk):
    """After the door: taps, a day if one was agreed, and a line for colleagues."""
    loan = loan_in_sight(request, pk, needs="loans.chase_loan")
    form = LateVisitForm(request.POST or None)
    if form.is_valid():
        write = partial(arrears.record_visit, loan=loan, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, write, said=_("The visit is saved."), to=loan.get_absolute_url()):
            return answer
    return answer_with(request, "loans/late_form.html", loan, form, heading=_("Record a visit"))


@require_http_methods(["GET", "POST"])
def day_agree(request, pk):
    loan = loan_in_sight(request, pk, needs="loans.chase_loan")
    form = AgreeForm(request.POST or None, due=loan.due_by(timezone.localdate()))
    if form.is_valid():
        agree = partial(arrears.agree, loan=loan, by=request.user, **form.cleaned_data)
        said = _("Agreed. Until that day is over nobody reminds, writes or visits.")
        if answer := act_once(request, form, agree, said=said, to=loan.get_absolute_url()):
            return answer
    return answer_with(request, "loans/late_form.html", loan, form, heading=_("Agree on a day"))


@require_http_methods(["GET", "POST"])
def guarantor_speak(request, pk):
    """What may be said to who vouched, and what came of it; before two visits the page says why not, and when."""
    loan = loan_in_sight(request, pk, needs="loans.chase_loan")
    vouching = Guarantor.objects.filter(pk__in=[one.pk for one in pages.vouching(loan)]).select_related("person")
    form = GuarantorTalkForm(request.POST or None, guarantors=vouching)
    if form.is_valid():
        write = partial(arrears.speak_with_guarantor, loan=loan, by=request.user, **form.cleaned_data)
        if answer := act_once(request, form, write, said=_("The talk is saved."), to=loan.get_absolute_url()):
            return answer
    return answer_with(request, "loans/guarantor_speak.html", loan, form)


def answer_with(request, template, loan, form, **beside):
    head = pages.head(loan, user=request.user, on=timezone.localdate())
    return TemplateResponse(request, template, {"loan": loan, "form": form, "head": head} | beside)
