from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kit.text import clean, without_surrogates
from places import matching
from places.models import District
from places.querysets import DistrictQuerySet

LONGEST_TOWN = 100


class ByProvince(ModelChoiceIterator):
    """The districts of a select under the names of their provinces."""

    queryset: DistrictQuerySet

    def __iter__(self) -> Iterator[Any]:
        yield "", self.field.empty_label
        yield from self.queryset.for_choices()


class DistrictField(forms.ModelChoiceField):
    """One of the districts that exist today; its value is the district's code, in every database the same."""

    iterator = ByProvince

    def __init__(self, **kwargs: Any) -> None:
        messages = {"required": _("Choose a district."), "invalid_choice": _("Choose a district from the list.")}
        kwargs["error_messages"] = messages | kwargs.get("error_messages", {})
        super().__init__(District.objects.all(), to_field_name="code", empty_label=_("Choose a district"), **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        copied = super().__deepcopy__(memo)
        copied.queryset = District.objects.in_force(on=timezone.localdate())  # today of this form, not of the start
        return copied


@dataclass(frozen=True)
class Answer:
    """What came back: the words typed, the district chosen from the list or among those offered, and both as shown."""

    typed: str = ""
    chosen: str = ""
    shown_typed: str = ""
    shown_chosen: str = ""

    @property
    def has_new_words(self) -> bool:
        return bool(self.typed) and self.typed != self.shown_typed

    @property
    def has_new_choice(self) -> bool:
        return bool(self.chosen) and self.chosen != self.shown_chosen


class TownOrDistrict(forms.Select):
    """A box to type a district or a town in, the districts that it may mean, and the whole list as the sure way."""

    template_name = "places/town_or_district.html"
    # What of it comes back, each under the field's name with this after it.
    PARTS = ("_town", "", "_offered", "_shown_town", "_shown")

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Iterable[Any] = ()) -> None:
        super().__init__(attrs, choices)
        self.offered: tuple[District, ...] = ()
        self.typed = ""

    def use_required_attribute(self, initial: Any) -> bool:
        return False  # either of the two is enough

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """What came back, kept whole: the field decides which part of it holds."""
        parts = [data.get(f"{name}{part}") or "" for part in self.PARTS]
        typed, listed, offered, shown_typed, shown_chosen = (without_surrogates(str(part)) for part in parts)
        self.typed = typed
        return Answer(typed, listed or offered, shown_typed, shown_chosen)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not {name, f"{name}_town", f"{name}_offered"} & set(data)

    def format_value(self, value: Any) -> list[str]:
        return super().format_value(value.chosen if isinstance(value, Answer) else value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        chosen = "".join(self.format_value(value))
        among = {district.code for district in self.offered}
        # Chosen among those offered, it is not chosen in the list too: there it would overrule another pick.
        context = super().get_context(name, None if chosen in among else value, attrs)
        context["widget"] |= {
            "typed": self.typed,
            "offered": self.offered,
            "chosen": chosen if chosen not in among else "",
            "picked": chosen if chosen in among else "",
            "town_id": context["widget"]["attrs"].get("id", f"id_{name}"),
        }
        return context


class TownOrDistrictField(DistrictField):
    """A district, by typing it or a town in it in either script, or by choosing it. Nothing uncertain is guessed.

    What was typed counts if it is newer than the choice; where both are new and disagree, or the words may mean
    several districts, these are offered and the form comes back.
    """

    widget = TownOrDistrict

    def __init__(self, **kwargs: Any) -> None:
        ours = {
            "required": _("Type a district or town, or choose the district from the list."),
            "several": _("Which district is it? Choose one."),
            "unknown": _("We do not find this name. Choose your district from the list."),
            "too_long": _("This is too long. Look at it again."),
        }
        kwargs["error_messages"] = ours | kwargs.get("error_messages", {})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> District | None:
        answer = value if isinstance(value, Answer) else Answer(chosen=str(value or ""))
        if not answer.has_new_words and (answer.chosen or not answer.typed):
            return super().clean(answer.chosen)
        return self.meant(answer, on=timezone.localdate())

    def meant(self, answer: Answer, *, on: date) -> District:
        if len(answer.typed) > LONGEST_TOWN:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        found = matching.find(clean(answer.typed), on=on)
        chosen = super().clean(answer.chosen) if answer.has_new_choice else None
        if chosen and (chosen in found.districts or not found.districts):
            return chosen
        if found.is_certain and chosen is None:
            return found.districts[0]
        offered = found.districts if chosen is None else (chosen, *found.districts)
        self.widget.offered = offered
        code = "several" if offered else "unknown"
        raise ValidationError(self.error_messages[code], code=code)

    def has_changed(self, initial: Any, data: Any) -> bool:
        if isinstance(data, Answer):
            return data.has_new_words or super().has_changed(initial, data.chosen)
        return super().has_changed(initial, data)
