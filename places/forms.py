from collections.abc import Iterator
from typing import Any, Self

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from places.models import District
from places.querysets import DistrictQuerySet


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
