"""The lender's own fund and three others, and what is lent out of each; every loan so far came out of its own fund.

Ceilings and ages are not confirmed by the lender yet: each scheme says so until an administrator ticks it, and nothing
of the three others is offered until one opens it.
"""

import csv
import datetime as dt
from pathlib import Path

from django.db import migrations

ROWS = Path(__file__).resolve().parent.parent / "data"
AIM, OWN, EVERYWHERE_IN = "aim", "aim-own", {"cmses-gb": "GB"}
YOUTH = {
    "code": "pm-youth-1",
    "name": "PM youth loan, tier 1",
    "name_ur": "وزیراعظم یوتھ قرض، درجہ اول",
    "min_amount": 10_000,
    "max_amount": 500_000,
    "max_months": 36,
    "step_months": 1,
}


def rows_of(name):
    with (ROWS / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def typed(row, *, flags):
    """Empty cells are no limits; flags are 1 or 0."""
    return {key: value == "1" if key in flags else value for key, value in row.items() if value}


def load(apps, schema_editor):
    partner = apps.get_model("loans", "FinancingPartner").objects.get(code=AIM)
    Scheme, Offer = apps.get_model("loans", "FundingScheme"), apps.get_model("loans", "Offer")
    Product = apps.get_model("loans", "Product")
    Product.objects.get_or_create(partner=partner, code=YOUTH["code"], defaults=YOUTH)
    schemes = {}
    for row in rows_of("schemes.csv"):
        schemes[row["code"]] = Scheme.objects.create(
            partner=partner, **typed(row, flags={"is_revolving", "is_counted"})
        )
    for code, province in EVERYWHERE_IN.items():
        districts = apps.get_model("places", "District").objects.filter(province__code=province)
        schemes[code].districts.set(districts)
    products = {one.code: one for one in Product.objects.filter(partner=partner)}
    offered = [
        typed(row, flags={"is_open"})
        | {"scheme": schemes[row["scheme"]], "product": products[row["product"]], "order": order}
        for order, row in enumerate(rows_of("offers.csv"), start=1)
        # Of a product that an administrator took away there is nothing to offer.
        if row["product"] in products
    ]
    Offer.objects.bulk_create(Offer(**row) for row in offered)
    of_others(apps)
    fill(apps)


def of_others(apps):
    """What administrators had added: each lender has a fund of its own, which pays for every product."""
    Scheme, Offer = apps.get_model("loans", "FundingScheme"), apps.get_model("loans", "Offer")
    for partner in apps.get_model("loans", "FinancingPartner").objects.exclude(code=AIM):
        Scheme.objects.create(
            partner=partner,
            code=f"{partner.code}-own"[:50],
            name=f"{partner.name}: own fund"[:100],
            name_ur=f"{partner.name_ur}: اپنا فنڈ"[:100],
            is_counted=False,
            opens_on=dt.date(2001, 1, 1),
        )
    for product in apps.get_model("loans", "Product").objects.filter(offers=None).exclude(code=YOUTH["code"]):
        own = Scheme.objects.get(partner=product.partner_id, code=f"{product.partner.code}-own"[:50])
        Offer.objects.create(product=product, scheme=own)


def fill(apps):
    own = dict(
        apps.get_model("loans", "FundingScheme").objects.filter(code__endswith="-own").values_list("partner_id", "pk")
    )
    for name in ("Application", "Loan"):
        for partner, scheme in own.items():
            apps.get_model("loans", name).objects.filter(partner=partner, scheme=None).update(scheme=scheme)


def unload(apps, schema_editor):
    for name in ("Application", "Loan"):
        apps.get_model("loans", name).objects.update(scheme=None)
    for name in ("Offer", "PurseEntry", "FundingScheme"):
        apps.get_model("loans", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("loans", "0014_schemes_and_their_money"), ("places", "0005_load_aliases")]
    operations = [migrations.RunPython(load, unload)]
