import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.roles import NATIONAL_ROLES, Role
from casework.querysets.lots import LotQuerySet
from enterprises.consent_querysets import lets_contact

# Whose case ended like this is not called about what was.
NOT_CALLED_AFTER = ("died", "untraceable", "dropped_out", "refused", "merged")
# Their client was reached, whatever they said.
REACHED = ("called", "denied", "settled")


class CallBackQuerySet(LotQuerySet):
    def visible_to(self, user: User) -> Self:
        """Managers' and national readers', and never the author's: nobody learns that their own is asked about."""
        if not (user.is_system or user.has_role(Role.REGIONAL_MANAGER, *NATIONAL_ROLES)):
            return self.none()
        return super().visible_to(user).not_written_by(user.pk)

    def may_be_called(self) -> Self:
        """Those whose client may be called: they let SMEDA contact them, have a number, and their case goes on.

        Of a contact that was taken out nobody is asked.
        """
        rows = self.of_standing().filter(lets_contact(person="case__person_id"))
        return rows.exclude(case__outcome__in=NOT_CALLED_AFTER).exclude(case__person__phone="")

    def of_standing(self) -> Self:
        return self.filter(contact__removed_at__isnull=True)

    def asked_of(self, user_id: Any, *, today: Any) -> Self:
        return super().asked_of(user_id, today=today).may_be_called()

    def denied(self) -> Self:
        """Those of which the client says that nobody talked with them, until the programme's manager decided."""
        return self.filter(state="denied")

    def undecided_by_anybody(self, *, on: dt.date) -> Self:
        """Those of which the client says no, where no manager of the programme is but who had the contact."""
        posts = apps.get_model("accounts", "Appointment").objects.in_force(on=on).filter(user__is_active=True)
        managers = posts.filter(role=Role.PROGRAMME_MANAGER).exclude(user_id=OuterRef("author_id"))
        return self.denied().filter(~Exists(managers))

    def denied_for(self, user_id: Any, *, today: Any) -> Self:
        """Those that this manager of the programme decides; never their own."""
        posts = apps.get_model("accounts", "Appointment").objects.in_force(on=today).filter(user_id=user_id)
        programme = Exists(posts.filter(role=Role.PROGRAMME_MANAGER))
        return self.denied().filter(programme).not_written_by(user_id)

    def for_list(self) -> Self:
        return self.select_related(
            "case__person", "case__enterprise__district", "case__enterprise__sector", "case__office", "case__advisor",
            "author", "read_at", "contact__by", "called_by", "settled_by",
        )  # fmt: skip
