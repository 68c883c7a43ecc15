from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_name_merged_cases")]

    operations = [
        migrations.AlterField(
            model_name="enquiry",
            name="phone",
            field=models.CharField(blank=True, db_index=True, max_length=16, verbose_name="phone, if they gave it"),
        ),
    ]
