"""The one rule by which a yes carries a decision: somebody whose limit covers the amount must be among those for it."""

from collections.abc import Collection
from datetime import date

from accounts.models import Office, User
from accounts.roles import Role
from loans.models import Application, ApprovalLimit, Level, Vote


def matrix_of(application: Application, *, on: date) -> list[ApprovalLimit]:
    """The limits that hold for this application that day, from the branch upwards; none where the lender set none."""
    rows = list(ApprovalLimit.objects.of(application).in_force(on=on))
    own = [row for row in rows if row.product_id is not None]
    return sorted(own or rows, key=lambda row: Level(row.level).rank)


def level_needed(amount: int, matrix: Collection[ApprovalLimit]) -> Level:
    """The lowest level whose limit covers the amount; without limits anybody's."""
    if not matrix:
        return Level.BRANCH
    return next((Level(row.level) for row in matrix if row.covers(amount)), Level.HEAD)


def level_of(user: User, application: Application) -> Level:
    """As what a member votes on it: the highest of their posts at the branch or above."""
    areas = {office for role, office in user.posts if role == Role.AREA_MANAGER}
    if application.partner.office_id in areas:
        return Level.HEAD
    return Level.AREA if areas & set(Office.objects.above({application.branch_id})) else Level.BRANCH


def amount_at_stake(application: Application, votes: Collection[Vote]) -> int:
    """What would be approved: the lowest amount of those for it, and what was asked for until then."""
    return min((vote.amount for vote in votes if vote.amount is not None), default=application.amount_wanted)


def level_missing(application: Application, votes: Collection[Vote], matrix: Collection[ApprovalLimit]) -> Level | None:
    """Whose yes must still come, beside the number of votes; None where somebody whose limit covers it said yes."""
    needed = level_needed(amount_at_stake(application, votes), matrix)
    carried = any(vote.approves and Level(vote.level).rank >= needed.rank for vote in votes)
    return None if carried or not matrix else needed
