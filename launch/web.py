"""gunicorn's configuration under `make run`. Production writes its own: see docs/deploying.md."""

import ctypes
import os
import signal
from typing import Any

from launch.tether import PR_SET_PDEATHSIG

worker_class = "gthread"
workers = 2
threads = 4
graceful_timeout = 5
preload_app = True  # one Django start instead of one a worker
limit_request_line = 8190  # the most that gunicorn takes: its refusal of a longer address is in English
loglevel = "warning"
control_socket_disable = True  # it would lie in the home folder, where two checkouts share it


def post_fork(_server: Any, worker: Any) -> None:
    """A worker dies with its master, even busy with a request and even when the master is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL.value, 0, 0, 0)
    if os.getppid() != worker.ppid:  # the master died before the wish was heard
        os._exit(1)
