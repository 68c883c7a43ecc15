"""A client handed to the lender, and what came of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, OfficeDistrict, User
from casework.models import BusinessPlan, Case, Referral
from casework.querysets import NOT_APPROVED, NOT_WANTED
from casework.states import CaseState, ReferralState
from casework.wordings import CURRENT
from enterprises.actions import grants
from enterprises.models import Consent, Enterprise, Grant
from journal.events import ADVISORS, ENTREPRENEUR, LENDER, MANAGERS, record
from journal.models import Event
from journal.moves import MoveRefused, hold, move
from places.calendar import LENDING, OFFICE, add_working_days

WORKING_DAYS_TO_ANSWER = 5
# After an end without a loan: the day by which the advisor has talked with the client, and agreed what to do.
WORKING_DAYS_TO_TELL = 3
PAID_OUT, SENT_BACK = "loans.disbursed", "casework.referral_declined"
AUDIENCE = {ENTREPRENEUR, ADVISORS, LENDER, MANAGERS}


def branches_for(case: Case) -> QuerySet[Office]:
    """The lender's branches that serve the case's district; where none does, all branches of the province."""
    today = timezone.localdate()
    district = case.enterprise.district
    branches = Office.objects.filter(organisation=Office.Organisation.LENDER).open(on=today)
    cover = OfficeDistrict.objects.held(on=today)
    near = branches.filter(pk__in=cover.filter(district=district).values("holder_id"))
    if not near.exists():
        near = branches.filter(pk__in=cover.filter(district__province=district.province_id).values("holder_id"))
    return near.order_by("name", "id")


class Obstacle(TextChoices):
    """What can stand between a client and the lender, said with its remedy."""

    NO_PLAN = "no_plan", _("There is no approved business plan yet. Write one, and ask a colleague to approve it.")
    LEAD = (
        "lead",
        _("This is a lead still. Ask for the permission first, and for a mobile number or an address."),
    )
    NO_CONSENT = (
        "no_consent",
        _("The client has not agreed that SMEDA may pass these details to Akhuwat. Ask them, and note their answer."),
    )
    LENT_ALREADY = (
        "lent_already",
        _("The loan of this business plan was paid out. For another loan, write a new plan and have it approved."),
    )
    TOO_EARLY = (
        "too_early",
        _("The lender said no the last time, and the day to ask again has not come yet."),
    )
    SENT_ALREADY = "sent_already", _("The lender has a referral of this client already. Wait for its answer.")


# Why a referral is taken back after an event of the permission to share.
ENDED_BECAUSE = {
    "enterprises.consent_withdrawn": gettext_noop("The client no longer agrees that these details are shared."),
    "enterprises.consent_lapsed": gettext_noop("The permission to share these details ran out. Ask the client again."),
}
# What the page that refers takes down, or leads to, right there.
SETTLED_THERE = frozenset({None, Obstacle.LEAD, Obstacle.NO_CONSENT})


def obstacle(case: Case) -> Obstacle | None:
    """What has to be done first, or nothing."""
    plan = case.business_plans.approved().order_by("number").last()
    if plan is None:
        return Obstacle.NO_PLAN
    if case.referrals.open().filter(to=Referral.To.LENDER).exists():
        return Obstacle.SENT_ALREADY
    if is_lent(plan):
        return Obstacle.LENT_ALREADY
    if is_too_early(case, on=timezone.localdate()):
        return Obstacle.TOO_EARLY
    return unpermitted(case.enterprise)


def unpermitted(enterprise: Enterprise) -> Obstacle | None:
    """Which permission lacks. Work on a lead enters no total (R8), and a loan has to: a lead is not referred."""
    if enterprise.client_since is None:
        return Obstacle.LEAD
    shared = Consent.objects.lets_share(enterprise, on=timezone.localdate())
    return None if shared.exists() else Obstacle.NO_CONSENT


def is_lent(plan: BusinessPlan) -> bool:
    """Whether a referral with this plan ended in a loan. The journal says so; lending is not asked."""
    answers = plan.referrals.filter(state=ReferralState.ANSWERED).values("answering_event_id")
    return Event.objects.filter(pk__in=answers, name=PAID_OUT).exists()


def is_too_early(case: Case, *, on: date) -> bool:
    """Whether the lender's newest no asks to wait longer than until the day (L6)."""
    again_on = ask_again_on(case)
    return again_on is not None and again_on > on


def ask_again_on(case: Case) -> date | None:
    """The day that came with the lender's newest no. The journal says so."""
    sent, label = case.referrals.filter(to=Referral.To.LENDER), Referral._meta.label_lower
    refused = Event.objects.filter(pk__in=sent.values("answering_event_id"), name=NOT_APPROVED)
    declined = Event.objects.filter(target_label=label, target_id__in=sent.values("pk"), name=SENT_BACK)
    # Each by its own index: in one condition they would be looked for among every client's noes.
    refusal = refused.union(declined, all=True).order_by("-id").first()
    said = refusal.data.get("ask_again_on", "") if refusal is not None else ""
    return date.fromisoformat(said) if said else None


def is_unchanged(case: Case, to_office: Office) -> bool:
    """Whether the branch sent back this very plan, and nobody has talked with the client since."""
    plan = case.business_plans.approved().order_by("number").last()
    unheard = case.referrals.unheard()
    return unheard.filter(state=ReferralState.DECLINED, to_office=to_office, business_plan=plan).exists()


