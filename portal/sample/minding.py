"""What colleagues mind of a case, where they sent a client, whom they did not reach, and what they took back."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from casework import destinations
from casework.actions import attempts, cases, flags, introductions, notes, pauses, writings
from casework.actions.introductions import Where
from casework.models import Attempt, Case, Channel, Flag, Introduction, Pause
from enterprises.actions.sign_ins import user_of
from portal.sample.lives import World, log, runs_within_reach
from training.actions import enrolments

To, Result = Introduction.To, Attempt.Result
SOON = timedelta(days=6)


# Flags


def mind(case: Case, *, kind: str, text: str, owner: User, by: User, days: int = 6) -> None:
    due_on = timezone.localdate() + timedelta(days=days)
    flags.raise_flag(case=case, by=by, kind=kind, text=text, owner=owner, due_on=due_on)


def mind_a_number(_world: World, case: Case) -> None:
    text = "کارڈ پر ایک نمبر ہے، فون کسی اور کا۔ اگلی ملاقات پر پوچھیں۔"
    mind(case, kind=Flag.Kind.DATA, text=text, owner=case.advisor, by=case.advisor)


def mind_money(world: World, case: Case) -> None:
    """For the manager, and to be settled soon."""
    text = "Somebody asked the client for money in the bazaar and used our name."
    mind(case, kind=Flag.Kind.MONEY, text=text, owner=manager(world), by=case.advisor, days=4)


def mind_illness(_world: World, case: Case) -> None:
    text = "شوہر ہسپتال میں ہیں، شام کو فون نہ کریں۔"
    mind(case, kind=Flag.Kind.HEALTH, text=text, owner=case.advisor, by=case.advisor)


def settle_flag(_world: World, case: Case) -> None:
    clear(case.flags.select_related("owner").latest("pk"))


def clear(flag: Flag) -> None:
    flags.clear(flag=flag, by=flag.owner, version=flag.version, clearing="پوچھ لیا، سب ٹھیک ہے۔")


def raise_again(_world: World, case: Case) -> None:
    flag = case.flags.select_related("cleared_by").latest("pk")
    flags.raise_again(flag=flag, by=flag.cleared_by, version=flag.version)


def manager(world: World) -> User:
    return world.organisation.one(Role.REGIONAL_MANAGER, "smeda-punjab")


# Referrals besides the lender


def send(case: Case, where: Where, why: str) -> None:
    introductions.send(case=case, by=case.advisor, version=case.version, where=where, why=why)


def named(to: str, case: Case) -> Where:
    """One that is on offer now, and that the client has not."""
    had = destinations.standing(to, case)
    one = next(found for found in destinations.on_offer(to) if found.code not in had)
    return Where(to, one.name, one.name_ur, one.code)


def send_to_a_course(_world: World, case: Case) -> None:
    send(case, named(To.COURSE, case), "قیمت لگانا سیکھنے کے لیے")


def send_for_papers(_world: World, case: Case) -> None:
    send(case, named(To.REGISTRATION, case), "For the bank account in the name of the business")


def send_to_an_office(_world: World, case: Case) -> None:
    send(case, Where(To.OFFICE, "SMEDA Lahore, export desk"), "A buyer abroad asked for samples")


def send_outside(_world: World, case: Case) -> None:
    send(case, Where(To.OUTSIDE, "چیمبر آف کامرس ملتان"), "نمائش میں سٹال کے لیے")


def send_to_a_run(_world: World, case: Case) -> None:
    """By name to a course in which there are seats."""
    had = destinations.standing(To.COURSE, case)
    for run in [run for run in runs_within_reach(case) if run.course.code not in had][-1:]:
        send(case, Where(To.COURSE, run.course.name, run.course.name_ur, run.course.code), "For keeping accounts")


def send_to_some_course(_world: World, case: Case) -> None:
    """Which one, the client chooses: what is on file later may be it."""
    send(case, Where(To.COURSE, "کوئی بھی جو گھر کے قریب ہو"), "حساب کتاب سیکھنے کے لیے")


def take_a_seat(_world: World, case: Case) -> None:
    """In the course that was named, or any."""
    sent, runs = case.introductions.last(), runs_within_reach(case)
    meant = [run for run in runs if sent and run.course.code == sent.about] or runs
    for run in meant[-1:]:
        enrolments.enrol(run=run, enterprise=case.enterprise, person=case.person, by=case.advisor)


def hear_what_came(world: World, case: Case) -> None:
    """The client tells it on the phone."""
    phone(world, case)
    sent = case.introductions.latest("pk")
    introductions.answer(sent=sent, by=case.advisor, version=sent.version, contact=case.contacts.latest("pk"))


def nothing_came(_world: World, case: Case) -> None:
    give_up(case.introductions.select_related("case__advisor").latest("pk"))


def give_up(sent: Introduction) -> None:
    reason = "They have no time for it before the wedding season."
    introductions.end(sent=sent, by=sent.case.advisor, version=sent.version, reason=reason)


# Calls, calls in vain, and clocks that stand


def phone(world: World, case: Case) -> None:
    log(world, case, channel=Channel.PHONE, next_on=world.today + SOON)


def try_in_vain(case: Case, result: str) -> None:
    attempts.log(case=case, by=case.advisor, version=case.version, channel=Channel.PHONE, result=result)


def phone_is_off(_world: World, case: Case) -> None:
    try_in_vain(case, Result.OFF)


def nobody_answers(_world: World, case: Case) -> None:
    try_in_vain(case, Result.NO_ANSWER)


def word_is_left(_world: World, case: Case) -> None:
    try_in_vain(case, Result.MESSAGE_LEFT)


def pause(case: Case, reason: str, *, days: int, note: str = "") -> None:
    until_on = timezone.localdate() + timedelta(days=days)
    pauses.pause(case=case, by=case.advisor, version=case.version, reason=reason, until_on=until_on, note=note)


def pause_for_mourning(_world: World, case: Case) -> None:
    pause(case, Pause.Reason.MOURNING, days=12)


def pause_in_words(_world: World, case: Case) -> None:
    pause(case, Pause.Reason.OTHER, days=15, note="کٹائی کے دنوں میں گاؤں میں ہیں")


def end_pause(_world: World, case: Case) -> None:
    pauses.resume(case=case, by=case.advisor, version=case.version)


# Taken back


def write_note(_world: World, case: Case) -> None:
    text = "She asked about a shop in the new market."
    notes.write(case=case, by=case.advisor, text=text, is_shared=False)


def remove_note(_world: World, case: Case) -> None:
    notes.remove(note=case.notes.standing().latest("pk"), by=case.advisor)


def close(_world: World, case: Case) -> None:
    said = {"outcome": Case.Outcome.DROPPED_OUT, "note": "فون پر کہا کہ اب ضرورت نہیں"}
    cases.close(case=case, by=case.advisor, version=case.version, **said)


def open_again(_world: World, case: Case) -> None:
    cases.reopen(case=case, by=case.advisor, version=case.version, reason="The client called and wants to go on.")


def write_by_mistake(_world: World, case: Case) -> None:
    writings.write(case=case, by=user_of(case.person), text="یہ پیغام بھائی کے لیے تھا")


def take_text_back(_world: World, case: Case) -> None:
    by = user_of(case.person)
    writing = case.writings.latest("pk")
    writings.take_back(writing=writing, by=by, version=writing.version)
