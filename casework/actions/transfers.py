"""A case goes to somebody else: who is asked for it, who takes it, and back; or it follows its business."""

import datetime as dt
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Absence, Appointment, Office, User
from accounts.roles import Role
from casework.actions.assignment import Holder, Why, best, hand_out_by_turns, here_first, in_office
from casework.actions.clocks import first_call_by
from casework.actions.hand_overs import choose_for, hand_over, load_of, pass_on, past_cap, wishes_of
from casework.actions.put_back import agreed_day, put_back, unchanged
from casework.models import Case, Transfer
from casework.states import BACK_FOR, OPEN_CASES, TransferState
from enterprises.models import Enterprise
from journal.events import ADVISORS, MANAGERS, record
from journal.models import Event
from journal.moves import MoveRefused, hold, move
from kit import words
from kit.saving import save

AUDIENCE = {ADVISORS, MANAGERS}


class To(NamedTuple):
    """Who is asked to take a case: a colleague at an office, or whoever of the office is free."""

    office: Office
    advisor: User | None = None


def askable(*, on: dt.date) -> QuerySet[Appointment]:
    """Advisors of every office who are not away, and take new cases: a cap of nought is a pause."""
    away = Absence.objects.in_force(on=on).values("user")
    posts = Appointment.objects.in_force(on=on).filter(role=Role.ADVISOR, weekly_cap__gt=0, user__is_active=True)
    at_smeda = Office.objects.filter(organisation=Office.Organisation.SMEDA).open(on=on)
    return posts.filter(office__in=at_smeda).exclude(user__in=away).select_related("user", "office")


def offices_to_ask(case: Case, *, on: dt.date) -> QuerySet[Office]:
    """The other offices where somebody takes cases."""
    posts = Appointment.objects.in_force(on=on).filter(
        role__in=[Role.ADVISOR, Role.REGIONAL_MANAGER], user__is_active=True
    )
    smeda = Office.objects.filter(organisation=Office.Organisation.SMEDA, pk__in=posts.values("office"))
    return smeda.open(on=on).exclude(pk=case.office_id)


@transaction.atomic
def propose(*, case: Case, to: To, by: User, version: int, reason: str) -> Transfer:
    """Ask somebody to take the case. Until they do it stays with its advisor, and every clock of it goes on."""
    held = hold(case, version=version)
    if not by.has_perm("casework.propose_transfer", held):
        raise PermissionDenied("casework.propose_transfer")
    if held.state not in OPEN_CASES:
        raise MoveRefused(held)
    if held.transfers.waiting().exists():
        raise ValidationError(_("Somebody is asked already. Wait for the answer, or take the question back first."))
    today = timezone.localdate()
    if to.advisor is not None:
        is_there = askable(on=today).filter(user=to.advisor, office=to.office).exists()
        fits = is_there and to.advisor.pk not in {held.advisor_id, by.pk}
    else:
        fits = offices_to_ask(held, on=today).filter(pk=to.office.pk).exists()
    if not fits:
        raise ValidationError({"to": _("Choose another colleague, or another office.")})
    transfer = Transfer(
        case=held,
        from_office=held.office,
        from_advisor=held.advisor,
        to_office=to.office,
        to_advisor=to.advisor,
        reason=reason,
        by=by,
        due_on=first_call_by(today),
    )
    save(transfer)
    # Whoever asks anew has read the no before.
    held.transfers.refused_unseen().filter(by=by).update(seen_at=timezone.now())
    data = {"office": to.office.pk, "due_on": transfer.due_on.isoformat()}
    record("casework.transfer_proposed", target=transfer, by=by, audience=AUDIENCE, data=data)
    return transfer


