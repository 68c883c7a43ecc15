from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from kit.text import clean, without_surrogates
from places import matching
from places.models import District
from places.querysets import DistrictQuerySet

LONGEST_TOWN, MOST_LISTS = 100, 7


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
    # Of several provinces one each: then it is asked which.
    picked: tuple[str, ...] = ()

    @property
    def has_new_words(self) -> bool:
        return bool(self.typed) and self.typed != self.shown_typed

    @property
    def has_new_choice(self) -> bool:
        return bool(self.chosen) and self.chosen != self.shown_chosen


class TownOrDistrict(forms.Select):
    """A box to type a district or a town in, the districts that it may mean, and as the sure way a list a province.

    The lists have one name: what is newly picked in any of them counts.
    """

    template_name = "places/town_or_district.html"
    # What of it comes back, each under the field's name with this after it.
    PARTS = ("_town", "", "_offered", "_shown_town", "_shown")

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Iterable[Any] = ()) -> None:
        super().__init__(attrs, choices)
        self.offered: tuple[District, ...] = ()
        self.typed = ""
        # Once the field has decided: the code of what holds, "" where nothing does, and whether the words mean it.
        self.holds: str | None = None
        self.is_by_words = True

    def use_required_attribute(self, initial: Any) -> bool:
        return False  # either of the two is enough

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """What came back, kept whole: the field decides which part of it holds."""
        parts = {part: without_surrogates(str(data.get(f"{name}{part}") or "")) for part in self.PARTS}
        typed, _one, offered, shown_typed, shown_chosen = parts.values()
        lists = data.getlist(name) if isinstance(data, MultiValueDict) else [data.get(name)]
        chosen_in = [without_surrogates(str(code)) for code in lists if code]
        picked = tuple(dict.fromkeys(code for code in chosen_in if code != shown_chosen))[:MOST_LISTS]
        listed = "".join([*picked[-1:]] or chosen_in[:1])
        self.typed = typed
        # What stood in the list already does not overrule what is picked beside it.
        chosen = offered if offered and listed == shown_chosen else listed or offered
        return Answer(typed, chosen, shown_typed, shown_chosen, picked)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not {name, f"{name}_town", f"{name}_offered"} & set(data)

    def format_value(self, value: Any) -> list[str]:
        return super().format_value(value.chosen if isinstance(value, Answer) else value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        if self.holds is not None:
            value = self.holds
        chosen = "".join(self.format_value(value))
        among = {district.code for district in self.offered}
        # Chosen among those offered, it is not chosen in the list too: there it would overrule another pick.
        context = super().get_context(name, None if chosen in among else value, attrs)
        options = [option for _group, options, _index in context["widget"]["optgroups"] for option in options]
        context["widget"] |= {
            "typed": self.typed if self.is_by_words else "",
            "offered": self.offered,
            "chosen": chosen if chosen not in among else "",
            "picked": chosen if chosen in among else "",
            # The lists are folded, and say which district holds; they are what is left where the words mean nothing.
            "holds": next((option["label"] for option in options if option["selected"] and option["value"]), ""),
            "is_open": bool(self.typed) and not chosen and not self.offered,
            "town_id": context["widget"]["attrs"].get("id", f"id_{name}"),
        }
        return context


class TownOrDistrictField(DistrictField):
    """A district, by typing it or a town in it in either script, or by choosing it. Nothing uncertain is guessed.

    What was typed counts if it is newer than the choice; where both are new and disagree, or the words may mean
    several districts, these are offered and the form comes back. Box and list then show what holds, and nothing older.
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
        if len(answer.picked) > 1:
            raise self.which(*(self.listed(code) for code in answer.picked))
        if not answer.has_new_words and (answer.chosen or not answer.typed):
            found = super().clean(answer.chosen)
            self.widget.is_by_words = not answer.has_new_choice or self.is_meant_by(answer, found)
        else:
            found = self.meant(answer, on=timezone.localdate())
        self.widget.holds = found.code if found else ""
        return found

    def is_meant_by(self, answer: Answer, district: District) -> bool:
        words = clean(answer.typed)[:LONGEST_TOWN]
        return not words or district in matching.find(words, on=timezone.localdate()).districts

    def meant(self, answer: Answer, *, on: date) -> District:
        if len(answer.typed) > LONGEST_TOWN:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        found = matching.find(clean(answer.typed), on=on)
        chosen = self.listed(answer.chosen) if answer.has_new_choice else None
        if chosen and (chosen in found.districts or not found.districts):
            return chosen
        if found.is_certain and chosen is None:
            return found.districts[0]
        raise self.which(*([] if chosen is None else [chosen]), *found.districts, picked=chosen)

    def listed(self, code: str) -> District:
        return super().clean(code)

    def which(self, *offered: District, picked: District | None = None) -> ValidationError:
        """What may be meant is offered; where that is nothing, the lists are left."""
        self.widget.offered, self.widget.holds = offered, picked.code if picked else ""
        code = "several" if offered else "unknown"
        return ValidationError(self.error_messages[code], code=code)

    def has_changed(self, initial: Any, data: Any) -> bool:
        if isinstance(data, Answer):
            return data.has_new_words or super().has_changed(initial, data.chosen)
        return super().has_changed(initial, data)
