"""The desk: one list, ordered by what is late for the client, united from every app's open items."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Office, User
from accounts.roles import NATIONAL_ROLES, Role
from casework.models import Case, Grievance, Step, Transfer
from casework.pages.cases import team_of
from enterprises.models import Claim, Draft, Person
from enterprises.pages.wrong import fields_of
from enterprises.summaries import name_of
from journal.open_items import COUNTS, OWN, Cursor, Owner, Scope
from kit import words
from kit.templatetags.kit import own
from portal.doors import DOORS
from portal.open_items import ITEM_KINDS
from portal.pages.items import Shape, numbered, of_colleague, of_offices, of_team, week_after
from training.models import Sitting

PAGE = 25
PLACE = re.compile("[1-9][0-9]{0,6}")  # of a row in the list
SHOWS = tuple(name for name in COUNTS if name != OWN)
# Two people with one card; of a claim there is the one item or the other.
OF_CLAIMS = frozenset({"enterprises.claim", "enterprises.release"})
CALLED_WRONG = "enterprises.called_wrong"
OF_CARDS = frozenset({"enterprises.card_lost", "enterprises.card_back"})
# An advisor may look at the attendance of a class, and has nothing to do there.
A_CLASS = "training.sitting"
# Whose it is, only its own page says, to whom it may.
A_COMPLAINT = "casework.grievance"
# Who the client is, whoever is asked to take the case does not see yet.
A_TRANSFER = "casework.transfer"


def asked_by(user: User, *, on: date, is_team: bool) -> tuple[Shape, Scope]:
    """An advisor's own clients and what they hold; a manager's whole team; national readers see every office's."""
    if user.has_role(*NATIONAL_ROLES):
        return of_offices, Scope(office_ids=frozenset(Office.objects.values_list("id", flat=True)), today=on)
    shape = of_team if is_team and user.has_role(Role.REGIONAL_MANAGER) else of_colleague
    return shape, Scope(user_id=user.pk, office_ids=user.office_ids, today=on)


@dataclass(frozen=True)
class Desk:
    today: date
    counts: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    first: int
    last: int
    total: int
    next_after: str


def gather(
    user: User, *, on: date, is_team: bool, show: str, after: str, first: str = "", holder_id: int | None = None
) -> Desk:
    """The desk of `user` on the day: counts that filter, rows in groups, and where the list goes on.

    Unless a count is chosen, it is what they have to do themselves: what is their own, and what others are late with.
    With a colleague of the team, what that colleague holds.
    """
    shape, scope = asked_by(user, on=on, is_team=is_team)
    # A strange word in the address narrows nothing.
    show = show if show in SHOWS else OWN
    cursor = Cursor.parse(after)
    found, items = numbered(shape, scope, limit=PAGE + 1, show=show, after=cursor, holder_id=holder_id)
    shown = items[:PAGE]
    last = shown[-1] if len(items) > PAGE else None
    begins = int(first) if cursor and PLACE.fullmatch(first) else 1
    return Desk(
        today=on,
        counts=counts(found, show=show, asked=asked_for(is_team=is_team, whose=holder_id)),
        groups=grouped(rows_of(shown, user=user, on=on), on=on),
        first=begins,
        last=(ends := begins + len(shown) - 1),
        total=max(found[show], ends),
        next_after=str(Cursor.at(last)) if last else "",
    )


def asked_for(*, is_team: bool, whose: int | None) -> dict[str, Any]:
    """Whose list it is, as the address says it."""
    return ({"team": 1} if is_team else {}) | ({"whose": whose} if whose else {})


