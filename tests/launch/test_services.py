"""Finding servers, naming their addresses, and what the environment says."""

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import dj_database_url
import pytest

from launch import folders, locks, postgres, services, valkey
from launch.folders import Home
from launch.say import Trouble
from tests.launch.checkout import said_by


@pytest.fixture
def home(tmp_path):
    return Home(data=tmp_path, sockets=tmp_path / "sockets", owner=None)


def programs_of_version(folder, version, *, without=()):
    """A folder of PostgreSQL's programs that only tell their version."""
    folder.mkdir(parents=True)
    for name in {"initdb", "postgres"} - set(without):
        (folder / name).write_text(f'#!/bin/sh\necho "{name} (PostgreSQL) {version}"\n')
        (folder / name).chmod(0o755)
    return folder


# PostgreSQL


def test_without_the_wheel_the_newest_on_the_machine_is_taken(home, tmp_path, monkeypatch):
    old, new = (programs_of_version(tmp_path / version / "bin", f"{version}.2") for version in ("15", "17"))
    monkeypatch.setattr(postgres, "from_wheel", lambda _home, _tried: [])
    monkeypatch.setattr(postgres, "on_machine", lambda: [new, old])

    found = postgres.find(home)

    assert (found.bin, found.major) == (new, 17)


def test_programs_that_do_not_run_are_passed_over(home, tmp_path, monkeypatch):
    broken = programs_of_version(tmp_path / "broken", "18.1")
    (broken / "postgres").write_text(
        "#!/bin/sh\necho 'error while loading shared libraries: libxml2.so.2' >&2; exit 127\n"
    )
    good = programs_of_version(tmp_path / "good", "15.6")
    monkeypatch.setattr(postgres, "from_wheel", lambda _home, _tried: [broken])
    monkeypatch.setattr(postgres, "on_machine", lambda: [good])

    assert postgres.find(home).bin == good


