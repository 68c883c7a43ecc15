from django.db import migrations
from django.db.models import F


def ask_about_what_was_told(apps, schema_editor):
    """Since it was written down: whose days are over is asked no more."""
    told = apps.get_model("casework", "FollowUp").objects.filter(state="answered").exclude(channel="")
    told.filter(to_confirm_since=None).update(to_confirm_since=F("answered_at"))


class Migration(migrations.Migration):
    dependencies = [("casework", "0050_ask_whether_it_is_right")]

    operations = [migrations.RunPython(ask_about_what_was_told, migrations.RunPython.noop)]
