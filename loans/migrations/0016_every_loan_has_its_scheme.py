"""Each application and each loan names its fund, and nobody changes what a funder gave.

A release that does not know funds still writes both while this one comes up: what it leaves empty is the lender's own
fund, as it was. Rows of the purse are checked once and never change otherwise.
"""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
CREATE FUNCTION loans_fund_of_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.scheme_id IS NULL THEN
        SELECT id INTO NEW.scheme_id FROM loans_fundingscheme
        WHERE partner_id = NEW.partner_id AND NOT is_counted ORDER BY id LIMIT 1;
    END IF;
    RETURN NEW;
END
$$
"""
UNCHANGED = """
CREATE FUNCTION loans_purse_is_checked_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.checked_by_id IS NULL AND NEW.checked_by_id IS NOT NULL
        AND (to_jsonb(OLD) - 'checked_by_id' - 'checked_at') = (to_jsonb(NEW) - 'checked_by_id' - 'checked_at')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'loans_purseentry is append-only: write another row'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""
ROWS = ("loans_application", "loans_loan")


def scheme(model):
    field = models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="loans.fundingscheme",
        verbose_name="funding scheme",
    )
    return migrations.AlterField(model_name=model, name="scheme", field=field)


class Migration(migrations.Migration):
    dependencies = [("loans", "0015_load_schemes")]

    operations = [
        migrations.RunSQL(FILL, "DROP FUNCTION loans_fund_of_before()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER fund_of_before BEFORE INSERT ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION loans_fund_of_before()",
                f"DROP TRIGGER fund_of_before ON {table}",
            )
            for table in ROWS
        ),
        # What was written between the migration before and the trigger.
        *(
            migrations.RunSQL(
                f"UPDATE {table} SET scheme_id = (SELECT id FROM loans_fundingscheme AS own "
                f"WHERE own.partner_id = {table}.partner_id AND NOT own.is_counted ORDER BY id LIMIT 1) "
                "WHERE scheme_id IS NULL",
                migrations.RunSQL.noop,
            )
            for table in ROWS
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        scheme("application"),
        scheme("loan"),
        migrations.RunSQL(UNCHANGED, "DROP FUNCTION loans_purse_is_checked_once()"),
        migrations.RunSQL(
            "CREATE TRIGGER checked_once BEFORE UPDATE OR DELETE ON loans_purseentry "
            "FOR EACH ROW EXECUTE FUNCTION loans_purse_is_checked_once()",
            "DROP TRIGGER checked_once ON loans_purseentry",
        ),
    ]
