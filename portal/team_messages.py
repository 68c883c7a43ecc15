"""What managers are told of their teams, and colleagues of cases that came to them or went."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import Appointment, User
from accounts.roles import Role
from casework.models import Transfer
from casework.open_items import late_in_team
from casework.querysets import TransferQuerySet
from journal.open_items import Scope
from kit import words
from messaging.kinds import Kind, Recipient
from messaging.models import Message

# Of what is longer ago nobody is told any more.
MOVED_AFTER = timedelta(days=7)


def managers_told(now: datetime) -> Iterable[User]:
    """Managers with a phone below whom somebody waits too long."""
    today = timezone.localdate(now)
    posts = Appointment.objects.in_force(on=today).filter(role__in=[Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER])
    managers = User.objects.filter(is_active=True, pk__in=posts.values("user")).exclude(phone="").order_by("pk")
    return (manager for manager in managers if late_below(manager))


def late_below(manager: User) -> list[tuple[date, int]]:
    """Of each client who waits too long below the manager, since when at the latest, and which business it is."""
    scope = Scope(user_id=manager.pk, today=timezone.localdate())
    first, *others = (rows.values_list("item_due_on", "item_enterprise") for rows in late_in_team(scope))
    return list(first.union(*others))


def late_text(manager: User, language: str) -> str:
    late = late_below(manager)
    with override(language):
        clients = len({enterprise_id for _day, enterprise_id in late})
        text = ngettext(
            "{count} client of your offices waits too long, since {day}. Please see your list today.",
            "{count} clients of your offices wait too long, the first since {day}. Please see your list today.",
            clients,
        )
        first = min(late)[0] if late else timezone.localdate()
        return text.format(count=clients, day=words.plain(words.day_short(first)))


def to_colleague(user: User) -> Recipient | None:
    return Recipient(phone=user.phone, language=settings.LANGUAGE_CODE) if user.phone else None


def today(_user: User) -> str:
    """Once a day, while there is something to tell."""
    return timezone.localdate().isoformat()


LATE_IN_TEAM = Kind(
    "portal.late_in_team",
    recipient=to_colleague,
    render=late_text,
    still_due=lambda manager: bool(late_below(manager)),
    due=managers_told,
    occasion=today,
)


def told_of_moves(now: datetime) -> Iterable[User]:
    """Colleagues to whom, or from whom, cases went without them, and managers of offices that somebody left."""
    decided = Transfer.objects.filter(state="accepted", decided_at__gt=now - MOVED_AFTER)
    left = decided.filter(cause=Transfer.Cause.LEFT).values("from_office")
    posts = Appointment.objects.in_force(on=timezone.localdate(now))
    managers = posts.filter(office__in=left, role=Role.REGIONAL_MANAGER)
    touched = Q(pk__in=decided.values("to_advisor")) | Q(pk__in=decided.values("from_advisor"))
    users = User.objects.filter(touched | Q(pk__in=managers.values("user")), is_active=True).exclude(phone="")
    users = users.filter(pk__in=posts.values("user"))
    return (user for user in users.order_by("pk") if moved(user, now=now).exists())


def moved(user: User, *, now: datetime) -> TransferQuerySet:
    """What the user was not told of yet: their own cases, and for a manager those of who left an office of theirs."""
    told = Message.objects.filter(kind="portal.cases_moved", state="sent", target_label="accounts.user")
    last = told.filter(target_id=user.pk).order_by("-sent_at").values_list("sent_at", flat=True).first()
    since = max(last or now - MOVED_AFTER, now - MOVED_AFTER)
    managed = {office for role, office in user.posts if role == Role.REGIONAL_MANAGER}
    left = Transfer.objects.filter(
        cause=Transfer.Cause.LEFT, from_office__in=managed, state="accepted", decided_at__gt=since
    )
    return Transfer.objects.to_tell(user, since=since) | left


def moved_text(user: User, language: str) -> str:
    """All of a day in one text: how many came and from whom, how many went, and whose went to others."""
    rows = list(moved(user, now=timezone.now()).select_related("from_advisor"))
    came = [row for row in rows if row.to_advisor_id == user.pk]
    went = [row for row in rows if row.from_advisor_id == user.pk]
    others = [row for row in rows if row not in came and row not in went]
    with override(language):
        said = [
            ngettext("{count} case came to you from {who}.", "{count} cases came to you from {who}.", len(came)).format(
                count=len(came), who=from_whom(came)
            )
            if came
            else "",
            ngettext(
                "{count} case of yours went to others.", "{count} cases of yours went to others.", len(went)
            ).format(count=len(went))
            if went
            else "",
            ngettext(
                "{count} case of who left ({who}) went to others.",
                "{count} cases of who left ({who}) went to others.",
                len(others),
            ).format(count=len(others), who=from_whom(others))
            if others
            else "",
        ]
        return " ".join([*filter(None, said), _("Please see your list.")])


def from_whom(rows: list[Transfer]) -> str:
    names = {str(row.from_advisor) for row in rows}
    return names.pop() if len(names) == 1 else _("several colleagues")


CASES_MOVED = Kind(
    "portal.cases_moved",
    recipient=to_colleague,
    render=moved_text,
    still_due=lambda user: moved(user, now=timezone.now()).exists(),
    due=told_of_moves,
    occasion=today,
)
