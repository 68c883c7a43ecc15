"""Joining two records that are one person's, and taking them apart again.

A merge sets rows aside and an undo brings them back: neither is a move of theirs. No event of theirs is written,
nothing reacts to one, no message is queued; events and messages keep the ids that they have, and are read through both.
What waits to be looked at alone is placed anew, by what reacts to the merge itself.
A lead that lacks nothing any more, because the one record has the permission and the other the number, becomes a client
as anywhere else, and stays one when the records are taken apart.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises import relations
from enterprises.actions.clients import promote_all
from enterprises.actions.merge_plans import Pair, Plan, fills, plan, sift
from enterprises.models import Enterprise, LookAlike, Merge, MergedRow, Person
from enterprises.relations import ENTERPRISE, PERSON, Relation, Rule
from journal.events import ADVISORS, MANAGERS, record
from journal.moves import EditConflict

AUDIENCE = {ADVISORS, MANAGERS}
# Whoever works on one of the records goes first: a merge waits for a lock shortly, lets go of all, and comes again.
WAIT_MS, ATTEMPTS, PAUSE = 200, 10, 0.05
BUSY = {"55P03", "40P01"}
# What arrives at the old record just then is brought after it for so long.
FOLLOWED = dt.timedelta(days=2)
# The records' own fields that a merge changes, beside the relations of the wiring.
VALUES, POINTER = "values", "pointer"

Result = TypeVar("Result")


def merge(*, kept: Person, gone: Person, by: User, version: int, gone_version: int, same: Iterable[Pair] = ()) -> Merge:
    """Join `gone` into `kept`: everything of both hangs on `kept` from then on, and `gone` leads there.

    `same` names pairs of their enterprises that are one business; others stay apart, owned by the one person. Either
    all of it happens or nothing. Raises `ValidationError` with every reason that speaks against it.
    """
    return patiently(lambda: join(kept=kept, gone=gone, by=by, versions=(version, gone_version), same=tuple(same)))


def undo(*, merge: Merge, by: User) -> tuple[Merge, int]:
    """Take the records apart: exactly the rows that went over go back. Returns how many could not.

    What was changed meanwhile, and what came later, stays with the kept record. After thirty days it is refused.
    """
    return patiently(lambda: part(merge, by=by, now=timezone.now()))


def patiently(act: Callable[[], Result]) -> Result:
    """Act in a transaction of its own that never makes others wait for long, nor wait in a circle."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_MS}ms'")
                done = act()
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = DEFAULT")
                return done
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") not in BUSY:
                raise
            if attempt < ATTEMPTS:
                time.sleep(PAUSE)
    raise ValidationError(_("A colleague is working on one of these records. Try again in a minute."), code="busy")


def join(*, kept: Person, gone: Person, by: User, versions: Pair, same: tuple[Pair, ...]) -> Merge:
    kept, gone = held(kept, gone)
    for person, version in zip((kept, gone), versions, strict=True):
        if person.version != version:
            raise EditConflict(person)
    if not (by.has_perm("enterprises.merge_person", kept) and by.has_perm("enterprises.merge_person", gone)):
        raise PermissionDenied("enterprises.merge_person")
    hold_enterprises(pk for pair in same for pk in pair)
    chosen = plan(kept=kept, gone=gone, same=same)
    if chosen.refusals:
        raise ValidationError([ValidationError(str(refusal.text), code="merge") for refusal in chosen.refusals])
    made = Merge.objects.create(kept=kept, gone=gone, by=by, pairs=chosen.pairs, newest=newest())
    now = made.at
    settle_look_alike(made, now=now)
    for label in (PERSON, ENTERPRISE):
        for pair in chosen.pairs[label]:
            fill(made, label, pair)
    sign_in_as_kept(made, chosen)
    for relation in relations.installed():
        carry(made, relation, now=now)
    for label in (PERSON, ENTERPRISE):
        for pair in chosen.pairs[label]:
            change(made, f"{label}.{POINTER}", {pair[1]: {"merged_into": pair[0]}})
            raise_version(label, pair)
    record("enterprises.merged", target=made, by=by, audience=AUDIENCE, data={"gone": gone.pk})
    promote_all(Person.objects.get(pk=kept.pk), by=by)
    return made


def held(*people: Person) -> tuple[Person, ...]:
    """Lock these people, always in the same order, so that two who merge the same two never wait in a circle.

    The whole lock: whoever is about to write something about one of them waits until the merge is done.
    """
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=[person.pk for person in people])
    locked = {person.pk: person for person in rows.order_by("pk")}
    return tuple(locked[person.pk] for person in people)


def hold_enterprises(pks: Iterable[int]) -> None:
    list(Enterprise.objects.select_for_update(of=("self",)).filter(pk__in=sorted(pks)).order_by("pk"))


