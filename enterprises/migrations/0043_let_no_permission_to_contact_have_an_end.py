from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

NAME = "enterprises_consent_to_contact_without_end"


class Migration(migrations.Migration):
    atomic = False  # whoever gives or takes back a permission meanwhile does not wait

    dependencies = [("enterprises", "0042_find_what_was_called_wrong")]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        migrations.RunSQL(f"ALTER TABLE enterprises_consent DROP CONSTRAINT IF EXISTS {NAME}", migrations.RunSQL.noop),
        AddConstraintNotValid(
            "consent",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "contact"), _negated=True),
                    ("until_on__isnull", True),
                    ("withdrawn_at__isnull", False),
                    _connector="OR",
                ),
                name=NAME,
            ),
        ),
        ValidateConstraint("consent", NAME),
    ]
