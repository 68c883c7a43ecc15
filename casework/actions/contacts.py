"""Calls, visits and talks."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import Sex, User
from casework.actions import meetings
from casework.actions.notes import MOMENT
from casework.actions.put_back import agreed_with_pause
from casework.models import Case, Channel, Contact, Present
from casework.states import CaseState
from enterprises.actions import consents
from enterprises.discretion import silence_of
from enterprises.models import Consent, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import EditConflict, MoveRefused, hold, move
from kit import words
from kit.days import begin_of
from kit.saving import save
from kit.text import apart

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}
# How late a paper form may come.
OLDEST = dt.timedelta(days=60)
# In whose company a man visits a woman.
COMPANY = frozenset({Present.HUSBAND_OR_FATHER, Present.RELATIVE, Present.WOMAN_COLLEAGUE})


@transaction.atomic
def log(
    *,
    case: Case,
    by: User,
    version: int | None,
    channel: str,
    agreed: str,
    next_on: dt.date | None,
    on: dt.date | None = None,
    **more: Any,
) -> Contact:
    """Write down a contact and what was agreed. The first one stops the clock that the entrepreneur sees.

    `on` is its day, today unless another is said; `more` are further fields of `Contact`. What was agreed on an earlier
    day than the newest contact does not set the clock back.
    Of whoever does not let SMEDA contact them it is taken only if it `is_unasked`, since they got in touch themselves,
    or while a call that belongs to a loan waits: such a call ends with it, and no other. Of a closed case it is taken
    while a call waits that may be made, and the case stays closed.
    Where a colleague logged a contact meanwhile, `EditConflict` carries theirs, so that both texts can be shown.
    The same words once more within a few minutes are refused, as a note's are.
    """
    held, now = hold_to_log(case, version=version), timezone.now()
    day = on or localdate(now)
    if held.contacts.standing().filter(by=by, channel=channel, agreed=agreed, on=day, at__gt=now - MOMENT).exists():
        raise ValidationError({"agreed": _("You have written this already. It is saved.")})
    contact = Contact(case=held, by=by, at=now, on=day, channel=channel, agreed=agreed, next_on=next_on, **more)
    refuse_day(contact)
    refuse_alone(contact)
    clock, contact.kept = clock_after(contact), agreed_with_pause(held)
    data = {"kind": channel} | ({} if day == localdate(now) else {"on": day.isoformat()})
    if held.state == CaseState.NEW:
        clock["first_contact_at"] = moment_of(contact)
        move(held, "log_first_contact", by=by, version=version, audience=AUDIENCE, data=data, **clock)
        return write(contact)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if held.state == CaseState.CLOSED:
        # The hand-holding is over and no day is agreed; but what waits to be told is told.
        if not held.calls.to_make().exists():
            raise MoveRefused(held)
        contact.next_on = None
        clock.pop("next_contact_on", None)
    for name, value in clock.items():
        setattr(held, name, value)
    held.version += 1
    held.save(update_fields=["version", *clock])
    write(contact)
    record("casework.contacted", target=held, by=by, audience=AUDIENCE, data=data)
    return contact


def hold_to_log(case: Case, *, version: int | None) -> Case:
    """Lock the case; where a colleague logged a contact meanwhile, the conflict carries theirs."""
    try:
        return hold(case, version=version)
    except EditConflict as conflict:
        raise EditConflict(case.contacts.standing().order_by("at", "id").last() or conflict.item) from conflict


class RowsRefusedError(ValidationError):
    """Of a stack of paper forms: what was refused, or is asked, of which row. Nothing of the stack is saved."""

    def __init__(self, of_rows: Mapping[int, ValidationError]) -> None:
        said = _("None of them is saved yet. Look at the rows that are marked.")
        is_asked = all(isinstance(refusal, SecondVisitError) for refusal in of_rows.values())
        super().__init__(said, code="sure" if is_asked else "rows")
        self.of_rows = of_rows


class SecondVisitError(ValidationError):
    """A visit of this client and day is written down already, or stands on the stack twice: it is asked about once."""

    def __init__(self, said: str) -> None:
        question = _("{why} Were there two? Then press the button once more, or empty this row.").format(why=said)
        super().__init__({"who": ValidationError(question, code="sure")})


@transaction.atomic
def log_visits(*, rows: Mapping[int, Mapping[str, Any]], by: User) -> list[Contact]:
    """Write down visits from paper forms, each of the client whom its `who` names: all of them, or none.

    In the order of the rows. What `is_second` was asked about: a client is seldom visited twice a day.
    Raises `RowsRefusedError` with everything that is wrong, so that one look at the stack mends it.
    """
    made: dict[int, Contact] = {}
    refused: dict[int, ValidationError] = {}
    cases: dict[int, Case] = {}
    for row, said in rows.items():
        try:
            cases[row] = client_named(said["who"], by=by)
        except ValidationError as refusal:
            refused[row] = refusal
    # In the order in which every stack locks them, whatever lies on top.
    for row, case in sorted(cases.items(), key=lambda named: (named[1].pk, named[0])):
        facts = {name: value for name, value in rows[row].items() if name not in {"who", "is_second"}}
        above = next((n for n in cases if n < row and cases[n] == case and rows[n]["on"] == facts["on"]), None)
        try:
            with transaction.atomic():
                made[row] = log(case=case, by=by, version=None, channel=Channel.VISIT, **facts)
                if not rows[row]["is_second"]:
                    ask_if_second(made[row], above=above)
        except MoveRefused as refusal:
            refused[row] = ValidationError({"who": str(refusal)})
        except ValidationError as refusal:
            refused[row] = refusal
    if refused:
        raise RowsRefusedError(refused)
    return [contact for _row, contact in sorted(made.items())]


def ask_if_second(visit: Contact, *, above: int | None) -> None:
    """Under the lock of its case: of two who type one paper at once, the second is asked."""
    if above is not None:
        raise SecondVisitError(_("Visit {number} is of the same client and day.").format(number=above))
    others = visit.case.contacts.standing().filter(channel=Channel.VISIT, on=visit.on).exclude(pk=visit.pk)
    other = others.select_related("by").order_by("pk").first()
    if other is not None:
        day, who = words.plain(words.day_short(visit.on)), apart(str(other.by))
        raise SecondVisitError(_("A visit of {day} is written down already, by {who}.").format(day=day, who=who))


def client_named(text: str, *, by: User) -> Case:
    """The one case on which they work that a reference or CNIC names."""
    found = [case for case in Case.objects.visible_to(by).numbered(text)[:2] if by.has_perm("casework.work_case", case)]
    if not found:
        said = _(
            "No client of yours has this number. Look at it again: a reference such as MUL-4827, or all 13 digits."
        )
        raise ValidationError({"who": said})
    if len(found) > 1:
        raise ValidationError({"who": _("They have several businesses. Type the reference of the one you visited.")})
    return found[0]


def refuse_day(contact: Contact) -> None:
    """A contact is written down when it was made: after the case was opened, and at most two months later."""
    today, opened_on = localdate(contact.at), localdate(contact.case.opened_at)
    if contact.on > today:
        raise ValidationError({"on": _("This day has not come yet. Log the contact when it was made.")})
    if contact.on < opened_on:
        raise ValidationError(
            {
                "on": _("The case was opened on {day}. Enter that day or a later one.").format(
                    day=words.plain(words.day_short(opened_on))
                )
            }
        )
    if contact.on < today - OLDEST:
        raise ValidationError({"on": _("This day is more than two months ago. Write a note instead.")})


def refuse_alone(contact: Contact) -> None:
    """No man visits a woman at her business or home alone. Whose sex nobody wrote down counts as one."""
    is_mans_visit = contact.channel == Channel.VISIT and contact.by.sex != Sex.WOMAN
    if is_mans_visit and contact.case.person.sex == Sex.WOMAN and COMPANY.isdisjoint(contact.present):
        raise ValidationError(
            {
                "present": _(
                    "A woman is visited by a woman, or while a relative of hers or a woman colleague is there. Tick "
                    "who was there. If nobody was, log nothing: write a note, and speak with your manager."
                )
            },
            code="alone",
        )


def moment_of(contact: Contact) -> dt.datetime:
    """When it was: now for today's, noon of an earlier day; never before the case was opened."""
    if contact.on == localdate(contact.at):
        return contact.at
    return max(timezone.make_aware(dt.datetime.combine(contact.on, dt.time(12))), contact.case.opened_at)


