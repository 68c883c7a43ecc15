"""The first questions of business checks, the steps that they suggest, and what keeps both as they were published."""

import csv
from pathlib import Path

from django.db import migrations
from django.db.models import Max
from django.utils import timezone

DATA = Path(__file__).resolve().parent.parent / "data"
BETWEEN = 10  # room to put a new row between two in the order
MOST_ANSWERS = 4

FUNCTIONS = """
CREATE FUNCTION casework_refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published questionnaire never changes: publish another one'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE FUNCTION casework_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    published boolean;
BEGIN
    IF TG_TABLE_NAME = 'casework_question' THEN
        SELECT bool_or(published_at IS NOT NULL) INTO published FROM casework_questionnaire
            WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.questionnaire_id END,
                         CASE WHEN TG_OP <> 'DELETE' THEN NEW.questionnaire_id END);
    ELSE
        SELECT bool_or(q.published_at IS NOT NULL) INTO published
            FROM casework_question JOIN casework_questionnaire q ON q.id = questionnaire_id
            WHERE casework_question.id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.question_id END,
                                           CASE WHEN TG_OP <> 'DELETE' THEN NEW.question_id END);
    END IF;
    IF published THEN
        RAISE EXCEPTION 'a published questionnaire never changes: publish another one'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE FUNCTION casework_keep_answers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    finished boolean;
BEGIN
    SELECT bool_or(state = 'done') INTO finished FROM casework_healthcheck
        WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.health_check_id END,
                     CASE WHEN TG_OP <> 'DELETE' THEN NEW.health_check_id END);
    IF finished THEN
        RAISE EXCEPTION 'a finished business check keeps its answers: make another one'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE FUNCTION casework_keep_scores() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a finished business check keeps its scores: make another one'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""
# The function, the table, and when.
TRIGGERS = (
    ("casework_refuse_change_of_published", "casework_questionnaire", "UPDATE OR DELETE", "OLD.published_at IS NOT NULL"),
    ("casework_keep_published", "casework_question", "INSERT OR UPDATE OR DELETE", ""),
    ("casework_keep_published", "casework_option", "INSERT OR UPDATE OR DELETE", ""),
    ("casework_keep_answers", "casework_answer", "INSERT OR UPDATE OR DELETE", ""),
    (
        "casework_keep_scores",
        "casework_healthcheck",
        "UPDATE OF state, scores, questionnaire_id, done_at, done_by_id",
        "OLD.state = 'done'",
    ),
)


def trigger(function, table, on, when):
    condition = f"WHEN ({when})" if when else ""
    return f"CREATE TRIGGER stays_as_it_was BEFORE {on} ON {table} FOR EACH ROW {condition} EXECUTE FUNCTION {function}()"


def rows_of(name):
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from enumerate(csv.DictReader(lines), start=1)


def load(apps, schema_editor):
    models = {name: apps.get_model("casework", name) for name in ("StepKind", "Questionnaire", "Question", "Option")}
    last = models["StepKind"].objects.aggregate(last=Max("order"))["last"] or 0
    for place, row in rows_of("step_kinds_of_health.csv"):
        models["StepKind"].objects.get_or_create(
            code=row["code"], defaults={"order": last + place * BETWEEN, "closed_by_hand": True, **row}
        )
    kinds = {kind.code: kind for kind in models["StepKind"].objects.all()}
    questionnaire, is_new = models["Questionnaire"].objects.get_or_create(number=1)
    if not is_new:
        return  # published before a step back and forth
    for place, row in rows_of("health_1.csv"):
        facts = {name: row[name] for name in ("code", "area", "name", "name_ur", "hint", "hint_ur")}
        facts |= {"example": row["example"], "example_ur": row["example_ur"], "suggests": kinds.get(row["suggests"])}
        question = models["Question"].objects.create(questionnaire=questionnaire, order=place * BETWEEN, **facts)
        for at in range(1, MOST_ANSWERS + 1):
            if row[f"points_{at}"]:
                models["Option"].objects.create(
                    question=question,
                    order=at,
                    name=row[f"answer_{at}"],
                    name_ur=row[f"answer_{at}_ur"],
                    points=int(row[f"points_{at}"]),
                )
    questionnaire.published_at = timezone.now()
    questionnaire.save()


class Migration(migrations.Migration):
    dependencies = [("casework", "0023_check_how_a_business_stands")]
    operations = [
        # What is checked at the end of a transaction is checked before a table changes.
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION casework_refuse_change_of_published, casework_keep_published, casework_keep_answers,"
            " casework_keep_scores",
        ),
        *(
            migrations.RunSQL(trigger(*row), f"DROP TRIGGER stays_as_it_was ON {row[1]}")
            for row in TRIGGERS
        ),
    ]
