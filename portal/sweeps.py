"""The nightly look for what must never be: each count must be zero, and is logged as an error when it is not."""

import logging
from collections import Counter

from django.db.models import Q
from django.utils import timezone

from accounts.models import Appointment, Office
from accounts.roles import CLIENT_ROLES, HOLDER_ROLES
from casework.models import CallBack, Flag, Grievance, PlanReview
from casework.sweeps import enterprises_without_case, steps_left_open
from enterprises.models import Enterprise
from journal.models import JobRun
from journal.open_items import Scope
from loans.models import Loan
from portal.pages.items import sources

logger = logging.getLogger(__name__)


def sweep(run: JobRun) -> dict[str, int]:
    """Count what a reaction missed, what nobody has, and where totals and ledger differ. Changes nothing."""
    lacking = ownerless()
    found = {
        "enterprises_without_case": enterprises_without_case().count(),
        "ownerless_items": lacking.total(),
        "complaints_of_nobody": Grievance.objects.of_nobody(on=timezone.localdate()).count(),
        "flags_of_nobody": Flag.objects.of_nobody(on=timezone.localdate()).count(),
        "plan_reviews_of_nobody": PlanReview.objects.of_nobody(on=timezone.localdate()).count(),
        "plan_remarks_of_nobody": PlanReview.objects.told_to_nobody(on=timezone.localdate()).count(),
        "call_backs_of_nobody": CallBack.objects.may_be_called().of_nobody(on=timezone.localdate()).count(),
        "denials_of_nobody": CallBack.objects.undecided_by_anybody(on=timezone.localdate()).count(),
        "steps_left_open": steps_left_open().count(),
        "leads_that_lack_nothing": Enterprise.objects.leads_that_lack_nothing().count(),
        "loans_out_of_balance": Loan.objects.unbalanced().count(),
    }
    for name, number in found.items():
        if number:
            kinds = {"kinds": dict(lacking)} if name == "ownerless_items" else {}
            logger.error("sweep found what must not be", extra={"check": name, "number": number} | kinds)
    return found


def ownerless() -> Counter[str]:
    """Open items that nobody works on, by kind.

    One that a colleague has is owned while they can sign in and hold a post. What hangs on a case moves with the case,
    and has to; of the rest, and where nobody in particular has it, the office sees it as long as somebody works there,
    or above it, with clients.
    """
    today = timezone.localdate()
    posts = Appointment.objects.in_force(on=today).filter(role__in=HOLDER_ROLES | CLIENT_ROLES, user__is_active=True)
    has_holder = Q(item_holder__in=posts.values("user"))
    staffed = Q(item_office__in=Office.objects.below(posts.values_list("office", flat=True).distinct(), on=today))
    moves_with_case = Q(item_kind__startswith="casework.", item_holder__isnull=False)
    everything = Scope(enterprise_ids=Enterprise.objects.values("pk"), today=today)
    found: Counter[str] = Counter()
    for rows in sources(everything):
        # What a column lacks is no answer: it counts as not owned.
        lacking = rows.exclude(has_holder & Q(item_holder__isnull=False)).exclude(
            ~moves_with_case & staffed & Q(item_office__isnull=False)
        )
        found.update(kind for kind, *_others in lacking)
    return found
