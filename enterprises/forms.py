"""Forms of registration, signing in and consents. Those of registration are the steps of `steps.py`."""

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Fieldset, Hidden, Layout, Row, Submit
from django import forms
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises import two_devices
from enterprises.business_questions import FROM_THE_LIST, SinceQuestion, first_day, help_field, offer_help, what_field
from enterprises.card_forms import RIGHT_NUMBER, RIVAL, SAME_PERSON, WHOSE_CARD
from enterprises.models import PHONE_OWNERS, Consent, DraftCall, Enterprise, Help, Person, Sector, Sex
from kit.fields import (
    BirthYearField,
    BusinessNameField,
    CnicField,
    CodeField,
    NameField,
    PhoneField,
    TextField,
)
from kit.text import clean, without_surrogates
from places.forms import DistrictField

UNDECIDED = "undecided"
LONGEST_TYPED, MOST_TICKS = 300, 20
OPENINGS = [(Enterprise.Stage.RUNNING, _("A business")), (Enterprise.Stage.IDEA, _("An idea"))]
NO_SUCH_CARD = _("No card has this number. Copy it from the card, or leave it empty if there is none at hand.")


def radios(choices, **kwargs):
    return forms.ChoiceField(
        choices=choices, widget=forms.RadioSelect, error_messages=FROM_THE_LIST | kwargs.pop("errors", {}), **kwargs
    )


