"""What authorities put in the way of the sample's clients, and what came of some of it."""

from datetime import datetime, timedelta

from accounts.models import User
from accounts.roles import Role
from casework.actions import barriers
from casework.models import Authority, Barrier, Case
from portal.sample.clock import Life
from portal.sample.lives import World

# The authority, what, the days that it cost each of them, and who sees to it with what came of it.
# First the one that is known by two names: on some days only a few had come by then.
OBSTACLES = (
    ("municipality", "ریڑھی کا اجازت نامہ صرف پرانے لوگوں کو ملتا ہے", (20, 25, 30), ("", "")),
    (
        "food",
        "لائسنس کے لیے دکان کا کرایہ نامہ مانگتے ہیں، گھر کے کچن کے لیے نہیں بنتا",
        (30, 45, 21, 60),
        ("Food authority, Multan zone", "Home kitchens register with an affidavit since October."),
    ),
    (
        "electricity",
        "A commercial meter takes months; the old bill runs on",
        (90, 60, 75),
        ("Chief engineer, MEPCO", ""),
    ),
    ("tax", "The tax office asks for a landlord's card to enter the address", (14, 10), ("", "")),
    (
        "bank",
        "The branch opens no account on a business name without a tax number",
        (7, 12),
        ("State Bank, consumer desk", ""),
    ),
    ("identity", "Her card shows her father's address, so nothing is sent to the shop", (15,), ("", "")),
)
# What a colleague called one of them, and what nobody met.
KNOWN_AS, SAME = "ریڑھی کا اجازت نامہ صرف پرانے لوگوں کو ملتا ہے", "No new cart permits for newcomers"
MISTAKE = "The shop was sealed for a day"


def obstacles(world: World, now: datetime) -> Life:
    """Each was met by some of Multan's clients, one after the other; two names are of one, and one was a mistake."""
    yield now - timedelta(days=50)
    cases = iter(
        Case.objects.open()
        .filter(enterprise__district__code="multan")
        .select_related("advisor", "enterprise")
        .order_by("pk")
    )
    for code, what, days, (owner, answer) in OBSTACLES:
        authority = Authority.objects.get(code=code)
        for lost, case in zip(days, cases, strict=False):
            barriers.report(case=case, by=case.advisor, authority=authority, what=what, days_lost=lost)
        if owner and (barrier := Barrier.objects.filter(what=what).first()):
            barriers.see_to(barrier=barrier, by=programme_manager(), version=0, owner=owner, answer=answer)
    yield now - timedelta(days=20)
    if case := Case.objects.open().filter(enterprise__district__code="multan").select_related("advisor").first():
        joins(case)
        mistakes(case)


def joins(case: Case) -> None:
    known = Barrier.objects.filter(what=KNOWN_AS).first()
    authority = Authority.objects.get(code="municipality")
    made = barriers.report(case=case, by=case.advisor, authority=authority, what=SAME, days_lost=18).barrier
    if known:
        barriers.join(barrier=made, into=known, by=programme_manager(), version=made.version)


def mistakes(case: Case) -> None:
    authority = Authority.objects.get(code="police")
    report = barriers.report(case=case, by=case.advisor, authority=authority, what=MISTAKE, days_lost=9)
    barriers.take_back(report=report, by=case.advisor)


def programme_manager() -> User:
    return User.objects.filter(appointments__role=Role.PROGRAMME_MANAGER).order_by("pk")[0]
