"""A camp in Multan: somebody whom we know is written down once more, without the card and in other letters."""

from django.utils import timezone

from accounts.roles import Role
from casework.models import Case
from enterprises.actions import assisted, look_alikes
from enterprises.actions.enterprises import Business
from enterprises.models import Help
from portal.sample.lives import World
from portal.sample.organisation import Town

# How the same name is heard and written by another hand.
HEARD = (("Muhammad", "Mohammad"), ("Ahmed", "Ahmad"), ("Hussain", "Husain"), ("محمد", "محمّد"), ("بی بی", "بیبی"))


def camp(world: World, town: Town, begins):
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


def heard(name: str) -> str:
    """The name as another hand writes it; where nothing can be written otherwise, the last word comes first."""
    for written, other in HEARD:
        if written in name:
            return name.replace(written, other)
    *first, last = name.split()
    return " ".join([last, *first])
