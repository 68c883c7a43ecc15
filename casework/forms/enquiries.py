from crispy_forms.bootstrap import Accordion, AccordionGroup
from crispy_forms.layout import Row, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from casework.models import Channel, Topic
from kit.fields import NameField, PhoneField, TextField
from places.forms import DistrictField


class EnquiryForm(forms.Form):
    """Twenty seconds of typing: what about, where from, what was answered."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How they came"),
        choices=[("", gettext_lazy("Choose one")), *Channel.choices],
        error_messages=CHOOSE,
    )
    topic = forms.ModelChoiceField(
        label=gettext_lazy("About"),
        queryset=Topic.objects.all(),
        to_field_name="code",
        empty_label=gettext_lazy("Choose a topic"),
        error_messages={
            "required": gettext_lazy("Choose a topic."),
            "invalid_choice": gettext_lazy("Choose a topic from the list."),
        },
    )
    # The list alone, and it begins with the office's own: a second box for towns would cost a row at every enquiry.
    district = DistrictField(label=gettext_lazy("District"))
    answer = TextField(label=gettext_lazy("Answer given"), max_length=300)
    name = NameField(label=gettext_lazy("Name"), max_length=120, required=False)
    phone = PhoneField(label=gettext_lazy("Mobile number"), required=False)

    @cached_property
    def helper(self):
        return helper_of(
            Row("channel", "topic", "district"),
            "answer",
            Accordion(
                AccordionGroup(gettext_lazy("Name and number, if they gave them"), Row("name", "phone"), active=False)
            ),
            Submit("save", gettext_lazy("Save the enquiry")),
        )


class CallerForm(forms.Form):
    """Whoever calls again: what they asked before."""

    caller = PhoneField(
        label=gettext_lazy("Earlier enquiries from a mobile number"),
        widget=forms.TelInput(attrs={"maxlength": 40}),
        required=False,
    )

    @cached_property
    def helper(self):
        helper = helper_of("caller", Submit("", gettext_lazy("Find")))
        helper.form_method = "get"
        helper.form_class = "filter"
        return helper
