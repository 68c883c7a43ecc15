"""The money is given once, whole: its ledger row is the loan's principal, and the principal never changes."""

from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION loans_give_the_principal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount IS DISTINCT FROM (SELECT principal FROM loans_loan WHERE id = NEW.loan_id) THEN
        RAISE EXCEPTION 'what is given is the principal: nothing is taken off, nothing added'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'loans_given_is_principal';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION loans_keep_the_principal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the principal of a loan never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'loans_principal_stays';
END
$$;
CREATE TRIGGER given_is_principal BEFORE INSERT ON loans_ledgerentry FOR EACH ROW
    WHEN (NEW.kind = 'disbursement') EXECUTE FUNCTION loans_give_the_principal();
CREATE TRIGGER principal_stays BEFORE UPDATE OF principal ON loans_loan FOR EACH ROW
    WHEN (NEW.principal IS DISTINCT FROM OLD.principal) EXECUTE FUNCTION loans_keep_the_principal();
"""
GONE = """
DROP TRIGGER principal_stays ON loans_loan;
DROP TRIGGER given_is_principal ON loans_ledgerentry;
DROP FUNCTION loans_keep_the_principal();
DROP FUNCTION loans_give_the_principal();
"""


class Migration(migrations.Migration):
    dependencies = [("loans", "0017_one_paper_once")]

    operations = [
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                fields=["branch", "loan"], condition=models.Q(kind="disbursement"), name="loans_given_once"
            ),
        ),
        migrations.RunSQL(FUNCTIONS, GONE),
    ]
