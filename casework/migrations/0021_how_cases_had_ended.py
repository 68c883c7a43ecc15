"""What was closed before has its ending written down too, with who closed it, as far as the journal says."""

from django.conf import settings
from django.db import migrations

MERGED = "merged"


def write_down(apps, schema_editor):
    case, closure = (apps.get_model("casework", name) for name in ("Case", "Closure"))
    event = apps.get_model("journal", "Event")
    user = apps.get_model(settings.AUTH_USER_MODEL)
    system = user.objects.filter(username="system").values_list("pk", flat=True).first()
    for closed in case.objects.filter(state="closed", closures=None).exclude(outcome=MERGED).iterator():
        told = event.objects.filter(name="casework.closed", target_label="casework.case", target_id=closed.pk)
        by = told.order_by("-id").values_list("by_id", flat=True).first()
        closure.objects.create(
            case=closed, outcome=closed.outcome, closed_at=closed.closed_at, closed_by_id=by or system or closed.advisor_id
        )


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0020_keep_how_cases_ended"),
        ("journal", "0004_event_has_the_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