def test_when_nothing_works_each_try_is_named_with_what_to_do(home, tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BIN", str(programs_of_version(tmp_path / "old", "14.9")))

    with pytest.raises(Trouble) as trouble:
        postgres.find(home)

    assert f"{tmp_path}/old: version 14.9 is too old\n" in str(trouble.value)
    assert "apt-get install postgresql" in str(trouble.value)


def test_folder_without_programs_is_named(home, tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BIN", str(programs_of_version(tmp_path / "half", "17.1", without=["initdb"])))

    with pytest.raises(Trouble, match="half: has no initdb"):
        postgres.find(home)


def test_portal_runs_on_the_machines_own_postgresql(checkout):
    """The oldest that must do, when this machine has one."""
    machine = [folder for folder in postgres.on_machine() if (folder / "initdb").exists()]
    if not machine:
        pytest.skip("no PostgreSQL on this machine beside the wheel (apt-get install postgresql)")

    code, said = said_by(checkout.look(PG_BIN=str(machine[-1])))

    assert (code, len(said.split())) == (0, 3), said
    assert (checkout.data / "postgres" / machine[-1].parent.name).exists()


@pytest.mark.parametrize("folder", ["/srv/portal/sockets", "/home/Ali Raza/Portal/sockets", "/گھر/sockets"])
def test_database_url_keeps_any_socket_folder_whole(folder):
    home = Home(data=Path(folder).parent, sockets=Path(folder), owner=None)

    parsed = dj_database_url.parse(postgres.url(home))

    assert (parsed["HOST"], parsed["USER"], parsed["NAME"]) == (folder, "portal", "portal")


# Sockets and folders


@pytest.mark.parametrize("data", ["/srv/" + "long/" * 20, "/srv/with space", "/srv/a,b", "/گھر"])
def test_path_that_no_socket_can_have_leads_to_a_private_folder_in_tmp(data):
    chosen = folders.socket_folder(Path(data))

    assert chosen.parent == Path("/tmp")  # noqa: S108
    assert chosen != folders.socket_folder(Path(data, "other"))


def test_socket_folder_is_closed_to_others(home):
    folders.make_socket_folder(home)

    assert stat.S_IMODE(home.sockets.stat().st_mode) == 0o700


def test_socket_folder_of_somebody_else_is_refused(home, tmp_path):
    (tmp_path / "theirs").mkdir()
    home.sockets.symlink_to(tmp_path / "theirs")

    with pytest.raises(Trouble, match="belongs to somebody else"):
        folders.make_socket_folder(home)


def test_closed_parent_is_named_when_root_lends_the_services_user(tmp_path):
    closed = tmp_path / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0o700)

    with pytest.raises(Trouble, match="PORTAL_DATA=/var/lib/some-folder"):
        folders.require_passage(closed / "data", SimpleNamespace(pw_name="postgres", pw_uid=os.getuid() + 1))


# The environment


def test_environment_names_everything_and_gives_way_to_what_is_set(home, monkeypatch):
    for name in ("DATABASE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "TEST_DB_SUFFIX", "INSECURE_HTTP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SAMPLE_DATA", "0")

    given = services.environment(home, tests=2)

    names = ("DATABASE_URL", "CELERY_BROKER_URL", "SAMPLE_DATA", "INSECURE_HTTP", "TEST_DB_SUFFIX")
    assert {name: given[name] for name in names} == {
        "DATABASE_URL": postgres.url(home),
        "CELERY_BROKER_URL": valkey.url(home, 3),
        "SAMPLE_DATA": "0",
        "INSECURE_HTTP": "1",
        "TEST_DB_SUFFIX": "_2",
    }


def test_secret_key_is_made_once_and_kept_private(home):
    first, second = services.secret_key(home), services.secret_key(home)

    assert first == second
    assert len(first) > 50
    assert stat.S_IMODE((home.data / "secret-key").stat().st_mode) == 0o600


def test_test_runs_at_once_get_numbers_of_their_own(home):
    one, first_lock = services.take_test_slot(home)
    two, second_lock = services.take_test_slot(home)
    os.close(first_lock)
    again, third_lock = services.take_test_slot(home)
    os.close(second_lock)
    os.close(third_lock)

    assert (one, two, again) == (0, 1, 0)


def test_servers_of_ones_own_need_no_keeper(home, monkeypatch, capsys):
    monkeypatch.setattr(folders, "home", lambda: home)
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/portal")
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://somewhere")

    held = services.hold()

    assert services.environment(home)["DATABASE_URL"] == "postgres://somewhere/portal"
    assert (held.lock, sorted(home.data.glob("keeper*"))) == (None, [])
    assert "that DATABASE_URL and CELERY_BROKER_URL name" in capsys.readouterr().out


def test_dot_env_is_read_and_gives_way_to_the_environment(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_text("# a comment\n\nHELPLINE='0800 12345'\nDEBUG=1\n")
    monkeypatch.setenv("DEBUG", "0")
    monkeypatch.setenv("HELPLINE", "to be removed")
    monkeypatch.delenv("HELPLINE")

    services.load_dot_env(file)

    assert (os.environ["HELPLINE"], os.environ["DEBUG"]) == ("0800 12345", "0")
    monkeypatch.delenv("HELPLINE")


def test_dot_env_with_another_kind_of_line_is_refused_without_showing_values(tmp_path):
    (tmp_path / ".env").write_text("export KEY=secret\n")

    with pytest.raises(Trouble) as trouble:
        services.load_dot_env(tmp_path / ".env")

    assert str(trouble.value).endswith("is not NAME=value: export KEY")


# Locks


def test_lock_names_its_holders(tmp_path):
    lock = locks.take(tmp_path / "lock", shared=True)

    assert locks.holders(tmp_path / "lock") == [os.getpid()]
    assert locks.try_to_take(tmp_path / "lock") is None
    os.close(lock)
    assert not locks.is_held(tmp_path / "lock")
