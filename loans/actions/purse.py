"""What funders give and take back: one writes it down, another agrees, and only then does it count."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from journal.events import LENDER, MANAGERS, record
from kit.saving import save
from kit.text import ascii_digits, clean
from loans.models import FundingScheme, PurseEntry
from loans.purse import purses

TOLD = {LENDER, MANAGERS}


@transaction.atomic
def write_down(*, scheme: FundingScheme, kind: str, amount: int, on: date, paper: str, by: User) -> PurseEntry:
    """Write down money of a funder, each paper once. It counts once somebody else has agreed (`agree`)."""
    if not by.has_perm("loans.enter_money", scheme):
        raise PermissionDenied("loans.enter_money")
    if on > timezone.localdate():
        raise ValidationError({"on": _("This day has not come yet.")})
    entry = PurseEntry(scheme=scheme, kind=kind, amount=amount, on=on, paper=ascii_digits(clean(paper)), by=by)
    save(entry, force_insert=True)
    record("loans.money_written", target=entry, by=by, audience=TOLD, data={"amount": amount})
    return entry


@transaction.atomic
def agree(*, entry: PurseEntry, by: User) -> PurseEntry:
    """Say that the paper is right. Never by who wrote it down; what goes back to the funder must be there.

    The fund is locked first, as a committee that promises out of it does: the two take turns. Agreeing again to what
    is agreed changes nothing.
    """
    scheme = FundingScheme.objects.select_for_update(no_key=True).get(pk=entry.scheme_id)
    rows = PurseEntry.objects.select_for_update(of=("self",)).select_related("scheme__partner")
    held = rows.get(pk=entry.pk)
    if held.checked_by_id:
        return held
    if not by.has_perm("loans.check_money", held):
        raise PermissionDenied("loans.check_money")
    left = purses([scheme])[scheme.pk].left
    if held.kind == PurseEntry.Kind.RETURNED and held.amount > left:
        raise ValidationError(
            _("The fund has Rs %(left)s that is not promised or lent. More cannot go back.")
            % {"left": f"{max(left, 0):,}"}
        )
    held.checked_by, held.checked_at = by, timezone.now()
    held.save(update_fields=["checked_by", "checked_at"])
    record("loans.money_agreed", target=held, by=by, audience=TOLD, data={"amount": held.amount})
    return held
