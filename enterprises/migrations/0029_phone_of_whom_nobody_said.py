from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # whoever registers somebody meanwhile does not wait

    dependencies = [("enterprises", "0028_take_back_names_nobody_gave")]

    operations = [
        migrations.AlterField(
            "person",
            "phone_owner",
            models.CharField(
                choices=[
                    ("self", "Own phone"),
                    ("spouse", "Husband's or wife's phone"),
                    ("parent", "Father's or mother's phone"),
                    ("child", "Son's or daughter's phone"),
                    ("relative", "Another relative's phone"),
                    ("neighbour", "Phone of a neighbour or a shop"),
                    ("other", "Somebody else's phone"),
                    ("unsaid", "Not said: ask"),
                ],
                default="self",
                max_length=10,
            ),
        ),
        # It is not one transaction: what a run that broke off left behind is made anew.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS enterprises_phone_unsaid", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "person",
            models.Index(
                condition=models.Q(("phone_owner", "unsaid")), fields=["id"], name="enterprises_phone_unsaid"
            ),
        ),
    ]
