"""Services come for the first, stay for all, and go with the last: whoever is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.launch.checkout import COUNT, LOOK, WRITE, Checkout, said_by, wait_until

STARTERS = 8
# Between looking for a keeper and starting one, so long that all starters look.
HESITATE = (
    "import time, launch.services as s; start = s.start_keeper; s.start_keeper = lambda h: (time.sleep(3), start(h))"
)
WITHOUT_START_LOCK = "import contextlib, launch.locks as l; l.held = lambda path: contextlib.nullcontext()"
WITHOUT_USERS_LOCK = "import launch.locks as l; l.take = lambda path, **_: l.opened(path)"
WITHOUT_PID_CHECK = "forget_strangers = lambda files: None"


def start_at_once(checkout, *, before="pass"):
    """The exit codes of many starters, and the servers they saw."""
    ended = [
        said_by(process)
        for process in [checkout.look(before=f"{HESITATE}; {before}", HOLD_FOR="1") for _ in range(STARTERS)]
    ]
    return [code for code, _said in ended], {said for code, said in ended if not code}


@pytest.mark.concurrency
def test_starters_at_once_share_one_server(checkout):
    codes, servers = start_at_once(checkout)

    assert codes == [0] * STARTERS
    assert len(servers) == 1


@pytest.mark.concurrency
def test_starters_at_once_without_the_start_lock_fail(checkout):
    codes, _servers = start_at_once(checkout, before=WITHOUT_START_LOCK)

    assert codes != [0] * STARTERS


def test_second_user_finds_the_server_and_the_last_one_out_stops_it(checkout):
    first = checkout.look(HOLD_FOR="3")
    checkout.wait_for_services()
    second = checkout.look()
    while_first_works = said_by(second)

    after_first = said_by(first)

    assert while_first_works == after_first
    assert checkout.left_after(5) == {}


def hold_longer_than_the_keeper_looks(checkout, *, before=""):
    return said_by(checkout.look(before=before, HOLD_FOR="2"))[0]


def test_user_keeps_the_services_while_it_works(checkout):
    assert hold_longer_than_the_keeper_looks(checkout) == 0


def test_user_without_the_users_lock_loses_the_services(checkout):
    assert hold_longer_than_the_keeper_looks(checkout, before=WITHOUT_USERS_LOCK) != 0


@pytest.mark.concurrency
def test_nobody_is_left_without_services_while_others_come_and_go(checkout):
    """Three chains of short users: the last of one is often the first of the next."""
    codes = []
    for _ in range(8):
        codes += [said_by(process)[0] for process in [checkout.look() for _ in range(3)]]

    assert codes == [0] * 24
    assert checkout.left_after(5) == {}


def test_second_start_is_quick(checkout):
    said_by(checkout.look())
    checkout.left_after(5)

    begun = time.monotonic()
    code, _said = said_by(checkout.look())

    assert code == 0
    assert time.monotonic() - begun < 10


@pytest.mark.storm
def test_killed_keeper_leaves_nothing_and_the_next_starter_begins_anew(checkout):
    first = checkout.look(HOLD_FOR="60")
    keeper = checkout.wait_for_services()

    os.kill(keeper, signal.SIGKILL)
    first.kill()
    said_by(first)
    left = checkout.left_after(10)
    code, _said = said_by(checkout.look())

    assert left == {}
    assert code == 0


@pytest.mark.storm
def test_keeper_starts_again_whichever_service_is_killed(checkout):
    user = checkout.look(HOLD_FOR="60")
    checkout.wait_for_services()

    for program in ("/postgres -D", "valkey"):
        pid = next(pid for pid, words in checkout.belongings().items() if program in words and "tether" not in words)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not (checkout.data / "ready").exists(), what="the keeper to notice")
        checkout.wait_for_services()
    code, _said = said_by(checkout.look())
    user.kill()
    said_by(user)

    assert code == 0


@pytest.mark.storm
def test_no_acknowledged_row_is_lost_when_everything_is_killed_again_and_again(checkout):
    acknowledged = 0
    for _ in range(4):
        writer = checkout.start("with", sys.executable, "-c", LOOK + WRITE)
        checkout.wait_for_services()
        time.sleep(1.5)
        checkout.kill_everything()
        _code, said = said_by(writer)
        acknowledged += sum(line.isdecimal() for line in said.splitlines())
        checkout.left_after(10)
    code, said = said_by(checkout.start("with", sys.executable, "-c", LOOK + COUNT))

    assert code == 0
    assert acknowledged > 0
    assert int(said.split()[-1]) >= acknowledged


def start_over_a_strangers_pid(checkout, *, guarded=True):
    """A pid file that names a living process of somebody else, as after a reboot."""
    said_by(checkout.look())
    checkout.left_after(5)
    if not guarded:
        keeper = checkout.root / "launch" / "postgres.py"
        keeper.write_text(keeper.read_text() + f"\n\n{WITHOUT_PID_CHECK}\n")
    [folder] = [path for path in (checkout.data / "postgres").iterdir() if path.name.isdecimal()]
    user = folder.owner() if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], user=user) as stranger:  # noqa: S607
        (folder / "postmaster.pid").write_text(f"{stranger.pid}\n{folder}\n0\n5432\n\n\n\nready   \n")
        code, _said = said_by(checkout.look())
        stranger.kill()
    return code


def test_pid_file_that_names_a_stranger_is_forgotten(checkout):
    assert start_over_a_strangers_pid(checkout) == 0


def test_pid_file_that_names_a_stranger_stops_postgresql_without_the_check(checkout):
    assert start_over_a_strangers_pid(checkout, guarded=False) != 0


def test_two_checkouts_run_side_by_side(checkout):
    other = Checkout()
    try:
        users = [one.look(HOLD_FOR="1") for one in (checkout, other)]
        ended = [said_by(user) for user in users]
    finally:
        other.end()

    assert [code for code, _said in ended] == [0, 0]
    assert ended[0][1] != ended[1][1]


def test_long_path_gets_a_short_socket_folder_of_its_own(checkout):
    deep = checkout.root / "/".join(["a-long-name-for-a-folder"] * 4)

    code, said = said_by(checkout.look(PORTAL_DATA=str(deep)))

    assert (code, len(said.split())) == (0, 3)


def test_failure_of_a_service_is_said_with_the_end_of_its_log(checkout):
    said_by(checkout.look())
    checkout.left_after(5)
    [folder] = [path for path in (checkout.data / "postgres").iterdir() if path.name.isdecimal()]
    (folder / "PG_VERSION").write_text("9.6\n")

    code, said = said_by(checkout.look())

    assert code == 1
    assert "database files are incompatible with server" in said
    assert "Traceback" not in said


def test_keeper_leaves_the_checkouts_folder(checkout):
    user = checkout.look(HOLD_FOR="60")
    keeper = checkout.wait_for_services()

    where = str(Path(f"/proc/{keeper}/cwd").readlink())
    user.kill()
    said_by(user)

    assert where == "/"
