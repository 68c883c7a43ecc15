from django.db import migrations
from django.utils import timezone

OPEN = ["received", "visited", "guaranteed", "approved"]


def ask(apps, schema_editor):
    """Whoever's application is open already is asked about the family, as whoever applies from now on is."""
    Application = apps.get_model("loans", "Application")
    FamilyQuestion = apps.get_model("enterprises", "FamilyQuestion")
    applications = Application.objects.filter(state__in=OPEN, product__guarantors_needed__gt=0).order_by("pk")
    officers = dict(applications.values_list("person_id", "officer_id"))
    FamilyQuestion.objects.bulk_create(
        (
            FamilyQuestion(person_id=person, purpose="guarantee", asked_by_id=officer, asked_at=timezone.now())
            for person, officer in officers.items()
        ),
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("loans", "0007_say_whether_a_guarantor_is_named"), ("enterprises", "0021_family_and_household")]
    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
