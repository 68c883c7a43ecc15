from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0022_households_by_who_told")]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="phone_reader",
            field=models.CharField(
                choices=[
                    ("self", "The person reads messages alone"),
                    ("other", "Somebody reads them aloud"),
                    ("unsaid", "Not said: ask"),
                ],
                default="self",
                max_length=10,
            ),
        ),
    ]
