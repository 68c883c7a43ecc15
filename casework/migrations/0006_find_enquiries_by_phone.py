from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # whoever writes down an enquiry meanwhile does not wait

    dependencies = [("casework", "0005_name_merged_cases")]

    operations = [
        AddIndexConcurrently("enquiry", models.Index(fields=["phone"], name="casework_enquiry_by_phone")),
    ]
