import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("casework", "0039_results_of_before")]

    operations = [
        migrations.AddField(
            model_name="grievance",
            name="promised_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="businessplan",
            name="writers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, editable=False, size=None
            ),
        ),
        migrations.AlterField(
            model_name="businessplan",
            name="lines",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AlterField(
            model_name="businessplan",
            name="versions",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddConstraint(
            model_name="businessplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True), models.Q(("approved_by__among", models.F("writers")), _negated=True), _connector="OR"
                ),
                name="casework_business_plan_checker_wrote_nothing",
            ),
        ),
    ]
