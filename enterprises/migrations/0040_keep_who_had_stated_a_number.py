from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("enterprises", "0039_let_a_release_go_without_a_reason_of_its_own"),
    ]

    operations = [
        migrations.AddField(
            "cardrelease",
            "stood_source",
            models.CharField(
                blank=True,
                choices=[
                    ("self", "said by themselves"),
                    ("assisted", "written down for them"),
                    ("card", "read from the card"),
                    ("paper", "read from a paper"),
                    ("import", "taken from a list"),
                    ("released", "taken off after a look at the card"),
                ],
                db_default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "cardrelease",
            "stood_by",
            models.ForeignKey(
                null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField("cardrelease", "stood_at", models.DateTimeField(null=True)),
    ]
