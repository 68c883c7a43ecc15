"""Which pages are measured, as whom, and what they may cost (section Speed of the promises)."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from enterprises.models import Person
from launch.say import Trouble
from loans.models import Loan
from portal.checks import SAMPLE_DOMAIN

KB = 1024


@dataclass(frozen=True)
class Aims:
    """The most that a page of this kind may cost. `ratio` is to the floor; None where nothing was promised."""

    ratio: float
    first_bytes: int
    again_bytes: int | None
    requests: int | None


LIGHT = Aims(ratio=4, first_bytes=15 * KB, again_bytes=3 * KB, requests=4)
STAFF = Aims(ratio=8, first_bytes=60 * KB, again_bytes=None, requests=None)


@dataclass(frozen=True)
class Case:
    """One page as one person sees it; `label` is its path without numbers. Some are weighed but not timed."""

    label: str
    view_name: str
    path: str
    session: str
    aims: Aims
    is_timed: bool = True

    @property
    def cookies(self):
        return {settings.SESSION_COOKIE_NAME: self.session} if self.session else {}


def find(labels=None):
    """The cases with these labels, or all, in the database that is open now."""
    everything = cases()
    unknown = set(labels or ()) - {case.label for case in everything}
    if unknown:
        known = " ".join(case.label for case in everything)
        raise Trouble(f"There is no page {' '.join(sorted(unknown))} among those measured: {known}")
    return [case for case in everything if not labels or case.label in labels]


def cases():
    loan = Loan.objects.filter(ended_on__isnull=True, branch__code="aim-multan").order_by("person_id", "id").first()
    client = session_of(user_of(loan.person))
    advisor = session_of(colleague("advisor1.multan"))
    branch = session_of(colleague("branchmanager.multan"))
    return [
        case("/", "portal:home", LIGHT),
        case("/register/", "enterprises:register", LIGHT),
        case("/sign-in/", "enterprises:sign-in", LIGHT, is_timed=False),
        case("/courses/", "training:course-list", LIGHT, is_timed=False),
        case("/my/", "portal:my", LIGHT, session=client),
        case("/desk/", "portal:desk", STAFF, session=advisor),
        case("/loans/N/", "loans:loan-detail", STAFF, session=branch, args=[loan.pk]),
        case("/loans/due/", "loans:loan-list", STAFF, session=branch),
    ]


def case(label, view_name, aims, *, session="", args=(), **options):
    path = reverse(view_name, args=args)
    return Case(label=label, view_name=view_name, path=path, session=session, aims=aims, **options)


def user_of(person: Person) -> User:
    """As the first sign-in with a code makes it."""
    if person.user is None:
        person.user = User.objects.create(kind=User.Kind.ENTREPRENEUR)
        person.save(update_fields=["user"])
    return person.user


def colleague(handle) -> User:
    return User.objects.get(email=f"{handle}@{SAMPLE_DOMAIN}")


def session_of(user: User) -> str:
    """The key of a session in which this user has signed in; colleagues with their second factor."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    if user.is_colleague:
        session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=user).persistent_id
    session.create()
    return session.session_key
