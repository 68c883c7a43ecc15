"""Brings the database up to date and loads the sample, in the portal's own environment and with one Django start.

The one module of launch/ that Django has to run; nothing here imports it.
"""

import gc
import os
import sys
import time
from pathlib import Path
from typing import Any

from launch.say import say, timed


class Changes:
    """Counts the migrations as they are applied."""

    def __init__(self) -> None:
        self.count = 0

    def command(self) -> Any:
        """Django's own command, which tells of each change."""
        from django.core.management.commands.migrate import Command

        changes = self

        class Migrate(Command):
            def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
                changes.count += action == "apply_success"

        return Migrate()

    def said(self) -> str:
        return f"{self.count} changes made"


def main(sign_ins: Path) -> None:
    """Migrate, load the sample if there is to be one, and write its sign-ins into a file for the welcome."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    gc.set_threshold(50_000, 20, 100)  # as manage.py
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # whoever watches reads words, not what the sample people's day logs
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    changes = Changes()
    with timed("Bringing the database up to date", how_far=changes.said):
        call_command(changes.command(), verbosity=0)
    if settings.SAMPLE_DATA:
        say("Looking after the sample data ...")
        begun = time.monotonic()
        call_command("load_sample")  # says itself how far it is
        say(f"  done in {time.monotonic() - begun:.1f} s")
        with sign_ins.open("w") as written:
            call_command("sample_accounts", stdout=written)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
