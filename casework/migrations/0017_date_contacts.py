from django.db import migrations
from django.db.models.functions import TruncDate

BATCH = 1000


def date_contacts(apps, schema_editor):
    """What was written down so far was of that very day. Each batch is a statement of its own."""
    contacts, last = apps.get_model("casework", "Contact").objects, 0
    while batch := list(contacts.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        contacts.filter(pk__in=batch).update(on=TruncDate("at"))
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False  # whoever writes down a contact meanwhile waits for one batch at most

    dependencies = [("casework", "0016_say_more_of_a_contact")]

    operations = [migrations.RunPython(date_contacts, migrations.RunPython.noop)]
