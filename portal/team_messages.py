"""What managers are told of their teams."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import ngettext, override

from accounts.models import Appointment, User
from accounts.roles import Role
from casework.open_items import late_in_team
from journal.open_items import Scope
from kit import words
from messaging.kinds import Kind, Recipient


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


def to_manager(manager: User) -> Recipient | None:
    return Recipient(phone=manager.phone, language=settings.LANGUAGE_CODE) if manager.phone else None


def today(_manager: User) -> str:
    """Once a day, while somebody waits."""
    return timezone.localdate().isoformat()


LATE_IN_TEAM = Kind(
    "portal.late_in_team",
    recipient=to_manager,
    render=late_text,
    still_due=lambda manager: bool(late_below(manager)),
    due=managers_told,
    occasion=today,
)
