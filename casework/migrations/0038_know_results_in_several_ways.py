from django.db import migrations, models
from django.db.models import Q

ONE = models.UniqueConstraint(
    condition=Q(("removed_at__isnull", True), Q(("point", "other"), _negated=True)),
    fields=("case", "what", "point", "grade"),
    name="casework_measured_once_a_grade",
    violation_error_message="There is another figure for this by now. Look at the list again.",
)


class Migration(migrations.Migration):
    atomic = False  # whoever writes results meanwhile does not wait

    dependencies = [("casework", "0037_words_of_what_ended_by_itself")]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        migrations.RunSQL("ALTER TABLE casework_measure DROP COLUMN IF EXISTS is_taken_over", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="measure",
            name="is_taken_over",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS casework_measured_once_a_grade",
                        "CREATE UNIQUE INDEX CONCURRENTLY casework_measured_once_a_grade"
                        " ON casework_measure (case_id, what, point, grade)"
                        " WHERE (removed_at IS NULL AND NOT point = 'other')",
                        "DROP INDEX CONCURRENTLY IF EXISTS casework_measured_once_a_point",
                    ],
                    [
                        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS casework_measured_once_a_point"
                        " ON casework_measure (case_id, what, point)"
                        " WHERE (removed_at IS NULL AND NOT point = 'other')",
                        "DROP INDEX CONCURRENTLY IF EXISTS casework_measured_once_a_grade",
                    ],
                ),
            ],
            [
                migrations.RemoveConstraint("measure", "casework_measured_once_a_point"),
                migrations.AddConstraint("measure", ONE),
            ],
        ),
    ]
