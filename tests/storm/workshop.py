"""Runs one round of work in a fork that may be told to die at a certain point.

`python -m tests.storm.workshop messages` (or `jobs`) reads lines of JSON, `{"now": ..., "die_at": 7}` or null, and
answers each with the points that the round passed, and whether it was killed. A point lies before and after each SQL
statement, each sending and each step that makes a file last: they cover every step there is and
every new one.
"""

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from tests.storm.nursery import say

OURS = ("messaging.actions.", "journal.jobs")
STEPS = {
    "messages": ("plan", "tidy", "claim", "begin", "write", "send", "change"),
    "jobs": ("ensure", "claim", "write_file", "perform"),
}


def main():
    import django

    django.setup()
    say("ready")
    for line in sys.stdin:
        told = json.loads(line)
        hear, tell = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(hear)
            run(datetime.fromisoformat(told["now"]), told["die_at"], tell)
        os.close(tell)
        with os.fdopen(hear) as words:
            passed = words.read().split()
        _, status = os.waitpid(pid, 0)
        ending = "killed" if os.WIFSIGNALED(status) else "done" if status == 0 else "failed"
        say(json.dumps({"passed": passed, "ending": ending}))


def run(now, die_at, tell):
    from django.db import connection

    passed = 0

    def reach(when, step):
        nonlocal passed
        os.write(tell, f"{when}-{step} ".encode())
        passed += 1
        if passed == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(act, step=None):
        def acting(*arguments, **named):
            under_way = step or step_of(sys._getframe(1))
            reach("before", under_way)
            found = act(*arguments, **named)
            reach("after", under_way)
            return found

        return acting

    code = 1
    try:
        with connection.execute_wrapper(lambda execute, *arguments: watched(execute)(*arguments)):
            ROUNDS[sys.argv[1]](now, watched)
        code = 0
    finally:
        os._exit(code)


def deliver_messages(now, watched):
    from messaging import outbox
    from messaging.gateway import Gateway

    Gateway.send = watched(Gateway.send, "send")
    outbox.plan(now)
    outbox.deliver_due(now)


def run_jobs(now, watched):
    from journal import jobs

    Path.replace, os.fsync = watched(Path.replace), watched(os.fsync)
    jobs.ensure(now)
    jobs.run_due(now)


ROUNDS = {"messages": deliver_messages, "jobs": run_jobs}


def step_of(frame):
    """The step that is under way: the innermost of its functions that leads to this frame."""
    while frame:
        if frame.f_code.co_name in STEPS[sys.argv[1]] and frame.f_globals["__name__"].startswith(OURS):
            return frame.f_code.co_name
        frame = frame.f_back
    return "other"


if __name__ == "__main__":
    main()
