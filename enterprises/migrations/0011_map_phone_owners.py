from django.db import migrations
from django.db.models import F, Func, JSONField, TextField, Value

# "My family uses it too" could be anybody's of the family: the discreet text is what reveals nothing new.
FORTH = {"family": "relative"}
BACK = {"spouse": "family", "parent": "family", "child": "family", "relative": "family", "neighbour": "other"}


def renamed(apps, names):
    Person, Draft = apps.get_model("enterprises", "Person"), apps.get_model("enterprises", "Draft")
    for old, new in names.items():
        Person.objects.filter(phone_owner=old).update(phone_owner=new)
        Draft.objects.filter(answers__phone__phone_owner=old).update(
            answers=Func(
                F("answers"),
                Value("{phone,phone_owner}", output_field=TextField()),
                Value(new, output_field=JSONField()),
                function="jsonb_set",
                template="%(function)s(%(expressions)s)",
                output_field=JSONField(),
            )
        )


def forth(apps, schema_editor):
    renamed(apps, FORTH)


def back(apps, schema_editor):
    renamed(apps, BACK)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0010_say_whose_phone")]
    operations = [migrations.RunPython(forth, back)]
