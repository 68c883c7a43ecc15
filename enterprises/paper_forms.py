"""Forms about papers: handing one in, and asking for one."""

import datetime as dt

from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enterprises.actions import held_papers, scans
from enterprises.models import Document, DocumentKind
from kit.fields import DayField, VersionField
from kit.uploads import PaperField

LAST_DUE = dt.timedelta(days=180)
LONGEST_VALID = dt.timedelta(days=50 * 366)
FROM_THE_LIST = {"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")}


def kinds(**kwargs):
    return forms.ModelChoiceField(
        DocumentKind.objects.offered(), to_field_name="code", empty_label=_("Choose one"),
        error_messages=FROM_THE_LIST, **kwargs,
    )  # fmt: skip


class PaperForm(forms.Form):
    """A photo taken now, or a file that is there already; one of the two.

    `capture` opens the phone's camera at once, and takes no file from it: so the two stand side by side. A good one is
    kept, `held`, while something else is put right: nobody takes their photo twice.
    """

    one_of = ("photo", "file")

    kind = kinds(label=_("Which paper is it?"))
    photo = PaperField(
        label=_("Take a photo of it"),
        help_text=_("One of the two is enough. Lay it flat in good light, all four corners."),
        required=False,
    )
    file = PaperField(label=_("Or choose a photo or PDF that you have"), required=False)
    expires_on = DayField(
        label=_("Until when is it valid?"),
        help_text=_("Leave this empty if no such day is printed on it."),
        required=False,
    )
    held = forms.Field(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, enterprise, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.sent = {"enterprise": enterprise, "by": by}
        self.scan = Document.Scan.NONE
        self.fields["photo"].widget.attrs |= {"accept": "image/*", "capture": "environment"}

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(*self.fields, ButtonHolder(Submit("send", _("Send this paper"), css_class="onward")))
        return helper

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day and day > timezone.localdate() + LONGEST_VALID:
            raise forms.ValidationError(_("Look at the year again."), code="far")
        return day

    def clean(self):
        """Ask the virus scanner too: whoever sent the file is there to send another."""
        cleaned = super().clean()
        chosen = [name for name in ("photo", "file") if cleaned.get(name)]
        token, kept = cleaned.pop("held", None) or "", None
        if not chosen and not {"photo", "file"} & set(self.errors):
            kept = held_papers.take_up(token, **self.sent)
        if kept is not None:
            cleaned["photo"], chosen = kept, ["photo"]
        if not chosen and not {"photo", "file"} & set(self.errors):
            self.add_error("photo", self.fields["photo"].refusal("again" if token else "missing"))
        if len(chosen) > 1:
            self.add_error("file", self.fields["file"].refusal("two"))
        if len(chosen) == 1 and not self.errors:
            paper = cleaned.pop("photo") or cleaned["file"]
            cleaned.pop("file")
            cleaned["paper"] = paper
            self.scan = scans.verdict_on(paper.content)
            if self.scan == Document.Scan.INFECTED:
                self.add_error(chosen[0], self.fields[chosen[0]].refusal("infected"))
        elif len(chosen) == 1 and not {"photo", "file"} & set(self.errors):
            # A browser does not send it a second time by itself.
            self.keep(token if kept else held_papers.hold(cleaned[chosen[0]], **self.sent))
        return cleaned

    def keep(self, token):
        self.data = self.data.copy()
        self.data[self.add_prefix("held")] = token
        self["photo"].help_text = _("It is here, for an hour. Choose another only if it was the wrong one.")


class AskForm(forms.Form):
    kind = kinds(label=_("Which paper is needed?"))
    due_on = DayField(label=_("By when?"))

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("kind", "due_on", ButtonHolder(Submit("ask", _("Ask the client for it"))))
        return helper

    def clean_due_on(self):
        day, today = self.cleaned_data["due_on"], timezone.localdate()
        if not today <= day <= today + LAST_DUE:
            raise forms.ValidationError(_("Choose a day from today on, within six months."), code="far")
        return day


class CompareForm(forms.Form):
    """The officer compared the picture with what is on file; `version` is that of the person it was compared with."""

    version = VersionField()

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("version", ButtonHolder(Submit("same", _("It is the same: card seen"))))
        return helper
