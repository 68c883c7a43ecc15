"""Cases that one colleague would give to another, and whom clients would rather talk with."""

from django.utils import timezone

from accounts.models import Absence, Language, User
from accounts.roles import Role
from casework.actions import hand_overs, transfers
from casework.actions.assignment import manager_of
from casework.models import Case, Transfer
from enterprises.actions.sign_ins import user_of
from portal.sample.lives import World
from portal.sample.organisation import TOWNS

ELSEWHERE = f"smeda-{TOWNS[1].code}"
FULL = "میری فہرست اس ہفتے بھری ہے۔ اگلے مہینے لے سکتا ہوں۔"


def ask_colleague(world: World, case: Case) -> None:
    other = next(user for user in world.organisation.at[Role.ADVISOR, case.office.code] if user.pk != case.advisor_id)
    ask(case, transfers.To(case.office, other), "میں اگلے مہینے تربیت پر ہوں، اور وہ اس محلے میں رہتے ہیں۔")


def ask_office(world: World, case: Case) -> None:
    office = transfers.offices_to_ask(case, on=timezone.localdate()).get(code=ELSEWHERE)
    ask(case, transfers.To(office), "The family moved there, and the shop goes with them.")


def ask(case: Case, to: transfers.To, reason: str) -> None:
    transfers.propose(case=case, to=to, by=case.advisor, version=case.version, reason=reason)


def newest(case: Case) -> Transfer:
    return case.transfers.select_related("to_advisor", "to_office__parent", "decided_by").latest("pk")


def take(_world: World, case: Case) -> None:
    transfer = newest(case)
    transfers.accept(transfer=transfer, by=transfer.to_advisor, version=transfer.version)


def refuse(_world: World, case: Case) -> None:
    say_no(newest(case))


def ask_no_longer(_world: World, case: Case) -> None:
    transfers.withdraw(transfer=newest(case), by=case.advisor, version=None)


def give_back(_world: World, case: Case) -> None:
    transfer = newest(case)
    transfers.undo(transfer=transfer, by=transfer.decided_by, version=transfer.version)


def say_no(transfer: Transfer) -> None:
    """Whoever is asked; of an office its manager."""
    by = transfer.to_advisor or manager_above(transfer)
    transfers.refuse(transfer=transfer, by=by, version=transfer.version, refusal=FULL)


def manager_above(transfer: Transfer) -> User:
    return manager_of(transfer.to_office.parent, today=timezone.localdate())


def answer(transfer: Transfer) -> None:
    """Who is named takes it, unless they are away."""
    away = Absence.objects.in_force(on=timezone.localdate())
    if transfer.to_advisor is None or away.filter(user=transfer.to_advisor).exists():
        say_no(transfer)
    else:
        transfers.accept(transfer=transfer, by=transfer.to_advisor, version=transfer.version)


def wish_for_a_language(_world: World, case: Case) -> None:
    """Nobody of the office speaks it: the wish stands."""
    wish(case, woman=False, language=Language.SARAIKI)


def wish_for_a_woman(_world: World, case: Case) -> None:
    wish(case, woman=True, language="")


def wish(case: Case, *, woman: bool, language: str) -> None:
    by = user_of(case.person)
    hand_overs.wish(case=case, by=by, version=case.version, woman=woman, language=language)
