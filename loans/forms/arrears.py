"""What is written down about a late instalment, mostly by taps: on a phone, in under a minute."""

from crispy_forms.bootstrap import PrependedText
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.fields import DayField, RupeesField, TextField
from loans.forms.parts import CHOOSE, helper_of
from loans.models import Guarantor, GuarantorContact, Visit

NOTE_HELP = gettext_lazy("Colleagues alone read it. Nothing about other people.")


def choice(label, choices):
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=CHOOSE)


def today_in(form, name):
    form.fields[name].initial = timezone.localdate


class LateVisitForm(forms.Form):
    place = choice(gettext_lazy("Where"), Visit.Place.choices)
    whom_met = choice(gettext_lazy("Whom did you meet?"), Visit.Met.choices)
    outcome = choice(gettext_lazy("What came of it?"), Visit.Outcome.choices)
    pay_on = DayField(
        label=gettext_lazy("Will pay by"),
        required=False,
        help_text=gettext_lazy("Until that day nobody reminds, writes or visits. Empty where no day was agreed."),
    )
    note = TextField(label=gettext_lazy("Note"), required=False, max_length=300, help_text=NOTE_HELP)
    visited_on = DayField(label=gettext_lazy("Day of the visit"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today_in(self, "visited_on")

    def clean(self):
        cleaned = super().clean()
        met_nobody = cleaned.get("whom_met") == Visit.Met.NOBODY
        if met_nobody and cleaned.get("outcome") not in {None, Visit.Outcome.AWAY, Visit.Outcome.MOVED}:
            self.add_error("whom_met", _("Who said that? Choose whom you met."))
        return cleaned

    @cached_property
    def helper(self):
        return helper_of("place", "whom_met", "outcome", "pay_on", "note", "visited_on", button=_("Save the visit"))


class AgreeForm(forms.Form):
    pay_on = DayField(label=gettext_lazy("Will pay by"))
    amount = RupeesField(label=gettext_lazy("Amount"), required=False)

    def __init__(self, *args, due, **kwargs):
        super().__init__(*args, **kwargs)
        said = _("Due now: Rs %(due)s. Left empty, it is all that is due by then.")
        self.fields["amount"].help_text = said % {"due": f"{due:,}"}

    @cached_property
    def helper(self):
        return helper_of("pay_on", PrependedText("amount", _("Rs")), button=_("Save the agreed day"))


class GuarantorChoice(forms.ModelChoiceField):
    def label_from_instance(self, guarantor):
        return guarantor.shown_name


class GuarantorTalkForm(forms.Form):
    guarantor = GuarantorChoice(
        Guarantor.objects.none(),
        label=gettext_lazy("With whom did you speak?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages=CHOOSE,
    )
    outcome = choice(gettext_lazy("What came of it?"), GuarantorContact.Outcome.choices)
    note = TextField(label=gettext_lazy("Note"), required=False, max_length=300, help_text=NOTE_HELP)
    spoken_on = DayField(label=gettext_lazy("Day of the talk"))

    def __init__(self, *args, guarantors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["guarantor"].queryset = guarantors
        today_in(self, "spoken_on")

    @cached_property
    def helper(self):
        return helper_of("guarantor", "outcome", "note", "spoken_on", button=_("Save the talk"))
