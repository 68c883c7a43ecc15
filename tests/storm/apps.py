import os
import time
from functools import wraps

from django.apps import AppConfig

# Seconds that the gateway takes before it stores a message, and before it answers.
PAUSES = "0.004 0.004"
REPORT = 4000
# Leases are short in a storm, so those who look for dead workers look often.
TICK = 0.2


class StormConfig(AppConfig):
    name = "tests.storm"

    def ready(self):
        from journal import jobs
        from messaging import kinds, pump
        from messaging.fake_gateway import Store
        from tests.storm import guards
        from tests.storm.kinds import KINDS

        kinds.install(KINDS)
        jobs.install([jobs.Job("storm.report", period=lambda _now: "2026-11", run=write_report)])
        pump.TICK = TICK
        Store.put = unhurried(Store.put)
        guards.switch_off(os.environ.get("STORM_GUARD_OFF", ""))


def write_report(run):
    from journal import jobs

    return {"csv": jobs.write_file(run, "report.csv", os.urandom(REPORT))}


def unhurried(put):
    """A gateway takes its time before it stores and before it answers: there a kill does the most harm."""

    before, after = map(float, os.environ.get("STORM_PAUSES", PAUSES).split())

    @wraps(put)
    def putting(store, **message):
        time.sleep(before)
        found = put(store, **message)
        time.sleep(after)
        return found

    return putting
