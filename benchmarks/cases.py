"""Which pages are measured, as whom, and what they may cost. `tests/browser/test_budgets.py` holds the bytes."""

from dataclasses import dataclass, field, replace

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from casework.models import FollowUp, Writing
from enterprises.actions import registrations
from enterprises.models import Draft, Person
from enterprises.steps import needed
from enterprises.views.registration import COOKIE, remember
from launch.say import Trouble
from loans.models import Loan
from portal.checks import SAMPLE_DOMAIN
from tests.factories.enterprises import DraftFactory

KB = 1024


@dataclass(frozen=True)
class Aims:
    """The most that a page of this kind may cost. `ratio` is to the floor; None where nothing was promised."""

    ratio: float
    first_bytes: int
    again_bytes: int | None
    requests: int | None


LIGHT = Aims(ratio=4, first_bytes=15 * KB, again_bytes=3 * KB, requests=4)
# Never kept by the browser, and their list is what people come for: where they stand, instalments, kinds of business,
# what was written.
LONG = replace(LIGHT, again_bytes=int(4.5 * KB))
# A page of questions of one's own, or a chart with its table.
ASKING = replace(LIGHT, again_bytes=int(3.75 * KB))
DISTRICTS = replace(LIGHT, again_bytes=6 * KB)  # 173 to choose from
STAFF = Aims(ratio=8, first_bytes=60 * KB, again_bytes=None, requests=None)


@dataclass(frozen=True)
class Case:
    """One page as one person sees it; `label` is its path without numbers. Some are weighed but not timed."""

    label: str
    view_name: str
    path: str
    aims: Aims
    cookies: dict[str, str] = field(default_factory=dict)
    is_timed: bool = False


def find(labels=None):
    """The cases with these labels, or all, in the database that is open now."""
    everything = cases()
    unknown = set(labels or ()) - {case.label for case in everything}
    if unknown:
        known = " ".join(case.label for case in everything)
        raise Trouble(f"There is no page {' '.join(sorted(unknown))} among those measured: {known}")
    return [case for case in everything if not labels or case.label in labels]


def cases():
    """Those of the issue first, in its order of people; then the steps of a registration."""
    loan = Loan.objects.filter(ended_on__isnull=True, branch__code="aim-multan").order_by("person_id", "id").first()
    client = signed_in(user_of(loan.person))
    advisor = signed_in(colleague("advisor1.multan"))
    branch = signed_in(colleague("branchmanager.multan"))
    programme = signed_in(colleague("programme"))
    return [
        case("/", "portal:home", LIGHT, is_timed=True),
        case("/register/", "enterprises:register", LIGHT, is_timed=True),
        case("/sign-in/", "enterprises:sign-in", LIGHT),
        case("/courses/", "training:course-list", LIGHT),
        case("/my/", "portal:my", LONG, cookies=client, is_timed=True),
        case("/my/loan/N/", "loans:my-loan", LONG, args=[loan.pk], cookies=client),
        case("/desk/", "portal:desk", STAFF, cookies=advisor, is_timed=True),
        case("/loans/N/", "loans:loan-detail", STAFF, args=[loan.pk], cookies=branch, is_timed=True),
        case("/loans/due/", "loans:loan-list", STAFF, cookies=branch, is_timed=True),
        case("/reports/", "reports:dashboard", STAFF, cookies=programme),
        *hand_holding_cases(),
        *registration_cases(),
    ]


def hand_holding_cases():
    """A case that is hand-held for a year, as its advisor and its owner see it; the manager's team; a complaint."""
    asked = FollowUp.objects.waiting().filter(case__health_checks__state="done").order_by("pk").first()
    check = asked.case.health_checks.done().newest_first().first()
    owner = signed_in(user_of(asked.case.person))
    written = Writing.objects.select_related("case__person").earliest("pk").case
    writer = signed_in(user_of(written.person))
    return [
        case("/my/health/N/", "casework:my-health", ASKING, args=[check.pk], cookies=owner),
        case("/my/outcomes/N/", "casework:my-outcome", ASKING, args=[asked.pk], cookies=owner),
        case("/my/cases/N/thread/", "casework:my-thread", LONG, args=[written.pk], cookies=writer),
        case("/complain/", "casework:complain", ASKING),
        case("/desk/team/", "portal:team", STAFF, cookies=signed_in(colleague("manager.punjab"))),
        case(
            "/desk/cases/N/", "casework:case-detail", STAFF,
            args=[asked.case_id], cookies=signed_in(asked.case.advisor),
        ),
    ]  # fmt: skip


def registration_cases():
    """Every page of a registration whose answers are all given, so none sends its reader elsewhere."""
    draft = DraftFactory()
    cookies = remembered(draft)
    steps = [
        case(
            f"/register/{step.key}/",
            "enterprises:register-step",
            {"what": LONG, "reach": DISTRICTS}.get(step.key, LIGHT),
            args=[step.key],
            cookies=cookies,
        )
        for step in needed(draft)
    ]
    check = case("/register/check/", "enterprises:register-check", LIGHT, cookies=cookies)
    code = case("/register/code/", "enterprises:register-code", LIGHT, cookies=cookies)
    further = case("/register/further/", "enterprises:register-further", LIGHT, cookies=remembered(proven_again()))
    return [*steps, check, code, further]


def proven_again() -> Draft:
    """Of somebody who is back, has entered the code, and is asked whether it is another business."""
    owners = Person.objects.filter(cnic__isnull=False, phone_owner="self", ownerships__until_on__isnull=True)
    owner = owners.order_by("pk").first()
    draft = DraftFactory(phone=owner.phone)
    draft.answers["who"]["cnic"] = owner.cnic
    until = timezone.now() + registrations.PROVEN_FOR
    draft.answers[registrations.PROVEN] = registrations.proof_of(draft) | {"until": until.isoformat()}
    draft.save(update_fields=["answers"])
    return draft


def case(label, view_name, aims, *, args=(), **options):
    return Case(label=label, view_name=view_name, path=reverse(view_name, args=args), aims=aims, **options)


def remembered(draft: Draft) -> dict[str, str]:
    """What the browser of somebody with this draft holds."""
    return {COOKIE: remember(HttpResponse(), draft).cookies[COOKIE].value}


def user_of(person: Person) -> User:
    """As the first sign-in with a code makes it."""
    if person.user is None:
        person.user = User.objects.create(kind=User.Kind.ENTREPRENEUR)
        person.save(update_fields=["user"])
    return person.user


def colleague(handle) -> User:
    return User.objects.get(email=f"{handle}@{SAMPLE_DOMAIN}")


def signed_in(user: User) -> dict[str, str]:
    """What the browser of somebody holds who has signed in; colleagues with their second factor."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    if user.is_colleague:
        session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=user).persistent_id
    session.create()
    return {settings.SESSION_COOKIE_NAME: session.session_key}
