from django import forms
from django.utils import translation

from kit.borrowed import SENTENCES


def test_every_borrowed_sentence_is_still_djangos_and_stands_in_our_urdu():
    with translation.override("ur"):
        said = [translation.gettext(sentence) for sentence in SENTENCES]

    assert [sentence for sentence, urdu in zip(SENTENCES, said, strict=True) if sentence == urdu or " ھے" in urdu] == []


def test_an_empty_field_of_djangos_own_speaks_our_urdu():
    with translation.override("ur"):
        form = type("Plain", (forms.Form,), {"name": forms.CharField()})({})

        assert form.errors["name"] == ["یہ جگہ بھریں۔"]
