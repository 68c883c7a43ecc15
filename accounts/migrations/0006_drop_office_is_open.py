from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_close_by_date")]
    operations = [
        migrations.RemoveField(
            model_name="office",
            name="is_open",
        ),
    ]
