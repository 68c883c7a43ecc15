from django.db import migrations, models


class Migration(migrations.Migration):
    """While a release goes out the code of before writes votes and guarantors, and knows nothing of these columns."""

    dependencies = [
        ("loans", "0031_keep_what_the_check_said"),
    ]

    operations = [
        migrations.AlterField(
            model_name="vote",
            name="level",
            field=models.CharField(
                choices=[("branch", "Branch manager"), ("area", "Area manager"), ("head", "Head office")],
                db_default="branch",
                default="branch",
                max_length=6,
                verbose_name="as",
            ),
        ),
        migrations.AlterField(
            model_name="guarantor",
            name="consent",
            field=models.CharField(
                blank=True,
                choices=[
                    ("code", "by a code to their own phone"),
                    ("paper", "signed on paper before a witness"),
                    ("before", "said to the officer, before the rule"),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="consent",
            ),
        ),
        migrations.AlterField(
            model_name="guarantor",
            name="witness",
            field=models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="witness"),
        ),
        migrations.AlterField(
            model_name="guarantor",
            name="taken_back_because",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="why it was taken back"
            ),
        ),
        migrations.RemoveConstraint(model_name="guarantor", name="loans_guarantor_consent_with_its_day"),
        migrations.AddConstraint(
            model_name="guarantor",
            constraint=models.CheckConstraint(
                name="loans_guarantor_consent_with_its_day",
                condition=models.Q(consent="", witness="")
                | models.Q(consent__in=["code", "before"], consented_at__isnull=False, witness="")
                | (models.Q(consent="paper", consented_at__isnull=False) & ~models.Q(witness="")),
            ),
        ),
    ]
