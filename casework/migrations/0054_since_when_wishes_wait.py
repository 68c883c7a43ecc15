from django.db import migrations, models
from django.db.models import F, Q


def begin(apps, schema_editor):
    """A wish that nobody meets waits since the case came to whoever has it."""
    speaks = Q(advisor__languages__contains=[F("wants_language")]) | Q(advisor__languages=[], wants_language="ur")
    unmet = (Q(wants_woman=True) & ~Q(advisor__sex="woman")) | (~Q(wants_language="") & ~speaks)
    cases = apps.get_model("casework", "Case").objects
    waiting = cases.filter(unmet).exclude(state="closed").values("pk")
    cases.filter(pk__in=waiting, wish_waits_since=None).update(wish_waits_since=F("assigned_at"))


class Migration(migrations.Migration):
    dependencies = [("casework", "0053_say_why_a_result_is_taken_out")]

    operations = [
        migrations.AddField("case", "wish_waits_since", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
