"""The number in every reference: one sequence for the whole country, so that two registrations never wait in line."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE enterprises_reference START WITH 1001", "DROP SEQUENCE enterprises_reference"
        )
    ]
