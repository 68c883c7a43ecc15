"""An application's way: received, visited, guaranteed, decided by a committee, withdrawn."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Referral
from casework.states import BusinessPlanState, ReferralState
from enterprises.actions import families, grants
from enterprises.actions.people import find_or_register_person
from enterprises.actions.statements import see_card
from enterprises.family_querysets import are_close_relatives
from enterprises.kin import Relation, word_for
from enterprises.likeness import is_one_name
from enterprises.models import FamilyQuestion, Grant, Kinship, Person, Statement
from journal.events import ADVISORS, ENTREPRENEUR, LENDER, MANAGERS, record
from journal.moves import EditConflict, MoveRefused, hold, move
from kit.days import months_after
from kit.saving import save
from loans.actions.offers import check_offer, check_terms
from loans.conditions import guarantors_left, why_not_yet
from loans.models import Application, Guarantor, Product, RefusalReason, Vote
from loans.references import APPLICATION, next_id, reference
from loans.states import BEFORE_COMMITTEE, UNDECIDED, ApplicationState
from messaging.outbox import queue
from places.calendar import LENDING, add_working_days

# The lender's own goal: decided in three weeks of working days, and paid out in the week after.
WORKING_DAYS_TO_DECIDE = 15
WORKING_DAYS_TO_PAY = 5

TOLD = {ENTREPRENEUR, ADVISORS, LENDER}
EVERYBODY = TOLD | {MANAGERS}


@transaction.atomic
def receive(
    *, referral: Referral, version: int | None, product: Product, amount: int, months: int, by: User
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
    if plan is None or plan.state != BusinessPlanState.APPROVED:
        raise ValidationError(_("SMEDA has not approved a business plan. Ask the advisor for it."))
    check_offer(product=product, branch=held.to_office, amount=amount, months=months)
    number = next_id(Application)
    application = Application(
        id=number,
        reference=reference(case.enterprise.district, APPLICATION, number),
        enterprise=case.enterprise,
        person=case.person,
        partner=product.partner,
        product=product,
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
    grants.give(enterprise=case.enterprise, purpose=Grant.Purpose.APPLICATION, office=held.to_office, by=by)
    if product.guarantors_needed:
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
def add_guarantor(
    *,
    application: Application,
    version: int,
    cnic: str,
    name: str,
    sex: str,
    phone: str,
    relation: str,
    by: User,
    kinship: str = Relation.OTHER,
    is_somebody_else: bool = False,
) -> Guarantor:
    """Write down somebody who vouches and has said yes. They are found by their CNIC, or registered as a person.

    Under another name than on file they are written down too, and the name on file is not shown: a number tells nobody
    who has it, nor whose relative that is. Written down again with the right name, they are shown by it. `kinship`
    says what a guarantor of the family is; `is_somebody_else`, that it is no relative of this name, is kept where that
    was asked.
    """
    held = hold(application, version=version)
    if held.state not in BEFORE_COMMITTEE:
        raise MoveRefused(held, "guarantee")
    if not by.has_perm("loans.appraise_application", held):
        raise PermissionDenied("loans.appraise_application")
    is_family = relation == Guarantor.Relation.FAMILY
    if is_family and not held.product.family_may_guarantee:
        raise ValidationError({"relation": _("Family cannot guarantee this loan. Choose somebody outside the family.")})
    person = hold(find_or_register_person(cnic=cnic, name=name, sex=sex, phone=phone, by=by)[0], version=None)
    if person.pk == held.person_id:
        raise ValidationError({"cnic": _("This is the applicant's own card. A guarantor is somebody else.")})
    is_named = is_told_by(name, person.name)
    known = held.guarantors.filter(person=person).first()
    if known is not None and (known.is_named or not is_named):
        raise ValidationError({"cnic": _("This person is a guarantor of this application already.")})
    is_somebody_else = is_named and refuse_unfit(held, person, is_family=is_family, is_answered=is_somebody_else, by=by)
    if is_named and is_family:
        state_family(held.person, person, relation=kinship, by=by)
    if known is not None:
        return name_guarantor(known, relation=relation, is_somebody_else=is_somebody_else)
    return Guarantor.objects.create(
        application=held,
        applicant_id=held.person_id,
        person=person,
        relation=relation,
        is_named=is_named,
        is_somebody_else=is_somebody_else,
        consented_at=timezone.now(),
        added_by=by,
    )


def is_told_by(typed: str, name: str) -> bool:
    """Whether whoever typed this knew the whole name on file: part of it does not show the rest."""
    return is_one_name(typed, name) and len(typed.split()) >= len(name.split())


def state_family(person: Person, relative: Person, *, relation: str, by: User) -> None:
    """Write down what a guarantor of the family is. What does not fit is refused without what stands on file."""
    source = Statement.Source.ASSISTED
    try:
        with transaction.atomic():
            families.state_between(person=person, relative=relative, relation=relation, source=source, by=by)
    except ValidationError as refusal:
        said = _("This does not fit what the family said. Ask the applicant again how they are related.")
        raise ValidationError({"relation": said}) from refusal


def name_guarantor(guarantor: Guarantor, *, relation: str, is_somebody_else: bool) -> Guarantor:
    """Somebody who was written down under another name is named now, and related as was said with the right name."""
    guarantor.is_named, guarantor.relation, guarantor.is_somebody_else = True, relation, is_somebody_else
    guarantor.save(update_fields=["is_named", "relation", "is_somebody_else"])
    return guarantor


def refuse_unfit(application: Application, person: Person, *, is_family: bool, is_answered: bool, by: User) -> bool:
    """Whoever is named right and does not guarantee all the same; return whether they were told from a namesake."""
    refuse_dead(application.person, person, by=by)
    refuse_close(application, person, by=by)
    return not is_family and refuse_namesake(application.person, person, is_answered=is_answered, by=by)


def refuse_dead(applicant: Person, person: Person, *, by: User) -> None:
    """Nobody vouches who died. That they did reads whoever reads of the applicant's family, and nobody else."""
    if Kinship.objects.dead_among({person.pk}, on=timezone.localdate()):
        said = cannot_guarantee()
        if by.has_perm("enterprises.view_family", applicant):
            said = _(
                "Whoever has this card is written down as having died. Look at the card: is it theirs who vouches?"
            )
        raise ValidationError({"cnic": said}, code="dead")


