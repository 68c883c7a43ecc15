"""What a camp leaves behind: somebody is written down once more, and somebody stops before the last page."""

from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from accounts.roles import Role
from casework.models import Case
from enterprises.actions import assisted, drafts, look_alikes
from enterprises.actions.enterprises import Business
from enterprises.models import Enterprise, Help, Person, Sex
from portal.sample.lives import World
from portal.sample.organisation import Town

# How the same name is heard and written by another hand.
HEARD = (("Muhammad", "Mohammad"), ("Ahmed", "Ahmad"), ("Hussain", "Husain"), ("محمد", "محمّد"), ("بی بی", "بیبی"))


def twice(world: World, town: Town, begins):
    """Whom we know is written down again, without the card and in other letters."""
    yield begins
    case = (
        Case.objects.open()
        .filter(office__code=f"smeda-{town.code}", person__cnic__isnull=False)
        .select_related("person", "enterprise__district", "enterprise__sector")
        .order_by("-pk")
        .first()
    )
    known, shop = case.person, case.enterprise
    assisted.register(
        cnic="",
        facts={
            "name": heard(known.name),
            "sex": known.sex,
            "phone": known.phone,
            "phone_owner": known.phone_owner,
            "parent_name": known.parent_name,
            "parent_relation": known.parent_relation,
            "birth_year": known.birth_year,
            "language": known.language,
        },
        business=Business(
            stage=shop.stage,
            sector=shop.sector,
            district=shop.district,
            name=shop.name,
            what=shop.what,
            place=shop.place,
            help_wanted=(Help.COURSE,),
        ),
        consented=["contact"],
        by=world.organisation.at[Role.ADVISOR, case.office.code][-1],
    )
    # What is done every night.
    look_alikes.compare(now=timezone.now())


def halfway(town: Town, begins):
    """By herself, on the telephone, as far as the page about the business."""
    yield begins
    draft = drafts.begin(stage=Enterprise.Stage.RUNNING, language="ur", request_key=uuid5(NAMESPACE_URL, town.code))
    for step, answers in {
        "who": {"name": "ثمینہ یاسمین", "cnic": "", "sex": Sex.WOMAN},
        "reach": {
            "phone": "+923019999901",
            "phone_owner": Person.PhoneOwner.SELF,
            "district": town.districts[0],
            "place": "",
        },
    }.items():
        draft = drafts.save_step(draft=draft, step=step, answers=answers)


def heard(name: str) -> str:
    """The name as another hand writes it; where nothing can be written otherwise, the last word comes first."""
    for written, other in HEARD:
        if written in name:
            return name.replace(written, other)
    *first, last = name.split()
    return " ".join([last, *first])
