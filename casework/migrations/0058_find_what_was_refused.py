from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # whoever answers a transfer meanwhile does not wait

    dependencies = [("casework", "0057_read_that_nobody_takes_it")]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS casework_transfer_no", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "transfer",
            models.Index(
                condition=models.Q(("seen_at__isnull", True), ("state", "refused")),
                fields=["by", "due_on", "id"],
                name="casework_transfer_no",
            ),
        ),
    ]