class StepForm(forms.Form):
    """One page of the registration. `is_idea` leaves out what an idea cannot have yet."""

    ONLY_RUNNING: tuple[str, ...] = ()
    lead = ""

    def __init__(self, *args, is_idea=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_idea = is_idea
        if is_idea:
            for name in self.ONLY_RUNNING:
                del self.fields[name]
        self.changed_by_both = two_devices.keep_unseen(self) if self.is_bound else {}

    def clean(self):
        cleaned = super().clean()
        for name, saved in self.changed_by_both.items():
            if name not in self.errors:
                self.add_error(name, two_devices.refusal(self.fields[name], saved))
        return cleaned

    @cached_property
    def helper(self):
        helper = FormHelper()
        buttons = ButtonHolder(
            Submit("go", _("Save and continue"), css_class="onward"),
            Submit("later", _("Finish later"), css_class="quiet"),
        )
        filled = Hidden(two_devices.FILLED, two_devices.filled_of(self))
        helper.layout = Layout(filled, *self.rows(), buttons)
        return helper

    def rows(self):
        return list(self.fields)

    def answers(self):
        """The cleaned answers as they are kept in the draft."""
        return dict(self.cleaned_data)

    def sound(self):
        """Of a page that is not finished: the answers that count already."""
        return {}

    def typed(self):
        """Everything as it was typed, fit to be kept and shown again: cleaned, and not longer than a page."""
        return {name: kept(self[name].data) for name in self.fields}


def kept(value):
    if isinstance(value, list):
        return [kept(one) for one in value[:MOST_TICKS]]
    return clean(without_surrogates(value[:LONGEST_TYPED])) if isinstance(value, str) else value


class StartForm(StepForm):
    """Two openings; which one somebody takes decides what is asked later."""

    stage = radios(OPENINGS, label=_("What do you have?"))


class WhoForm(StepForm):
    ONLY_RUNNING = ("parent_relation", "parent_name")

    name = NameField(label=_("Your full name"), help_text=_("As it is on your CNIC"), max_length=120)
    cnic = CnicField(
        label=_("CNIC number"),
        help_text=_("13 digits, with or without dashes. It keeps others from using your name."),
        error_messages={
            "required": _("Enter all 13 digits of your CNIC, or tick “I have no card with me”."),
            "filler": _("No card has this number. Copy it from your card, or tick “I have no card with me”."),
        },
    )
    no_card = forms.BooleanField(label=_("I have no card with me"), required=False)
    sex = radios(Sex.choices, label=_("You are"))
    parent_relation = radios(
        Person.Relation.choices, label=_("Whose name stands on your card beside yours?"), required=False
    )
    parent_name = NameField(label=_("Their name"), max_length=120, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["name"].error_messages["required"] = _("Write your full name.")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("no_card") and any(self.has_error("cnic", code) for code in ("required", "filler")):
            del self.errors["cnic"]
            cleaned["cnic"] = ""
        elif cleaned.get("no_card") and self.errors.pop("cnic", None):
            self.add_error(
                "cnic", _("Part of a number stands here. Empty the field, or untick “I have no card with me”.")
            )
        if cleaned.get("parent_name") and not cleaned.get("parent_relation") and not self.is_idea:
            self.add_error("parent_relation", _("Say whether this is your father or your husband."))
        return cleaned

    def answers(self):
        kept = super().answers()
        # A number that was typed counts, even where the box is ticked as well.
        kept["no_card"] = not kept["cnic"]
        if not kept.get("parent_name"):
            kept.pop("parent_relation", None)
        return kept


class WhatForm(SinceQuestion, StepForm):
    """All of it can be said later. An idea is not asked; whoever said its kind of work before still finds it."""

    ONLY_RUNNING = ("what", "name", "started_month", "started_year", "help")
    lead = _("Leave empty what you want to say later. Your advisor asks you.")

    sector = forms.ChoiceField(label=_("What kind of work is it?"), error_messages=FROM_THE_LIST, required=False)
    what = what_field()
    name = BusinessNameField(
        label=_("Name of the business"),
        help_text=_("Leave this empty if it has none."),
        max_length=120,
        required=False,
    )
    help = help_field()
    field_order = ["sector", "what", "name", "started_month", "started_year", "help"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        lines = Sector.objects.all() if self.is_idea else Sector.objects.exclude(code=UNDECIDED)
        self.fields["sector"].choices = [("", _("I will say it later")), *lines.for_choices()]
        if "help" in self.fields:
            offer_help(self, "help", is_idea=self.is_idea)

    def rows(self):
        if self.is_idea:
            return super().rows()
        return ["sector", "what", "name", Row("started_month", "started_year"), "help"]

    def answers(self):
        """The answer about the day is shown as it was typed, so its parts are kept beside it."""
        kept = super().answers()
        month, year = kept.pop("started_month", ""), kept.pop("started_year", None)
        if year:
            kept |= {"started_on": first_day(year, month).isoformat(), "started_month": month, "started_year": year}
        return kept


class PhoneCodeForm(forms.Form):
    code = CodeField(label=_("Code from the message"), help_text=_("6 digits. It is good for 10 minutes."))

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("code", ButtonHolder(Submit("enter", _("Continue"), css_class="onward")))
        return helper


class ResumeForm(forms.Form):
    """The number with which a registration was begun."""

    phone = PhoneField(label=_("Mobile number"), help_text=_("The one that you gave when you began."))

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("phone", ButtonHolder(Submit("send", _("Send me a code"), css_class="onward")))
        return helper


class DraftCallForm(forms.Form):
    """What came of a call to somebody who stopped halfway."""

    outcome = radios(DraftCall.Outcome.choices, label=_("What came of the call?"))

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("outcome", ButtonHolder(Submit("log", _("Write it down"))))
        return helper


class SignInForm(forms.Form):
    cnic = CnicField(label=_("CNIC number"), help_text=_("13 digits, with or without dashes."), on_file=True)

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("cnic", ButtonHolder(Submit("send", _("Continue"), css_class="onward")))
        return helper


class AssistedForm(forms.Form):
    """Everything on one page, for a colleague who writes down what somebody says. Five answers are enough."""

    name = NameField(label=_("Full name, as on the card"), max_length=120)
    cnic = CnicField(
        label=_("CNIC number"),
        help_text=_("Empty, if there is no card at hand."),
        required=False,
        error_messages={"filler": NO_SUCH_CARD},
    )
    is_card_seen = forms.BooleanField(label=_("I have the card in my hand"), required=False)
    parent_relation = radios(Person.Relation.choices, label=_("Name beside it on the card"), required=False)
    parent_name = NameField(label=_("Father's or husband's name"), max_length=120, required=False)
    birth_year = BirthYearField(label=_("Year of birth"), required=False)
    sex = radios(Sex.choices, label=_("Sex"))
    phone = PhoneField(label=_("Mobile number"), required=False)
    phone_owner = radios(
        PHONE_OWNERS, label=_("Whose phone is it?"), help_text=_("Only where there is a number."), required=False
    )
    language = radios(settings.LANGUAGES, label=_("Language of messages"), initial="ur")
    stage = radios(OPENINGS, label=_("They have"), initial=Enterprise.Stage.RUNNING)
    sector = forms.ChoiceField(label=_("Kind of work"), error_messages=FROM_THE_LIST, required=False)
    business = BusinessNameField(label=_("Name of the business"), max_length=120, required=False)
    district = DistrictField(label=_("District"))
    place = TextField(label=_("Village, town or street"), max_length=200, required=False)
    contact = forms.BooleanField(label=Consent.Kind.CONTACT.label, required=False)
    share = forms.BooleanField(label=Consent.Kind.SHARE.label, required=False)
    whose_card = radios(WHOSE_CARD, label=_("Whose card number is it?"), required=False)

    not_kept = ("is_card_seen", "contact", "share", "whose_card")
    # Needed with what stands before it, or only where it is asked: so the labels do not call them optional.
    one_of = ("phone_owner", "whose_card")
    # What the next person at a camp mostly shares with the one before.
    KEPT = ("language", "stage", "sector", "district", "place")
    sector_of = staticmethod(lambda code: Sector.objects.get(code=code))

    def __init__(self, *args, districts, sectors=None, is_officer=True, is_camp=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_officer, self.is_camp = is_officer, is_camp
        if not is_officer:
            self.fields["whose_card"] = forms.BooleanField(label=RIGHT_NUMBER, required=False)
        self.fields["sector"].choices = [("", _("Not said yet")), *(sectors or Sector.objects.for_choices())]
        self.fields["district"].queryset = self.fields["district"].queryset.filter(pk__in=districts)

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(
            *(["whose_card"] if self.is_known else []),
            *(["person"] if "person" in self.fields else []),
            Fieldset(
                _("Who"),
                Row("name", "cnic"),
                *(["is_card_seen"] if self.is_officer else []),
                InlineRadios("sex"),
                InlineRadios("parent_relation"),
                Row("parent_name", "birth_year"),
            ),
            Fieldset(_("How we reach them"), "phone", InlineRadios("phone_owner"), InlineRadios("language")),
            Fieldset(_("What and where"), InlineRadios("stage"), "sector", "business", Row("district", "place")),
            Fieldset(_("Read aloud, and tick what they agree to"), "contact", "share"),
            ButtonHolder(*self.buttons()),
        )
        return helper

    def buttons(self):
        """Enter presses the first: at a camp, once there was a next one, that which brings the next."""
        save, another = ("save", _("Register")), ("another", _("Register, and the next one"))
        first, second = (another, save) if self.is_camp else (save, another)
        return Submit(*first), Submit(*second, css_class="quiet")

    @property
    def is_known(self):
        """Whether the CNIC was found on file when the form was sent: only then it is asked whose it is."""
        return bool(self.data.get("whose_card") or self.has_error("cnic", "known"))

    @property
    def is_same_person(self):
        return self.cleaned_data["whose_card"] == SAME_PERSON

    @property
    def is_rival(self):
        """A partner's clerk does not learn whose number it is, and says no more than that it is right."""
        return self.cleaned_data["whose_card"] in {RIVAL, True}

    def clean(self):
        cleaned = super().clean()
        if self.is_to_ask_whose_phone:
            self.add_error("phone_owner", _("Ask whose phone it is."))
        if self.is_to_ask_which_relative:
            self.add_error("parent_relation", _("Say whether this is the father or the husband."))
        if cleaned.get("is_card_seen") and not cleaned.get("cnic") and "cnic" not in self.errors:
            self.add_error("cnic", _("Copy the 13 digits from the card."))
        return cleaned

    @property
    def is_to_ask_which_relative(self):
        said = self.cleaned_data
        return bool(
            said.get("parent_name") and not said.get("parent_relation") and "parent_relation" not in self.errors
        )

    @property
    def is_to_ask_whose_phone(self):
        said = self.cleaned_data
        return bool(said.get("phone") and not said.get("phone_owner") and "phone_owner" not in self.errors)

    def facts(self):
        """What is written down about the person."""
        said = self.cleaned_data
        return {
            "name": said["name"],
            "sex": said["sex"],
            "phone": said["phone"],
            "phone_owner": said["phone_owner"] or Person.PhoneOwner.NOT_SAID,
            "parent_name": said["parent_name"],
            "parent_relation": said["parent_relation"] if said["parent_name"] else "",
            "birth_year": said["birth_year"],
            "language": said["language"],
        }

    def facts_of_business(self):
        said = self.cleaned_data
        is_idea = said["stage"] == Enterprise.Stage.IDEA
        return {
            "stage": said["stage"],
            "sector": self.sector_of(said["sector"]) if said["sector"] else None,
            "district": said["district"],
            "name": said["business"],
            "place": said["place"],
            "help_wanted": (Help.START,) if is_idea else (),
        }

    def consented(self):
        return [kind for kind in (Consent.Kind.CONTACT, Consent.Kind.SHARE) if self.cleaned_data[kind]]
