from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

MODELS = ("attempt", "contact", "enquiry")
RULE = models.Q(
    models.Q(("removed_at__isnull", True), ("removed_because", ""), ("removed_by__isnull", True)),
    models.Q(
        ("removed_at__isnull", False),
        ("removed_by", models.F("by")),
        models.Q(("removed_because", ""), _negated=True),
    ),
    _connector="OR",
)


def index(model):
    return models.Index(fields=["by", "-at"], name=f"casework_{model}_by_whom")


def rule(model):
    return f"casework_{model}_removed_by_typist"


class Migration(migrations.Migration):
    atomic = False  # whoever writes down a contact, an attempt or an enquiry meanwhile does not wait

    dependencies = [("casework", "0055_what_was_typed_by_mistake")]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        *(
            migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {index(model).name}", migrations.RunSQL.noop)
            for model in MODELS
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE casework_{model} DROP CONSTRAINT IF EXISTS {rule(model)}", migrations.RunSQL.noop
            )
            for model in MODELS
        ),
        *(AddIndexConcurrently(model, index(model)) for model in MODELS),
        *(
            AddConstraintNotValid(model, models.CheckConstraint(condition=RULE, name=rule(model)))
            for model in MODELS
        ),
        *(ValidateConstraint(model, rule(model)) for model in MODELS),
    ]
