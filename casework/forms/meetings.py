import datetime as dt

from crispy_forms.layout import Row, Submit
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Absence
from casework.forms.parts import CHOOSE, ComingDayField, MeetingDayForm, MoveForm, helper_of
from casework.models import Meeting
from kit import words
from kit.fields import TextField, VersionField, WholeNumberField
from kit.text import apart

# Half hours of an office's day, as they are chosen; a list of them is quicker on a phone than typing.
TIMES = [dt.time(minutes // 60, minutes % 60) for minutes in range(8 * 60, 19 * 60 + 1, 30)]


class MeetingForm(MeetingDayForm):
    """A time that is kept for a client."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How you meet"),
        choices=[(channel.value, channel.label) for channel in Meeting.CHANNELS],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    day = ComingDayField(label=gettext_lazy("Day"))
    time = forms.TypedChoiceField(
        label=gettext_lazy("Time"),
        choices=[(f"{at:%H:%M}", f"{at:%H:%M}") for at in TIMES],
        coerce=dt.time.fromisoformat,
        initial="10:00",
        error_messages=CHOOSE,
    )
    minutes = WholeNumberField(label=gettext_lazy("Minutes kept for it"), min_value=10, max_value=240, initial=30)
    place = TextField(label=gettext_lazy("Where, if it is not the usual place"), max_length=120, required=False)

    def __init__(self, *args, advisor, **kwargs):
        super().__init__(*args, **kwargs)
        self.advisor = advisor

    def why_not(self, day):
        """Nor does anybody promise a time on which the advisor is not there without being asked."""
        return super().why_not(day) or why_away(self.advisor, day)

    @cached_property
    def helper(self):
        return helper_of(
            "kept_day",
            "channel",
            Row("day", "time", "minutes"),
            "place",
            Submit("save", gettext_lazy("Make the appointment")),
        )

    def facts(self):
        """What the action takes."""
        said = self.cleaned_data
        at = timezone.make_aware(dt.datetime.combine(said["day"], said["time"]))
        return {name: said[name] for name in ("channel", "minutes", "place")} | {"starts_at": at}


def why_away(advisor, day):
    """Until when whoever has the case is away, if that day falls into it."""
    until = Absence.objects.away_until(advisor.pk, on=day)
    if until is None:
        return ""
    said = _("{who} is away that day, until {until}.")
    return said.format(who=apart(str(advisor)), until=words.plain(words.day_plain(until)))


class ComingForm(MoveForm):
    """Two buttons: whoever presses neither has answered nothing."""

    YES, NO = "yes", "no"
    answer = forms.ChoiceField(
        choices=[(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))],
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Say yes or no")),
    )


class CancelForm(forms.Form):
    version = VersionField()
    reason = TextField(
        label=gettext_lazy("Why, in a sentence that the client may read"),
        max_length=200,
    )

    @cached_property
    def helper(self):
        return helper_of("version", "reason", Submit("cancel", gettext_lazy("Call it off")))
