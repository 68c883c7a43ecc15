from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0034_corrections_of_businesses")]

    # Nothing ever read it: the form asks of every paper, and the day may stay empty. The release before this one still
    # selects the column while the one gives way to the other, so it stays, with a default of its own. To go with the
    # release after this one, by DROP COLUMN IF EXISTS.
    operations = [
        migrations.AlterField(
            "documentkind",
            "has_expiry",
            models.BooleanField(db_default=False, default=False, verbose_name="ask until when it is valid"),
        ),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("documentkind", "has_expiry")]),
    ]
