from django.db import migrations

WORDS = {
    "=handed over": "Your advisor keeps this time no longer. SMEDA calls you.",
    "=closed": "Your case is closed",
    "=silent": "You took back the permission to contact you.",
}


def keep_the_word(apps, schema_editor):
    """The reason was kept as an English sentence, which no reader of Urdu got in their language."""
    meetings = apps.get_model("casework", "Meeting").objects
    for word, sentence in WORDS.items():
        meetings.filter(state="cancelled", reason=sentence).update(reason=word)


class Migration(migrations.Migration):
    dependencies = [("casework", "0036_agreed_when_closed")]

    operations = [migrations.RunPython(keep_the_word, migrations.RunPython.noop)]
