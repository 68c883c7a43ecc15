"""Sample data in a database of one's own, in a second: loaded once, kept as a template, cloned for each who asks.

The template carries the name of what it was made from: the code that shapes and loads it, and the day, because sample
lives end today. Another day or another migration makes another template and drops those before.
"""

import os
import subprocess
from contextlib import contextmanager
from hashlib import sha256
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.utils import timezone
from psycopg2 import sql

from launch.folders import MANAGE, ROOT

PREFIX = "sample_"
LOCK = 7_012_026  # any number that nothing else takes
# What the loaded rows hang on: schema, reference data, and the actions that the sample people live through.
SHAPING = ("migrations", "data", "actions", "models", "querysets", "sample")
SHAPING_FILES = ("models.py", "querysets.py", "rules.py", "states.py", "reactions.py", "schedule.py", "wiring.py")


def fingerprint() -> str:
    digest = sha256(timezone.localdate().isoformat().encode())
    for path in sorted([*ROOT.glob("[a-z]*/**/*.py"), *ROOT.glob("[a-z]*/data/*.csv")]):
        parts = path.relative_to(ROOT).parts
        if parts[0] != "tests" and (path.name in SHAPING_FILES or set(SHAPING) & set(parts)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def address_of(database: str) -> str:
    """DATABASE_URL with another database in it."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


@contextmanager
def sample_database(name: str):
    """A fresh copy of the sample data under this name, as a URL; dropped afterwards."""
    with alone() as cursor:
        template = find_or_load(cursor)
        execute(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        execute(cursor, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield address_of(name)
    finally:
        with alone() as cursor:
            execute(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def alone():
    """A cursor beside all databases, one process at a time: two must not load, nor clone while one drops."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            yield cursor
    finally:
        connection.close()


def find_or_load(cursor) -> str:
    """The template's name. It gets this name when it is whole, so one that was interrupted is never taken for it."""
    wanted = PREFIX + fingerprint()
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX.replace("_", r"\_") + "%"])
    found = {name for (name,) in cursor.fetchall()}
    if wanted not in found:
        for outdated in found:
            execute(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", outdated)
        loading = f"{wanted}_loading"
        execute(cursor, "CREATE DATABASE {} TEMPLATE template0", loading)
        for command in (["migrate", "--verbosity", "0"], ["load_sample"]):
            manage(command, DATABASE_URL=address_of(loading))
        execute(cursor, "ALTER DATABASE {} RENAME TO {}", loading, wanted)
    return wanted


def manage(command, **environment) -> None:
    given = os.environ | {"SAMPLE_DATA": "1", "INSECURE_HTTP": "1", "SECRET_KEY": settings.SECRET_KEY} | environment
    said = subprocess.run(  # noqa: S603 - our own command
        [*MANAGE, *command], cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, f"manage.py {command[0]} failed:\n{said.stdout}\n{said.stderr}"


def execute(cursor, statement: str, *names: str) -> None:
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
