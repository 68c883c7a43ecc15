from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0043_let_no_permission_to_contact_have_an_end")]

    operations = [migrations.AddField("codesheet", "handed_over_at", models.DateTimeField(null=True))]
