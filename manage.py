#!/usr/bin/env python
"""Django's commands. `make manage CMD="..."` runs them with the embedded services' environment."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

# A command is soon over. A migration draws all models anew after each change, and looking through what it made for
# garbage was a third of its time.
gc.set_threshold(50_000, 20, 100)

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    execute_from_command_line(sys.argv)
