from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kit.fields import PhoneField


class SamplePhoneForm(forms.Form):
    """Whose messages to show; everybody's when it is left empty."""

    phone = PhoneField(
        label=_("Show one phone"),
        help_text=_("Its number, like 0300-0001234. Leave it empty to see all."),
        widget=forms.TelInput(attrs={"maxlength": 40}),
        required=False,
    )

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.form_method = "get"
        helper.disable_csrf = True
        helper.layout = Layout("phone", Submit("show", _("Show messages"), css_class="quiet"))
        return helper
