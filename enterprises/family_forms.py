"""Family and household: a few short questions, asked only where something needs the answers."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.forms import NO_SUCH_CARD
from enterprises.kin import MAN, WOMAN, Ending, Relation, word_for
from enterprises.models import Person, Sex, Statement
from enterprises.models.family import MOST_PEOPLE
from kit.fields import CnicField, DayField, NameField, VersionField, WholeNumberField

CHOOSE = {"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")}
TAKEN_BACK = "wrong"


def whom(of):
    """(value, word) of every relative whom somebody of this sex may have, in the words for a man and for a woman."""
    spouses = {Sex.WOMAN: (MAN,), Sex.MAN: (WOMAN,)}.get(of, (MAN, WOMAN))
    return [
        (f"{relation}-{sex}", word_for(relation, sex=sex, of=of))
        for relation in Relation
        for sex in (spouses if relation == Relation.SPOUSE else (MAN, WOMAN))
    ]


class StatedForm(forms.Form):
    """`is_staff` also asks how the colleague knows; whoever speaks for themselves says it themselves."""

    button = _("Save")
    source = forms.ChoiceField(
        label=_("How do you know?"),
        choices=[(Statement.Source.ASSISTED, _("They told me")), (Statement.Source.PAPER, _("I saw it on a paper"))],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    def __init__(self, *args, is_staff, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_staff:
            del self.fields["source"]

    @cached_property
    def helper(self):
        helper = FormHelper()
        save = ButtonHolder(Submit("save", self.button, css_class="onward"))
        last = [name for name in ("source",) if name in self.fields]
        helper.layout = Layout(*[name for name in self.fields if name not in last], *last, save)
        return helper

    def source_said(self):
        return self.cleaned_data.get("source") or Statement.Source.SELF


class RelativeForm(StatedForm):
    """One relative. A colleague may add the card's number: then a guarantor of the same number is known to be one."""

    # The next relative is another one, and maybe another person sits at the device.
    opens_empty = True

    button = _("Write it down")
    who = forms.ChoiceField(label=_("Who is it?"), error_messages=CHOOSE)
    name = NameField(label=_("Their name"), max_length=120)
    cnic = CnicField(
        label=_("CNIC of the relative"),
        help_text=_("If you have it. It is not shown again."),
        required=False,
        error_messages={"filler": NO_SUCH_CARD},
    )
    since_on = DayField(
        label=_("Husband or wife: married since"),
        help_text=_("Leave this empty for others, or if nobody knows the day."),
        required=False,
    )

    def __init__(self, *args, of, is_staff, born=None, **kwargs):
        super().__init__(*args, is_staff=is_staff, **kwargs)
        self.born = born
        self.fields["who"].choices = [("", _("Choose one")), *whom(of)]
        if not is_staff:
            del self.fields["cnic"]

    def clean(self):
        cleaned = super().clean()
        is_spouse = cleaned.get("who", "").startswith(Relation.SPOUSE)
        if cleaned.get("since_on") and cleaned.get("who") and not is_spouse:
            self.add_error("since_on", _("Only a marriage has such a day. Leave this empty."))
        return cleaned

    def clean_since_on(self):
        since_on = self.cleaned_data["since_on"]
        if since_on and since_on > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet. Enter the day of the marriage."), code="future")
        if since_on and self.born and since_on.year <= self.born:
            raise forms.ValidationError(_("That is before the person was born. Look at the year again."), code="early")
        return since_on

    def facts(self):
        """What the action keeps."""
        relation, _dash, sex = self.cleaned_data["who"].rpartition("-")
        kept = {name: self.cleaned_data.get(name) for name in ("name", "since_on")}
        return kept | {"relation": relation, "sex": sex, "cnic": self.cleaned_data.get("cnic") or ""}


class ChangeRelativeForm(StatedForm):
    """A marriage ended, or what was written down is not so."""

    version = VersionField()
    what = forms.ChoiceField(label=_("What has changed?"), widget=forms.RadioSelect, error_messages=CHOOSE)
    ended_on = DayField(
        label=_("On which day?"),
        required=False,
    )
    is_day_unknown = forms.BooleanField(
        label=_("Nobody knows the day"),
        help_text=_("Then it is kept that it had happened by today."),
        required=False,
    )
    # Needed with an end, so that its label does not call it optional.
    one_of = ("ended_on",)

    def __init__(self, *args, may_end, **kwargs):
        super().__init__(*args, **kwargs)
        ends = [(Ending.DEATH, _("He or she died")), (Ending.DIVORCE, _("They are divorced"))] if may_end else []
        self.fields["what"].choices = [*ends, (TAKEN_BACK, _("It was never so: take it back"))]
        if not may_end:
            del self.fields["ended_on"], self.fields["is_day_unknown"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("what") in set(Ending) and "ended_on" not in self.errors:
            day, is_unknown = cleaned["ended_on"], cleaned["is_day_unknown"]
            if not day and not is_unknown:
                self.add_error("ended_on", _("Enter the day, or tick that nobody knows it."))
            elif day and is_unknown:
                self.add_error("is_day_unknown", _("A day stands here. Empty it, or untick this."))
        return cleaned


class RelativesField(forms.ModelMultipleChoiceField):
    """Relatives on file, called as on the page of the family."""

    def label_from_instance(self, obj):
        return self.names[obj.pk]


class HouseholdForm(StatedForm):
    """How many live under one roof and eat from one kitchen, how many earn, and who of the family is among them."""

    version = VersionField()
    size = WholeNumberField(
        label=_("How many people live in your house and eat from one kitchen?"),
        help_text=_("Count children and yourself too."),
        min_value=1,
        max_value=MOST_PEOPLE,
    )
    earners = WholeNumberField(label=_("How many of them earn money?"), max_value=MOST_PEOPLE)
    with_whom = RelativesField(
        Person.objects.none(),
        label=_("Who of these lives there too?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={
            "invalid_choice": _("Choose one from the list."),
            "invalid_pk_value": _("Choose one from the list."),
        },
    )
    has_moved = forms.BooleanField(label=_("I moved to another house, with those ticked above"), required=False)

    def __init__(self, *args, relatives, names, may_move, is_staff, **kwargs):
        super().__init__(*args, is_staff=is_staff, **kwargs)
        self.fields["with_whom"].names = names
        self.fields["with_whom"].queryset = relatives
        if is_staff:
            self.fields["size"].label = _("How many people live in the house and eat from one kitchen?")
            self.fields["size"].help_text = _("Count children and the person too.")
            self.fields["has_moved"].label = _("They moved to another house, with those ticked above")
        if not relatives:
            del self.fields["with_whom"]
        if not may_move:
            del self.fields["has_moved"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("size") and (cleaned.get("earners") or 0) > cleaned["size"]:
            self.add_error("earners", _("More people earn than live there. Look at both numbers again."))
        return cleaned

    def facts(self):
        """What the action keeps."""
        typed = self.cleaned_data
        kept = {name: typed[name] for name in ("size", "earners", "version")}
        return kept | {"with_whom": list(typed.get("with_whom", ())), "has_moved": typed.get("has_moved", False)}
