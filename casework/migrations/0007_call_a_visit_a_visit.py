"""The step is said with who does it beside: "Your advisor: Your advisor visits the business" said it twice."""

from django.db import migrations

BEFORE = ("Your advisor visits the business", "مشیر آپ کا کاروبار دیکھنے آئیں گے")
AFTER = ("A visit to your business", "آپ کے کاروبار کا دورہ")


def rename(apps, schema_editor, *, before=BEFORE, after=AFTER):
    """What an administrator has changed since stays."""
    kinds = apps.get_model("casework", "StepKind").objects.filter(code="visit", name=before[0], name_ur=before[1])
    kinds.update(name=after[0], name_ur=after[1])


def back(apps, schema_editor):
    rename(apps, schema_editor, before=AFTER, after=BEFORE)


class Migration(migrations.Migration):
    dependencies = [("casework", "0006_find_enquiries_by_phone")]

    operations = [migrations.RunPython(rename, back)]
