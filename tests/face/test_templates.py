"""Rules for every template of the portal, whoever wrote it."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import engines

ROOT = Path(__file__).parents[2] / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
COMPONENTS = [name for name in TEMPLATES if name.startswith("components/")]
# What the content security policy would refuse, or a reader of the code would miss.
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:")
UNTRIMMED = re.compile(r"{% blocktranslate (?!(?:[^%]|%[^}])*\btrimmed\b)[^}]*%}")
STATIC = re.compile(r"{% static '([^']+)' %}")
NOT_ALONE = re.compile(r"{% include \"components/(?:(?!only %}).)*? %}")
LONGEST = 150


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_is_compiled(name):
    """Which finds misspelt icons, tags and filters."""
    engines["django"].get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_keeps_to_the_rules(name):
    source = (ROOT / name).read_text()

    assert {
        "inline style or script": INLINE.findall(source),
        "blocktranslate that is not trimmed": UNTRIMMED.findall(source),
        "component that is not called with only": NOT_ALONE.findall(source),
        "lines beyond the longest": source.splitlines()[LONGEST:],
    } == {
        "inline style or script": [],
        "blocktranslate that is not trimmed": [],
        "component that is not called with only": [],
        "lines beyond the longest": [],
    }


@pytest.mark.parametrize("name", COMPONENTS)
def test_component_says_what_it_takes(name):
    first = (ROOT / name).read_text().split("{% endcomment %}")[0].replace('{% extends "base.html" %}\n', "")

    assert re.match(r"{% comment %}", first)
    assert re.search(r"\bTakes\b", first)


@pytest.mark.parametrize(
    ("pattern", "source"),
    [
        (INLINE, '<p style="color:red">'),
        (INLINE, "<script>alert(1)</script>"),
        (INLINE, '<a onclick="go()">'),
        (UNTRIMMED, "{% blocktranslate with a=b %}"),
        (NOT_ALONE, '{% include "components/tag.html" with text=text %}'),
    ],
)
def test_rules_find_what_they_forbid(pattern, source):
    """The failing control."""
    assert pattern.findall(source)


@pytest.mark.parametrize(
    ("pattern", "source"),
    [
        (INLINE, '<script src="/static/portal.js" defer></script>'),
        (UNTRIMMED, "{% blocktranslate trimmed with a=b %}"),
        (UNTRIMMED, "{% blocktranslate count n=n trimmed %}"),
        (NOT_ALONE, '{% include "components/tag.html" with text=text only %}'),
    ],
)
def test_rules_leave_the_rest_alone(pattern, source):
    assert pattern.findall(source) == []


def static_files_missing(source):
    return [name for name in STATIC.findall(source) if finders.find(name) is None]


def test_every_static_file_that_a_template_names_is_there():
    """In tests a name that leads nowhere is printed all the same; in production the page breaks."""
    named = "".join((ROOT / name).read_text() for name in TEMPLATES)

    assert len(STATIC.findall(named)) > 5
    assert static_files_missing(named) == []


def test_a_static_file_that_is_not_there_would_be_found():
    assert static_files_missing("{% static 'django_htmx/htmx.min.js' %}") == ["django_htmx/htmx.min.js"]
