from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

INDEX, RULE = "casework_answers_to_confirm", "casework_confirms_what_was_answered"


class Migration(migrations.Migration):
    atomic = False  # whoever answers meanwhile does not wait

    dependencies = [
        ("casework", "0049_call_clients_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}", migrations.RunSQL.noop),
        migrations.RunSQL(f"ALTER TABLE casework_followup DROP CONSTRAINT IF EXISTS {RULE}", migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE casework_followup ADD COLUMN IF NOT EXISTS to_confirm_since timestamptz",
                    "ALTER TABLE casework_followup DROP COLUMN to_confirm_since",
                )
            ],
            state_operations=[
                migrations.AddField(
                    model_name="followup",
                    name="to_confirm_since",
                    field=models.DateTimeField(blank=True, null=True),
                )
            ],
        ),
        AddIndexConcurrently(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("to_confirm_since__isnull", False)), fields=["to_confirm_since"], name=INDEX
            ),
        ),
        AddConstraintNotValid(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_confirm_since", None), ("state", "answered"), _connector="OR"), name=RULE
            ),
        ),
        ValidateConstraint(model_name="followup", name=RULE),
    ]
