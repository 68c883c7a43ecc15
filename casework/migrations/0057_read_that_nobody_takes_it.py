from django.db import migrations, models
from django.db.models import F


def old_ones_are_read(apps, schema_editor):
    """Nobody is asked about what was refused before anybody was told of it."""
    refused = apps.get_model("casework", "Transfer").objects.filter(state="refused", seen_at__isnull=True)
    refused.update(seen_at=F("decided_at"))


class Migration(migrations.Migration):
    dependencies = [("casework", "0056_who_took_it_out")]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(old_ones_are_read, migrations.RunPython.noop),
    ]
