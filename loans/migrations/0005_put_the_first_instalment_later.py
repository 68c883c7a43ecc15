from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0004_keep_who_verified_from_deciding")]

    operations = [
        migrations.AlterField(
            model_name="product",
            name="min_days_to_first",
            field=models.PositiveSmallIntegerField(
                default=25,
                validators=[MinValueValidator(1), MaxValueValidator(366)],
                verbose_name="days before the first instalment, at least",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(min_days_to_first__range=(1, 366)), name="loans_product_first_instalment_comes_later"
            ),
        ),
    ]