def counts(found: dict[str, int], *, show: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    labels = {
        "late": _("late for the client"),
        "today": _("due today"),
        "week": _("due in seven days"),
        "waiting": _("waiting for others"),
    }
    return [
        {
            "number": found[name],
            "label": labels[name],
            # The chosen count opens the whole list again.
            "url": f"?{urlencode(asked if name == show else {'show': name} | asked)}",
            "is_current": name == show,
            "is_late": name == "late",
        }
        for name in SHOWS
    ]


def rows_of(items: list[dict[str, Any]], *, user: User, on: date) -> list[tuple[date, dict[str, Any]]]:
    """Each item as a row of the table, with names fetched once for all."""
    ids = {item["enterprise_id"] for item in items if item["enterprise_id"]}
    cases = {
        case.enterprise_id: case
        for case in Case.objects.filter(enterprise_id__in=ids).select_related(
            "person", "enterprise__sector", "enterprise__district"
        )
    }
    holders = User.objects.in_bulk({item["holder_id"] for item in items if item["holder_id"]})
    offices = Office.objects.in_bulk({item["office_id"] for item in items if item["office_id"]})
    steps, wrong = steps_of(items), wrong_among(items)
    newcomers, classes = newcomers_among(items), classes_among(items)
    rows = []
    for item in items:
        due_on, case = item["due_on"], cases.get(item["enterprise_id"])
        step = steps.get(item["target_id"]) if item["kind"] == "casework.step" else None
        what = step.kind.label if step else ITEM_KINDS[item["kind"]].label
        fields = wrong.get(item["target_id"], "") if item["kind"] == CALLED_WRONG else ""
        if case:
            who, small = case.person.name, case.enterprise.called
        elif (sitting := classes.get(item["target_id"])) and item["kind"] == A_CLASS:
            who, small, what = sitting.run.course.label, sitting.run.where, _("Attendance to be marked")
        else:
            who, small = newcomers.get((item["kind"], item["target_id"]), _("Somebody new")), ""
        cells = [
            {"kind": "days", "text": words.due_in(due_on, on), "tone": tone_of(due_on, on)},
            {"kind": "who", "text": who, "small": small, "url": page_of(item, user, case)},
            {"kind": "what", "text": what, "small": fields},
            {"label": _("With"), "text": holder_of(item, user, holders, offices)},
            {"label": _("Due"), "text": words.day_short(due_on)},
        ]
        rows.append((due_on, {"cells": cells}))
    return rows


def page_of(item: dict[str, Any], user: User, case: Case | None) -> str:
    """The page where the item is done or, where that is another's desk, the client's case."""
    name = ITEM_KINDS[item["kind"]].url_name
    if item["kind"] == CALLED_WRONG and case and not user.has_perm("enterprises.correct_enterprise", case.enterprise):
        return case.get_absolute_url()
    if case is None or (item["kind"] != A_CLASS and DOORS[name].admits(user)):
        return reverse(name, args=[item["target_id"]])
    return case.get_absolute_url()


def newcomers_among(items: list[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """Whoever registered and has no enterprise yet, by the name that they typed: (kind, id) and name."""
    wanted = [(item["kind"], item["target_id"]) for item in items if item["enterprise_id"] is None]
    if not wanted:
        return {}
    claims = {pk: kind for kind, pk in wanted if kind in OF_CLAIMS}
    drafts = {pk for kind, pk in wanted if kind == "enterprises.draft"}
    found: list[tuple[str, int, Draft]] = [
        ("enterprises.draft", draft.pk, draft) for draft in Draft.objects.filter(pk__in=drafts).select_related("person")
    ]
    found += [
        (claims[claim.pk], claim.pk, claim.draft)
        for claim in Claim.objects.filter(pk__in=claims, draft__isnull=False).select_related("draft__person")
    ]
    names = {(kind, pk): name_of(draft) for kind, pk, draft in found if name_of(draft)}
    of_newcomers = Claim.objects.filter(pk__in=claims, newcomer__isnull=False).values_list("pk", "newcomer__name")
    names |= {(claims[pk], pk): name for pk, name in of_newcomers}
    if complaints := {pk for kind, pk in wanted if kind == A_COMPLAINT}:
        numbers = Grievance.objects.filter(pk__in=complaints).values_list("pk", "number")
        names |= {(A_COMPLAINT, pk): _("Complaint {number}").format(number=number) for pk, number in numbers}
    if transfers := {pk for kind, pk in wanted if kind == A_TRANSFER}:
        found_transfers = Transfer.objects.filter(pk__in=transfers).values_list("pk", "case__enterprise__reference")
        names |= {(A_TRANSFER, pk): _("Case {reference}").format(reference=code) for pk, code in found_transfers}
    if asked := {(kind, pk) for kind, pk in wanted if kind in OF_CARDS}:
        people = dict(Person.objects.filter(pk__in={pk for _kind, pk in asked}).values_list("pk", "name"))
        names |= {(kind, pk): people[pk] for kind, pk in asked}
    return names


def classes_among(items: list[dict[str, Any]]) -> dict[int, Sitting]:
    """Classes whose attendance nobody marked: they wait for many clients, and are called by their course."""
    wanted = {item["target_id"] for item in items if item["kind"] == A_CLASS and item["enterprise_id"] is None}
    return Sitting.objects.select_related("run__course", "run__office").in_bulk(wanted) if wanted else {}


def steps_of(items: list[dict[str, Any]]) -> dict[int, Step]:
    """The plan's steps among the items: they are said in their own words."""
    wanted = {item["target_id"] for item in items if item["kind"] == "casework.step"}
    return Step.objects.select_related("kind").in_bulk(wanted) if wanted else {}


def wrong_among(items: list[dict[str, Any]]) -> dict[int, str]:
    """What clients called wrong, by business."""
    wanted = {item["target_id"] for item in items if item["kind"] == CALLED_WRONG}
    return fields_of(wanted) if wanted else {}


def holder_of(item, user: User, holders, offices) -> str:
    if item["owner"] == Owner.ENTREPRENEUR:
        return _("The client")
    if item["holder_id"] == user.pk:
        return _("You")
    holder, office = holders.get(item["holder_id"]), offices.get(item["office_id"])
    return words.listed(part for part in (office, holder) if part)


def tone_of(due_on: date, on: date) -> str:
    if due_on < on:
        return "late"
    return "soon" if due_on == on else "idle"


def grouped(rows, *, on: date) -> list[dict[str, Any]]:
    groups = {
        "late": {"title": _("Late"), "rows": []},
        "today": {"title": _("Today"), "rows": []},
        "week": {"title": _("In the seven days to come"), "rows": []},
        "later": {"title": _("Later"), "rows": []},
    }
    for due_on, row in rows:
        if due_on < on:
            name = "late"
        elif due_on == on:
            name = "today"
        else:
            name = "week" if due_on <= week_after(on) else "later"
        groups[name]["rows"].append(row)
    return [group for group in groups.values() if group["rows"]]


def columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Late")},
        {"label": _("Client")},
        {"label": _("What they wait for")},
        {"label": _("Who has it")},
        {"label": _("Due")},
    ]


def holder_asked_for(user: User, whose: str, *, on: date, is_team: bool) -> tuple[int, str] | None:
    """Of whose list the address speaks, with the name: one of the team, and nobody on one's own list."""
    if not whose or not (is_team or user.has_role(*NATIONAL_ROLES)):
        return None
    return next(((pk, name) for pk, name in team_of(user, on=on) if str(pk) == whose), None)


def views(user: User, *, is_team: bool, holder: tuple[int, str] | None = None) -> list[dict[str, Any]]:
    """A manager chooses between their own desk and the whole team's, and comes from the team's page to one of them."""
    chips = [
        {"label": _("My own list"), "url": "?", "is_current": not is_team},
        {"label": _("My whole team"), "url": "?team=1", "is_current": is_team and holder is None},
    ]
    if not user.has_role(Role.REGIONAL_MANAGER):
        chips = [{"label": _("All offices"), "url": "?", "is_current": False}] if holder else []
    if holder:
        asked = urlencode(asked_for(is_team=is_team, whose=holder[0]))
        # First, so that a phone shows whose list it is.
        chips = [{"label": own(holder[1]), "url": f"?{asked}", "is_current": True}, *chips]
    return chips


def tools(user: User) -> list[dict[str, Any]]:
    """What is begun here rather than found in the list, for those whom its door admits."""
    known = [
        (_("Register somebody"), "enterprises:assisted-register"),
        (_("Stopped halfway"), "enterprises:draft-list"),
        (_("Cards to see"), "enterprises:claim-list"),
        (_("Visits from paper"), "casework:visit-list"),
        (_("Local closures"), "accounts:closure-list"),
        (_("Take something back"), "casework:undo-list"),
        (_("Complaints"), "casework:grievance-list"),
        (_("Write a complaint down"), "casework:grievance-create"),
        (_("Who is away"), "accounts:absence-list"),
        (_("Obstacles with authorities"), "casework:barrier-list"),
        (_("My team"), "portal:team"),
    ]
    return [{"label": label, "url": reverse(name)} for label, name in known if DOORS[name].admits(user)]
