"""`make clean` removes what it made, and nothing under anybody's feet."""

import pytest

from launch import commands, folders, locks
from launch.folders import Home
from launch.say import Trouble


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A checkout with its data folder, which `clean` takes for its own."""
    made = Home(data=tmp_path / "data", sockets=tmp_path / "data" / "sockets", owner=None)
    made.sockets.mkdir(parents=True)
    (made.data / folders.MARK).write_text("here\n")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(folders, "home", lambda: made)
    monkeypatch.setattr(folders, "ROOT", tmp_path)
    monkeypatch.setattr(folders, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(commands, "USERS_END", 0.1)
    monkeypatch.setattr(commands, "KEEPERS_END", 0.1)
    return made


def test_clean_removes_everything_that_was_made(home, tmp_path):
    commands.clean([])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("lock", "shared", "said"), [("users_lock", True, "still uses"), ("keeper_lock", False, "are still stopping")]
)
def test_clean_leaves_everything_while_somebody_works(home, lock, shared, said):
    locks.take(getattr(home, lock), shared=shared)

    with pytest.raises(Trouble, match=said):
        commands.clean([])

    assert (home.data / folders.MARK).exists()


def test_clean_leaves_a_folder_that_was_there_before(home, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA", str(home.data))
    (home.data / folders.MARK).unlink()

    with pytest.raises(Trouble, match="was there before"):
        commands.clean([])

    assert home.sockets.exists()
