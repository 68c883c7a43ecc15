"""An office that was marked as closed closed at the latest today: nobody wrote down when."""

import datetime

from django.db import migrations


def close(apps, schema_editor):
    apps.get_model("accounts", "Office").objects.filter(is_open=False).update(closed_on=datetime.date.today())


def mark(apps, schema_editor):
    apps.get_model("accounts", "Office").objects.filter(closed_on__isnull=False).update(is_open=False)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_add_office_dates")]
    operations = [migrations.RunPython(close, mark)]
