"""Promise 16: whatever is typed into a form, the page answers, and nothing is stored that was refused."""

import uuid
from http import HTTPStatus

from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.thorough import examples

# Lone surrogates cannot be sent: a browser writes UTF-8. The fields' own tests read them all the same.
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(categories=["Cc", "Cf", "Nd", "Mn", "Co"]), max_size=40),
    st.sampled_from(
        ["\x00", "\u202e1000", "\ufeff", "\U000e0041", "۱۰۰۰", "9" * 400, "-1", "1e9", "0/0", "x" * 1_000_000]
    ),
    st.integers(-(2**70), 2**70).map(str),
)


def stored(app):
    """Every row of the app."""
    return {model: list(model._base_manager.order_by("pk").values()) for model in apps.get_app_config(app).get_models()}


def throw_at(path, *, client, fields, app):
    """Send the form at `path` with anything in its `fields`; only what was accepted changes the app's rows.

    Where `fields` says of each what is right, it is right as often as not, so that the others reach the database.
    """
    right = fields if isinstance(fields, dict) else {}
    typed_in = dict.fromkeys(fields, HOSTILE) | {name: st.just(value) | HOSTILE for name, value in right.items()}

    @settings(max_examples=examples(8), suppress_health_check=list(HealthCheck), database=None)
    @given(st.fixed_dictionaries(typed_in | {"version": st.just("0") | HOSTILE}))
    def send(typed):
        before = stored(app)
        response = client.post(path, {"request_key": str(uuid.uuid4())} | typed)
        assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        if response.status_code != HTTPStatus.FOUND:
            assert stored(app) == before

    send()


def ask_with(path, *, client, fields):
    """Ask for the page at `path` with anything in these parameters; the longest would not fit into an address."""

    @settings(max_examples=examples(10), suppress_health_check=list(HealthCheck), database=None)
    @given(st.fixed_dictionaries({field: HOSTILE.filter(lambda text: len(text) < 5000) for field in fields}))
    def ask(asked):
        assert client.get(path, asked).status_code == HTTPStatus.OK

    ask()
