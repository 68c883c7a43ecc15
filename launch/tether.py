"""Become another program that dies with its parent: `tether.py PARENT SIGNAL USER COMMAND...`.

The kernel sends SIGNAL when the parent dies, even by SIGKILL. It forgets this wish when the user changes, hence the
order here; and it is asked for in a process of its own, because code between fork and exec is unsafe beside threads.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(user: str) -> None:
    account = pwd.getpwnam(user)
    os.initgroups(user, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.environ["HOME"] = account.pw_dir


def main() -> None:
    parent, name, user, *command = sys.argv[1:]
    if user != "-":
        become(user)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.Signals[name].value, 0, 0, 0):
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != int(parent):  # it died before the wish was heard
        sys.exit("The parent is gone.")
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
