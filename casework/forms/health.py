"""A page of a business check: the questions of one area, each with its answers in words."""

from collections.abc import Iterable, Sequence
from typing import Any

from crispy_forms.layout import Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.forms.parts import CHOOSE, helper_of
from casework.models import Answer, HealthCheck, Question
from kit.fields import VersionField


class AreaForm(forms.Form):
    version = VersionField()

    questions: Sequence[Question] = ()

    @cached_property
    def helper(self):
        return helper_of(
            "version", *(question.code for question in self.questions), Submit("save", gettext_lazy("Save and go on"))
        )

    def answers(self):
        """What the action takes: an answer to each question."""
        return {question: self.cleaned_data[question.code] for question in self.questions}

    def beside(self, check: HealthCheck):
        """What was chosen, and what stands there now."""
        standing = {answer.question_id: answer.option.label for answer in check.answers.select_related("option")}
        for question in self.questions:
            yield question.label, self.cleaned_data[question.code].label, standing.get(question.pk, "")


class BeginCheckForm(forms.Form):
    """The button that begins a check; where one was made a short while ago it says that another one is meant."""

    is_new = forms.BooleanField(required=False, widget=forms.HiddenInput)


def area_form(questions: Iterable[Question]) -> type[AreaForm]:
    """The form of these questions, whose answers are fetched."""
    asked = list(questions)
    fields = {question.code: field_of(question) for question in asked}
    return type("AreaForm", (AreaForm,), {"questions": asked, **fields})


def field_of(question: Question) -> forms.TypedChoiceField:
    options = {str(option.order): option for option in question.options.all()}
    example = question.in_language("example")
    help_texts = (question.in_language("hint"), _("For example: {example}").format(example=example) if example else "")
    return forms.TypedChoiceField(
        label=question.label,
        help_text=" ".join(filter(None, help_texts)),
        choices=[(order, option.label) for order, option in options.items()],
        coerce=options.__getitem__,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )


def chosen(answers: Iterable[Answer]) -> dict[str, Any]:
    """What was answered before, as the form begins."""
    return {answer.question.code: str(answer.option.order) for answer in answers}
