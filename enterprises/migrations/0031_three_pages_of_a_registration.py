"""A registration asks on three pages what it asked on five: answers of the old pages stand on the new ones.

A page of which a part was not answered yet is asked again, with what was typed there.
"""

from django.db import migrations

BATCH = 500
TYPED = "typed"
# Of each new page, which old ones it is made of.
PAGES = {"reach": ("phone", "where"), "what": ("what", "help")}
NEW = {old: new for new, olds in PAGES.items() for old in olds}


def three_pages(answers, *, is_known):
    """The answers of a draft by the new pages. Of somebody signed in no phone was asked, and of an idea no help."""
    is_idea = answers.get("start", {}).get("stage") == "idea"
    never_asked = {"phone"} if is_known else set()
    never_asked |= {"help"} if is_idea else set()
    kept = {page: said for page, said in answers.items() if page not in NEW}
    typed = {page: said for page, said in answers.get(TYPED, {}).items() if page not in NEW}
    for page, olds in PAGES.items():
        answered = {name: value for old in olds for name, value in answers.get(old, {}).items()}
        unfinished = {name: value for old in olds for name, value in answers.get(TYPED, {}).get(old, {}).items()}
        if all(old in answers or old in never_asked for old in olds):
            kept[page] = answered
        else:
            unfinished = answered | unfinished
        if unfinished:
            typed[page] = unfinished
    return kept | ({TYPED: typed} if typed or TYPED in answers else {})


def gather(apps, schema_editor):
    Draft = apps.get_model("enterprises", "Draft")
    begun, last = Draft.objects.exclude(answers={}).only("answers", "last_step", "person_id").order_by("pk"), 0
    while batch := list(begun.filter(pk__gt=last)[:BATCH]):
        for draft in batch:
            draft.answers = three_pages(draft.answers, is_known=draft.person_id is not None)
            draft.last_step = NEW.get(draft.last_step, draft.last_step)
        Draft.objects.bulk_update(batch, ["answers", "last_step"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0030_kind_of_work_said_later")]

    operations = [migrations.RunPython(gather, migrations.RunPython.noop)]
