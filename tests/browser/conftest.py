import json
import os
import sys
from contextlib import contextmanager

import pytest

from tests.browser import world as worlds


@pytest.fixture
def world(tmp_path, django_db_blocker):
    """A portal with sample data that belongs to this test alone. What it logged as wrong is shown if the test fails."""
    with portal("browser", tmp_path, django_db_blocker) as made:
        yield made


@pytest.fixture(scope="session")
def shown_world(tmp_path_factory, django_db_blocker):
    """One for all tests of a process that look at pages and send no form."""
    with portal("shown", tmp_path_factory.mktemp("shown"), django_db_blocker) as made:
        yield made


@contextmanager
def portal(name, folder, blocker):
    database = "_".join(filter(None, [name, os.environ.get("TEST_DB_SUFFIX", "_0").strip("_"), worker()]))
    with worlds.made(database, folder, blocker) as made:
        yield made
    for line in made.log.read_text().splitlines():
        if '"level": "error"' in line:
            sys.stderr.write(json.loads(line).get("traceback", line) + "\n")


def worker():
    return os.environ.get("PYTEST_XDIST_WORKER", "")
