from django.db import migrations, models


class Migration(migrations.Migration):
    """While a release goes out the code of before writes referrals, and knows nothing of this column."""

    dependencies = [
        ("casework", "0061_say_why_it_is_sent_anyway"),
    ]

    operations = [
        migrations.AlterField(
            model_name="referral",
            name="told_wording",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
    ]
