from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kit.fields import CodeField


class StaffSignInForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("email", "password", Submit("enter", _("Continue")))
        return helper


class SecondFactorForm(forms.Form):
    code = CodeField(
        label=_("Six digits from your authenticator app"), help_text=_("A new code comes every 30 seconds.")
    )

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("code", Submit("enter", _("Sign in")))
        return helper
