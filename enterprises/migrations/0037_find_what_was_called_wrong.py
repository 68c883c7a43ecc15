from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0036_ask_before_a_loan_is_named")]

    # Few of very many rows, asked for by every desk.
    operations = [
        migrations.AddIndex(
            "statement",
            models.Index(
                fields=["disputed_at"],
                condition=models.Q(disputed_at__isnull=False),
                name="enterprises_called_wrong",
            ),
        ),
    ]
