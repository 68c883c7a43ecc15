import json
import os
import sys

import pytest

from tests.browser import world as worlds


@pytest.fixture
def world(tmp_path, django_db_blocker):
    """A portal with sample data that belongs to this test alone. What it logged as wrong is shown if the test fails."""
    database = "_".join(filter(None, ["browser", os.environ.get("TEST_DB_SUFFIX", "_0").strip("_"), worker()]))
    with worlds.made(database, tmp_path, django_db_blocker) as made:
        yield made
    for line in made.log.read_text().splitlines():
        if '"level": "error"' in line:
            sys.stderr.write(json.loads(line).get("traceback", line) + "\n")


def worker():
    return os.environ.get("PYTEST_XDIST_WORKER", "")
