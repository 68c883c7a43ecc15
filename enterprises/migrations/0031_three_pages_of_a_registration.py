"""A registration asks on three pages what it asked on five: answers of the old pages stand on the new ones.

A page of which a part was not answered yet is asked again, with what was typed there.
"""

from django.db import migrations, transaction

BATCH = 500
TYPED = "typed"
# Of each new page, which old ones it is made of.
PAGES = {"reach": ("phone", "where"), "what": ("what", "help")}
NEW = {old: new for new, olds in PAGES.items() for old in olds}
OLD_ALONE = {*NEW} - {*PAGES}
# What the second of the old pages asked; the first asked the rest.
OF_SECOND = {"district", "place", "help"}


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


def five_pages(answers, *, is_known):
    """The way back: each name on the page that asked it before; of somebody signed in there is no page of the phone."""
    kept = {page: said for page, said in answers.items() if page not in PAGES}
    typed = {page: said for page, said in answers.get(TYPED, {}).items() if page not in PAGES}
    for page, (first, second) in PAGES.items():
        for old, is_second in ((first, False), (second, True)):
            if old == "phone" and is_known:
                continue
            if page in answers:
                kept[old] = part(answers[page], is_second=is_second)
            unfinished = part(answers.get(TYPED, {}).get(page, {}), is_second=is_second)
            if unfinished:
                typed[old] = unfinished
    return kept | ({TYPED: typed} if typed or TYPED in answers else {})


def part(said, *, is_second):
    return {name: value for name, value in said.items() if (name in OF_SECOND) == is_second}


def gather(apps, schema_editor):
    """Drafts that stand on three pages already are left as they are: begun by this release, or by a run that broke."""

    def change(draft):
        if OLD_ALONE & {*draft.answers, *draft.answers.get(TYPED, {})}:
            draft.answers = three_pages(draft.answers, is_known=draft.person_id is not None)
        draft.last_step = NEW.get(draft.last_step, draft.last_step)

    rewrite(apps, change)


def scatter(apps, schema_editor):
    def change(draft):
        if not OLD_ALONE & {*draft.answers, *draft.answers.get(TYPED, {})}:
            draft.answers = five_pages(draft.answers, is_known=draft.person_id is not None)
        draft.last_step = {"reach": "where"}.get(draft.last_step, draft.last_step)

    rewrite(apps, change)


def rewrite(apps, change):
    """Each batch in a transaction of its own, read under a lock: whoever saves a page meanwhile loses nothing."""
    Draft = apps.get_model("enterprises", "Draft")
    begun, last = Draft.objects.exclude(answers={}).only("answers", "last_step", "person_id").order_by("pk"), 0
    while last is not None:
        with transaction.atomic():
            batch = list(begun.select_for_update(no_key=True).filter(pk__gt=last)[:BATCH])
            for draft in batch:
                change(draft)
            Draft.objects.bulk_update(batch, ["answers", "last_step"])
        last = batch[-1].pk if batch else None


class Migration(migrations.Migration):
    atomic = False  # whoever is registering meanwhile waits for one batch at most

    dependencies = [("enterprises", "0030_kind_of_work_said_later")]

    operations = [migrations.RunPython(gather, scatter)]
