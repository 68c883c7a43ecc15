import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override
from django_otp.oath import totp

from accounts.models import Appointment
from accounts.roles import Role
from enterprises.models import Person
from loans.models import Loan
from portal.checks import SAMPLE_DOMAIN
from portal.sample.organisation import PASSWORD, key_of

SHOWN_ENTREPRENEURS = 5


class Command(BaseCommand):
    help = "Print the sample sign-ins, one of each role in a table, or all as JSON, with the current one-time code."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")

    def handle(self, **options):
        if not settings.SAMPLE_DATA:
            raise CommandError("There are no sample accounts without SAMPLE_DATA=1.")
        accounts = [*colleagues(), *entrepreneurs()]
        if options["json"]:
            self.stdout.write(as_json(accounts))
            return
        seen = set()
        self.stdout.write(f"Colleagues sign in at /staff/sign-in/ with the password {PASSWORD}")
        for account in accounts:
            if account["role"] in seen:
                continue
            seen.add(account["role"])
            who = account.get("email") or f"CNIC {account['cnic']}, code on /sample/phone/"
            code = f"  code now {account['code']}" if "code" in account else ""
            self.stdout.write(f"  {said_plainly(account['role']):<26} {who:<48}{code}")
        self.stdout.write('Entrepreneurs sign in at /sign-in/. All sign-ins: make manage CMD="sample_accounts --json"')


def said_plainly(role):
    with override("en"):
        return str(Role(role).label) if role in Role.values else role.capitalize()


def as_json(accounts):
    return json.dumps(accounts, ensure_ascii=False, indent=1)


def colleagues():
    """Every sample colleague; those of Multan first, so that the table shows one office at work."""
    order = {"smeda-multan": 0, "aim-multan": 0, "smeda-punjab": 0, "aim-area-south": 0}
    appointments = Appointment.objects.filter(user__email__endswith=f"@{SAMPLE_DOMAIN}").select_related(
        "user", "office"
    )
    roles = list(Role)
    for one in sorted(appointments, key=lambda one: (roles.index(one.role), order.get(one.office.code, 1), one.pk)):
        yield {
            "role": one.role,
            "name": one.user.full_name,
            "office": one.office.name,
            "email": one.user.email,
            "password": PASSWORD,
            "code": f"{totp(bytes.fromhex(key_of(one.user.email))):06d}",
        }


def entrepreneurs():
    """People with something to show: borrowers of Multan who pay on time."""
    live = Loan.objects.filter(next_due_on__gte=timezone.localdate(), branch__code="aim-multan").values("person_id")
    for person in Person.objects.filter(pk__in=live).order_by("pk")[:SHOWN_ENTREPRENEURS]:
        yield {"role": "entrepreneur", "name": person.name, "cnic": person.cnic, "phone": person.phone}