def cannot_guarantee() -> str:
    """To whoever does not read of the family: one text, beside one field, whether of the dead or of relatives."""
    return _("This person cannot guarantee this loan. Look at the card, or choose somebody else.")


def refuse_namesake(applicant: Person, person: Person, *, is_answered: bool, by: User) -> bool:
    """A relative whose card nobody wrote down may be this very person: the officer asks, and says that it is not.

    Return whether there is one of this name, and the officer said so.
    """
    told = Kinship.objects.visible_to(by).standing().of(applicant).filter(relative__isnull=True, sex=person.sex)
    for kinship in told:
        if is_one_name(person.name, kinship.name):
            if is_answered:
                return True
            said = _("%(name)s is the name of a relative of the applicant (%(relation)s). Is this somebody else?") % {
                "name": kinship.name,
                "relation": word_for(kinship.relation, sex=kinship.sex, of=applicant.sex),
            }
            raise ValidationError({"is_somebody_else": said}, code="namesake")
    return False


def refuse_close(application: Application, person: Person, *, by: User) -> None:
    """Whoever is known as a close relative does not guarantee, whatever the officer was told; the product decides.

    That they are reads whoever reads of the applicant's family, and nobody else.
    """
    if application.product.family_may_guarantee:
        return
    if are_close_relatives(application.person, person, on=timezone.localdate()):
        field, said = "cnic", cannot_guarantee()
        if by.has_perm("enterprises.view_family", application.person):
            field = "relation"
            said = _(
                "This person is written down as a close relative of the applicant. Family cannot guarantee this "
                "loan. Choose somebody outside the family."
            )
        raise ValidationError({field: said}, code="close")


