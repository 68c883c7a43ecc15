import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.test.signals import template_rendered

from kit.gallery import in_language
from kit.gallery_samples import SAMPLES, Words

COMPONENTS = Path(__file__).parents[2] / "templates" / "components"


@pytest.fixture
def used():
    """The names of all templates that are drawn during the test."""
    names = set()

    def note(template, **kwargs):
        names.add(f"/{template.name}".rpartition("/")[2])

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_gallery_shows_every_component(used, language):
    response = Client(headers={"cookie": f"django_language={language}"}).get("/components/")

    assert response.status_code == 200
    assert {path.name for path in COMPONENTS.glob("*.html")} - used == set()


def test_component_without_a_sample_would_be_found(used):
    """The failing control: one sample fewer, and its template is missing among those drawn."""
    fewer = {name: sample for name, sample in SAMPLES.items() if name != "quilt"}

    for name, samples in fewer.items():
        for sample in samples:
            render_to_string(f"components/{name}.html", in_language(sample, "en"))

    assert {path.name for path in COMPONENTS.glob("*.html")} - used == {
        "quilt.html",
        "gallery.html",
    }


def test_sample_is_read_in_one_language():
    sample = {"text": Words("Loan", "قرض"), "steps": [{"label": Words("Now", "ابھی"), "number": 2}]}

    assert in_language(sample, "ur") == {"text": "قرض", "steps": [{"label": "ابھی", "number": 2}]}


def test_component_ids_are_unique_on_the_page():
    found = re.findall(r' id="([^"]+)"', Client().get("/components/").content.decode())

    assert sorted({each for each in found if found.count(each) > 1}) == ["ralli"]
