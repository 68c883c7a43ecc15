from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0034_corrections_of_businesses")]

    # Nothing ever read it: the form asks of every paper, and the day may stay empty.
    operations = [migrations.RemoveField("documentkind", "has_expiry")]
