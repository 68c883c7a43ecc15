"""Whoever registered a business without a name found their own as its name, and as stated by them: that is taken back.

Only where the statement was written in the moment of registering, and the name is still that of the owner to contact:
what anybody stated since stays. Back is nothing to do: what stood there is the name on that owner's own record.
"""

from django.db import migrations, transaction
from django.db.models import Exists, F, OuterRef

BATCH = 1000


def take_back(apps, schema_editor):
    Enterprise = apps.get_model("enterprises", "Enterprise")
    Ownership = apps.get_model("enterprises", "Ownership")
    Statement = apps.get_model("enterprises", "Statement")
    Event = apps.get_model("journal", "Event")
    of_enterprise = {"name": "enterprises.registered", "target_label": "enterprises.enterprise"}
    # A registration is one transaction: first the row, then who stated what, then the event.
    registered_after = Event.objects.filter(**of_enterprise, target_id=OuterRef("enterprise_id"), at__gte=OuterRef("at"))
    contact = Ownership.objects.filter(is_contact=True, until_on=None, person__name=OuterRef("enterprise__name"))
    nobody_gave = Statement.objects.filter(
        Exists(registered_after),
        Exists(contact.filter(enterprise_id=OuterRef("enterprise_id"))),
        field="name",
        at__gte=F("enterprise__registered_at"),
    )
    while batch := dict(nobody_gave.values_list("pk", "enterprise_id")[:BATCH]):
        with transaction.atomic():
            Enterprise.objects.filter(pk__in=batch.values()).update(name="")
            Statement.objects.filter(pk__in=batch).delete()


class Migration(migrations.Migration):
    atomic = False  # each batch on its own, so that no registration waits for all of them

    dependencies = [("enterprises", "0027_enterprise_without_name"), ("journal", "0003_name_in_words")]

    operations = [migrations.RunPython(take_back, migrations.RunPython.noop)]
