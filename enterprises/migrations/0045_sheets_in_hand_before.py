from django.db import migrations
from django.db.models import F


def count(apps, schema_editor):
    """Nobody can read their codes any more: the paper is in the hand of its person, or was never printed."""
    sheets = apps.get_model("enterprises", "CodeSheet").objects.filter(handed_over_at=None, secret="")
    sheets.update(handed_over_at=F("issued_at"))


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0044_count_sheets_once_handed_over")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
