from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0038_permission_to_contact_has_no_end")]

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
