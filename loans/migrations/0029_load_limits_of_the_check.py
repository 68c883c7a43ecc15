"""What the lender weighs, the ages of its own fund, and which rule says what a refusal says.

None of the numbers is confirmed by the lender yet: partner, products and fund say so until an administrator ticks them,
and what is ticked already, or was changed, stays as it is.
"""

from django.db import migrations

AIM, OWN = "aim", "aim-own"
LIMITS = {"most_loans": 0, "most_guarantees": 2, "most_at_home": 0}
AGES = {"least_age": 18, "most_age": 62}
MOST_SHARE = 50
RULES = {
    "card": "card-valid",
    "area": "area",
    "existing-loan": "loans",
    "guarantors": "guarantors",
    "household": "agreement",
    "too-heavy": "instalment",
    "plan": "plan",
    "business-stopped": "active",
}


def load(apps, schema_editor):
    apps.get_model("loans", "FinancingPartner").objects.filter(code=AIM).update(**LIMITS)
    apps.get_model("loans", "Product").objects.filter(partner__code=AIM, is_verified=False).update(
        most_share=MOST_SHARE
    )
    own = apps.get_model("loans", "FundingScheme").objects.filter(code=OWN, is_verified=False)
    own.filter(least_age=None, most_age=None).update(**AGES)
    for code, rule in RULES.items():
        apps.get_model("loans", "RefusalReason").objects.filter(code=code).update(rule=rule)


class Migration(migrations.Migration):
    dependencies = [("loans", "0028_say_what_the_check_weighs")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
