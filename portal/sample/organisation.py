"""Sample offices and colleagues: one SMEDA office and one branch of the lender in each of fourteen towns."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.utils.functional import cached_property
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Appointment, Language, Office, OfficeDistrict, Sex, User
from accounts.roles import Role
from places.models import District
from portal.checks import SAMPLE_DOMAIN
from portal.sample.names import STAFF, WOMEN_OF_STAFF

PASSWORD = "walk-with-me-to-skardu"  # noqa: S105, printed on purpose: sample accounts only
SINCE = date(2024, 1, 1)


@dataclass(frozen=True)
class Town:
    code: str
    name: str
    name_ur: str
    regional: str  # code of SMEDA's regional office above
    area: str  # code of the lender's area office above
    districts: tuple[str, ...]


TOWNS = (
    Town("multan", "Multan", "ملتان", "smeda-punjab", "aim-area-south", ("multan", "khanewal", "vehari")),
    Town("lahore", "Lahore", "لاہور", "smeda-punjab", "aim-area-centre", ("lahore", "kasur")),
    Town("faisalabad", "Faisalabad", "فیصل آباد", "smeda-punjab", "aim-area-centre", ("faisalabad", "jhang")),
    Town("sialkot", "Sialkot", "سیالکوٹ", "smeda-punjab", "aim-area-centre", ("sialkot", "narowal")),
    Town("rawalpindi", "Rawalpindi", "راولپنڈی", "smeda-punjab", "aim-area-north", ("rawalpindi", "islamabad")),
    Town("karachi", "Karachi", "کراچی", "smeda-sindh", "aim-area-sindh", ("karachi-south", "korangi", "malir")),
    Town("hyderabad", "Hyderabad", "حیدرآباد", "smeda-sindh", "aim-area-sindh", ("hyderabad", "matiari")),
    Town("sukkur", "Sukkur", "سکھر", "smeda-sindh", "aim-area-sindh", ("sukkur", "khairpur")),
    Town("peshawar", "Peshawar", "پشاور", "smeda-kp", "aim-area-north", ("peshawar", "charsadda")),
    Town("mardan", "Mardan", "مردان", "smeda-kp", "aim-area-north", ("mardan", "swabi")),
    Town("quetta", "Quetta", "کوئٹہ", "smeda-balochistan", "aim-area-west", ("quetta", "pishin")),
    Town("turbat", "Turbat", "تربت", "smeda-balochistan", "aim-area-west", ("kech", "gwadar")),
    Town("muzaffarabad", "Muzaffarabad", "مظفرآباد", "smeda-kp", "aim-area-north", ("muzaffarabad", "poonch")),
    Town("skardu", "Skardu", "سکردو", "smeda-kp", "aim-area-north", ("skardu", "gilgit")),
)
AREAS = {
    "aim-area-south": ("Akhuwat, area South Punjab", "اخوت، علاقہ جنوبی پنجاب"),
    "aim-area-centre": ("Akhuwat, area Central Punjab", "اخوت، علاقہ وسطی پنجاب"),
    "aim-area-north": ("Akhuwat, area North", "اخوت، علاقہ شمال"),
    "aim-area-sindh": ("Akhuwat, area Sindh", "اخوت، علاقہ سندھ"),
    "aim-area-west": ("Akhuwat, area Balochistan", "اخوت، علاقہ بلوچستان"),
}
NATIONAL = (
    (Role.PROGRAMME_MANAGER, "programme"),
    (Role.COMMITTEE_MEMBER, "committee"),
    (Role.MINISTRY_VIEWER, "ministry"),
    (Role.ADMINISTRATOR, "admin"),
    (Role.AUDITOR, "auditor"),
)
# What is spoken in a region beside Urdu.
SPOKEN = {
    "smeda-punjab": Language.PUNJABI,
    "smeda-sindh": Language.SINDHI,
    "smeda-kp": Language.PASHTO,
    "smeda-balochistan": Language.BALOCHI,
}
CENTRAL = 15  # colleagues who work for more than one town
AT_BRANCH = (Role.LOAN_OFFICER, Role.CASHIER, Role.BRANCH_MANAGER, Role.PARTNER_CLERK)


class Organisation:
    """Makes the offices and colleagues, and remembers who works where."""

    def __init__(self, rng):
        self.rng = rng
        self.password = make_password(PASSWORD)  # hashed once: a hundred times would take half a minute
        self.at = {}
        # Whoever works for several towns has a name of their own everywhere; a town's colleagues share none.
        staff = rng.sample(STAFF, len(STAFF))
        self.central, self.local = iter(staff[:CENTRAL]), staff[CENTRAL:]
        self.names = self.central

    def build(self):
        head = Office.objects.get(code="smeda-head")
        lender = Office.objects.get(code="aim-head")
        for role, handle in NATIONAL:
            self.appoint(handle, role, head)
        self.appoint("advisor.head", Role.ADVISOR, head)
        for code, (name, name_ur) in AREAS.items():
            area = self.office(code, lender, 1, name, name_ur)
            self.appoint(f"area.{code.removeprefix('aim-area-')}", Role.AREA_MANAGER, area)
        for code in ("punjab", "sindh", "kp", "balochistan"):
            self.appoint(f"manager.{code}", Role.REGIONAL_MANAGER, Office.objects.get(code=f"smeda-{code}"))
        for town in TOWNS:
            self.settle(town)
        return self

    def settle(self, town):
        self.names = iter(self.rng.sample(self.local, len(self.local)))
        centre = self.office(
            f"smeda-{town.code}",
            Office.objects.get(code=town.regional),
            2,
            f"SMEDA {town.name}",
            f"سمیڈا {town.name_ur}",
        )
        branch = self.office(
            f"aim-{town.code}",
            Office.objects.get(code=town.area),
            2,
            f"Akhuwat, {town.name} branch",
            f"اخوت، {town.name_ur} برانچ",
        )
        for code in town.districts:
            for office in (centre, branch):
                OfficeDistrict.objects.create(office=office, district=District.objects.get(code=code), from_on=SINCE)
        for number in (1, 2):
            self.appoint(f"advisor{number}.{town.code}", Role.ADVISOR, centre)
        self.appoint(f"trainer.{town.code}", Role.TRAINER, centre)
        for role in AT_BRANCH:
            self.appoint(f"{role.replace('_', '')}.{town.code}", role, branch)

    def office(self, code, parent, depth, name, name_ur):
        organisation = Office.Organisation.LENDER if code.startswith("aim") else Office.Organisation.SMEDA
        office, _is_new = Office.objects.get_or_create(
            code=code,
            defaults={
                "parent": parent,
                "depth": depth,
                "name": name,
                "name_ur": name_ur,
                "organisation": organisation,
                "phone": f"0{self.rng.randrange(21, 99)}-{self.rng.randrange(1111111, 9999999)}",
            },
        )
        return office

    def appoint(self, handle, role, office):
        name, name_ur = next(self.names)
        user = User.objects.create(
            kind=User.Kind.STAFF,
            email=f"{handle}@{SAMPLE_DOMAIN}",
            full_name=name,
            full_name_ur=name_ur,
            sex=Sex.WOMAN if name in WOMEN_OF_STAFF else Sex.MAN,
            languages=[Language.URDU, *([SPOKEN[office.parent.code]] if self.speaks_as_there(handle, office) else [])],
            phone=f"+92300{self.rng.randrange(1000000, 9999999)}" if role == Role.ADVISOR else "",
            is_named_to_clients=role == Role.ADVISOR,
            password=self.password,
        )
        TOTPDevice.objects.create(user=user, name="app", key=key_of(user.email), confirmed=True)
        Appointment.objects.create(user=user, role=role, office=office, from_on=SINCE, weekly_cap=15)
        self.at.setdefault((role, office.code), []).append(user)
        return user

    @staticmethod
    def speaks_as_there(handle, office):
        """The first advisor of a town is from there."""
        return handle.startswith("advisor1.") and office.parent.code in SPOKEN

    def one(self, role, office_code):
        return self.at[role, office_code][0]


class Standing:
    """The organisation as an earlier start left it."""

    @cached_property
    def at(self) -> dict[tuple[str, str], list[User]]:
        """Who works where: by role and the office's code."""
        found: dict[tuple[str, str], list[User]] = {}
        posts = Appointment.objects.filter(user__email__endswith=SAMPLE_DOMAIN).select_related("user", "office")
        for post in posts.order_by("pk"):
            found.setdefault((post.role, post.office.code), []).append(post.user)
        return found

    def one(self, role, office_code):
        return self.at[role, office_code][0]


def key_of(email: str) -> str:
    """The sample's authenticator secret: made of the address, so that its codes can be printed."""
    return hashlib.sha256(f"sample {email}".encode()).hexdigest()[:40]
