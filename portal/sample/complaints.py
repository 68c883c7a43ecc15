"""What people complained of: by themselves, as strangers, and through an advisor; answered, put right, disputed."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from casework.actions import grievances
from casework.models import GrievanceCategory
from portal.sample.lives import World
from portal.sample.organisation import TOWNS

# Days ago, kind, about whom, who complains, in which words, and what came of it.
COMPLAINTS = (
    (40, "money", "lender", "woman", "فارم جمع کرنے کے لیے مجھ سے 500 روپے مانگے گئے۔", "agreed"),
    (33, "delay", "smeda", "man", "I registered three weeks ago and nobody called me.", "agreed"),
    (28, "conduct", "lender", "woman", "دفتر میں سب کے سامنے مجھ سے بدتمیزی کی گئی۔", "silent"),
    (21, "refusal", "lender", "man", "They refused my loan and gave no reason.", "replied"),
    (17, "course", "training", "woman", "کلاس دو بار بغیر بتائے منسوخ ہوئی۔", "silent"),
    (12, "delay", "lender", "", "My application lies at the branch since a month.", "disputed"),
    (6, "details", "smeda", "woman", "میرا نمبر کسی اور کو دے دیا گیا۔", "resolved"),
    (4, "other", "other", "man", "Somebody sells our free form in the bazaar.", "replied"),
    (3, "harassment", "training", "woman", "استاد کلاس کے بعد بار بار فون کرتا ہے۔", "received"),
    (2, "delay", "smeda", "", "The office was closed at noon.", "received"),
    (1, "money", "smeda", "man", "He said that with 2,000 it goes faster.", "received"),
)
ANSWER = "We looked into it and talked with the office."
REMEDY = "It was put right, and the office was told that it must not happen again."


def complaints(world: World, now):
    """One after the other; who answers does so a day later, and who made it a day after that."""
    due = []
    for number, (days, *what) in enumerate(COMPLAINTS):
        begins = now - timedelta(days=days, hours=3)
        due += [(begins + timedelta(days=after), number, act, what) for after, act in ACTS]
    known = {}
    for at, number, act, what in sorted(due, key=lambda one: one[:2]):
        if at < now:
            yield at
            known[number] = act(world, known.get(number), number, *what)


def made(world: World, _nothing, number, *what):
    code, about, sex, text, _end = what
    town = TOWNS[number % len(TOWNS)]
    is_told = number % 4 == 1
    by = world.organisation.one(Role.ADVISOR, f"smeda-{town.code}") if is_told else User.objects.system()
    return grievances.make(
        by=by,
        category=GrievanceCategory.objects.get(code=code),
        channel="phone" if is_told else "web",
        about=about,
        text=text,
        place=town.name,
        sex=sex,
        language="ur",
    ).grievance


def answered(_world: World, grievance, _number, *what):
    end = what[-1]
    if end == "received":
        return grievance
    is_remedied = end in {"agreed", "silent", "resolved"}
    return grievances.answer(
        grievance=grievance,
        by=grievance.owner,
        version=grievance.version,
        text=REMEDY if is_remedied else ANSWER,
        is_remedied=is_remedied,
    )


def judged(_world: World, grievance, _number, *what):
    end = what[-1]
    if end not in {"agreed", "disputed"}:
        return grievance
    is_right = end == "agreed"
    by = User.objects.system()
    text = "" if is_right else "Nobody called me since."
    return grievances.judge(grievance=grievance, by=by, version=grievance.version, is_right=is_right, text=text)


def lapsed(_world: World, grievance, _number, *_what):
    """What is done every night, at the end of the seven days of silence."""
    grievances.lapse(now=timezone.now(), by=User.objects.system())
    return grievance


# Each with how many days after the complaint was made.
ACTS = ((0, made), (1, answered), (2, judged), (9, lapsed))
