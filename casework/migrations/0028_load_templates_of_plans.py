"""Templates of plans, in both languages. Administrators change them later."""

import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data" / "plan_templates.csv"
BETWEEN = 10  # room to put a new row between two in the order


def load(apps, schema_editor):
    templates, steps, kinds = (
        apps.get_model("casework", name).objects for name in ("PlanTemplate", "TemplateStep", "StepKind")
    )
    known = {kind.code: kind for kind in kinds.all()}
    with DATA.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            facts = {name: row[name] for name in ("name", "name_ur", "suggested_for")}
            facts["order"] = (templates.count() + 1) * BETWEEN
            template, _is_new = templates.get_or_create(code=row["code"], defaults=facts)
            # Administrators may have taken a kind of step away meanwhile.
            if kind := known.get(row["kind"]):
                steps.get_or_create(template=template, kind=kind, defaults={"after_days": int(row["after_days"])})


class Migration(migrations.Migration):
    dependencies = [("casework", "0027_templates_of_plans")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
