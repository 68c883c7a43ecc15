"""What people ask for and trainers write down, as clean values."""

import re

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kit.fields import TypedField, VersionField
from kit.text import ascii_digits
from places.forms import DistrictField
from training.models import Certificate, CourseRun
from training.states import Mark

CHOOSE = {"required": _("Choose one of these."), "invalid_choice": _("Choose one of these.")}
# What people write for letters that a code does not have.
MISREAD = str.maketrans("OIL", "011")
NOT_IN_CODE = re.compile(r"[^0-9A-Z]")


def helper_of(*layout):
    helper = FormHelper()
    helper.layout = Layout(*layout)
    return helper


def read_code(typed):
    """A certificate's code as it is stored, whatever stood between its letters; "" for what can be none."""
    letters = NOT_IN_CODE.sub("", ascii_digits(typed).upper()).translate(MISREAD)
    return f"{letters[:4]}-{letters[4:]}" if len(letters) == 8 else ""  # noqa: PLR2004 (two groups of four)


class CertificateCodeField(TypedField):
    """The eight letters and digits of a certificate."""

    empty_value = ""
    attrs = {
        "dir": "ltr", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": "40"
    }  # fmt: skip
    default_error_messages = {
        "required": _("Write the code of the certificate."),
        "invalid": _("A code has 8 letters and digits, such as 7K4M-QD2X. Look at the paper again."),
    }

    def read(self, text):
        code = read_code(text)
        if not code:
            raise self.refusal("invalid")
        return code


class VerifyForm(forms.Form):
    code = CertificateCodeField(
        label=_("Code of the certificate"), help_text=_("It stands on the paper, beside the square, like 7K4M-QD2X.")
    )

    @cached_property
    def helper(self):
        helper = helper_of("code", Submit("check", _("Check")))
        helper.form_method = "get"
        helper.disable_csrf = True
        return helper


class CourseFilterForm(forms.Form):
    """The public calendar's filters; what makes no sense filters nothing."""

    district = DistrictField(label=_("District"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("All")), *CourseRun.Language.choices]
    )
    women_only = forms.ChoiceField(
        label=_("For whom"), required=False, choices=[("", _("All")), ("yes", _("Women only"))]
    )
    online = forms.ChoiceField(label=_("How"), required=False, choices=[("", _("All")), ("yes", _("On the phone"))])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"].empty_label = _("All of Pakistan")

    @cached_property
    def helper(self):
        helper = helper_of("district", "language", "women_only", "online", Submit("show", _("Show courses")))
        helper.form_method = "get"
        helper.form_class = "filter"
        helper.disable_csrf = True
        return helper


class JoinForm(forms.Form):
    """For which business somebody joins: asked only of those who have several."""

    enterprise = forms.ModelChoiceField(
        label=_("For which business?"),
        queryset=None,
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages=CHOOSE,
    )

    def __init__(self, *args, enterprises, button, **kwargs):
        super().__init__(*args, **kwargs)
        self.button = button
        field = self.fields["enterprise"]
        field.queryset = enterprises
        field.label_from_instance = lambda enterprise: enterprise.called
        if len(enterprises) == 1:
            field.widget = forms.HiddenInput()
            field.initial = enterprises[0]

    @cached_property
    def helper(self):
        return helper_of("enterprise", Submit("join", self.button))


class EnrolForm(forms.Form):
    run = forms.ModelChoiceField(
        label=_("Which course?"), queryset=None, widget=forms.RadioSelect, empty_label=None, error_messages=CHOOSE
    )

    def __init__(self, *args, runs, label, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["run"].queryset = runs
        self.fields["run"].label_from_instance = label

    @cached_property
    def helper(self):
        return helper_of("run", Submit("enrol", _("Enrol")))


class LeaveForm(forms.Form):
    version = VersionField()

    @cached_property
    def helper(self):
        return helper_of("version", Submit("leave", _("Yes, give up the place")))


class RevokeForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why?"),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
        choices=[(reason, reason.label) for reason in (Certificate.Reason.MISTAKE, Certificate.Reason.PERSON)],
    )

    @cached_property
    def helper(self):
        return helper_of("reason", Submit("revoke", _("Take the certificate back")))


class AttendanceForm(forms.Form):
    """A whole class on one page: one choice a person, present unless the trainer says otherwise."""

    version = VersionField()

    def __init__(self, *args, enrolments, marks, otherwise, **kwargs):
        """`marks` are those that stand; `otherwise` is what is offered for who has none."""
        super().__init__(*args, **kwargs)
        self.enrolments = list(enrolments)
        for enrolment in self.enrolments:
            self.fields[self.name_of(enrolment)] = forms.ChoiceField(
                label=enrolment.person.name,
                choices=Mark.choices,
                widget=forms.RadioSelect,
                initial=marks.get(enrolment.pk, otherwise),
                error_messages=CHOOSE,
            )

    @staticmethod
    def name_of(enrolment):
        return f"mark-{enrolment.pk}"

    @property
    def marks(self):
        """The chosen marks by the enrolments' ids."""
        return {enrolment.pk: self.cleaned_data[self.name_of(enrolment)] for enrolment in self.enrolments}

    @cached_property
    def helper(self):
        people = [InlineRadios(self.name_of(enrolment)) for enrolment in self.enrolments]
        helper = helper_of("version", *people, Submit("save", _("Save attendance")))
        helper.form_class = "marks"
        return helper
