from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0018_take_in_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="statement",
            name="disputed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
