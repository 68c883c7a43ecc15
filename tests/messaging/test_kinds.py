import pytest

from messaging import kinds
from tests.factories.messaging import hello


def test_installing_replaces_what_was_there(install):
    install([hello(name="one"), hello(name="two")])

    install([hello(name="three")])

    assert [kind.name for kind in kinds.installed()] == ["three"]


def test_two_kinds_of_one_name_are_refused_and_change_nothing(install):
    install([hello(name="one")])

    with pytest.raises(ValueError, match="Two kinds of messages are called two"):
        install([hello(name="two"), hello(name="two")])

    assert [kind.name for kind in kinds.installed()] == ["one"]


def test_unknown_kind_is_refused(install):
    install([])

    with pytest.raises(kinds.UnknownKind, match=r"test\.hello"):
        kinds.get("test.hello")


def test_kind_is_still_due_unless_it_says_otherwise():
    assert hello().still_due(object()) is True
