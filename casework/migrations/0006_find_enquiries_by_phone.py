from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # whoever writes down an enquiry meanwhile does not wait

    dependencies = [("casework", "0005_name_merged_cases")]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS casework_enquiry_by_phone", migrations.RunSQL.noop),
        AddIndexConcurrently("enquiry", models.Index(fields=["phone"], name="casework_enquiry_by_phone")),
    ]
