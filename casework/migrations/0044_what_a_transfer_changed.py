from django.db import migrations, models
from django.db.models import F


def say_why(apps, schema_editor):
    """What is proposed and decided by one was handed over by a manager: until now nothing else was kept."""
    transfers = apps.get_model("casework", "Transfer").objects
    transfers.filter(by=F("decided_by"), state__in=["accepted", "undone"]).update(cause="manager")


class Migration(migrations.Migration):
    dependencies = [("casework", "0043_obstacles_taken_back")]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="cause",
            field=models.CharField(
                choices=[
                    ("asked", "a colleague was asked"),
                    ("manager", "a manager handed it over"),
                    ("wish", "the client wished for somebody else"),
                    ("district", "the business moved to another district"),
                    ("left", "who had it does not work there any more"),
                ],
                default="asked",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="transfer", name="kept", field=models.JSONField(blank=True, default=dict)
        ),
        migrations.RunPython(say_why, migrations.RunPython.noop),
    ]
