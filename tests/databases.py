"""Databases for tests in a second: made once, kept as templates, cloned for each who asks.

There are two: `empty`, with all tables and the reference data, and `sample`, which is `empty` with the sample people.
A template carries the name of what it was made from, so a changed migration makes another one and drops those before.
The sample's holds the day too, because sample lives end today.
"""

import os
import subprocess
from collections.abc import Callable
from contextlib import contextmanager
from hashlib import sha256
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.utils import timezone
from psycopg2 import sql

from launch.folders import MANAGE, ROOT

LOCK = 7_012_026  # any number that nothing else takes
# Templates of these names are ours to drop, on whichever server the tests run: nothing else is called so.
EMPTY, SAMPLE = "portal_template_empty_", "portal_template_sample_"
# What shapes tables and reference data ...
SHAPING = ("migrations", "data")
# ... and what the sample's rows hang on besides: the actions that its people live through.
LIVING = (*SHAPING, "actions", "models", "querysets", "sample")
LIVING_FILES = ("models.py", "querysets.py", "rules.py", "states.py", "reactions.py", "schedule.py", "wiring.py")


def empty_template() -> str:
    """The name of the template with tables and reference data alone."""
    with alone() as cursor:
        return find_or_make_empty(cursor)


def sample_database(name: str):
    """A fresh copy of the sample data under this name, as a URL; dropped afterwards."""
    return copied(name, find_or_load_sample)


def empty_database(name: str):
    """As `sample_database`, with tables and reference data alone."""
    return copied(name, find_or_make_empty)


@contextmanager
def copied(name: str, find: Callable[[object], str]):
    with alone() as cursor:
        template = find(cursor)
        execute(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        execute(cursor, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield address_of(name)
    finally:
        with alone() as cursor:
            execute(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def find_or_make_empty(cursor) -> str:
    return find_or_make(cursor, EMPTY, fingerprint(SHAPING), "template0", ["migrate", "--verbosity", "0"])


def find_or_load_sample(cursor) -> str:
    today = timezone.localdate().isoformat()
    lived = fingerprint(LIVING, LIVING_FILES, today)
    return find_or_make(cursor, SAMPLE, lived, lambda: find_or_make_empty(cursor), ["load_sample"])


def find_or_make(cursor, prefix: str, of: str, origin: str | Callable[[], str], command: list[str]) -> str:
    """The template's name. It gets this name when it is whole, so one that was interrupted is never taken for it."""
    wanted = prefix + of
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [prefix.replace("_", r"\_") + "%"])
    found = {name for (name,) in cursor.fetchall()}
    if wanted not in found:
        for outdated in found:
            execute(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", outdated)
        making = f"{wanted}_making"
        execute(cursor, "CREATE DATABASE {} TEMPLATE {}", making, origin if isinstance(origin, str) else origin())
        manage(command, DATABASE_URL=address_of(making))
        execute(cursor, "ALTER DATABASE {} RENAME TO {}", making, wanted)
    return wanted


def fingerprint(folders: tuple[str, ...], files: tuple[str, ...] = (), *others: str) -> str:
    """Of the code in folders or files of these names in any app, of its data, and of whatever else is named."""
    digest = sha256("".join(others).encode())
    for path in sorted([*ROOT.glob("[a-z]*/**/*.py"), *ROOT.glob("[a-z]*/data/*.*")]):
        parts = path.relative_to(ROOT).parts
        if parts[0] != "tests" and (path.name in files or set(folders) & set(parts)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def address_of(database: str) -> str:
    """DATABASE_URL with another database in it."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


@contextmanager
def without_triggers(connection):
    """Our own triggers are off; foreign keys are asked as ever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        tables = [table for (table,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@contextmanager
def alone():
    """A cursor beside all databases, one process at a time: two must not make, nor clone while one drops."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            yield cursor
    finally:
        connection.close()


def manage(command, **environment) -> None:
    given = os.environ | {"SAMPLE_DATA": "1", "INSECURE_HTTP": "1", "SECRET_KEY": settings.SECRET_KEY} | environment
    said = subprocess.run(  # noqa: S603 - our own command
        [*MANAGE, *command], cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, f"manage.py {command[0]} failed:\n{said.stdout}\n{said.stderr}"


def execute(cursor, statement: str, *names: str) -> None:
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
