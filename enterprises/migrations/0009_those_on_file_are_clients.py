"""Whoever is on file with a standing permission to be contacted has been a client since the day of registering."""

from django.db import migrations
from django.db.models import Exists, F, OuterRef


def fill(apps, schema_editor):
    Enterprise = apps.get_model("enterprises", "Enterprise")
    Consent = apps.get_model("enterprises", "Consent")
    agreed = Consent.objects.filter(
        kind="contact", withdrawn_at__isnull=True, person__ownerships__enterprise_id=OuterRef("pk")
    )
    Enterprise.objects.filter(Exists(agreed), client_since__isnull=True).update(client_since=F("registered_at"))


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0008_lead_or_client")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
