"""Who the copies are: advisors of more teams, and people with a name, a card and a telephone of their own."""

import copy
import csv
import io
import random

from django.db import connection
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Appointment, Sex, User
from enterprises.actions.people import keys_to_find
from enterprises.models import Person
from portal.national.copying import Copies
from portal.sample import names
from portal.sample.organisation import key_of

# Of so many people, one has the telephone of the one before: of the family, or of a neighbour.
SHARES_A_PHONE = 12
PREFIX = "+92345"
FIRST_NUMBER = 1_000_001  # what the sample gives out itself stands below, and above four million


def appoint(copies: Copies, *, seed: int) -> int:
    """The advisors of all further teams, each at the office of the one whose work they have."""
    rng = random.Random(f"advisors {seed}")
    users, devices, posts = [], [], []
    theirs = Appointment.objects.filter(user__in=copies.advisors).select_related("user").order_by("pk")
    for post in theirs:
        for team in range(1, copies.teams + 1):
            user = another(post.user, copies.advisor(post.user_id, team), team, rng)
            users.append(user)
            devices.append(TOTPDevice(user=user, name="app", key=key_of(user.email), confirmed=True))
            twin = copy.copy(post)
            twin.pk, twin.user = None, user
            posts.append(twin)
    User.objects.bulk_create(users)
    TOTPDevice.objects.bulk_create(devices)
    Appointment.objects.bulk_create(posts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('accounts_user', 'id'), max(id)) FROM accounts_user")
    return len(users)


def another(user: User, pk: int, team: int, rng: random.Random) -> User:
    handle, domain = user.email.split("@")
    fits = [both for both in names.STAFF if (both[0] in names.WOMEN_OF_STAFF) == (user.sex == Sex.WOMAN)]
    other = copy.copy(user)
    other.pk, other.email, other.username = pk, f"{handle}.{team}@{domain}", f"{user.username}.{team}"
    other.full_name, other.full_name_ur = rng.choice(fits)
    return other


def invent(copies: Copies, *, seed: int) -> None:
    """A table for this transaction alone, of who each copy of a person is."""
    rng = random.Random(f"people {seed}")
    rows = io.StringIO()
    write = csv.writer(rows).writerow
    number = FIRST_NUMBER
    people = Person.objects.order_by("pk").values_list("pk", "cnic", "sex", "phone", "birth_year", "parent_name")
    for pk, cnic, sex, phone, birth_year, parent_name in people:
        for which in range(1, copies.number + 1):
            number += 1
            name = names.of_person(rng, is_woman=sex == Sex.WOMAN)
            parent = names.of_person(rng, is_woman=False) if parent_name else ""
            keys = keys_to_find(name, parent, birth_year)
            write([
                pk, which, cnic and f"{cnic[:5]}{number:07d}{cnic[-1]}", name, parent,
                phone and f"{PREFIX}{number - (number % SHARES_A_PHONE == 0):07d}",
                array(keys["likeness_keys"]), array(keys["sound_keys"]),
            ])  # fmt: skip
    rows.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE national_people (of bigint, copy int, cnic text, name text NOT NULL, "
            "parent_name text NOT NULL, phone text NOT NULL, likeness_keys varchar[], sound_keys varchar[], "
            "PRIMARY KEY (of, copy)) ON COMMIT DROP"
        )
        copy_into(cursor, rows)
        cursor.execute("ANALYZE national_people")


def copy_into(cursor, rows: io.StringIO) -> None:
    """Nobody has the card "" where there is none, and everybody has a name, a father or "", a telephone or ""."""
    cursor.cursor.copy_expert(
        "COPY national_people FROM STDIN (FORMAT csv, FORCE_NOT_NULL (name, parent_name, phone))", rows
    )


def array(words: list[str]) -> str:
    return "{" + ",".join(f'"{word}"' for word in words) + "}"


def are_there() -> bool:
    """Whether the telephones of invented people ring here already."""
    return Person.objects.filter(phone__startswith=PREFIX).exists()
