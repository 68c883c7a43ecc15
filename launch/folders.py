"""Where things are: the checkout, its Python environment, and the data folder of its embedded services."""

import functools
import hashlib
import os
import pwd
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from launch.say import Trouble

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MANAGE = [str(PYTHON), "manage.py"]
# Two checkouts are told apart by their paths.
KEY = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]
MARK = "checkout"
ROOTS_DATA = Path("/var/lib/handholding-portal")
# The kernel gives a socket's path 107 bytes, and PostgreSQL adds "/.s.PGSQL.5432" and ".lock".
LONGEST_SOCKET_FOLDER = 85


@dataclass(frozen=True)
class Home:
    """The data folder of one checkout's services; `owner` is whom PostgreSQL runs as when we are root."""

    data: Path
    sockets: Path
    owner: pwd.struct_passwd | None

    @property
    def users_lock(self) -> Path:
        """Held shared by everybody who needs the services."""
        return self.data / "users.lock"

    @property
    def start_lock(self) -> Path:
        """Held by the one starter who looks for a keeper or starts one."""
        return self.data / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the living keeper."""
        return self.data / "keeper.lock"

    @property
    def ready_file(self) -> Path:
        """There while PostgreSQL and Valkey answer; holds the keeper's process id."""
        return self.data / "ready"

    @property
    def is_ours(self) -> bool:
        """Whether the folder is of our own choosing or making, so that we may remove it."""
        return not os.environ.get("PORTAL_DATA") or (self.data / MARK).exists()

    @property
    def keeper_log(self) -> Path:
        return self.data / "keeper.log"

    @property
    def programs(self) -> Path:
        """Binaries that the owner may execute."""
        return self.data / "programs"

    def owned_folder(self, path: Path) -> Path:
        """Make a folder that only the services' user may open."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.owner:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        path.chmod(0o700)
        return path


@functools.cache
def home() -> Home:
    """Find or make the data folder. `PORTAL_DATA` overrides where it lies."""
    owner = services_user() if os.geteuid() == 0 else None
    chosen = os.environ.get("PORTAL_DATA")
    usual = ROOTS_DATA / KEY if owner else ROOT / ".local"
    data = Path(chosen).resolve() if chosen else usual
    try:
        if not data.exists():
            data.mkdir(parents=True)
            # Root's services run as somebody else, who must be able to walk through.
            data.chmod(0o711 if owner else 0o700)
            (data / MARK).write_text(f"{ROOT}\n")
    except FileExistsError:  # another starter was quicker
        pass
    except OSError as error:
        raise Trouble(
            f"The data folder {data} cannot be made or is not yours ({error.strerror}).\n"
            "Run as the user whom it belongs to, or choose another folder: PORTAL_DATA=/some/folder make run"
        ) from error
    if owner:
        require_passage(data, owner)
    return Home(data=data, sockets=socket_folder(data), owner=owner)


def services_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: take the machine's postgres user, else nobody."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Trouble("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`. Run as another user.")


def require_passage(data: Path, owner: pwd.struct_passwd) -> None:
    for folder in [data, *data.parents]:
        seen = folder.stat()
        if not (seen.st_mode & stat.S_IXOTH or (seen.st_uid == owner.pw_uid and seen.st_mode & stat.S_IXUSR)):
            raise Trouble(
                f"As root, PostgreSQL runs as `{owner.pw_name}`, who may not enter {folder}.\n"
                "Choose a data folder outside of it: PORTAL_DATA=/var/lib/some-folder make run"
            )


def socket_folder(data: Path) -> Path:
    """Beside the data when the path is short and plain enough for a socket, else a private folder in /tmp.

    PostgreSQL and its clients read a comma as a list, so odd characters lead to /tmp, too.
    """
    beside = data / "sockets"
    if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w./+-]+", str(beside), re.ASCII):
        return beside
    key = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path("/tmp") / f"portal-{os.geteuid()}-{key}"  # noqa: S108 - make_socket_folder checks whose it is


def make_socket_folder(here: Home) -> None:
    """Make it 0700, and refuse one that somebody else has put there first."""
    here.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
    seen = here.sockets.lstat()
    ours = {os.geteuid()} | ({here.owner.pw_uid} if here.owner else set())
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid not in ours:
        raise Trouble(f"{here.sockets} belongs to somebody else. Remove it, or set PORTAL_DATA to a shorter path.")
    here.owned_folder(here.sockets)
