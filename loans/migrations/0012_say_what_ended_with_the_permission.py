from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

NAME = "loans_unshared_is_withdrawn"


class Migration(migrations.Migration):
    atomic = False  # whoever works on an application meanwhile does not wait

    dependencies = [
        ("accounts", "0010_absence"),
        ("casework", "0012_date_the_present_advisor"),
        ("enterprises", "0046_withdraw_claims"),
        ("loans", "0011_kind_of_work_said_later"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew. What rests on the column goes
        # with it.
        migrations.RunSQL(
            "ALTER TABLE loans_application DROP COLUMN IF EXISTS unshared_at", migrations.RunSQL.noop
        ),
        migrations.AddField(
            model_name="application",
            name="unshared_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="permission to share taken back"),
        ),
        AddIndexConcurrently(
            "application",
            models.Index(
                condition=models.Q(("unshared_at__isnull", False)),
                fields=["unshared_at", "id"],
                name="loans_application_unshared",
            ),
        ),
        AddConstraintNotValid(
            "application",
            models.CheckConstraint(
                condition=models.Q(("unshared_at", None), ("state", "withdrawn"), _connector="OR"), name=NAME
            ),
        ),
        ValidateConstraint("application", NAME),
    ]
