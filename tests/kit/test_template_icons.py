import pytest
from django.template import Context, Template, TemplateSyntaxError

from kit import icons


def test_icon_is_drawn_in_place():
    assert Template('{% load kit %}{% icon "todo" %}').render(Context()) == (
        '<svg class="i stitch" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 5h14v14H5z"/></svg>'
    )


def test_only_arrows_turn_round_with_the_writing():
    assert [name for name in icons.OUTLINES if " flip" in icons.draw(name)] == sorted(icons.POINTING)


def test_misspelt_icon_fails_when_the_template_is_compiled():
    with pytest.raises(TemplateSyntaxError, match="There is no icon 'pinn'"):
        Template('{% load kit %}{% icon "pinn" %}')


def test_icon_may_be_named_by_a_variable():
    source = Template("{% load kit %}{% icon name %}|{% icon nothing %}")

    assert source.render(Context({"name": "plus"})) == f"{icons.draw('plus')}|"
