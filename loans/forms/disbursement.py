from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.fields import (
    TextField,
    VersionField,
)
from loans.forms.parts import helper_of


class DisburseForm(forms.Form):
    version = VersionField()
    instrument = TextField(label=gettext_lazy("Number of the cheque or transfer"), max_length=40)

    @cached_property
    def helper(self):
        return helper_of("version", "instrument", button=_("The money is given"))
