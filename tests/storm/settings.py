"""The portal's settings, with kinds of messages that a storm can count."""

from portal.settings import *  # noqa: F403, TID251 - the processes of the storm run the portal itself
from portal.settings import INSTALLED_APPS  # noqa: TID251

INSTALLED_APPS = [*INSTALLED_APPS, "tests.storm"]
