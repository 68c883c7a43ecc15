"""Permissions last for so many months. How many is to be confirmed by SMEDA.

Who was asked before has as long: the nightly sweep writes the end of what stands without one.
"""

import datetime as dt

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

FROM = dt.date(2025, 1, 1)
MONTHS = {"share": 24, "named": 24, "photos": 24}
KINDS = [
    ("contact", "SMEDA may keep these details and contact me"),
    ("share", "When I ask for a loan, SMEDA may pass these details to Akhuwat"),
    ("named", "SMEDA may name me and my business in its reports"),
    ("photos", "SMEDA may show photographs of me and my business"),
]


def load(apps, schema_editor):
    terms = apps.get_model("enterprises", "ConsentTerm").objects
    for kind, months in MONTHS.items():
        terms.get_or_create(kind=kind, from_on=FROM, defaults={"months": months})


def unload(apps, schema_editor):
    apps.get_model("enterprises", "ConsentTerm").objects.filter(from_on=FROM).delete()


class Migration(migrations.Migration):
    atomic = False  # whoever gives or takes back a permission meanwhile does not wait

    dependencies = [("enterprises", "0032_claims_of_people_on_file")]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        migrations.RunSQL(
            [
                "DROP TABLE IF EXISTS enterprises_consentterm",
                "ALTER TABLE enterprises_consent DROP COLUMN IF EXISTS until_on, DROP COLUMN IF EXISTS lapsed_at",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="ConsentTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=10, verbose_name="permission")),
                ("months", models.PositiveSmallIntegerField(verbose_name="months")),
                ("from_on", models.DateField(verbose_name="from")),
            ],
            options={
                "verbose_name": "how long a permission lasts",
                "verbose_name_plural": "how long permissions last",
                "ordering": ["kind", "-from_on"],
                "constraints": [
                    models.UniqueConstraint(fields=["kind", "from_on"], name="enterprises_consent_term_once"),
                    models.CheckConstraint(
                        condition=models.Q(("months__gt", 0)), name="enterprises_consent_term_above_nought"
                    ),
                ],
            },
        ),
        migrations.AddField("consent", "until_on", models.DateField(null=True)),
        migrations.AddField("consent", "lapsed_at", models.DateTimeField(null=True)),
        AddIndexConcurrently(
            "consent",
            models.Index(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=["until_on"],
                name="enterprises_consent_runs_out",
            ),
        ),
        AddIndexConcurrently(
            "consent",
            models.Index(
                condition=models.Q(("lapsed_at__isnull", False)),
                fields=["person"],
                name="enterprises_consent_ask_again",
            ),
        ),
        AddConstraintNotValid(
            "consent",
            models.CheckConstraint(
                condition=models.Q(
                    ("lapsed_at__isnull", True),
                    models.Q(("until_on__isnull", False), ("withdrawn_at__isnull", False)),
                    _connector="OR",
                ),
                name="enterprises_consent_lapsed_is_over",
            ),
        ),
        ValidateConstraint("consent", "enterprises_consent_lapsed_is_over"),
        migrations.RunPython(load, unload),
    ]
