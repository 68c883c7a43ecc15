from django.db import migrations


def mark(apps, _schema_editor):
    """Whoever was written down until now said yes to the officer, which was the rule."""
    apps.get_model("loans", "Guarantor").objects.filter(consent="").update(consent="before")


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0024_guarantors_say_yes_themselves'),
    ]

    operations = [
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
