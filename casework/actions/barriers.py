"""Obstacles with authorities: met by a client, told once for all, and seen to."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.hand_overs import AUDIENCE
from casework.models import Authority, Barrier, BarrierReport, Case
from casework.states import BACK_FOR
from journal.events import MANAGERS, record
from journal.moves import hold
from kit.saving import save
from kit.text import as_read


@transaction.atomic
def report(
    *,
    case: Case,
    by: User,
    days_lost: int,
    barrier: Barrier | None = None,
    authority: Authority | None = None,
    what: str = "",
) -> BarrierReport:
    """A client met an obstacle that is known, or a new one in the words of whoever writes it down.

    Each client counts once: told again, the days are put right. The same words of one authority in one district are
    one obstacle.
    """
    held = hold(case, version=None)
    if not by.has_perm("casework.report_barrier", held):
        raise PermissionDenied("casework.report_barrier")
    if authority is not None:
        take_turns(authority)
    found = barrier or known_as(held, authority, what) or new(held, authority, what, by=by)
    living = found.same_as or found
    made, is_first = BarrierReport.objects.update_or_create(
        barrier=living,
        case=held,
        removed_at__isnull=True,
        defaults={"days_lost": days_lost},
        create_defaults={"days_lost": days_lost, "by": by},
    )
    if is_first:
        record(
            "casework.barrier_reported",
            target=made,
            by=by,
            audience=AUDIENCE,
            data={"kind": living.authority.code, "days": days_lost},
        )
    return made


@transaction.atomic
def take_back(*, report: BarrierReport, by: User) -> BarrierReport:
    """The client did not meet it: it leaves every page and total at once. For 30 days it can be put back."""
    held = report_in_hand(report, by=by, needs="casework.remove_barrier_report")
    if held.removed_at is None:
        held.removed_at, held.removed_by = timezone.now(), by
        keep_back(held, event="casework.barrier_report_removed", by=by)
    return held


@transaction.atomic
def put_back(*, report: BarrierReport, by: User) -> BarrierReport:
    """It counts again as it did, unless it was written down for the client once more meanwhile."""
    held = report_in_hand(report, by=by, needs="casework.restore_barrier_report")
    if held.removed_at is None or held.removed_at < timezone.now() - BACK_FOR:
        raise ValidationError(_("This was removed more than 30 days ago, and cannot be put back."))
    held.removed_at, held.removed_by = None, None
    keep_back(held, event="casework.barrier_report_restored", by=by)
    return held


def report_in_hand(report: BarrierReport, *, by: User, needs: str) -> BarrierReport:
    hold(report.case, version=None)
    held = hold(report, version=None)
    if not by.has_perm(needs, held):
        raise PermissionDenied(needs)
    return held


def keep_back(held: BarrierReport, *, event: str, by: User) -> None:
    save(held, update_fields=["removed_at", "removed_by"])
    record(event, target=held, by=by, audience=AUDIENCE, data={"kind": held.barrier.authority.code})


def take_turns(authority: Authority) -> None:
    """Two clients may meet it this very minute: whoever comes second finds what the first wrote down."""
    Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)


def known_as(case: Case, authority: Authority | None, what: str) -> Barrier | None:
    """The obstacle that these words name already."""
    if authority is None:
        return None
    rows = Barrier.objects.filter(authority=authority, district=case.enterprise.district)
    wanted, rows = as_read(what), rows.select_related("same_as", "authority").order_by("pk")
    return next((one for one in rows if as_read(one.what) == wanted), None)


def new(case: Case, authority: Authority | None, what: str, *, by: User) -> Barrier:
    if authority is None or not what:
        raise ValidationError({"what": _("Say which authority it is, and what stands in the way.")})
    barrier = Barrier(authority=authority, district=case.enterprise.district, what=what, by=by)
    save(barrier)
    return barrier


@transaction.atomic
def see_to(*, barrier: Barrier, by: User, version: int, owner: str, answer: str, what: str = "") -> Barrier:
    """Who sees to it, and what came of it: the committee reads both. The obstacle itself may be worded better.

    The former words stay in its history, which only who may word it reads: they may have named somebody.
    """
    held = in_hand(barrier, by=by, version=version)
    if what and what != held.what:
        record("casework.barrier_reworded", target=held, by=by, audience={MANAGERS}, data={"was": held.what})
        held.what = what
    held.owner, held.answer = owner, answer
    held.answered_at = timezone.now() if answer else None
    return written(held, ["what", "owner", "answer", "answered_at"], event="casework.barrier_seen_to", by=by)


@transaction.atomic
def join(*, barrier: Barrier, into: Barrier, by: User, version: int) -> Barrier:
    """It is the same as another one: from now on they count together, each client once. It can be taken apart.

    Each keeps who sees to it and what came of it; where the one that goes on says nothing, the joined one's stands.
    """
    first, second = sorted((barrier.pk, into.pk))
    list(Barrier.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=[first, second]).order_by("pk"))
    held = in_hand(barrier, by=by, version=version)
    into.refresh_from_db()
    if held.pk == into.pk or held.same_as_id or into.same_as_id:
        raise ValidationError(_("One of the two is joined with another already. Look at the list again."))
    if held.joined.exists():
        raise ValidationError(_("Others are joined with this one. Open the other obstacle, and join it with this."))
    held.same_as = into
    return written(held, ["same_as"], event="casework.barrier_joined", by=by)


@transaction.atomic
def part(*, barrier: Barrier, by: User, version: int) -> Barrier:
    """It was not the same: each counts alone again."""
    held = in_hand(barrier, by=by, version=version)
    if held.same_as_id is None:
        raise ValidationError(_("This one is joined with no other."))
    held.same_as = None
    return written(held, ["same_as"], event="casework.barrier_parted", by=by)


def in_hand(barrier: Barrier, *, by: User, version: int) -> Barrier:
    held = hold(barrier, version=version)
    if not by.has_perm("casework.see_to_barrier", held):
        raise PermissionDenied("casework.see_to_barrier")
    return held


def written(held: Barrier, fields: list[str], *, event: str, by: User) -> Barrier:
    held.version += 1
    save(held, update_fields=[*fields, "version"])
    record(event, target=held, by=by, audience={MANAGERS})
    return held
