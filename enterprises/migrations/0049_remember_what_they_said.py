from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0048_fill_sound_keys")]

    operations = [migrations.AddField("statement", "said_at", models.DateTimeField(null=True))]
