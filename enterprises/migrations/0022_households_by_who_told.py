"""A household is what one person told; a relative found by a card is called as they were called.

Who joined a household by their own word until now is told of by whoever told of it first, and is asked again.
"""

import django.db.models.deletion
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import enterprises.models.family
from django.db import migrations, models


def fill(apps, schema_editor):
    Event, Residence = apps.get_model("journal", "Event"), apps.get_model("enterprises", "Residence")
    told = Event.objects.filter(name="enterprises.household_stated").order_by("-id")
    by_household = {event.data["household"]: event.person_id for event in told}
    for residence in Residence.objects.order_by("pk"):
        residence.asked_of_id = by_household.get(residence.household_id, residence.person_id)
        residence.save(update_fields=["asked_of"])
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0021_family_and_household"), ("journal", "0002_running_has_a_lease")]

    operations = [
        migrations.AddField(
            model_name="residence",
            name="asked_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="residences_told",
                to="enterprises.person",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="residence",
            name="asked_of",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="residences_told",
                to="enterprises.person",
            ),
        ),
        migrations.RemoveConstraint(model_name="residence", name="enterprises_one_household_at_a_time"),
        migrations.AddConstraint(
            model_name="residence",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("person", "="),
                    ("asked_of", "="),
                    (enterprises.models.family.Days("from_on", "until_on"), "&&"),
                ],
                name="enterprises_one_household_at_a_time",
                violation_error_message="This person lives in a household already.",
            ),
        ),
        migrations.RemoveConstraint(model_name="kinship", name="enterprises_kin_on_file_or_by_name"),
        migrations.AddConstraint(
            model_name="kinship",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("relative__isnull", False), ("sex", "")),
                    models.Q(
                        ("relative__isnull", True), models.Q(("name", ""), _negated=True), models.Q(("sex", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="enterprises_kin_on_file_or_by_name",
            ),
        ),
    ]
