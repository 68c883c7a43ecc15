"""Runs one round of planning and delivery in a fork that may be told to die at a certain point.

A line of JSON on standard input, `{"now": ..., "die_at": 7}` or null, runs a round; the answer names the points that
the round passed, and whether it was killed. A point lies before and after each SQL statement and each sending, so the
points cover every step there is, and every new one.
"""

import json
import os
import signal
import sys
from datetime import datetime

STEPS = ("plan", "tidy", "claim", "begin", "write", "send", "change")


def main():
    import django

    django.setup()
    print("ready", flush=True)
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
        print(json.dumps({"passed": passed, "ending": ending}), flush=True)


def run(now, die_at, tell):
    from django.db import connection

    from messaging import outbox
    from messaging.gateway import Gateway

    passed = 0

    def reach(when, step):
        nonlocal passed
        os.write(tell, f"{when}-{step} ".encode())
        passed += 1
        if passed == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute, *arguments):
        step = step_of(sys._getframe(1))
        reach("before", step)
        found = execute(*arguments)
        reach("after", step)
        return found

    send = Gateway.send

    def sending(self, **message):
        reach("before", "send")
        found = send(self, **message)
        reach("after", "send")
        return found

    Gateway.send = sending
    code = 1
    try:
        with connection.execute_wrapper(statement):
            outbox.plan(now)
            outbox.deliver_due(now)
        code = 0
    finally:
        os._exit(code)


def step_of(frame):
    """The step of the outbox that is under way: the outermost of its functions that leads to this frame."""
    step = "other"
    while frame:
        if frame.f_code.co_name in STEPS and frame.f_globals["__name__"].startswith("messaging.actions."):
            step = frame.f_code.co_name
        frame = frame.f_back
    return step


if __name__ == "__main__":
    main()
