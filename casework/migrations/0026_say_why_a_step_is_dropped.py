from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

RULES = {
    "casework_dropped_step_is_closed_by_no_event": models.Q(
        ("dropped_because", ""),
        models.Q(("closed_at__isnull", False), ("closing_event_id__isnull", True)),
        _connector="OR",
    ),
    "casework_step_moved_with_day_and_reason": models.Q(
        models.Q(("moved_because", ""), ("was_due_on__isnull", True)),
        models.Q(("was_due_on__isnull", False), models.Q(("moved_because", ""), _negated=True)),
        _connector="OR",
    ),
}


class Migration(migrations.Migration):
    atomic = False  # whoever agrees a plan meanwhile does not wait

    dependencies = [("casework", "0025_drop_and_move_steps")]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        *(
            migrations.RunSQL(f"ALTER TABLE casework_step DROP CONSTRAINT IF EXISTS {name}", migrations.RunSQL.noop)
            for name in RULES
        ),
        *(
            AddConstraintNotValid("step", models.CheckConstraint(condition=rule, name=name))
            for name, rule in RULES.items()
        ),
        *(ValidateConstraint("step", name) for name in RULES),
    ]
