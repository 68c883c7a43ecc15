"""What `make setup` does, and that each target of the Makefile is there."""

import os
import subprocess
import sys
import time

import pytest

from launch import catalogues, setup
from launch.folders import ROOT
from launch.say import Trouble
from tests.launch.checkout import plain_environment

TARGETS = ("setup", "run", "test", "check", "fix", "bench", "look", "manage", "clean")


def make(*words):
    """What make prints."""
    return subprocess.run(  # noqa: S603
        ["make", *words],  # noqa: S607
        cwd=ROOT,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("target", TARGETS)
def test_target_exists(target):
    said = make("-n", target)

    assert said == f"exec python3 -m launch {target}\n"


def test_make_alone_lists_every_target_with_a_sentence():
    said = make()

    assert [line.split()[1] for line in said.splitlines()] == ["help", *TARGETS]
    assert all(line.endswith(".") for line in said.splitlines())


def test_setup_that_is_done_takes_no_time(checkout):
    begun = time.monotonic()
    done = checkout.run_python("from launch.commands import main; raise SystemExit(main(['setup']))")

    assert (done.returncode, done.stdout) == (0, "Everything is set up. Next: make run, or make test.\n")
    assert time.monotonic() - begun < 5


def test_changed_requirements_moved_checkouts_and_lost_pythons_are_noticed(tmp_path, monkeypatch):
    (tmp_path / "requirements.txt").write_text("one")
    (tmp_path / "requirements-dev.txt").write_text("two")
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    before = setup.fingerprint()

    (tmp_path / "requirements.txt").write_text("other")

    assert before != setup.fingerprint()
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "gone")
    assert not setup.works()


def test_mirrors_of_pip_are_named_to_uv(monkeypatch):
    said = "global.index-url='https://mirror.example/simple'\nglobal.extra-index-url='https://two.example/simple'\n"
    monkeypatch.setattr(setup, "run", lambda command: subprocess.CompletedProcess(command, 0, stdout=said))
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_STRATEGY"):
        monkeypatch.delenv(name, raising=False)

    assert setup.mirrors() == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_python_without_venv_or_pip_gets_told_what_to_install(monkeypatch, tmp_path):
    failed = subprocess.CompletedProcess([], 1, stdout="No module named venv")
    monkeypatch.setattr(setup, "run", lambda command: failed)
    monkeypatch.setattr(setup, "VENV", tmp_path / "venv")
    monkeypatch.setenv("PATH", str(tmp_path))

    for step in (setup.make_environment, setup.install):
        with pytest.raises(Trouble, match=r"apt-get install python3-venv python3-pip"):
            step()


def test_old_python_gets_a_sentence(tmp_path):
    """With nothing newer on the path either."""
    code = (
        "import runpy, sys\n"
        "sys.version_info = type('V', (tuple,), {})((3, 9, 2))\n"
        "sys.argv = ['launch', 'run']\n"
        "runpy.run_module('launch', run_name='__main__')"
    )
    words = [sys.executable, "-c", code]
    said = subprocess.run(  # noqa: S603
        words, cwd=ROOT, env=os.environ | {"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert said.returncode == 1
    assert said.stderr.startswith("The portal needs Python 3.11 or newer; `python3` here is 3.9.\n")


def test_catalogue_is_compiled_when_it_is_newer_than_its_compiled_form(tmp_path):
    po = tmp_path / "locale" / "ur" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Loan"\nmsgstr "قرض"\n')
    stale_before = setup.is_stale(po)

    catalogues.compile_all([str(po)])

    assert (stale_before, setup.is_stale(po)) == (True, False)
    assert "قرض".encode() in po.with_suffix(".mo").read_bytes()
    os.utime(po, (time.time() + 5, time.time() + 5))
    assert setup.is_stale(po)
