import os
import time
from functools import wraps

from django.apps import AppConfig

PAUSE = 0.004
# Leases are short in a storm, so those who look for dead workers look often.
TICK = 0.2


class StormConfig(AppConfig):
    name = "tests.storm"

    def ready(self):
        from messaging import kinds, pump
        from messaging.fake_gateway import Store
        from tests.storm import guards
        from tests.storm.kinds import KINDS

        kinds.install(KINDS)
        pump.TICK = TICK
        Store.put = unhurried(Store.put)
        guards.switch_off(os.environ.get("STORM_GUARD_OFF", ""))


def unhurried(put):
    """A gateway takes its time before it stores and before it answers: there a kill does the most harm."""

    @wraps(put)
    def putting(store, **message):
        time.sleep(PAUSE)
        found = put(store, **message)
        time.sleep(PAUSE)
        return found

    return putting