def newest() -> dict[str, int]:
    """The newest row of each relation's table."""
    tables = {relation.model._meta.label: relation.model for relation in relations.installed()}
    return {label: model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0 for label, model in tables.items()}


def settle_look_alike(made: Merge, *, now: dt.datetime) -> None:
    """The pair on the list of look-alikes, where there is one, is settled with it."""
    first, second = sorted((made.kept_id, made.gone_id))
    for pk in LookAlike.objects.filter(first=first, second=second).values_list("pk", flat=True):
        settled = {"state": "merged", "decided_at": now, "decided_by": made.by_id}
        change(made, "enterprises.LookAlike.state", {pk: settled})


def fill(made: Merge, label: str, pair: Pair) -> None:
    """What the kept record lacks it takes over. Before it stood nothing, or what an empty field implies."""
    names = fills(label, pair)
    if not names:
        return
    model = apps.get_model(label)
    records = model._default_manager.in_bulk(pair)
    kept, gone = records[pair[0]], records[pair[1]]
    before = {name: relations.plain(getattr(kept, name)) for name in names}
    model._default_manager.filter(pk=kept.pk).update(**{name: getattr(gone, name) for name in names})
    MergedRow.objects.create(
        merge=made, path=f"{label}.{VALUES}", row_id=kept.pk, before=before, after={}, twin_id=gone.pk
    )


def sign_in_as_kept(made: Merge, chosen: Plan) -> None:
    """One person, one user: the kept one's. Whoever is signed in as the other signs in anew, by either card."""
    if chosen.gone.user_id is None:
        return
    if chosen.kept.user_id is None:
        change(made, "enterprises.Person.user", {made.gone_id: {"user": None}})
        change(made, "enterprises.Person.user", {made.kept_id: {"user": chosen.gone.user_id}})
    else:
        change(made, "accounts.User.is_active", {chosen.gone.user_id: {"is_active": False}})


def carry(made: Merge, relation: Relation, *, now: dt.datetime) -> int:
    """Bring over the rows of one relation by its rule, and write down each; return how many."""
    count, done = 0, set(made.rows.filter(path=relation.path).values_list("row_id", flat=True))
    for pair in made.pairs.get(relation.target, ()):
        filled = filled_in(made, relation.target, pair) if relation.rule == Rule.VALUE else None
        sifted = sift(relation, tuple(pair), made.pairs, filled=filled)
        rows: dict[int, dict[str, Any]] = {
            pk: {relation.column: pair[0]} | dict(relation.as_moved) for pk in sifted.moving
        }
        if relation.rule == Rule.CLOSE:
            rows |= {pk: {relation.column: pair[0]} | ended(made, relation, now=now) for pk in sifted.twins}
        elif relation.rule == Rule.FOLD:
            open_ones = relation.model._default_manager.filter(relation.ends, pk__in=sifted.twins)
            rows |= {pk: ended(made, relation, now=now) for pk in open_ones.values_list("pk", flat=True)}
        rows = {pk: after for pk, after in rows.items() if pk not in done}
        if relation.renumbers:
            renumber(relation, pair[0], rows)
        change(made, relation.path, rows, twins=sifted.twins)
        count += len(rows)
    return count


def ended(made: Merge, relation: Relation, *, now: dt.datetime) -> dict[str, Any]:
    return relations.stamped(relation.closes, by=made.by_id, now=now, language=made.kept.language)


def renumber(relation: Relation, kept: int, rows: Mapping[int, dict[str, Any]]) -> None:
    last = relation.rows(kept).aggregate(last=Max(relation.renumbers))["last"] or 0
    for number, pk in enumerate(sorted(rows), start=last + 1):
        rows[pk][relation.renumbers] = number


def filled_in(made: Merge, label: str, pair: Pair) -> list[str]:
    """The fields of the kept record that this merge filled."""
    written = made.rows.filter(path=f"{label}.{VALUES}", row_id=pair[0], twin_id=pair[1])
    return [name for before in written.values_list("before", flat=True) for name in before]


def change(
    made: Merge, path: str, rows: Mapping[int, Mapping[str, Any]], *, twins: Mapping[int, int] | None = None
) -> None:
    """Write the new values into these rows, and down what stood there before."""
    model = apps.get_model(path.rpartition(".")[0])
    found = model._default_manager.in_bulk(rows)
    written = []
    for pk, after in rows.items():
        columns = {column_of(model, name): value for name, value in after.items()}
        before = {name: relations.plain(getattr(found[pk], name)) for name in columns}
        model._default_manager.filter(pk=pk).update(**columns)
        after_plain = {name: relations.plain(value) for name, value in columns.items()}
        twin = (twins or {}).get(pk)
        written.append(MergedRow(merge=made, path=path, row_id=pk, before=before, after=after_plain, twin_id=twin))
    MergedRow.objects.bulk_create(written)


