"""Brings the database up to date and loads the sample, in the portal's own environment and with one Django start.

The one module of launch/ that Django has to run; nothing here imports it.
"""

import os
import sys
from pathlib import Path

from launch.say import timed


def main(sign_ins: Path) -> None:
    """Migrate, load the sample if there is to be one, and write its sign-ins into a file for the welcome."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # whoever watches reads words, not what the sample people's day logs
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    with timed("Bringing the database up to date"):
        call_command("migrate", verbosity=0)
    if settings.SAMPLE_DATA:
        with timed("Loading the sample data"):
            call_command("load_sample")
        with sign_ins.open("w") as written:
            call_command("sample_accounts", stdout=written)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
