from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("enterprises", "0050_find_people_while_others_write"),
    ]

    operations = [
        migrations.AddField(
            model_name="kinship",
            name="is_end_known",
            field=models.BooleanField(db_default=True, default=True, verbose_name="the day of the end is known"),
        ),
    ]
