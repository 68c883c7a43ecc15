from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.AddField("closedfigure", "version", models.PositiveSmallIntegerField(db_default=1)),
    ]
