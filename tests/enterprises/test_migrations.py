"""What is not one transaction may break off halfway, and is run again; the release before runs on the new schema."""

import importlib

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL
from django.db.utils import ProgrammingError

from enterprises.actions import phones
from enterprises.models import DocumentKind, Person
from journal.events import record
from tests.factories.enterprises import PersonFactory, system
from tests.factories.papers import DocumentKindFactory

pytestmark = pytest.mark.django_db
LOADER = MigrationLoader(None)
OURS = {config.label for config in apps.get_app_configs() if not config.name.startswith("django")}
IN_PARTS = sorted(key for key, one in LOADER.disk_migrations.items() if key[0] in OURS and not one.atomic)
CLEARED = [key for key in IN_PARTS if any(isinstance(one, RunSQL) for one in LOADER.disk_migrations[key].operations)]


@pytest.fixture
def in_transaction(monkeypatch):
    """So that the test can be undone: what is built while others write is built here in the ordinary way."""
    monkeypatch.setattr(AddIndexConcurrently, "_ensure_not_in_transaction", lambda operation, editor: None)

    def plainly(execute, sql, params, many, context):
        return execute(sql.replace(" CONCURRENTLY", "") if isinstance(sql, str) else sql, params, many, context)

    with connection.execute_wrapper(plainly):
        yield


def run_again(key, *, besides=()):
    """Where all of it is there already, as after a run that broke off at its end."""
    before = LOADER.project_state(key, at_end=False)
    with connection.schema_editor(atomic=False) as editor:
        for operation in LOADER.disk_migrations[key].operations:
            after = before.clone()
            operation.state_forwards(key[0], after)
            if not isinstance(operation, besides):
                operation.database_forwards(key[0], editor, before, after)
            before = after


def columns(table):
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def indexes(table):
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, table))


@pytest.mark.usefixtures("in_transaction")
@pytest.mark.parametrize("key", IN_PARTS, ids="-".join)
def test_a_migration_that_broke_off_is_run_again(key):
    run_again(key)


@pytest.mark.usefixtures("in_transaction")
@pytest.mark.parametrize("key", CLEARED, ids="-".join)
@pytest.mark.xfail(strict=True, raises=ProgrammingError, reason="the control: where nothing is cleared away first")
def test_a_migration_that_broke_off_is_run_again_control(key):
    run_again(key, besides=RunSQL)


@pytest.mark.usefixtures("in_transaction")
def test_what_was_cleared_away_is_there_again():
    for key in (("enterprises", "0033_permissions_run_out"), ("enterprises", "0042_find_what_was_called_wrong")):
        run_again(key)

    assert {"until_on", "lapsed_at"} < columns("enterprises_consent")
    assert columns("enterprises_consentterm") == {"id", "kind", "months", "from_on"}
    assert "enterprises_called_wrong" in indexes("enterprises_statement")


def test_a_column_stays_while_the_release_before_reads_it():
    """P14: and this release writes rows without it."""
    kind = DocumentKindFactory()

    with connection.cursor() as cursor:
        cursor.execute("SELECT has_expiry FROM enterprises_documentkind WHERE id = %s", [kind.pk])
        assert cursor.fetchone() == (False,)
    assert "has_expiry" not in {field.name for field in DocumentKind._meta.get_fields()}


def test_what_nobody_asked_about_a_phone_is_forgotten_in_batches(monkeypatch):
    read_alone = {"phone_reader": "self", "loans_may_be_named": True}
    presumed = [PersonFactory(**read_alone) for _one in range(3)]
    said, kept = (PersonFactory(**read_alone) for _one in range(2))
    untouched = PersonFactory(phone_reader="other")
    gone = PersonFactory(**read_alone, merged_into=kept)
    for person in (said, gone):
        record("enterprises.phone_described", target=person, by=system(), audience=phones.AUDIENCE)
    module = importlib.import_module("enterprises.migrations.0036_ask_before_a_loan_is_named")
    monkeypatch.setattr(module, "BATCH", 2)

    module.forget_what_nobody_asked(apps, None)

    found = dict(Person.objects.values_list("pk", "phone_reader"))
    assert [found[person.pk] for person in (*presumed, said, kept, gone, untouched)] == [
        *["unsaid"] * 3, *["self"] * 3, "other",
    ]  # fmt: skip
    assert not Person.objects.filter(phone_reader="unsaid", loans_may_be_named=True).exists()
