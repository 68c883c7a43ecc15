"""gunicorn's configuration under `make run`: its workers die with their master, whatever kills it."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1


def post_fork(_server, worker) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL.value, 0, 0, 0)
    if os.getppid() != worker.ppid:  # the master died before the wish was heard
        os._exit(1)
