from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0058_find_what_was_refused")]

    operations = [
        migrations.AddField(
            model_name="businessplan",
            name="at_reader_since",
            field=models.DateField(blank=True, null=True),
        ),
    ]
