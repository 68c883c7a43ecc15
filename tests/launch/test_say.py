"""What a person at the keyboard is told: nothing works for long without a word."""

import time

import pytest

from launch import prepare, say


def test_what_takes_long_says_how_far_it_is(monkeypatch, capsys):
    monkeypatch.setattr(say, "PATIENCE", 0.02)

    with say.timed("Counting sheep", how_far=lambda: "3 of 9 sheep"):
        time.sleep(0.1)

    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], set(lines[1:-1]), lines[-1]) == ("Counting sheep ...", {"  3 of 9 sheep, 0 s"}, "  done in 0.1 s")


def test_what_is_quick_says_that_it_is_done_alone(capsys):
    with say.timed("Counting one sheep"):
        pass

    assert capsys.readouterr().out.splitlines() == ["Counting one sheep ...", "  done in 0.0 s"]


def test_what_fails_is_quiet_afterwards(monkeypatch, capsys):
    monkeypatch.setattr(say, "PATIENCE", 0.02)

    with pytest.raises(ZeroDivisionError), say.timed("Counting no sheep"):
        raise ZeroDivisionError
    time.sleep(0.05)

    assert capsys.readouterr().out.splitlines() == ["Counting no sheep ..."]


def test_migrations_are_counted_as_they_are_applied():
    changes = prepare.Changes()
    command = changes.command()

    for action in ("render_start", "apply_start", "apply_success", "apply_start", "apply_success"):
        command.migration_progress_callback(action, "a migration")

    assert changes.said() == "2 changes made"
