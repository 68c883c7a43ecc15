"""What several forms of lending share."""

from crispy_forms.bootstrap import FormActions
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from kit.fields import (
    TextField,
    VersionField,
)
from loans.models import RefusalReason

CHOOSE = {
    "required": gettext_lazy("Choose one of these."),
    "invalid_choice": gettext_lazy("Choose one of these."),
}
YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


def helper_of(*layout, button, css_class="onward", method="post"):
    """A form's helper with this layout and one button. By GET it only asks, and another page acts."""
    helper = FormHelper()
    helper.form_method = method
    helper.layout = Layout(*layout, FormActions(Submit("save", button, css_class=css_class)))
    return helper


class MoveForm(forms.Form):
    """A button that makes a move: nothing to type, only what was shown."""

    version = VersionField()

    def __init__(self, *args, button, **kwargs):
        super().__init__(*args, **kwargs)
        self.button = button

    @cached_property
    def helper(self):
        return helper_of("version", button=self.button)


class ReasonField(forms.ModelChoiceField):
    """Why not: one of the lender's coded reasons."""

    def __init__(self, **kwargs):
        offered = RefusalReason.objects.offered()
        super().__init__(offered, label=gettext_lazy("Reason"), empty_label="–", error_messages=CHOOSE, **kwargs)


class FindForm(forms.Form):
    """One box for a CNIC, a phone or a loan number."""

    q = TextField(required=False, max_length=40, widget=forms.TextInput(attrs={"maxlength": 40}))


class CounterForm(forms.Form):
    """One box for whatever the person at the counter says or shows."""

    q = TextField(required=False, max_length=80)
