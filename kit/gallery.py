"""The gallery at /components/: every component in every language, and a form with every kind of field in every state.

Its words are samples and stay out of the catalogues: each stands there in both languages. A component is drawn with
exactly the values given, so an example is also the shortest description of what an include takes.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from kit.gallery_forms import FORMS
from kit.gallery_samples import SAMPLES, Words


@dataclass(frozen=True)
class Shown:
    """One component or form, each of its samples drawn once in each language."""

    name: str
    samples: list[list[dict[str, str]]]


def in_language(value: Any, code: str) -> Any:
    """The sample with each pair of words replaced by those of one language."""
    if isinstance(value, Words):
        return getattr(value, code, value.en)
    if isinstance(value, dict):
        return {key: in_language(item, code) for key, item in value.items()}
    if isinstance(value, list):
        return [in_language(item, code) for item in value]
    return value


def drawn_in_each(draw) -> list[dict[str, str]]:
    drawings = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            direction = "rtl" if translation.get_language_bidi() else "ltr"
            drawings.append({"code": code, "dir": direction, "html": draw(code)})
    return drawings


def component(name: str, sample: dict[str, Any]) -> list[dict[str, str]]:
    def draw(code):
        values = in_language(sample, code)
        if "id" in values:
            values["id"] = f"{values['id']}-{code}"
        return render_to_string(f"components/{name}.html", values)

    return drawn_in_each(draw)


def gallery(request):
    parts = [Shown(name, [component(name, sample) for sample in samples]) for name, samples in SAMPLES.items()]
    forms = [Shown(f"form: {name}", [drawn_in_each(draw)]) for name, draw in FORMS.items()]
    return render(request, "components/gallery.html", {"shown": parts + forms})
