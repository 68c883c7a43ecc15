from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0036_ask_before_a_loan_is_named")]

    operations = [
        migrations.AddField("consent", "refused_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "consent",
            models.CheckConstraint(
                condition=models.Q(("refused_at__isnull", True), ("lapsed_at__isnull", False), _connector="OR"),
                name="enterprises_consent_refused_after_it_lapsed",
            ),
        ),
    ]
