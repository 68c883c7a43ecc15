import pytest

from casework import panels


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    monkeypatch.setattr(panels, "_panels", [])
    monkeypatch.setattr(panels, "_referring", [])


def test_the_panels_that_have_something_to_say_are_shown_in_their_order():
    panels.install(
        [
            lambda request, case: ("loan.html", {"of": case, "for": request}),
            lambda _request, _case: None,
            lambda _request, _case: ("course.html", {}),
        ],
        referring=[lambda request, _case: ("refusal.html", {"for": request})],
    )

    assert panels.shown_for("a request", "a case") == [
        {"template": "loan.html", "context": {"of": "a case", "for": "a request"}},
        {"template": "course.html", "context": {}},
    ]
    assert panels.shown_for("a request", "a case", is_referring=True) == [
        {"template": "refusal.html", "context": {"for": "a request"}}
    ]
