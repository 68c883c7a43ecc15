"""A reversal is of the row that it names: the same loan, branch, amount, kind and teller, held by a foreign key."""

from django.db import migrations, models

HELD = """
ALTER TABLE loans_ledgerentry ADD CONSTRAINT loans_reversal_is_of_its_row
FOREIGN KEY (reverses_id, loan_id, branch_id, amount, undoes, undoes_by_id)
REFERENCES loans_ledgerentry (id, loan_id, branch_id, amount, kind, by_id)
"""


class Migration(migrations.Migration):
    dependencies = [("loans", "0005_put_the_first_instalment_later")]

    operations = [
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                fields=["id", "loan", "branch", "amount", "kind", "by"], name="loans_ledger_row_as_reversed"
            ),
        ),
        migrations.RunSQL(HELD, "ALTER TABLE loans_ledgerentry DROP CONSTRAINT loans_reversal_is_of_its_row"),
    ]
