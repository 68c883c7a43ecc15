from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import strip_tags

NAV = [
    {"label": "My day", "url": "/desk/", "is_current": True},
    {"label": "Cases", "url": "/cases/", "is_current": False},
]


class Sadia:
    is_authenticated = True

    def __str__(self):
        return "Sadia Anwar"


def page(template="base.html", language="en", **context):
    request = RequestFactory().get("/courses/?page=2")
    request.user = SimpleNamespace(is_authenticated=False, is_colleague=False)
    with translation.override(language):
        return render_to_string(template, {"messages": [], **context}, request)


def between(text, before, after):
    return text.split(before, 1)[1].split(after, 1)[0]


def test_title_of_a_page_with_errors_begins_with_error():
    class OneField(forms.Form):
        name = forms.CharField()

    titles = [
        between(page(form=OneField(data)), "<title>", "</title>") for data in (None, {"name": "Nasreen"}, {"name": ""})
    ]

    assert titles == [
        "Help for small business · Small Business Portal",
        "Help for small business · Small Business Portal",
        "Error: Help for small business · Small Business Portal",
    ]


def test_view_may_say_that_there_are_errors():
    assert (
        between(page(has_errors=True), "<title>", "</title>")
        == "Error: Help for small business · Small Business Portal"
    )


def test_language_is_changed_by_a_form_that_comes_back_here():
    form = between(page(language="ur"), 'action="/i18n/setlang/">', "</form>")

    assert '<input type="hidden" name="next" value="/courses/?page=2">' in form
    assert between(form, '<button class="plain-button" ', "</button>") == (
        'type="submit" name="language" value="en" lang="en" dir="ltr">English'
    )


@pytest.mark.parametrize(
    ("language", "start"), [("en", '<html lang="en" dir="ltr">'), ("ur", '<html lang="ur" dir="rtl">')]
)
def test_page_says_its_language_and_direction(language, start):
    assert page(language=language).split("\n")[1] == start


@pytest.mark.parametrize("template", ["base.html", "base_staff.html"])
def test_every_page_has_the_help_line_and_says_that_nobody_may_ask_a_fee(template):
    help_line = between(page(template), '<aside class="help"', "</aside>")

    assert "Nobody may ask you for a fee." in help_line
    assert 'href="tel:080000000"' in help_line


def test_messages_are_notices_in_their_tone():
    found = page(
        messages=[
            Message(constants.SUCCESS, "Receipt 118/0801 is saved."),
            Message(constants.ERROR, "<b>not saved</b>"),
        ]
    )

    assert '<div class="say good" role="status">' in found
    assert "<p>Receipt <bdi>118/0801</bdi> is saved.</p>" in found
    assert '<div class="say bad" role="status">' in found
    assert "<p>&lt;b&gt;not saved&lt;/b&gt;</p>" in found


def test_first_thing_on_the_page_leads_past_the_header():
    body = between(page(), "<body", "</body>")

    assert body.index('<a class="skip" href="#main">') < body.index("<header")
    assert '<main class="in " id="main" tabindex="-1">' in body


@pytest.mark.parametrize(("nav", "shows_name"), [(NAV, True), ([], False)], ids=["colleague", "entrepreneur"])
def test_who_is_signed_in_may_sign_out_by_a_form(nav, shows_name):
    found = page(user=Sadia(), portal={"name": "Portal", "helpline": "0800-00000", "nav": nav})

    assert ('<span dir="auto">Sadia Anwar</span>' in found) == shows_name
    assert '<form class="go" method="post" action="/sign-out/">' in found


def test_frame_needs_no_request():
    with translation.override("en"):
        found = render_to_string("base.html", {"portal": {"name": "Portal", "helpline": "0800-00000", "nav": NAV}})

    nav = between(found, '<nav class="nav" aria-label="Work areas">', "</nav>")
    assert strip_tags(nav).split() == ["My", "day", "Cases"]
    assert '<a href="/desk/" aria-current="page">My day</a>' in nav
    assert "setlang" not in found
