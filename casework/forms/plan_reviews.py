from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from kit.fields import TextField, VersionField


class PlanReviewForm(forms.Form):
    """What somebody else than the author makes of a plan."""

    version = VersionField()
    verdict = forms.ChoiceField(
        label=gettext_lazy("What do you say of this plan?"),
        choices=[("sound", gettext_lazy("It is sound")), ("talk", gettext_lazy("Talk it over"))],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    remark = TextField(
        label=gettext_lazy("Remark"),
        help_text=gettext_lazy("Needed where you talk it over. Colleagues alone read it, never the client."),
        max_length=300,
        required=False,
    )

    def facts(self):
        said = self.cleaned_data
        return {"version": said["version"], "is_sound": said["verdict"] == "sound", "remark": said["remark"]}

    @cached_property
    def helper(self):
        return helper_of("version", "verdict", "remark", Submit("save", gettext_lazy("Save")))
