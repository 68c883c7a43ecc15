"""A death or a disability: what is written down, the visit to the family, the papers, and how it ended."""

from crispy_forms.bootstrap import PrependedText
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.fields import DayField, RupeesField, TextField, VersionField
from loans.forms.parts import CHOOSE, helper_of
from loans.models import Misfortune


class MisfortuneForm(forms.Form):
    """Nothing else is asked: papers come with the visit."""

    not_kept = ("kind",)

    kind = forms.ChoiceField(
        label=gettext_lazy("What happened?"),
        choices=Misfortune.Kind.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    happened_on = DayField(label=gettext_lazy("On which day?"), help_text=gettext_lazy("About, if nobody knows it."))
    told_by = TextField(
        label=gettext_lazy("Who told you?"), max_length=120, help_text=gettext_lazy("For instance: her brother Aslam.")
    )

    @cached_property
    def helper(self):
        return helper_of("kind", "happened_on", "told_by", button=_("Let the loan rest"))


class FamilyVisitForm(forms.Form):
    version = VersionField()
    visited_on = DayField(label=gettext_lazy("Day of the visit"))
    whom_met = TextField(
        label=gettext_lazy("Whom did you meet?"),
        help_text=gettext_lazy("For instance: her husband and two neighbours."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["visited_on"].initial = timezone.localdate

    @cached_property
    def helper(self):
        return helper_of("version", "visited_on", "whom_met", button=_("Save the visit"))


class WaiverForm(forms.Form):
    version = VersionField()
    ground = forms.ChoiceField(
        label=gettext_lazy("Why is it forgiven?"),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    paper = forms.ChoiceField(
        label=gettext_lazy("Which paper did you see?"),
        choices=Misfortune.Paper.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    paper_number = TextField(label=gettext_lazy("Its number, or its day"), max_length=60)
    amount = RupeesField(label=gettext_lazy("Amount to forgive"))

    def __init__(self, *args, misfortune, **kwargs):
        super().__init__(*args, **kwargs)
        grounds, kinds = Misfortune.Ground, Misfortune.Kind
        of_death = [grounds.DEATH] if misfortune.kind == kinds.DEATH else [grounds.NO_WORK, grounds.LESS_WORK]
        self.fields["ground"].choices = [(ground.value, ground.label) for ground in of_death]
        balance = f"{misfortune.loan.balance:,}"
        self.fields["amount"].help_text = _("Rs %(balance)s is left to pay.") % {"balance": balance}

    @cached_property
    def helper(self):
        return helper_of(
            "version",
            "ground",
            "paper",
            "paper_number",
            PrependedText("amount", _("Rs")),
            button=_("Propose to forgive this"),
        )


class EndForm(forms.Form):
    version = VersionField()
    ending = forms.ChoiceField(label=gettext_lazy("How does it end?"), widget=forms.RadioSelect, error_messages=CHOOSE)
    reason = TextField(label=gettext_lazy("Why?"), help_text=gettext_lazy("Colleagues read it."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        endings = Misfortune.Ending
        self.fields["ending"].choices = [(one.value, one.label) for one in (endings.WRONG, endings.GOES_ON)]

    @cached_property
    def helper(self):
        return helper_of("version", "ending", "reason", button=_("Let the loan go on"))
