"""What business plans of each kind of work ask for, in both languages. Administrators change it later."""

import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"
BETWEEN = 10  # room to put a new row between two in the order


def rows_of(name):
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from enumerate(csv.DictReader(lines), start=1)


def load(apps, schema_editor):
    sectors = dict(apps.get_model("enterprises", "Sector").objects.values_list("code", "pk"))
    known = {}
    for place, row in rows_of("trades.csv"):
        facts = row | {"order": place * BETWEEN}
        sector_id = sectors.get(facts.pop("sector"))
        known[row["code"]], _is_new = apps.get_model("casework", "Trade").objects.get_or_create(
            code=facts.pop("code"), defaults=facts | {"sector_id": sector_id}
        )
    line = apps.get_model("casework", "TradeLine")
    for place, row in rows_of("trade_lines.csv"):
        facts = row | {"order": place * BETWEEN}
        for trade in facts.pop("trades").split():
            line.objects.get_or_create(trade=known[trade], code=row["code"], defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("casework", "0033_plans_of_trades"), ("enterprises", "0052_let_a_pair_be_doubted")]
    # Plans may be of a trade by then; the tables go with the migration before.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
