"""The team of a manager: what each colleague has, who comes new to whom, and who waits too long."""

import datetime as dt
from math import floor
from statistics import median
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Absence, Office, User
from accounts.roles import NATIONAL_ROLES, Role
from casework.actions.introductions import STALE_AFTER
from casework.models import CallBack, Case, Introduction, PlanReview, Referral, Transfer
from casework.pages import call_backs, lots, plan_reviews
from casework.pages.cases import found_for, team_posts
from casework.querysets import WEEK
from casework.states import OPEN_CASES
from kit import words
from portal.pages.desk import asked_by
from portal.pages.items import late_of_each

# The most proposals that stand on the page itself.
MOST = 20


def posts_of(user: User, *, on: dt.date) -> list[Any]:
    """One post of each of the team, an advisor's first, with the cap of all of them; by office and name."""
    posts = team_posts(user, on=on).filter(user__is_active=True, office__organisation=Office.Organisation.SMEDA)
    found: dict[int, Any] = {}
    for post in posts.order_by("role", "office__name", "office_id", "pk").select_related("user", "office"):
        post.cap = post.weekly_cap if post.role == Role.ADVISOR else None
        first = found.setdefault(post.user_id, post)
        if first is not post and post.cap is not None:
            first.cap += post.cap
    return sorted(found.values(), key=lambda post: (post.office.name, post.office_id, post.user.full_name, post.pk))


def gather(user: User, *, now: dt.datetime, today: dt.date) -> dict[str, Any]:
    """Everything that the page prints, in a number of queries that does not grow with the team."""
    team = posts_of(user, on=today)
    people = {post.user_id for post in team}
    # As their lists have it: what the reader sees of each.
    seen = Case.objects.visible_to(user).filter(advisor__in=people).order_by()
    is_new, is_open = Q(assigned_at__gt=now - WEEK), Q(state__in=OPEN_CASES)
    held = {
        row["advisor"]: row
        for row in seen.values("advisor").annotate(new=Count("pk", filter=is_new), open=Count("pk", filter=is_open))
    }
    late = late_of_each(*asked_by(user, on=today, is_team=True))
    until = Absence.objects.filter(user__in=people).last_days_away(on=today)
    looked_at = [
        lots.numbers_of(lots.counted_in(model.objects, user, now=now), shows, people=people)
        for model, shows in ((PlanReview, plan_reviews.SHOWS), (CallBack, call_backs.SHOWS))
    ]
    groups: dict[str, list[dict[str, Any]]] = {}
    for post in team:
        post.new_cases, post.open_cases = (held.get(post.user_id, {}).get(name, 0) for name in ("new", "open"))
        row = row_of(post, late=late.get(post.user_id), away_until=until.get(post.user_id), today=today)
        plans, contacts = (numbers.get(post.user_id, {}) for numbers in looked_at)
        row["cells"] += plans_of(post.user_id, plans) + contacts_of(post.user_id, contacts)
        groups.setdefault(post.office.label, []).append(row)
    return {
        "columns": columns(),
        "groups": [{"title": title, "rows": rows} for title, rows in groups.items()],
        "spread": spread_of([post.new_cases for post in team if post.cap]),
        "left": {
            "number": found_for(user, due="left").count(),
            "url": f"{reverse('casework:case-list')}?due=left",
        },
        "wishes": {
            "number": found_for(user, due="wish").count(),
            "url": f"{reverse('casework:case-list')}?due=wish",
        },
        "proposals": proposals(user, today=today),
        "stale": stale(user, now=now),
    }


def columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Advisor")},
        {"label": _("Open cases"), "kind": "num"},
        {"label": _("New in seven days"), "kind": "num"},
        {"label": _("Late for the client"), "kind": "num"},
        {"label": _("Late since")},
        {"label": _("Away until")},
        {"label": _("Plans drawn in 90 days"), "kind": "num"},
        {"label": _("Of them read"), "kind": "num"},
        {"label": _("Contacts drawn in 90 days"), "kind": "num"},
        {"label": _("Client reached"), "kind": "num"},
        {"label": _("Of them confirmed"), "kind": "num"},
    ]


def row_of(
    post: Any, *, late: tuple[int, dt.date] | None, away_until: dt.date | None, today: dt.date
) -> dict[str, Any]:
    number, since = late or (0, None)
    return {
        "cells": [
            {"kind": "who", "text": str(post.user), "url": cases_of(post.user_id, state="open")},
            counted(_("Open cases"), post.open_cases, cases_of(post.user_id, state="open")),
            counted(_("New in seven days"), post.new_cases, cases_of(post.user_id, due="new"))
            | {"small": cap_in_words(post.cap)},
            counted(_("Late for the client"), number, desk_of(post.user_id, show="late")),
            {
                "label": _("Late since"),
                "text": words.day_short(since) if since else "–",
                "small": words.due_in(since, today) if since else "",
            },
            {"label": _("Away until"), "text": words.day_short(away_until) if away_until else "–"},
        ]
    }


