"""What somebody is told before they take back the permission to share with the lender."""

from django.utils.translation import gettext as _

from enterprises.models import Person
from enterprises.shares import Follows
from loans.models import Application, Loan


def follows(person: Person) -> Follows:
    """The applications that end, and the loans that run on: each by its branch."""
    ids = person.record_ids()
    applied = Application.objects.open().filter(person__in=ids).select_related("branch").order_by("id")
    running = Loan.objects.filter(person__in=ids, ended_on__isnull=True).select_related("branch").order_by("id")
    application, loan = _("Loan application %(reference)s, %(branch)s"), _("Loan %(reference)s, %(branch)s")
    return Follows(
        [application % {"reference": one.reference, "branch": one.branch.label} for one in applied],
        [loan % {"reference": one.reference, "branch": one.branch.label} for one in running],
    )
