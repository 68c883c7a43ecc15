from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

PARENT, SOUNDS = "enterprises_person_parent_name", "enterprises_person_sounds"


class Migration(migrations.Migration):
    atomic = False  # whoever registers somebody meanwhile does not wait

    dependencies = [("enterprises", "0049_remember_what_they_said")]

    operations = [
        # It is not one transaction: what a run that broke off left behind is made anew.
        migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {PARENT}", migrations.RunSQL.noop),
        migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {SOUNDS}", migrations.RunSQL.noop),
        AddIndexConcurrently("person", GinIndex(fields=["parent_name"], name=PARENT, opclasses=["gin_trgm_ops"])),
        AddIndexConcurrently("person", GinIndex(fields=["sound_keys"], name=SOUNDS)),
    ]
