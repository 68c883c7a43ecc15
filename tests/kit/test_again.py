"""A refused form is shown by GET, once, with what was typed and what was said to it."""

from urllib.parse import urlencode

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils.translation import override

from kit import again
from kit.fields import CodeField, TextField
from kit.uploads import PaperField


class Form(forms.Form):
    name = forms.CharField(max_length=5)
    colour = forms.MultipleChoiceField(choices=[("red", "Red"), ("blue", "Blue")], required=False)


class WithPaper(forms.Form):
    name = TextField(max_length=5)
    paper = PaperField(required=False)


class WithCode(forms.Form):
    code = CodeField()


TOO_LARGE = ValidationError(PaperField().error_messages["too_large"], code="too_large", params={"size": "12.4"})


def asked(session, typed=None, *, path="/somewhere/?next=/there/"):
    factory = RequestFactory()
    request = factory.get(path) if typed is None else factory.post(path, typed)
    request.session = session
    return request


class Session(dict):
    """As far as a view sees."""


def refuse(session, typed, *, fields=("name",)):
    """Send it, and have it refused by an action, whose words stand in no form."""
    request = asked(session, typed)
    form = again.form_of(request, Form)
    for field in fields:
        form.add_error(field, ValidationError("That is taken.", code="taken"))
    return again.page(request, "face/form.html", {"form": form})


def shown(session, **about):
    return again.form_of(asked(session, **about), Form)


def test_it_is_shown_once_with_what_was_typed():
    session = Session()

    answer = refuse(session, {"name": "Asma", "colour": ["red", "blue"]})

    first, second, third = shown(session), shown(session), shown(session)
    assert (answer.status_code, answer["Location"]) == (302, "/somewhere/?next=/there/")
    assert (first["name"].value(), first["colour"].value()) == ("Asma", ["red", "blue"])
    assert first.errors.get_json_data() == {"name": [{"message": "That is taken.", "code": "taken"}]}
    assert (second.is_bound, third.is_bound, session) == (False, False, {})


@pytest.mark.parametrize(("page", "is_found"), [("/somewhere/?next=/there/", True), ("/", False)])
def test_from_the_page_of_a_refusal_it_goes_along_into_the_other_language(page, is_found):
    """The next person at the device, who changes the language elsewhere, finds nothing."""
    session = Session()
    refuse(session, {"name": "Asma"})
    shown(session)

    again.take_along(asked(session, {"name": "Asm B", "language": "ur"}, path=switch(page)))

    first = shown(session)
    assert [first.is_bound, shown(session).is_bound] == [is_found, False]
    assert first["name"].value() == ("Asm B" if is_found else None)
    assert first.errors == {}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": "Asma", "colour": "red"}, {"name": ["That is taken."], "__all__": ["That is taken."]}),
        ({"name": "Asm", "colour": "red"}, {}),
        ({"name": "Asma Bibi", "colour": "red"}, {"name": ["Ensure this value has at most 5 characters (it has 9)."]}),
        ({"name": "Asma", "colour": "blue"}, {"name": ["That is taken."]}),
    ],
)
def test_what_was_said_goes_along_with_the_typing_that_it_was_said_to_alone(typed, says):
    """What was put right, or typed anew, before the language is changed is judged as it stands now."""
    session = Session()
    refuse(session, {"name": "Asma", "colour": "red"}, fields=("name", None))
    shown(session)

    with override("ur"):
        for _time in range(2):
            again.take_along(asked(session, typed | {"language": "ur"}, path=switch("/somewhere/")))
            there = shown(session)
            assert {name: list(said) for name, said in there.errors.items()} == says


def switch(page):
    return f"/i18n/setlang/?{urlencode({'next': page})}"


def test_what_is_half_filled_goes_along_and_nothing_is_said_to_it():
    session = Session()
    form = shown(session)

    again.take_along(asked(session, {"name": "", "colour": "red", "language": "ur"}, path=switch("/somewhere/")))

    there = shown(session)
    assert (form.goes_along, there.is_bound, there["colour"].value(), there.errors) == (True, True, ["red"], {})


@pytest.mark.parametrize(
    ("typed", "page"), [({}, "/somewhere/"), ({"name": "Asma"}, ""), ({"name": "x" * again.LONGEST}, "/somewhere/")]
)
def test_of_nothing_nowhere_and_too_much_nothing_is_kept(typed, page):
    session = Session()

    again.take_along(asked(session, typed | {"language": "ur"}, path=switch(page)))

    assert session == {}


def test_a_code_does_not_go_along():
    session = Session({again.KEY: {"path": "/somewhere/", "typed": "code=123456", "errors": {}}})

    form = again.form_of(asked(session), WithCode)

    assert (form.goes_along, session) == (False, {})


def test_what_the_form_and_what_the_action_said_stand_each_once():
    session = Session()

    refuse(session, {"name": "Asma Bibi", "colour": ["green"]}, fields=(None,))

    assert list(shown(session).errors) == ["name", "colour", "__all__"]
    assert [len(said) for said in refused_again(session)] == [1, 1, 1]


def refused_again(session):
    refuse(session, {"name": "Asma Bibi", "colour": ["green"]}, fields=(None,))
    return shown(session).errors.values()


@pytest.mark.parametrize(
    ("typed", "field", "error", "says"),
    [
        ({"name": "Asma Bibi"}, "name", None, "اسے 5 حروف تک چھوٹا کریں"),
        ({"name": "Asma"}, "paper", PaperField().refusal("infected"), "اس فائل میں وائرس ملا"),
        ({"name": "Asma"}, "paper", TOO_LARGE, "یہ فائل 12.4"),
        ({"name": "Asma"}, "name", ValidationError("That is taken.", code="invalid"), "That is taken."),
    ],
)
def test_whoever_changes_the_language_reads_it_in_that(typed, field, error, says):
    """An action's own words stay as they were said: nothing else knows them."""
    session = Session()
    with override("en"):
        request = asked(session, typed)
        form = again.form_of(request, WithPaper)
        if error is not None:
            form.add_error(field, error)
        again.page(request, "face/form.html", {"form": form})

    with override("ur"):
        (said,) = again.form_of(asked(session), WithPaper).errors[field]

    assert says in said


def test_another_page_does_not_show_it():
    session = Session()
    refuse(session, {"name": "Asma"})

    assert shown(session, path="/elsewhere/").is_bound is False


def test_a_field_that_is_not_asked_any_more_is_passed_over():
    session = Session({again.KEY: {"path": "/somewhere/", "typed": "name=Asma", "errors": {"gone": []}}})

    assert shown(session).errors == {}


def test_more_than_anybody_types_is_answered_at_once_and_stored_nowhere():
    session = Session()

    answer = refuse(session, {"name": "x" * again.LONGEST})

    assert (answer.status_code, session) == (200, {})


def test_by_get_the_page_is_the_page():
    request = asked(Session())

    assert again.page(request, "face/form.html", {"form": Form()}).status_code == 200
