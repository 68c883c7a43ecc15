from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

INDEXES = {
    "contact": models.Index(fields=["on", "id"], name="casework_contact_by_day"),
    "enquiry": models.Index(fields=["at", "id"], name="casework_enquiry_by_moment"),
    "note": models.Index(fields=["by", "-at"], name="casework_note_by_whom"),
}
REMOVED = "casework_note_removed_by_who_wrote_it"


class Migration(migrations.Migration):
    atomic = False  # whoever writes down a contact, an enquiry or a note meanwhile does not wait

    dependencies = [("casework", "0021_how_cases_had_ended")]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        *(
            migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}", migrations.RunSQL.noop)
            for index in INDEXES.values()
        ),
        migrations.RunSQL(f"ALTER TABLE casework_note DROP CONSTRAINT IF EXISTS {REMOVED}", migrations.RunSQL.noop),
        *(AddIndexConcurrently(model, index) for model, index in INDEXES.items()),
        AddConstraintNotValid(
            "note",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removed_at__isnull", True), ("removed_by__isnull", True)),
                    models.Q(("removed_at__isnull", False), ("removed_by", models.F("by"))),
                    _connector="OR",
                ),
                name=REMOVED,
            ),
        ),
        ValidateConstraint("note", REMOVED),
    ]
