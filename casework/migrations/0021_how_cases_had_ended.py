"""What was closed before has its ending written down too, with who closed it, as far as the journal says."""

from django.conf import settings
from django.db import migrations, transaction
from django.db.models import BigIntegerField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

BATCH = 1000
MERGED = "merged"


def write_down(apps, schema_editor):
    """Each batch in a transaction of its own, under a lock: whoever opens a case again meanwhile waits for one."""
    case, closure = (apps.get_model("casework", name) for name in ("Case", "Closure"))
    system = apps.get_model(settings.AUTH_USER_MODEL).objects.filter(username="system").values("pk")
    told = apps.get_model("journal", "Event").objects.filter(
        name="casework.closed", target_label="casework.case", target_id=OuterRef("pk")
    )
    teller = Subquery(told.order_by("-id").values("by_id")[:1])
    by = Coalesce(teller, Subquery(system[:1]), F("advisor_id"), output_field=BigIntegerField())
    closed = case.objects.filter(state="closed", closures=None).exclude(outcome=MERGED).order_by("pk")
    last = 0
    while batch := list(closed.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            held = case.objects.filter(pk__in=batch, state="closed").select_for_update(no_key=True)
            ended = set(held.values_list("pk", flat=True))
            closure.objects.bulk_create(
                closure(case=one, outcome=one.outcome, closed_at=one.closed_at, closed_by_id=one.closer)
                for one in closed.filter(pk__in=ended).annotate(closer=by)
            )
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("casework", "0020_keep_how_cases_ended"),
        ("journal", "0004_event_has_the_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
