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
from kit.words import digits, listed

RIGHT, WRONG = "right", "wrong"
ANSWERS = [(RIGHT, _("Right")), (WRONG, _("Wrong"))]


def label_of(statement):
    """The field as the page calls it; the two names that stand here are told apart."""
    return details.field_label(type(statement.subject), statement.field)


class ConfirmForm(forms.Form):
    """One question for each statement. `all` says that everything without an answer is right too."""

    use_required_attribute = False

    person_version = VersionField()
    enterprise_version = VersionField()

    def __init__(self, *args, statements, viewer, **kwargs):
        super().__init__(*args, **kwargs)
        self.statements = {f"s{one.pk}": one for one in statements}
        for name, one in self.statements.items():
            text = details.text_of(one.subject, one.field, viewer=viewer)
            said = listed(text) if isinstance(text, list | tuple) else text
            self.fields[name] = radios(
                ANSWERS,
                label=format_html("{}: {}", label_of(one), digits(said or "–")),
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