def clock_after(contact: Contact) -> dict[str, Any]:
    """What of the case's clock a contact sets: as the newest it says when the next one is; the first one may come late.

    Compared by the moment: a paper form of the day of a call is of its noon.
    """
    case, moment = contact.case, moment_of(contact)
    clock: dict[str, Any] = {}
    if case.last_contact_at is None or case.last_contact_at <= moment:
        clock |= {"last_contact_at": moment, "next_contact_on": contact.next_on}
    if case.first_contact_at is not None and moment < case.first_contact_at:
        clock["first_contact_at"] = moment
    return clock


@transaction.atomic
def log_of_silent(*, case: Case, by: User, version: int, lets_contact: bool, **said: Any) -> Contact:
    """Write down that a client whom nobody may call got in touch, and, if they said so, that SMEDA may call again."""
    # Before the case, as whoever gives the permission elsewhere does: the two take turns.
    hold(case.person, version=None)
    contact = log(case=case, by=by, version=version, **said)
    if lets_contact:
        consents.give(person=case.person, kind=Consent.Kind.CONTACT, by=by)
    return contact


def write(contact: Contact) -> Contact:
    """Whoever talked with the client said what waited to be said by then: the contact form shows it."""
    case = contact.case
    ends_at = begin_of(contact.on + dt.timedelta(days=1))
    told = case.calls.waiting()
    if not contact.is_unasked and not is_welcome(case.person, on=contact.on):
        told = case.calls.to_make()
        if not told.exists():
            raise ValidationError(
                _("Nobody may call this client. Log only that they got in touch by themselves."), code="silent"
            )
    save(contact)
    told.filter(since__lt=ends_at).update(contact=contact)
    meetings.hold_for_contact(contact, by=contact.by)
    return contact


def is_welcome(person: Person, *, on: dt.date) -> bool:
    """Whether somebody may have called that day: they let SMEDA contact them, or did until then."""
    silence = silence_of(person)
    return silence is None or (silence.since is not None and localdate(silence.since) >= on)
