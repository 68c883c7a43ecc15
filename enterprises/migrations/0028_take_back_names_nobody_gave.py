"""Whoever registered a business without a name found their own as its name, and as stated by them: that is taken back."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def take_back(apps, schema_editor):
    Enterprise = apps.get_model("enterprises", "Enterprise")
    Ownership = apps.get_model("enterprises", "Ownership")
    Statement = apps.get_model("enterprises", "Statement")
    named_so = Ownership.objects.filter(enterprise_id=OuterRef("pk"), person__name=OuterRef("name"))
    Enterprise.objects.filter(Exists(named_so)).update(name="")
    Statement.objects.filter(field="name", enterprise__name="").delete()


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0027_enterprise_without_name")]

    operations = [migrations.RunPython(take_back, migrations.RunPython.noop)]
