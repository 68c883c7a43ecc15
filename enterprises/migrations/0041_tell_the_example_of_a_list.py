from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0040_keep_who_had_stated_a_number")]

    operations = [
        migrations.AlterField(
            "intakerow",
            "verdict",
            models.CharField(
                choices=[
                    ("waiting", "not looked at yet"),
                    ("sound", "fine"),
                    ("faulty", "with errors"),
                    ("on_file", "on file already"),
                    ("alike", "possible duplicates"),
                    ("twice", "registered before"),
                    ("example", "the template's example, left out"),
                    ("failed", "not registered"),
                    ("registered", "registered"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
    ]
