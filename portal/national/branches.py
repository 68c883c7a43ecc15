"""Branches of the lender over the whole country, and who works there: as many as the loans need."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Appointment, Office, OfficeDistrict, User
from accounts.roles import Role
from places.models import District
from portal.checks import SAMPLE_DOMAIN
from portal.national.shares import slices
from portal.sample import names
from portal.sample.organisation import PASSWORD, SINCE, key_of

LOANS_OF_ONE, BRANCHES_OF_AN_AREA, OFFICERS = 1250, 10, 4
# First digit of a card by where it was made.
CARD_DIGIT = {"KP": 1, "PB": 3, "SD": 4, "BA": 5, "IS": 6, "GB": 7, "JK": 8}


@dataclass(frozen=True)
class Branch:
    """One branch, with the ids of its colleagues."""

    office: Office
    district: District
    officers: tuple[User, ...]
    cashier: User
    manager: User
    area_manager: User

    @property
    def card(self) -> str:
        """The first five digits of the cards of its people."""
        return f"{CARD_DIGIT[self.district.division.province.code]}{self.district.pk % 10_000:04d}"


def build(loans: int, *, seed: int) -> list[Branch]:
    """Open the branches that so many loans need, ten to an area, and appoint four officers, a cashier and a manager."""
    rng = random.Random(f"branches {seed}")
    districts = list(spread_over(max(loans // LOANS_OF_ONE, 1), rng))
    lender = Office.objects.get(code="aim-head")
    areas = open_offices(
        [("area", number, lender, 1, districts[number * BRANCHES_OF_AN_AREA]) for number in range(areas_of(districts))]
    )
    offices = open_offices(
        [
            ("branch", number, areas[number // BRANCHES_OF_AN_AREA], 2, district)
            for number, district in enumerate(districts)
        ]
    )
    OfficeDistrict.objects.bulk_create(
        OfficeDistrict(office=office, district=district, from_on=SINCE)
        for office, district in zip(offices, districts, strict=True)
    )
    managers = appoint([(Role.AREA_MANAGER, area) for area in areas], rng)
    posts = [Role.BRANCH_MANAGER, Role.CASHIER, *([Role.LOAN_OFFICER] * OFFICERS)]
    staff = iter(appoint([(role, office) for office in offices for role in posts], rng))
    found = []
    for number, (office, district) in enumerate(zip(offices, districts, strict=True)):
        manager, cashier, *officers = (next(staff) for _role in posts)
        area_manager = managers[number // BRANCHES_OF_AN_AREA]
        found.append(Branch(office, district, tuple(officers), cashier, manager, area_manager))
    return found


def areas_of(districts: list[District]) -> int:
    return -(-len(districts) // BRANCHES_OF_AN_AREA)


def spread_over(number: int, rng: random.Random) -> Iterator[District]:
    """The district of each branch: by the provinces' shares, and in turn over the districts of each."""
    of_province: dict[str, list[District]] = {}
    for district in District.objects.select_related("division__province").order_by("pk"):
        of_province.setdefault(district.division.province.code, []).append(district)
    for piece in slices("province"):
        districts = of_province[piece.code]
        rng.shuffle(districts)
        # Branch n belongs where the middle of its own slice lies.
        theirs = sum(piece.low <= (each + 0.5) / number < piece.high for each in range(number))
        for each in range(theirs):
            yield districts[each % len(districts)]


def open_offices(wanted: list[tuple[str, int, Office, int, District]]) -> list[Office]:
    word_ur = {"area": "علاقہ", "branch": "برانچ"}
    return Office.objects.bulk_create(
        Office(
            code=f"aim-{what}-{number + 1}",
            organisation=Office.Organisation.LENDER,
            parent=parent,
            depth=depth,
            name=f"Akhuwat, {district.name} {what} {number + 1}",
            name_ur=f"اخوت، {district.name_ur} {word_ur[what]} {number + 1}",
        )
        for what, number, parent, depth, district in wanted
    )


def appoint(posts: list[tuple[Role, Office]], rng: random.Random) -> list[User]:
    """One colleague for each post; their addresses say which, such as cashier.branch-7@."""
    password = make_password(PASSWORD)
    users, seen = [], {}
    for role, office in posts:
        seen[role, office.code] = number = seen.get((role, office.code), 0) + 1
        name, name_ur = rng.choice(names.STAFF)
        handle = f"{role.replace('_', '')}{number if role == Role.LOAN_OFFICER else ''}"
        email = f"{handle}.{office.code.removeprefix('aim-')}@{SAMPLE_DOMAIN}"
        users.append(
            User(
                kind=User.Kind.STAFF,
                email=email,
                full_name=name,
                full_name_ur=name_ur,
                password=password,
            )
        )
    User.objects.bulk_create(users)
    TOTPDevice.objects.bulk_create(
        TOTPDevice(user=user, name="app", key=key_of(user.email), confirmed=True) for user in users
    )
    Appointment.objects.bulk_create(
        Appointment(user=user, role=role, office=office, from_on=SINCE)
        for user, (role, office) in zip(users, posts, strict=True)
    )
    return users
