from crispy_forms.bootstrap import Accordion, AccordionGroup, InlineRadios
from crispy_forms.layout import Fieldset, Row, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from casework.models import Channel, HelpdeskEvent, Topic
from enterprises.actions.enterprises import Business
from enterprises.models import Consent, Enterprise, Person, Sector, Sex
from kit.fields import DayField, NameField, PhoneField, TextField
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
    sector = forms.ModelChoiceField(
        label=gettext_lazy("Kind of work"),
        queryset=Sector.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("Not said"),
        required=False,
        error_messages=CHOOSE,
    )
    event = forms.ModelChoiceField(
        label=gettext_lazy("At the event"),
        queryset=HelpdeskEvent.objects.none(),
        empty_label=gettext_lazy("At no event"),
        required=False,
        error_messages=CHOOSE,
    )
    answer = TextField(label=gettext_lazy("Answer given"), max_length=300)
    name = NameField(label=gettext_lazy("Name"), max_length=120, required=False)
    phone = PhoneField(label=gettext_lazy("Mobile number"), required=False)

    def __init__(self, *args, events, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sector"].queryset = Sector.objects.filter(parent__isnull=True).order_by("order")
        self.fields["event"].queryset = events
        # Most days there is no event, and no box for it.
        if not events.exists():
            del self.fields["event"]

    @cached_property
    def helper(self):
        return helper_of(
            Row("channel", "topic", "district"),
            Row("sector", "event") if "event" in self.fields else "sector",
            "answer",
            Accordion(
                AccordionGroup(gettext_lazy("Name and number, if they gave them"), Row("name", "phone"), active=False)
            ),
            Submit("save", gettext_lazy("Save the enquiry")),
        )


class EventForm(forms.Form):
    """A day of the helpdesk somewhere."""

    name = TextField(label=gettext_lazy("Name of the event"), max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("Where it is"),
        choices=[("", gettext_lazy("Choose one")), *HelpdeskEvent.Kind.choices],
        error_messages=CHOOSE,
    )
    district = DistrictField(label=gettext_lazy("District"))
    on = DayField(label=gettext_lazy("Day"))

    @cached_property
    def helper(self):
        return helper_of("name", Row("kind", "district", "on"), Submit("save", gettext_lazy("Put it on the list")))


class LeadForm(forms.Form):
    """Whoever asked, with what is known already; left to ask: woman or man, business or idea, and the permission."""

    name = NameField(label=gettext_lazy("Full name, as on the card"), max_length=120)
    phone = PhoneField(label=gettext_lazy("Mobile number"), required=False)
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"), choices=Sex.choices, widget=forms.RadioSelect, error_messages=CHOOSE
    )
    stage = forms.ChoiceField(
        label=gettext_lazy("They have"),
        choices=[
            (Enterprise.Stage.RUNNING, gettext_lazy("A business")),
            (Enterprise.Stage.IDEA, gettext_lazy("An idea")),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    district = DistrictField(label=gettext_lazy("District"))
    contact = forms.BooleanField(label=Consent.Kind.CONTACT.label, required=False)

    def __init__(self, *args, districts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = self.fields["district"].queryset.filter(pk__in=districts)

    @cached_property
    def helper(self):
        return helper_of(
            Row("name", "phone"),
            InlineRadios("sex"),
            InlineRadios("stage"),
            "district",
            Fieldset(gettext_lazy("Read aloud, and tick what they agree to"), "contact"),
            Submit("save", gettext_lazy("Register")),
        )

    def said(self):
        """What the action takes."""
        said = self.cleaned_data
        facts = {name: said[name] for name in ("name", "sex", "phone")} | {"phone_owner": Person.PhoneOwner.NOT_SAID}
        facts |= {"parent_name": "", "parent_relation": "", "birth_year": None, "language": "ur"}
        business = Business(stage=said["stage"], sector=None, district=said["district"])
        consented = [Consent.Kind.CONTACT] if said["contact"] else []
        return {"facts": facts, "business": business, "consented": consented}


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
