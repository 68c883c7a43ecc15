from django.db import migrations, models

KINDS = [
    ("share", "When I ask for a loan, SMEDA may pass these details to Akhuwat"),
    ("named", "SMEDA may name me and my business in its reports"),
    ("photos", "SMEDA may show photographs of me and my business"),
]


def forget_ends(apps, schema_editor):
    apps.get_model("enterprises", "ConsentTerm").objects.filter(kind="contact").delete()
    standing = apps.get_model("enterprises", "Consent").objects.filter(withdrawn_at__isnull=True)
    standing.filter(kind="contact", until_on__isnull=False).update(until_on=None)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0037_no_to_a_permission_that_ran_out")]

    operations = [
        migrations.RunPython(forget_ends, migrations.RunPython.noop),
        migrations.AlterField(
            "consentterm", "kind", models.CharField(choices=KINDS, max_length=10, verbose_name="permission")
        ),
        migrations.AddConstraint(
            "consentterm",
            models.CheckConstraint(
                condition=models.Q(("kind", "contact"), _negated=True), name="enterprises_consent_term_not_of_contact"
            ),
        ),
    ]
