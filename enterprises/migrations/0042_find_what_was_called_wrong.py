from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # whoever states something meanwhile does not wait

    dependencies = [("enterprises", "0041_tell_the_example_of_a_list")]

    # Few of very many rows, asked for by every desk.
    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS enterprises_called_wrong", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "statement",
            models.Index(
                fields=["disputed_at"],
                condition=models.Q(disputed_at__isnull=False),
                name="enterprises_called_wrong",
            ),
        ),
    ]
