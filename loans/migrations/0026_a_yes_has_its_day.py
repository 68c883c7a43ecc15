from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0025_mark_guarantors_before_the_rule'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='guarantor',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consent', ''), ('consented_at', None), ('witness', '')), models.Q(('consent__in', ['code', 'before']), ('consented_at__isnull', False), ('witness', '')), models.Q(('consent', 'paper'), ('consented_at__isnull', False), models.Q(('witness', ''), _negated=True)), _connector='OR'), name='loans_guarantor_consent_with_its_day'),
        ),
        migrations.AddConstraint(
            model_name='guarantor',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_back_at', None), ('taken_back_because', ''), ('taken_back_by', None)), models.Q(('taken_back_at__isnull', False), ('taken_back_by__isnull', False), models.Q(('consent', ''), _negated=True), models.Q(('taken_back_because', ''), _negated=True)), _connector='OR'), name='loans_guarantor_takes_back_what_was_given'),
        ),
    ]
