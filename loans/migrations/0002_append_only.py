"""The ledger, the terms and the votes are written once: the database itself refuses to change or delete them."""

from django.db import migrations

WRITTEN_ONCE = ("loans_ledgerentry", "loans_terms", "loans_vote")

FUNCTION = """
CREATE FUNCTION loans_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: undo a row by another row', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""
TRIGGER = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION loans_refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION loans_refuse_change()"),
        *(
            migrations.RunSQL(TRIGGER.format(table=table), f"DROP TRIGGER append_only ON {table}")
            for table in WRITTEN_ONCE
        ),
    ]
