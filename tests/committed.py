"""Committed rows for tests with several connections or processes, cleared away row by row.

`transactional_db` would truncate every table of the portal, which takes seconds a test and the reference data with it.
"""

from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections


@contextmanager
def committed_rows(*querysets):
    """Beside the test's own transaction, which stays empty, a connection that commits; ask for the fixture `db` too.

    Afterwards these rows are deleted, in this order.
    """
    of_the_test = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = of_the_test.copy()
    try:
        yield
    finally:
        for rows in querysets:
            rows.all()._raw_delete(DEFAULT_DB_ALIAS)
        connection.close()
        connections[DEFAULT_DB_ALIAS] = of_the_test
