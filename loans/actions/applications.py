"""An application's way: received, visited, refused, withdrawn."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Referral
from casework.states import ReferralState
from enterprises.actions import families, grants
from enterprises.actions.statements import see_card
from enterprises.models import FamilyQuestion, Grant, Person
from journal.events import ADVISORS, ENTREPRENEUR, LENDER, MANAGERS, record
from journal.moves import EditConflict, MoveRefused, hold, move
from kit.days import months_after
from kit.saving import save
from loans import precheck
from loans.actions import prechecks
from loans.actions.offers import check_offer
from loans.conflicts import refuse_conflict
from loans.known import Known
from loans.models import Application, Offer, RefusalReason
from loans.precheck import Asking
from loans.references import APPLICATION, next_id, reference
from loans.states import UNDECIDED
from messaging.outbox import queue
from places.calendar import LENDING, add_working_days

# The lender's own goal: decided in three weeks of working days, and paid out in the week after.
WORKING_DAYS_TO_DECIDE = 15
TOLD = {ENTREPRENEUR, ADVISORS, LENDER}
EVERYBODY = TOLD | {MANAGERS}


@transaction.atomic
def receive(
    *, referral: Referral, version: int | None, offer: Offer, amount: int, months: int, by: User
) -> Application:
    """Take up a referral: the application is made of the record, the case and the approved business plan.

    Nothing known is asked again. The branch sees the enterprise until the application ends. The applicant is locked:
    whoever takes their card off, or ends their ownership, looks under the same lock whether money hangs on it.
    """
    # Before the referral, as whoever takes back a permission does: the two take turns.
    hold(referral.case.person, version=None)
    held = hold(referral, version=version)
    if held.state != ReferralState.SENT:
        raise MoveRefused(held, "take_up")
    if not by.has_perm("loans.receive_application", held):
        raise PermissionDenied("loans.receive_application")
    plan, case = held.business_plan, held.case
    approved = precheck.plan(plan)
    if plan is None or not approved.is_met:
        raise ValidationError(approved.text)
    district = case.enterprise.district
    check_offer(offer=offer, branch=held.to_office, district=district, person=case.person, amount=amount, months=months)
    number = next_id(Application)
    application = Application(
        id=number,
        reference=reference(district, APPLICATION, number),
        enterprise=case.enterprise,
        person=case.person,
        partner=offer.product.partner,
        product=offer.product,
        scheme=offer.scheme,
        branch=held.to_office,
        referral=held,
        business_plan=plan,
        amount_wanted=amount,
        months=months,
        purpose=plan.purpose,
        officer=by,
        due_on=add_working_days(timezone.localdate(), WORKING_DAYS_TO_DECIDE, calendar=LENDING),
    )
    save(application, force_insert=True)
    known = Known(
        case.person, case.enterprise, [offer.scheme], by, timezone.localdate(), held.to_office, case, application
    )
    prechecks.keep(Asking(known, offer, amount, months), by=by, application=application)
    grants.give(enterprise=case.enterprise, purpose=Grant.Purpose.APPLICATION, office=held.to_office, by=by)
    if offer.product.guarantors_needed:
        families.ask(person=case.person, purpose=FamilyQuestion.Purpose.GUARANTEE, by=by)
    record("loans.received", target=application, by=by, audience=TOLD, data={"application": application.pk})
    return application


@transaction.atomic
def record_visit(
    *,
    application: Application,
    version: int,
    visit_place: str,
    whom_met: str,
    household_agrees: bool,
    by: User,
    is_card_seen: bool = False,
    card: str | None = None,
) -> Application:
    """Write down the visit: where, whom the officer met, and whether the household knows of the loan and agrees.

    A later visit takes the place of an earlier one; the journal keeps both. Who visits has the application. Of whom
    the officer saw the card nobody asks for it again before the money is given. `card` is the number that the officer
    compared it with, and must still stand there; None where no page showed one.
    """
    visited = move(
        application,
        "visit",
        by=by,
        version=version,
        audience=TOLD,
        visited_by=by,
        visited_at=timezone.now(),
        visit_place=visit_place,
        whom_met=whom_met,
        household_agrees=household_agrees,
        officer=by,
    )
    if is_card_seen:
        person = hold(visited.person, version=None)
        if card is not None and card != person.cnic:
            raise EditConflict(person)
        if person.cnic_standing == Person.Standing.CLAIMED:
            see_card(person, by=by)
    return visited


@transaction.atomic
def refuse(
    *, application: Application, version: int, refusal: RefusalReason, refusal_text: str = "", by: User
) -> Application:
    """Say no before the committee meets: always with a reason, what to do about it, and when to ask again."""
    held = hold(application, version=version)
    if held.state not in UNDECIDED:
        raise MoveRefused(held, "refuse")
    refuse_conflict(by, held)
    check_refusal(refusal, refusal_text)
    return close_with_refusal(held, "refuse", reason=refusal, text=refusal_text, by=by)


def close_with_refusal(held: Application, verb: str, *, reason: RefusalReason, text: str, by: User) -> Application:
    """End the application with a no, and queue word to the applicant; `held` is locked."""
    hold_applicant(held)
    ask_again_on = months_after(timezone.localdate(), reason.months_until_again)
    refused = move(
        held,
        verb,
        by=by,
        version=held.version,
        audience=EVERYBODY,
        data={"reason": reason.code, "ask_again_on": ask_again_on.isoformat()},
        refusal=reason,
        refusal_text=text,
        ask_again_on=ask_again_on,
        decided_by=by,
        decided_at=timezone.now(),
    )
    end_sight(refused, by=by)
    queue("loans.decision", target=refused, by=by)
    return refused


@transaction.atomic
def withdraw(
    *, application: Application, version: int | None, by: User, unshared_at: datetime | None = None
) -> Application:
    """The applicant no longer wants the loan, or since `unshared_at` no longer shares. Counted apart from refusals."""
    hold_applicant(hold(application, version=version))
    withdrawn = move(application, "withdraw", by=by, version=version, audience=EVERYBODY, unshared_at=unshared_at)
    end_sight(withdrawn, by=by)
    return withdrawn


def withdraw_unshared(*, person: Person, by: User) -> list[Application]:
    """The person no longer lets SMEDA share with the lender: what is no loan yet ends, an approved one too.

    No money is on its way before it is written down as given. Whoever works on an application holds it, and then the
    person; the caller holds the person, so this waits for no application, and is refused while somebody has one in
    hand.
    """
    theirs = Application.objects.open().filter(person__in=person.record_ids()).order_by("pk")
    held = list(theirs.select_for_update(no_key=True, skip_locked=True, of=("self",)))
    if len(held) < theirs.count():
        said = _("The branch is writing something down about the application at this very moment. Press once more.")
        raise ValidationError(said, code="in_hand")
    return [withdraw(application=one, version=None, by=by, unshared_at=timezone.now()) for one in held]


def hold_applicant(application: Application) -> None:
    """Before the sight that an ending ends: whoever takes back the permission to share holds the person, then that.

    The caller holds the application.
    """
    hold(application.person, version=None)


def end_sight(application: Application, *, by: User) -> None:
    """End the branch's sight of the enterprise that this application gave; loans are seen by contract.

    Another open application of the enterprise at this branch, by somebody who owns it too, still needs that sight.
    With the person's last open application that needs guarantors nobody is asked about the family any more. Whoever
    asks meanwhile for another one waits until this is settled: the caller holds the person, and `families.ask` does.
    """
    needing = Application.objects.open().filter(person=application.person_id, product__guarantors_needed__gt=0)
    if not needing.exists():
        families.stop_asking(person=application.person, purpose=FamilyQuestion.Purpose.GUARANTEE)
    others = Application.objects.open().filter(enterprise=application.enterprise_id, branch=application.branch_id)
    if others.exists():
        return
    given = Grant.objects.filter(
        enterprise_id=application.enterprise_id, office_id=application.branch_id, purpose=Grant.Purpose.APPLICATION
    )
    grants.end_all(given, by=by)


def check_refusal(reason: RefusalReason | None, text: str) -> RefusalReason:
    """A no has a reason from the list, and where that says nothing by itself, an explanation."""
    if reason is None:
        raise ValidationError({"refusal": _("Choose the reason.")})
    if reason.needs_text and not text:
        raise ValidationError({"refusal_text": _("Explain the reason in a sentence that the applicant understands.")})
    return reason
