"""Receipt books: whom one is issued to, and what became of a slip."""

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Appointment
from accounts.roles import Role
from kit.fields import TextField, WholeNumberField
from loans.forms.parts import CHOOSE, helper_of
from loans.models import SpoiltSlip

# Six digits stand on the paper slip.
MOST = 999_999


class CashierField(forms.ModelChoiceField):
    """One of the branch's cashiers, by name and post."""

    def label_from_instance(self, post):
        return f"{post.user} · {post.office.label}"


class BookForm(forms.Form):
    post = CashierField(
        Appointment.objects.none(), label=gettext_lazy("Issued to"), empty_label="–", error_messages=CHOOSE
    )
    number = WholeNumberField(label=gettext_lazy("Number of the book"), min_value=1, max_value=MOST)
    first = WholeNumberField(label=gettext_lazy("First slip"), min_value=1, max_value=MOST, initial=1)
    last = WholeNumberField(label=gettext_lazy("Last slip"), min_value=1, max_value=MOST, initial=100)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        posts = Appointment.objects.in_force(on=timezone.localdate()).filter(role=Role.CASHIER)
        here = posts.filter(office__in=by.office_ids).exclude(user=by)
        self.fields["post"].queryset = here.select_related("user", "office").order_by("office_id", "id")

    @cached_property
    def helper(self):
        return helper_of("post", "number", "first", "last", button=_("Issue the book"))


class SpoiltForm(forms.Form):
    why = forms.ChoiceField(
        label=gettext_lazy("What became of it?"),
        choices=SpoiltSlip.Why.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    text = TextField(
        label=gettext_lazy("What happened"),
        help_text=gettext_lazy("Needed where the slip is not in the book."),
        max_length=200,
        required=False,
    )

    @cached_property
    def helper(self):
        return helper_of("why", "text", button=_("Write it down"))

    def clean(self):
        typed = super().clean()
        if typed.get("why") == SpoiltSlip.Why.LOST and not typed.get("text") and "text" not in self.errors:
            self.add_error("text", _("Say what happened to the slip."))
        return typed
