"""Forms about joining two records: which businesses are one, and the decision itself."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from enterprises.forms import radios
from kit.fields import VersionField
from kit.text import apart


class SameBusinessForm(forms.Form):
    """For each business of the record that goes: is it one of the kept record's, or another one?"""

    OTHER = "other"
    ASKED = "show"
    is_part = False

    def __init__(self, answers, *, mine, theirs):
        is_sent = any(name == self.ASKED or name.startswith("same_") for name in answers)
        super().__init__(answers if is_sent else None)
        self.asked_about = [one.pk for one in mine]
        same = _("The same business as")
        choices = [
            (str(one.pk), format_lazy("{} {} · {}", same, apart(one.called), apart(one.reference))) for one in mine
        ]
        for other in theirs if mine else ():
            self.fields[f"same_{other.pk}"] = radios(
                [*choices, (self.OTHER, _("Another business: both stay, owned by the one person"))],
                label=format_lazy("{} · {}", apart(other.called), apart(other.reference)),
                errors={"required": _("Say whether this is the same business or another one.")},
            )

    @cached_property
    def helper(self):
        """By itself a question; beside the decision (`is_part`) it is sent along with that."""
        helper = FormHelper()
        helper.form_method = "get"
        helper.disable_csrf = True
        helper.form_tag = not self.is_part
        look = "alt" if self.is_part else ""
        helper.layout = Layout(*self.fields, ButtonHolder(Submit(self.ASKED, _("Show what goes over"), css_class=look)))
        return helper

    def clean(self):
        """One business is chosen once: a third record of it is joined afterwards."""
        cleaned = super().clean()
        chosen = [value for value in cleaned.values() if value != self.OTHER]
        if len(chosen) != len(set(chosen)):
            raise forms.ValidationError(_("Choose each business once. Join a third record of it afterwards."))
        return cleaned

    def pairs(self):
        """(business of the kept record, business of the other) that are one."""
        chosen = getattr(self, "cleaned_data", {})
        return tuple(
            (int(value), int(name.removeprefix("same_"))) for name, value in chosen.items() if value != self.OTHER
        )

    def other_than_shown(self, sent):
        """The query with which what is sent now is shown first; None where it is what the page shows already.

        One who changed the answer below what was shown of another has not seen what this one does.
        """
        now = {name: sent.get(name, "") for name in self.fields}
        is_shown = self.ASKED not in sent and all(self.data.get(name, "") == said for name, said in now.items())
        asked = {self.ASKED: "1"} | {name: said for name, said in now.items() if said}
        return None if is_shown else f"?{urlencode(asked)}"

    def the_other_way_round(self):
        """The same answers, as the query of the page that keeps the other record."""
        chosen = getattr(self, "cleaned_data", {})
        turned = {f"same_{mine}": theirs for mine, theirs in self.pairs()}
        if chosen:
            turned = {f"same_{pk}": self.OTHER for pk in self.asked_about} | turned
        return f"?{urlencode(turned)}" if turned else ""


class JoinForm(forms.Form):
    version = VersionField()
    gone_version = VersionField()
    is_sure = forms.BooleanField(
        label=_("I asked the person or saw the card: this is one person"),
        error_messages={"required": _("Ask the person or look at the card first, and say so here.")},
    )

    def __init__(self, *args, same, **kwargs):
        super().__init__(*args, **kwargs)
        self.same = same

    @cached_property
    def helper(self):
        """It stands in one form with the question which businesses are one (`SameBusinessForm`)."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(*self.fields, ButtonHolder(Submit("join", _("Join the two records"))))
        return helper

    def clean(self):
        cleaned = super().clean()
        cleaned.pop("is_sure", None)
        return cleaned | {"same": self.same}


class UndoForm(forms.Form):
    """One click, and nothing to type."""

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(ButtonHolder(Submit("undo", _("Take them apart again"))))
        return helper


class TwoPeopleForm(forms.Form):
    """Two of the people found, to be laid side by side."""

    people = forms.ModelMultipleChoiceField(None)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people

    def clean_people(self):
        chosen = list(self.cleaned_data["people"])
        if len(chosen) != 2:  # noqa: PLR2004 - a pair
            raise forms.ValidationError(_("Choose two people."))
        return chosen