def column_of(model: type[models.Model], name: str) -> str:
    """The attribute that holds the field's value: "person_id" for "person"."""
    fields: Any = model._meta
    return str(fields.get_field(name).attname)


def raise_version(label: str, pks: Iterable[int]) -> None:
    """Whoever has a page of one of these records open sees it anew before they change it."""
    apps.get_model(label)._default_manager.filter(pk__in=list(pks)).update(version=F("version") + 1)


# Afterwards


def due_period(now: dt.datetime) -> str | None:
    """Every hour, while there are merges to follow."""
    recent = Merge.objects.standing().filter(at__gte=now - FOLLOWED)
    return now.strftime("%Y-%m-%dT%H") if recent.exists() else None


def follow(*, now: dt.datetime) -> int:
    """Bring after it what somebody wrote about the old record in the very moment of the merge; return how many rows.

    Told again and again it finds nothing: whoever looks at the old record now is led to the kept one.
    """
    count = 0
    for made in Merge.objects.standing().filter(at__gte=now - FOLLOWED).order_by("pk"):
        count += patiently(partial(carry_all, made, now=now))
    return count


def carry_all(made: Merge, *, now: dt.datetime) -> int:
    kept, gone = held(made.kept, made.gone)
    if gone.merged_into_id != kept.pk:
        return 0
    count = sum(carry(made, relation, now=now) for relation in relations.installed())
    if count:
        promote_all(kept, by=User.objects.system())
    return count


def part(merge: Merge, *, by: User, now: dt.datetime) -> tuple[Merge, int]:
    held(merge.kept, merge.gone)
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if reason := why_not_undone(merge, now=now):
        raise ValidationError(reason, code="undo")
    if not by.has_perm("enterprises.merge_person", merge.kept):
        raise PermissionDenied("enterprises.merge_person")
    hold_enterprises(pk for pair in merge.pairs[ENTERPRISE] for pk in pair)
    left = sum(not restore(row) for row in merge.rows.order_by("-pk"))
    for label in (PERSON, ENTERPRISE):
        raise_version(label, [pk for pair in merge.pairs[label] for pk in pair])
    merge.undone_at, merge.undone_by = now, by
    merge.save(update_fields=["undone_at", "undone_by"])
    # Each of the two has a history of its own from now on, and both say that they were one for a while.
    for person in (merge.kept, merge.gone):
        record("enterprises.unmerged", target=merge, of=person, by=by, audience=AUDIENCE, data={"gone": merge.gone_id})
    for person in Person.objects.filter(pk__in=(merge.kept_id, merge.gone_id)).order_by("pk"):
        promote_all(person, by=by)
    return merge, left


def why_not_undone(merge: Merge, *, now: dt.datetime) -> str:
    """Why the records cannot be taken apart any more; empty when they can."""
    if merge.undone_at is not None:
        return _("These records were taken apart already.")
    if now > merge.undo_until:
        return _("The thirty days in which this could be undone are over.")
    if merge.kept.is_merged:
        return _("The kept record was joined with another one since. Undo that first.")
    return ""


def restore(row: MergedRow) -> bool:
    """Put back what stood in one row, if nobody changed it since; return whether it is as it was."""
    model = apps.get_model(row.label)
    rows = model._default_manager.filter(pk=row.row_id)
    if row.path.endswith(f".{VALUES}"):
        return unfill(row, model)
    relation = relations.at(row.path)
    if (
        relation is not None
        and relation.while_twin
        and row.twin_id
        and not model._default_manager.filter(relation.among, pk=row.twin_id).exists()
    ):
        return True
    try:
        with transaction.atomic():
            before = relations.revived(model, row.before)
            return bool(rows.filter(**relations.revived(model, row.after)).update(**before))
    except IntegrityError:
        return False


def unfill(row: MergedRow, model: type[models.Model]) -> bool:
    """Empty again what was taken over, if it still says what the other record says."""
    records = model._default_manager.in_bulk([row.row_id, row.twin_id])
    kept, gone = records[row.row_id], records[row.twin_id]
    if any(getattr(kept, name) != getattr(gone, name) for name in row.before):
        return False
    model._default_manager.filter(pk=kept.pk).update(**relations.revived(model, row.before))
    return True


def later_rows(merge: Merge) -> list[tuple[Any, int]]:
    """What came to the kept records after the merge: (title, how many). It stays there when the merge is undone."""
    found = []
    for relation in relations.installed():
        since = merge.newest.get(relation.model._meta.label, 0)
        kept = [pair[0] for pair in merge.pairs.get(relation.target, ())]
        if (
            relation.title
            and relation.rule != Rule.STAYS
            and (count := relation.rows(*kept).filter(pk__gt=since).count())
        ):
            found.append((relation.title, count))
    return found
