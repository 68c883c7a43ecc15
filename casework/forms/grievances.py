from crispy_forms.bootstrap import Accordion, AccordionGroup, InlineRadios
from crispy_forms.layout import Submit
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Appointment, Office, User
from accounts.names import named
from accounts.roles import Role
from casework.forms.parts import CHOOSE, helper_of
from casework.models import Grievance, GrievanceCategory, GrievanceEntry
from enterprises.models import Sex
from journal.differences import in_words
from kit.fields import CodeField, LongTextField, NameField, PhoneField, TextField, VersionField, WholeNumberField

# Who never stands before a client in the programme's name, and so is no one to be complained of.
NOT_COMPLAINED_OF = (Role.COMMITTEE_MEMBER, Role.MINISTRY_VIEWER, Role.AUDITOR, Role.ADMINISTRATOR)


class ComplaintForm(forms.Form):
    """Three answers make a complaint. Whoever is signed in is asked nothing about themselves."""

    category = forms.ModelChoiceField(
        GrievanceCategory.objects.filter(is_open=True),
        label=gettext_lazy("What is it about?"),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    about = forms.ChoiceField(
        label=gettext_lazy("Who is it about?"),
        choices=Grievance.About.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    text = LongTextField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("In your own words, in any language: who, when, and how much if it was money."),
        error_messages={"required": gettext_lazy("Say in a few words what happened.")},
    )
    place = TextField(
        label=gettext_lazy("Where was it?"),
        help_text=gettext_lazy("District or town, if you want to say it."),
        max_length=120,
        required=False,
    )

    BUTTON = gettext_lazy("Send the complaint")

    @cached_property
    def helper(self):
        return helper_of(*self.rows(), Submit("send", self.BUTTON))

    def rows(self):
        return ["category", "about", "text", "place"]


class StrangersComplaintForm(ComplaintForm):
    """Of anybody: everything about themselves is theirs to say or to keep."""

    name = NameField(label=gettext_lazy("Name"), max_length=120, required=False)
    phone = PhoneField(
        label=gettext_lazy("Mobile number"),
        help_text=gettext_lazy("We send the number of the complaint there, and a word when there is an answer."),
        required=False,
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Who complains is"),
        choices=[("", gettext_lazy("Not said")), *Sex.choices],
        widget=forms.RadioSelect,
        required=False,
        error_messages=CHOOSE,
    )
    is_for_another = forms.BooleanField(label=gettext_lazy("I complain for somebody else"), required=False)

    ABOUT_YOU = gettext_lazy("About you: only if you want")

    def rows(self):
        asked = ("name", "phone", InlineRadios("sex"), "is_for_another")
        return [*super().rows(), Accordion(AccordionGroup(self.ABOUT_YOU, *asked, active=False))]


class ToldComplaintForm(StrangersComplaintForm):
    """A colleague writes down what somebody says, and reads it back to them."""

    not_kept = ("is_read_back",)

    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=[chosen for chosen in Grievance.Channel.choices if chosen[0] != Grievance.Channel.WEB],
        widget=forms.RadioSelect,
        initial=Grievance.Channel.PHONE,
        error_messages=CHOOSE,
    )
    is_read_back = forms.BooleanField(
        label=gettext_lazy("I read it back aloud, and they said it is right"),
        error_messages={"required": gettext_lazy("Read it back first. These are their words, not ours.")},
    )

    ABOUT_YOU = gettext_lazy("About who complains: only if they want")

    def rows(self):
        return [InlineRadios("channel"), *super().rows(), "is_read_back"]

    def facts(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "is_read_back"}


class NumberAndCodeForm(forms.Form):
    """What was told when the complaint was made."""

    number = WholeNumberField(label=gettext_lazy("Number of the complaint"), min_value=1, max_value=2**31 - 1)
    code = CodeField(label=gettext_lazy("Code"), help_text=gettext_lazy("The 8 digits beside the number."), length=8)

    @cached_property
    def helper(self):
        return helper_of("number", "code", Submit("look", gettext_lazy("Show me where it stands")))


class SpeaksOfComplaint(forms.Form):
    """What is typed stands beside what was said last, and how the complaint stands now."""

    def beside(self, grievance):
        said = grievance.entries.order_by("at", "pk")
        last = (said if self.reads_notes else said.exclude(kind=GrievanceEntry.Kind.NOTE)).last()
        theirs = {"text": (last.text or last.get_kind_display()) if last else ""}
        for field in self.visible_fields():
            yours = in_words(field, self.cleaned_data.get(field.name))
            yield str(field.label), yours, theirs.get(field.name, capfirst(grievance.get_state_display()))


class JudgeForm(SpeaksOfComplaint):
    """Whoever complained says whether it is put right."""

    reads_notes = False

    version = VersionField()
    verdict = forms.ChoiceField(
        label=gettext_lazy("Is it put right?"),
        choices=[
            ("yes", gettext_lazy("Yes. Close the complaint")),
            ("no", gettext_lazy("No. Somebody else shall look")),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    text = LongTextField(label=gettext_lazy("What is still wrong?"), max_length=1000, required=False)

    @cached_property
    def helper(self):
        return helper_of("version", "verdict", "text", Submit("say", gettext_lazy("Send")))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("verdict") == "no" and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("Say in a few words what is still wrong."))
        return cleaned


class AnswerForm(SpeaksOfComplaint):
    """An answer is not a remedy: which of the two it is, is asked."""

    reads_notes = False

    version = VersionField()
    text = LongTextField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("Who complained reads it as it stands, or has it read to them."),
    )
    stands = forms.ChoiceField(
        label=gettext_lazy("How does it stand?"),
        choices=[
            ("replied", gettext_lazy("An answer; we are still at it")),
            ("remedied", gettext_lazy("It is put right. They have seven days to say no")),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    @cached_property
    def helper(self):
        return helper_of("version", "text", "stands", Submit("send", gettext_lazy("Send the answer")))


class InternalNoteForm(SpeaksOfComplaint):
    reads_notes = True

    version = VersionField()
    text = LongTextField(label=gettext_lazy("Note for colleagues"))

    @cached_property
    def helper(self):
        return helper_of("version", "text", Submit("save", gettext_lazy("Save the note")))


class DirectForm(forms.Form):
    """Whom it is about, as it turned out."""

    version = VersionField()
    about_office = forms.ModelChoiceField(
        Office.objects.none(),
        label=gettext_lazy("Office or branch"),
        required=False,
        empty_label=gettext_lazy("Not known"),
        error_messages=CHOOSE,
    )
    about_user = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Colleague"),
        required=False,
        empty_label=gettext_lazy("Nobody in particular"),
        error_messages=CHOOSE,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        posts = Appointment.objects.in_force(on=today).exclude(role__in=NOT_COMPLAINED_OF)
        self.fields["about_office"].queryset = Office.objects.open(on=today)
        about_user = self.fields["about_user"]
        about_user.queryset = User.objects.filter(pk__in=posts.values("user"))
        about_user.choices = [("", about_user.empty_label), *named(posts)]

    @cached_property
    def helper(self):
        return helper_of("version", "about_office", "about_user", Submit("save", gettext_lazy("Save")))
