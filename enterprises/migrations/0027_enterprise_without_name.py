from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0026_owners_beside")]

    operations = [
        ValidateConstraint("ownership", "enterprises_ownership_ended_together"),
        migrations.AlterField(
            model_name="enterprise",
            name="name",
            field=models.CharField(blank=True, max_length=120, verbose_name="name of the business"),
        ),
    ]