def cap_in_words(cap: int | None) -> str:
    """How many new cases a week are theirs; a manager has no cap."""
    if cap is None:
        return ""
    return _("of {cap} a week").format(cap=cap) if cap else _("takes nobody new")


def plans_of(author: int, row: dict[str, int]) -> list[dict[str, Any]]:
    """How many of the advisor's plans were drawn to be read by somebody else, and how many of them were."""
    address = f"{reverse('casework:plan-review-list')}?author={author}"
    return [
        counted(_("Plans drawn in 90 days"), row.get("drawn", 0), address),
        counted(_("Of them read"), row.get("read", 0), f"{address}&show=read"),
    ]


def contacts_of(author: int, row: dict[str, int]) -> list[dict[str, Any]]:
    """How many of the advisor's contacts a manager asked clients about, and of how many the client says yes."""
    address = f"{reverse('casework:call-back-list')}?author={author}"
    reached = counted(_("Client reached"), row.get("reached", 0), f"{address}&show=reached")
    return [
        counted(_("Contacts drawn in 90 days"), row.get("drawn", 0), address),
        reached | {"small": _("{number} not reached").format(number=vain) if (vain := row.get("vain", 0)) else ""},
        counted(_("Of them confirmed"), row.get("confirmed", 0), f"{address}&show=confirmed"),
    ]


def counted(label: str, number: int, url: str) -> dict[str, Any]:
    """A number that opens to its list; nothing has none."""
    return {"label": label, "kind": "num", "text": words.number(number), "url": url if number else ""}


def cases_of(user_id: int, **filters: str) -> str:
    return f"{reverse('casework:case-list')}?{urlencode({'whose': user_id} | filters)}"


def desk_of(user_id: int, **filters: str) -> str:
    return f"{reverse('portal:desk')}?{urlencode(filters | {'team': 1, 'whose': user_id})}"


def spread_of(new: list[int]) -> dict[str, int] | None:
    """How unevenly new cases come: the most of one advisor, and what half of all who take any did not get beyond."""
    middle = median(new) if new else 0
    if not middle:
        return None
    return {"most": max(new), "half": floor(middle)}


def proposals(user: User, *, today: dt.date) -> list[dict[str, Any]]:
    """Cases that somebody of these offices is asked to take, the earliest due first."""
    waiting = Transfer.objects.waiting().visible_to(user)
    if not user.has_role(*NATIONAL_ROLES):
        waiting = waiting.filter(to_office__in=user.office_ids)
    rows = waiting.select_related("case__enterprise", "from_advisor", "to_advisor", "to_office")
    return [
        {
            "url": transfer.get_absolute_url(),
            "what": _("Case {reference}").format(reference=transfer.case.enterprise.reference),
            "who": _("From {one} to {other}").format(one=transfer.from_advisor, other=transfer.to_in_words),
            "tag": {
                "text": words.due_in(transfer.due_on, today),
                "tone": "late" if transfer.due_on < today else "soon",
            },
        }
        for transfer in rows.order_by("due_on", "pk")[:MOST]
    ]


def stale(user: User, *, now: dt.datetime) -> list[dict[str, Any]]:
    """Referrals of whose outcome nobody has known for fourteen days, to the lender and elsewhere, the oldest first."""
    since = now - STALE_AFTER
    elsewhere = Introduction.objects.stale(since=since).visible_to(user)
    lender = Referral.objects.unanswered().of_open_cases().filter(at__lte=since).visible_to(user)
    if not user.has_role(*NATIONAL_ROLES):
        elsewhere, lender = (rows.filter(case__office__in=user.office_ids) for rows in (elsewhere, lender))
    of_case = ("case__person", "case__advisor")
    found = [(sent, sent.place) for sent in elsewhere.select_related(*of_case).order_by("at", "pk")[:MOST]]
    lent = lender.select_related("to_office", *of_case).order_by("at", "pk")[:MOST]
    found += [(sent, sent.to_office.label) for sent in lent]
    oldest = sorted(found, key=lambda row: row[0].at)[:MOST]
    return [
        {
            "url": sent.case.get_absolute_url(),
            "who": sent.case.person.name,
            "where": where,
            "small": words.listed([str(sent.case.advisor), words.plain(words.day_short(sent.at))]),
        }
        for sent, where in oldest
    ]
