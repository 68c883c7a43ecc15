"""What others wrote down for somebody, field by field, to be found right or wrong."""

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enterprises import details
from enterprises.forms import radios
from kit.fields import VersionField
from kit.words import digits, listed, plain

RIGHT, WRONG = "right", "wrong"
ANSWERS = [(RIGHT, _("Right")), (WRONG, _("Wrong"))]


def label_of(statement):
    """The field as the page calls it; the two names that stand here are told apart."""
    return details.field_label(type(statement.subject), statement.field)


def as_it_stands(statement, *, label, viewer):
    """The field with what stands in it now, on one line."""
    text = details.text_of(statement.subject, statement.field, viewer=viewer)
    # Put together it is plain text, so that what goes in has no markup of its own.
    said = listed([plain(str(one)) for one in text]) if isinstance(text, list | tuple) else text
    return format_html("{}: {}", label, digits(said or "–"))


class ConfirmForm(forms.Form):
    """One question for each statement. `all` says that everything without an answer is right too."""

    use_required_attribute = False

    person_version = VersionField()
    enterprise_version = VersionField()

    def __init__(self, *args, statements, viewer, **kwargs):
        super().__init__(*args, **kwargs)
        self.statements = {f"s{one.pk}": one for one in statements}
        for name, one in self.statements.items():
            self.fields[name] = radios(
                ANSWERS,
                label=as_it_stands(one, label=label_of(one), viewer=viewer),
                help_text=details.source_of(one, viewer=viewer)["small"],
            )
            # What they called wrong may be right after all.
            self.fields[name].initial = WRONG if one.disputed_at else None

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(
            "person_version",
            "enterprise_version",
            *(InlineRadios(name) for name in self.statements),
            ButtonHolder(
                Submit("all", _("The rest is right"), css_class="onward"),
                Submit("save", _("Save, and look at the rest later"), css_class="quiet"),
            ),
        )
        return helper

    def clean(self):
        cleaned = super().clean()
        for name in self.statements:
            if self.has_error(name, "required"):  # looked at later
                del self.errors[name]
        rest = RIGHT if "all" in self.data else ""
        said = {one.pk: cleaned.pop(name, "") or rest for name, one in self.statements.items()}
        cleaned["right"] = [pk for pk, answer in said.items() if answer == RIGHT]
        cleaned["wrong"] = [pk for pk, answer in said.items() if answer == WRONG]
        return cleaned


class UpholdForm(forms.Form):
    """What was called wrong, to be ticked where it is right as it stands.

    A tick means what was called wrong at that moment: whoever ticks on an old page is shown the new one.
    """

    version = VersionField()
    right = forms.MultipleChoiceField(
        label=_("The client says that this is right as it stands"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick what is right, or go back."),
            "invalid_choice": _("Somebody changed this meanwhile. Look at it once more."),
        },
    )

    def __init__(self, *args, statements, labels, viewer, **kwargs):
        super().__init__(*args, **kwargs)
        self.statements = {f"{one.pk}-{one.disputed_at.isoformat()}": one for one in statements}
        self.fields["right"].choices = [
            (key, as_it_stands(one, label=label, viewer=viewer))
            for (key, one), label in zip(self.statements.items(), labels, strict=True)
        ]

    @cached_property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("version", "right", ButtonHolder(Submit("uphold", _("I asked: it is right"))))
        return helper

    def clean_right(self):
        chosen = [self.statements[key] for key in self.cleaned_data["right"]]
        return {one.pk: one.disputed_at for one in chosen}
