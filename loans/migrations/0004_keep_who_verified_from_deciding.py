from django.db import migrations, models
from django.db.models import F, Q


def differ(name, other):
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{name: F(other)})


class Migration(migrations.Migration):
    dependencies = [("loans", "0003_load_products")]

    operations = [
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=differ("decided_by", "guaranteed_by"), name="loans_verifier_does_not_decide"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=differ("disbursed_by", "guaranteed_by"), name="loans_verifier_does_not_disburse"
            ),
        ),
    ]