@transaction.atomic
def refer_to_lender(
    *, case: Case, to_office: Office, by: User, version: int, is_told: bool, why_anyway: str = ""
) -> Referral:
    """Hand the client to a branch, which sees them from now on and answers within five working days.

    Refused, with the remedy, where no business plan is approved, it is a lead, the client does not let SMEDA share, was
    not told that their family is met (`is_told`), or the lender said no and the day to ask again has not come.
    `why_anyway` is why it is sent although by what is known the lender would refuse.
    """
    # Before the case, as whoever gives or takes back a permission does: the two take turns.
    hold(case.person, version=None)
    held = hold(case, version=version)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if held.state == CaseState.CLOSED:
        raise MoveRefused(held)
    if found := obstacle(held):
        raise ValidationError(found.label, code=found.value)
    if not is_told:
        said = _("Read it to the client first: their family will be met before the loan.")
        raise ValidationError({"is_told": said})
    if to_office not in branches_for(held):
        raise ValidationError({"to_office": _("Choose one of the lender's branches near the client.")})
    if is_unchanged(held, to_office):
        said = _("This branch sent the client back. Talk with the client first and log the talk, or choose another.")
        raise ValidationError({"to_office": said})
    grant = grants.give(enterprise=held.enterprise, office=to_office, purpose=Grant.Purpose.REFERRAL, by=by)
    referral = Referral.objects.create(
        case=held,
        to=Referral.To.LENDER,
        to_office=to_office,
        business_plan=held.business_plans.approved().order_by("number").last(),
        grant=grant,
        by=by,
        told_wording=CURRENT,
        why_anyway=why_anyway,
        due_on=add_working_days(timezone.localdate(), WORKING_DAYS_TO_ANSWER, calendar=LENDING),
    )
    data = {"office": to_office.pk, "due_on": referral.due_on.isoformat()}
    record("casework.referred", target=referral, by=by, audience=AUDIENCE, data=data)
    return referral


@transaction.atomic
def decline(
    *, referral: Referral, by: User, version: int, reason: str, data: Mapping[str, Any] | None = None
) -> Referral:
    """The lender does not take the client on, and says why; with that its sight of the client ends.

    `data` is what the event says of it: the reason's code, and the day from which to ask again.
    """
    if not reason:
        raise ValidationError({"reason": _("Write why, so that the advisor can tell the client.")})
    hold_sight(Referral.objects.filter(pk=referral.pk))
    return ended(referral, "decline", by=by, version=version, data=data, reason=reason, due_on=due_to_tell())


@transaction.atomic
def take_up_for_event(*, event: Event, by: User) -> list[Referral]:
    """The lender received an application of the client: its open referral is taken up."""
    return [
        move(referral, "take_up", by=by, version=None, audience=AUDIENCE)
        for referral in held(to_lender(event).filter(state=ReferralState.SENT))
    ]


@transaction.atomic
def answer_for_event(*, event: Event, by: User) -> list[Referral]:
    """The event is the answer to the open referral. The application's own grant, if any, goes on."""
    unanswered = to_lender(event).filter(state__in=[ReferralState.SENT, ReferralState.TAKEN])
    hold_sight(unanswered)
    leaves_a_talk = event.name in {NOT_APPROVED, NOT_WANTED}
    changes = {"answering_event_id": event.pk} | ({"due_on": due_to_tell()} if leaves_a_talk else {})
    verb = "drop" if event.name == NOT_WANTED else "answer"
    return [ended(referral, verb, by=by, version=None, **changes) for referral in held(unanswered)]


@transaction.atomic
def withdraw_for_event(*, event: Event, by: User) -> list[Referral]:
    """The permission to share is taken back or ran out: what the lender has not taken up yet is taken back."""
    if event.data.get("kind") != Consent.Kind.SHARE:
        return []
    sent = Referral.objects.filter(case__person_id=event.person_id or 0, state=ReferralState.SENT).order_by("pk")
    hold_sight(sent)
    reason = gettext(ENDED_BECAUSE[event.name])
    due_on = due_to_tell()
    return [ended(referral, "withdraw", by=by, version=None, reason=reason, due_on=due_on) for referral in held(sent)]


def due_to_tell() -> date:
    return add_working_days(timezone.localdate(), WORKING_DAYS_TO_TELL, calendar=OFFICE)


def to_lender(event: Event) -> QuerySet[Referral]:
    return Referral.objects.filter(case__enterprise_id=event.enterprise_id or 0, to=Referral.To.LENDER).order_by("pk")


def hold_sight(referrals: QuerySet[Referral]) -> None:
    """Lock the sight that these gave, before themselves: so does who withdraws a consent, and the two take turns."""
    given = Grant.objects.filter(pk__in=referrals.order_by().values("grant_id")).order_by("pk")
    list(given.select_for_update(no_key=True))


def held(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """Those that are still so once they are locked: somebody else may be ending one at this moment."""
    return referrals.select_for_update(no_key=True, of=("self",))


def ended(referral: Referral, verb: str, *, by: User, version: int | None, **changes: Any) -> Referral:
    """Make the last move of a referral; the sight that it gave ends with it."""
    last = move(referral, verb, by=by, version=version, audience=AUDIENCE, ended_at=timezone.now(), **changes)
    grants.end(grant=last.grant, by=by)
    return last
