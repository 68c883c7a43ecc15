from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Absence, LocalClosure, Office, User
from kit.fields import CodeField, DayField, TextField, VersionField
from places.forms import LONGEST_TOWN, TownOrDistrict, TownOrDistrictField
from places.models import District


class StaffSignInForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Write the whole e-mail address, such as name@example.org."),
        },
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
        error_messages={"required": _("Enter your password.")},
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


class OfficeFinderForm(forms.Form):
    where = TownOrDistrictField(
        label=_("Your district or town"),
        help_text=_("For example: Multan, Pindi, Gojra"),
        widget=TownOrDistrict(attrs={"maxlength": LONGEST_TOWN}),
        required=False,
    )

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.form_method = "get"
        helper.disable_csrf = True
        helper.layout = Layout("where", Submit("show", _("Show offices")))
        return helper


class ClosureForm(forms.Form):
    """What is shut, why, and for how long. Offered is only what the manager's own offices serve."""

    reason = forms.ChoiceField(
        label=_("Why is it shut?"),
        choices=LocalClosure.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")},
    )
    from_on = DayField(label=_("First day"))
    until_on = DayField(label=_("Last day"))
    text = TextField(
        label=_("What colleagues must know"),
        help_text=_("For example: the bridge is closed, the branch works from Vehari."),
        max_length=200,
        required=False,
    )
    districts = forms.ModelMultipleChoiceField(
        label=_("Districts that are shut"),
        queryset=District.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    offices = forms.ModelMultipleChoiceField(
        label=_("Offices that are shut"),
        queryset=Office.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args, user, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["districts"].queryset = District.objects.filter(pk__in=user.served_district_ids)
        self.fields["offices"].queryset = Office.objects.filter(pk__in=user.office_ids).open(on=today)

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(
            "reason", Row("from_on", "until_on"), "text", "offices", "districts", Submit("save", _("Save the closure"))
        )
        return helper


class AbsenceForm(forms.Form):
    """Who is away and for how long; `users` are those for whom the reader may say it, `offices` where each works."""

    user = forms.ModelChoiceField(
        label=_("Who is away?"),
        queryset=User.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")},
    )
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=Absence.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")},
    )
    from_on = DayField(label=_("First day"))
    until_on = DayField(label=_("Last day"))

    def __init__(self, *args, users, offices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users
        named = {}
        for user in users:
            named.setdefault(offices.get(user.pk, ""), []).append((user.pk, str(user)))
        self.fields["user"].choices = sorted(named.items())

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("user", "reason", Row("from_on", "until_on"), Submit("save", _("Save the absence")))
        return helper


class LiftForm(forms.Form):
    version = VersionField()
