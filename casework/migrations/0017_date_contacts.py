from django.db import migrations
from django.db.models.functions import TruncDate


def date_contacts(apps, schema_editor):
    """What was written down so far was of that very day."""
    apps.get_model("casework", "Contact").objects.update(on=TruncDate("at"))


class Migration(migrations.Migration):
    dependencies = [("casework", "0016_say_more_of_a_contact")]

    operations = [migrations.RunPython(date_contacts, migrations.RunPython.noop)]
