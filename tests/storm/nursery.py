"""Runs Django's commands as children that can be killed: Django is loaded once, each child is a fork of its own.

`python -m tests.storm.nursery '[["pump_messages"], ...]'` starts a child for each command and starts it again
whenever it dies. A line "kill 2" on standard input kills child 2 by SIGKILL; the answer is its process id. When
standard input ends, all die.
"""

import ctypes
import json
import os
import select
import signal
import sys

PR_SET_PDEATHSIG = 1


def main():
    import django

    django.setup()
    commands = json.loads(sys.argv[1])
    children = [start(command) for command in commands]
    say("ready")
    while True:
        for pid in ended():
            place = children.index(pid)
            children[place] = start(commands[place])
        if select.select([0], [], [], 0.01)[0]:
            line = sys.stdin.readline()
            if not line:
                break
            pid = children[int(line.split()[1])]
            os.kill(pid, signal.SIGKILL)
            say(pid)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def start(command):
    """Fork a child that runs the command, and dies with this process."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == parent:
            from django.core.management import call_command

            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            call_command(*command)
    finally:
        os._exit(0)


def ended():
    """Children that died since this was asked last."""
    while True:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        yield pid


if __name__ == "__main__":
    main()
