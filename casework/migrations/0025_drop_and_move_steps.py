from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0024_ask_how_a_business_stands")]

    operations = [
        migrations.AddField(
            model_name="step",
            name="version",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="step",
            name="words",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=120, verbose_name="in your own words"
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="dropped_because",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="step",
            name="was_due_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="step",
            name="moved_because",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
