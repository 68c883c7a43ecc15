from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0045_sheets_in_hand_before")]

    operations = [
        migrations.AddConstraint(
            "codesheet",
            models.CheckConstraint(
                name="enterprises_sheet_in_hand_is_read_by_nobody",
                condition=models.Q(("handed_over_at__isnull", True), ("secret", ""), _connector="OR"),
            ),
        ),
        migrations.AlterField(
            "claim",
            "outcome",
            models.CharField(
                blank=True,
                choices=[
                    ("same", "It is the same person"),
                    ("released", "The card belongs to the person who registered now"),
                    ("no_card", "The card belongs to somebody else"),
                    ("withdrawn", "The number is no longer claimed"),
                ],
                max_length=10,
            ),
        ),
    ]
