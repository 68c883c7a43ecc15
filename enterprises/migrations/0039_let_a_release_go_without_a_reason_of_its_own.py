from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0038_permission_to_contact_has_no_end")]

    operations = [
        migrations.RemoveConstraint("cardrelease", "enterprises_release_has_reason"),
        migrations.AlterField("cardrelease", "reason", models.TextField(blank=True)),
    ]
