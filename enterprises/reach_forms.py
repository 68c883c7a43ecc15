"""The page of a registration that asks how to reach somebody, and where they are."""

from django.utils.translation import gettext_lazy as _

from enterprises.forms import StepForm, kept, radios
from enterprises.models import PHONE_OWNERS
from kit.fields import PhoneField, TextField
from places.forms import TownOrDistrictField


class WhereForm(StepForm):
    """Of somebody signed in: how to reach them is known."""

    ONLY_RUNNING = ("place",)

    district = TownOrDistrictField(label=_("Your district or town"), help_text=_("For example: Multan, Pindi, Gojra"))
    place = TextField(
        label=_("Village, town or street"),
        help_text=_("So that your advisor finds you. A landmark helps."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"].widget.typed = self.initial.get("district_town", "")

    def answers(self):
        return super().answers() | {"district": self.cleaned_data["district"].code}

    def sound(self):
        district = self.cleaned_data.get("district")
        return {"phone": self.cleaned_data.get("phone", ""), "district": district.code if district else ""}

    def typed(self):
        """Of the district the one that was meant, if it is plain; else what was chosen, and the words in its box."""
        typed, meant = super().typed(), self.sound()["district"]
        answer = typed["district"]
        return typed | {
            "district": meant or kept(answer.chosen),
            "district_town": "" if meant else kept(answer.typed),
        }


class ReachForm(WhereForm):
    phone = PhoneField(
        label=_("Mobile number"), help_text=_("We send a code to this number. A phone that the family shares is fine.")
    )
    phone_owner = radios(PHONE_OWNERS, label=_("Whose phone is it?"))

    field_order = ("phone", "phone_owner", "district", "place")