@transaction.atomic
def accept(*, transfer: Transfer, by: User, version: int, reason: str = "") -> Transfer:
    """Take the case: it is theirs at once, with all that waits, and the client is told who has it now.

    A manager who answers for a colleague gives it to them as they hand over a case: to nobody who is away, and past
    the week's cap for a reason. For an office it goes to whoever takes its next case.
    """
    case = hold(transfer.case, version=None)
    now = timezone.now()
    asked = hold(transfer, version=version)
    if not by.has_perm("casework.answer_transfer", asked):
        raise PermissionDenied("casework.answer_transfer")
    office = asked.to_office
    hand_out_by_turns([office])
    advisor = asked.to_advisor or taker_at(office, case, by=by, now=now)
    load = load_at(office, advisor, now=now) if advisor else None
    if load is None:
        raise ValidationError(_("Whoever is asked does not work there any more. Say no, with this as the reason."))
    if answers_for(asked, by) and is_away(load.user, now=now):
        raise ValidationError(away_in_words(load.user))
    if answers_for(asked, by) and load.role == Role.ADVISOR:
        over = past_cap(case, load, by=by, reason=reason)
    else:
        over = {"over_cap": True} if load.role == Role.ADVISOR and load.is_full else {}
    taken = move(
        asked,
        "accept",
        by=by,
        version=None,
        audience=AUDIENCE,
        data={"office": office.pk},
        to_advisor=advisor,
        decided_by=by,
        decided_at=now,
    )
    taken.kept = pass_on(case, Holder(office, load.user, Why.AGREED), by=by, **over)
    taken.save(update_fields=["kept"])
    return taken


def answers_for(transfer: Transfer, by: User) -> bool:
    """Whether somebody else than who is asked by name answers."""
    return transfer.to_advisor_id is not None and by.pk != transfer.to_advisor_id


def load_at(office: Office, advisor: User, *, now: dt.datetime) -> Any:
    """The post of the advisor at the office, with what its week holds; of two posts the advisor's."""
    posts = in_office(office, today=timezone.localdate(now)).filter(user=advisor)
    post = posts.order_by("role", "pk").first()
    return load_of(post, now=now) if post else None


def is_away(user: User, *, now: dt.datetime) -> bool:
    return Absence.objects.in_force(on=timezone.localdate(now)).filter(user=user).exists()


def away_in_words(user: User) -> str:
    said = _("{name} is away, and nobody says yes for them. Say no, and ask or hand over to another colleague.")
    return said.format(name=user)


def taker_at(office: Office, case: Case, *, by: User, now: dt.datetime) -> User | None:
    """Where nobody is named, whoever says yes takes it, if they advise there; else who takes the office's next case."""
    today = timezone.localdate(now)
    if in_office(office, today=today).filter(user=by, role=Role.ADVISOR).exists():
        return by
    for who in here_first(today):
        if found := best([office], case.person, who=who, wishes=wishes_of(case), now=now):
            return found.advisor
    return None


@transaction.atomic
def refuse(*, transfer: Transfer, by: User, version: int, refusal: str) -> Transfer:
    """Say no, and why. The case stays where it is, and whoever asked reads it within two working days.

    After a yes they have nothing to do: the case went with all that waits.
    """
    hold(transfer.case, version=None)
    return move(
        transfer,
        "refuse",
        by=by,
        version=version,
        audience=AUDIENCE,
        refusal=refusal,
        due_on=first_call_by(timezone.localdate()),
        decided_by=by,
        decided_at=timezone.now(),
    )


@transaction.atomic
def see(*, transfer: Transfer, by: User, version: int) -> Transfer:
    """Whoever asked has read the no, and keeps the case as things stand."""
    held = hold(transfer, version=version)
    if not by.has_perm("casework.see_refusal", held):
        raise PermissionDenied("casework.see_refusal")
    if held.state != TransferState.REFUSED:
        raise MoveRefused(held)
    held.seen_at = held.seen_at or timezone.now()
    held.version += 1
    held.save(update_fields=["seen_at", "version"])
    return held


@transaction.atomic
def withdraw(*, transfer: Transfer, by: User, version: int | None) -> Transfer:
    """Ask no longer. Where somebody took it meanwhile, that is said, and nothing changes."""
    hold(transfer.case, version=None)
    at, asked = timezone.now(), hold(transfer, version=None)
    if asked.state == TransferState.ACCEPTED:
        taken = _("The case was taken already: {name} has it since {day}.")
        day = words.plain(words.day_short(asked.decided_at or at))
        raise ValidationError(taken.format(name=asked.to_in_words, day=day), code="taken")
    return move(transfer, "withdraw", by=by, version=version, audience=AUDIENCE, decided_by=by, decided_at=at)


