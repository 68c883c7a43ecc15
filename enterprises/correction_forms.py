"""Forms that say what became of a business: it began, it moved, or something was wrong from the start."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Row, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.business_questions import FROM_THE_LIST
from enterprises.detail_forms import SinceForm
from enterprises.forms import UNDECIDED, radios
from enterprises.models import Correction, Sector
from kit.fields import LongTextField, TextField, VersionField
from places.forms import DistrictField


class BegunForm(SinceForm):
    """The idea is a business now. Which kind of work is asked where it was not decided."""

    sector = forms.ChoiceField(label=_("What kind of work is it?"), error_messages=FROM_THE_LIST)

    def __init__(self, *args, of, **kwargs):
        super().__init__(*args, of=of, **kwargs)
        if of.sector is not None and of.sector.code != UNDECIDED:
            del self.fields["sector"]
            return
        lines = Sector.objects.exclude(code=UNDECIDED)
        self.fields["sector"].choices = [("", _("Choose one")), *lines.for_choices()]
        self.initial["sector"] = ""

    @cached_property
    def helper(self):
        helper = FormHelper()
        begin = Submit("begin", _("Yes, it is a business now"), css_class="onward")
        asked = [name for name in ("version", "sector") if name in self.fields]
        helper.layout = Layout(*asked, Row("started_month", "started_year"), ButtonHolder(begin))
        return helper

    def clean_sector(self):
        return Sector.objects.get(code=self.cleaned_data["sector"])


class IdeaStillForm(forms.Form):
    version = VersionField()
    reason = LongTextField(label=_("What was wrong?"), max_length=300)

    @cached_property
    def helper(self):
        helper = FormHelper()
        take_back = Submit("take-back", _("It is an idea still"), css_class="onward")
        helper.layout = Layout(*self.fields, ButtonHolder(take_back))
        return helper


class DistrictForm(forms.Form):
    version = VersionField()
    kind = radios(
        [
            (Correction.Kind.MOVED, _("The business moved there")),
            (Correction.Kind.DISTRICT, _("The district was written down wrongly")),
        ],
        label=_("What happened?"),
    )
    district = DistrictField(label=_("District where it is now"))
    place = TextField(label=_("Village, town or street"), max_length=200, required=False)
    reason = LongTextField(
        label=_("How do you know?"), help_text=_("For example: she told me on a visit."), max_length=300
    )

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(*self.fields, ButtonHolder(Submit("move", _("Change the district"), css_class="onward")))
        return helper
