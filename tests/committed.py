"""For tests with several connections or processes: rows that are committed, and threads that start together.

`transactional_db` would truncate every table of the portal, which takes seconds a test and the reference data with it.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.models import Max


@contextmanager
def committed_rows():
    """Beside the test's own transaction, which stays empty, a connection that commits; ask for the fixture `db` too.

    Afterwards every row that came is deleted.
    """
    of_the_test = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = of_the_test.copy()
    before = newest_rows()
    try:
        yield
    finally:
        delete_since(before)
        connection.close()
        connections[DEFAULT_DB_ALIAS] = of_the_test


def newest_rows():
    """The highest number in each table that numbers its rows."""
    numbered = [model for model in apps.get_models() if model._meta.managed and is_numbered(model)]
    return {model: model._base_manager.aggregate(newest=Max("pk"))["newest"] or 0 for model in numbered}


def is_numbered(model):
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField)


def delete_since(before):
    """Delete what came since, in any order: foreign keys are asked at the commit."""
    with transaction.atomic():
        for model, newest in before.items():
            model._base_manager.filter(pk__gt=newest)._raw_delete(DEFAULT_DB_ALIAS)


def at_once(count, act):
    """Call `act(place)` in so many threads that start together; what each returned, or the exception it raised."""
    start = threading.Barrier(count)

    def run(place):
        try:
            start.wait()
            return act(place)
        except Exception as failure:  # noqa: BLE001 - it is what the test looks at
            return failure
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def somebody_waits():
    """Whether any connection to this database stands behind another's lock; beside us other tests use their own.

    Whoever waits for a row waits for a transaction, of no database, but holds locks on tables of this one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks WHERE database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        return cursor.fetchone()[0]


def wait_until(is_so):
    """Return as soon as it is so, and after five seconds in any case."""
    until = time.monotonic() + 5
    while time.monotonic() < until and not is_so():
        time.sleep(0.02)
