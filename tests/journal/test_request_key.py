import uuid

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from journal.once import FIELD

TAG = Template("{% load once %}{% request_key %}")
KEY = "6f1c2a52-6c0e-4b8e-9d1b-000000000001"


def drawn(context):
    before, after = f'<input type="hidden" name="{FIELD}" value="', '">'
    html = TAG.render(Context(context))
    assert html.startswith(before)
    return uuid.UUID(html.removeprefix(before).removesuffix(after))


def posted(key):
    return {"request": RequestFactory().post("/", {FIELD: key})}


def test_each_form_gets_a_key_of_its_own():
    keys = {drawn({}), drawn({}), drawn({"request": RequestFactory().get("/")})}

    assert len(keys) == 3


def test_a_form_shown_again_keeps_its_key():
    assert str(drawn(posted(KEY))) == KEY


@pytest.mark.parametrize("key", ["", "x", '"><script>', "\x00"])
def test_a_key_that_is_none_is_replaced(key):
    assert drawn(posted(key)) != drawn(posted(key))
