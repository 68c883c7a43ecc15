"""Whoever has a case today is taken to have it since it was opened: what came to them lately is counted from there."""

from django.db import migrations
from django.db.models import F


def from_the_opening(apps, schema_editor):
    apps.get_model("casework", "Case").objects.update(assigned_at=F("opened_at"))


class Migration(migrations.Migration):
    dependencies = [("casework", "0011_say_whom_the_client_wants")]

    operations = [migrations.RunPython(from_the_opening, migrations.RunPython.noop)]