def end_for_event(event: Event, *, by: User) -> None:
    """The case is closed, or somebody has it by another way: nobody is asked for it any more."""
    for transfer in Transfer.objects.filter(case=event.target_id, state="proposed"):
        withdraw(transfer=transfer, by=by, version=None)


@transaction.atomic
def undo(*, transfer: Transfer, by: User, version: int) -> Transfer:
    """Give a case back to whoever had it, within 30 days, by who decided that it goes.

    Refused where it is not where the transfer brought it, or somebody decided again since: with what was done then, and
    what stands now. What the transfer changed besides, and nobody since, is as it was.
    """
    case = hold(transfer.case, version=None)
    held = hold(transfer, version=version)
    if not by.has_perm("casework.undo_transfer", held):
        raise PermissionDenied("casework.undo_transfer")
    now = timezone.now()
    refuse_undoing(held, case, now=now)
    to = back_to(held, case, now=now)
    if to.advisor.pk == case.advisor_id:
        text = _("{name} is away or does not work there any more, and nobody else takes it.")
        raise ValidationError(text.format(name=held.from_advisor))
    found = unchanged(held, case)
    undone = move(held, "undo", by=by, version=None, audience=AUDIENCE, undone_at=now)
    is_back = to.advisor.pk == held.from_advisor_id
    pass_on(case, to, by=by, agreed=agreed_day(found) if is_back else None)
    if is_back:
        put_back(case, found)
    return undone


def refuse_undoing(transfer: Transfer, case: Case, *, now: dt.datetime) -> None:
    if transfer.decided_at is not None and transfer.decided_at < now - BACK_FOR:
        raise ValidationError(_("This is more than 30 days ago, and cannot be undone. Propose a transfer instead."))
    if case.state not in OPEN_CASES:
        said = _("You gave the case to {then}. It is closed since {day}: open it again first.")
    elif (case.advisor_id, case.office_id) != (transfer.to_advisor_id, transfer.to_office_id):
        said = _("You gave the case to {then}. Since {day} it is with {now}: ask them.")
    elif decided_since(transfer).exists():
        said = _("You gave the case to {then}. It went on since, and back on {day}: whoever decided that can undo it.")
    else:
        return
    day = words.plain(words.day_short(case.closed_at or case.assigned_at))
    has_it = f"{case.advisor}, {case.office.label}"
    raise ValidationError(said.format(then=transfer.to_in_words, now=has_it, day=day), code="changed")


def decided_since(transfer: Transfer) -> QuerySet[Transfer]:
    """Later transfers of the case that stand."""
    others = Transfer.objects.filter(case=transfer.case_id, state="accepted").exclude(pk=transfer.pk)
    return others.filter(decided_at__gte=transfer.decided_at)


def back_to(transfer: Transfer, case: Case, *, now: dt.datetime) -> Holder:
    """Whoever had it, if they still work there and are not away; else who takes cases of its district."""
    today = timezone.localdate(now)
    posts = in_office(transfer.from_office, today=today).exclude(
        user__in=Absence.objects.in_force(on=today).values("user")
    )
    if not posts.filter(user=transfer.from_advisor).exists():
        return choose_for(case, now=now)
    hand_out_by_turns([transfer.from_office])
    return Holder(transfer.from_office, transfer.from_advisor, Why.BACK)


@transaction.atomic
def follow(*, enterprise: Enterprise, by: User) -> Case | None:
    """Bring the open case to the office that covers the business's district, tell the person, and say who calls when.

    None where nothing changes: the case is closed, or its office covers that district too. It is never without an
    advisor: where no office covers the district, whoever would take a new case of it takes this one.
    """
    case = Case.objects.filter(enterprise=enterprise).first()
    if case is None:
        return None
    held = hold(case, version=None)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    now = timezone.now()
    here = Office.objects.filter(pk=held.office_id)
    if held.state not in OPEN_CASES or here.covering(enterprise.district_id, on=timezone.localdate(now)).exists():
        return None
    chosen = choose_for(held, now=now)
    if (chosen.advisor.pk, chosen.office.pk) == (held.advisor_id, held.office_id):
        return None
    return hand_over(held, chosen, by=by, cause=Transfer.Cause.DISTRICT)