@transaction.atomic
def verify_guarantors(*, application: Application, version: int, by: User) -> Application:
    """Say that the guarantors were met and know what they sign: the application goes to the committee.

    Refused with what must come before: the visit, a household that agrees, enough guarantors.
    """
    held = hold(application, version=version)
    if held.state in BEFORE_COMMITTEE and (reasons := why_not_yet(held, guarantors_left(held), by=by)):
        raise ValidationError(reasons)
    now = timezone.now()
    return move(held, "guarantee", by=by, version=version, audience=TOLD, guaranteed_by=by, guaranteed_at=now)


@transaction.atomic
def vote(
    *,
    application: Application,
    version: int,
    approves: bool,
    by: User,
    amount: int | None = None,
    refusal: RefusalReason | None = None,
    refusal_text: str = "",
) -> Application:
    """Cast one committee member's vote. The vote that completes the product's quorum decides.

    All must agree: then the lowest amount is approved. One no refuses, with the reason given first.
    """
    held = hold(application, version=version)
    if held.state != ApplicationState.GUARANTEED:
        raise MoveRefused(held, "approve")
    if not by.has_perm("loans.vote_on_application", held):
        raise PermissionDenied("loans.vote_on_application")
    if held.votes.filter(member=by).exists():
        raise ValidationError(_("You have voted on this application already."))
    if approves:
        check_amount(held, amount)
        refusal, refusal_text = None, ""
    else:
        check_refusal(refusal, refusal_text)
        amount = None
    Vote.objects.create(
        application=held,
        member=by,
        appraised_by=held.visited_by,  # type: ignore[misc]  # set by the visit
        approves=approves,
        amount=amount,
        refusal=refusal,
        refusal_text=refusal_text,
    )
    record("loans.voted", target=held, by=by, audience={LENDER})
    votes = list(held.votes.select_related("refusal"))
    return held if len(votes) < held.product.quorum else decide(held, votes=votes, by=by)


def decide(held: Application, *, votes: list[Vote], by: User) -> Application:
    """Make the move that the completed votes add up to; `held` is locked."""
    for vote in votes:
        if vote.refusal is not None:
            return close_with_refusal(held, "reject", reason=vote.refusal, text=vote.refusal_text, by=by)
    amount = min(vote.amount for vote in votes if vote.amount is not None)
    approved = move(
        held,
        "approve",
        by=by,
        version=held.version,
        audience=EVERYBODY,
        data={"amount": amount},
        amount_approved=amount,
        decided_by=by,
        decided_at=timezone.now(),
        due_on=add_working_days(timezone.localdate(), WORKING_DAYS_TO_PAY, calendar=LENDING),
    )
    queue("loans.decision", target=approved, by=by)
    return approved


@transaction.atomic
def refuse(
    *, application: Application, version: int, refusal: RefusalReason, refusal_text: str = "", by: User
) -> Application:
    """Say no before the committee meets: always with a reason, what to do about it, and when to ask again."""
    held = hold(application, version=version)
    if held.state not in UNDECIDED:
        raise MoveRefused(held, "refuse")
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


def check_amount(application: Application, amount: int | None) -> None:
    """Refuse an amount that was not asked for, or that the product does not allow."""
    if amount is None:
        raise ValidationError({"amount": _("Enter an amount in rupees.")})
    if amount > application.amount_wanted:
        wanted = f"{application.amount_wanted:,}"
        raise ValidationError({"amount": _("Rs %(wanted)s was asked for. Approve that or less.") % {"wanted": wanted}})
    check_terms(product=application.product, amount=amount, months=application.months)


def check_refusal(reason: RefusalReason | None, text: str) -> RefusalReason:
    """A no has a reason from the list, and where that says nothing by itself, an explanation."""
    if reason is None:
        raise ValidationError({"refusal": _("Choose the reason.")})
    if reason.needs_text and not text:
        raise ValidationError({"refusal_text": _("Explain the reason in a sentence that the applicant understands.")})
    return reason
