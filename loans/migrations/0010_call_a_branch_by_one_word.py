"""Two reasons for a refusal called a branch by another Urdu word than every page. What somebody changed stays."""

from django.db import migrations

OTHER, ONE = "شاخ", "برانچ"
TEXTS = {
    "area": {
        "name_ur": "گھر یا کاروبار شاخ کے علاقے سے باہر ہے",
        "remedy_ur": "اپنے مشیر سے پوچھیں کہ آپ کا علاقہ کس شاخ میں آتا ہے۔ درخواست وہاں جا سکتی ہے۔",
    },
    "purpose": {"remedy_ur": "پوچھیں کہ کون سا قرض مناسب ہے۔ شاخ کے پاس فہرست موجود ہے۔"},
}


def call(apps, schema_editor):
    reasons = apps.get_model("loans", "RefusalReason").objects
    for code, texts in TEXTS.items():
        for name, text in texts.items():
            reasons.filter(code=code, **{name: text}).update(**{name: text.replace(OTHER, ONE)})


class Migration(migrations.Migration):
    dependencies = [("loans", "0009_name_columns_in_words")]
    operations = [migrations.RunPython(call, migrations.RunPython.noop)]
