"""What else can be done with a case, at the foot of its page."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import User
from casework.models import Case
from casework.states import OPEN_CASES, CaseState


@dataclass(frozen=True)
class More:
    """What else can be done with a case, at the foot of its page, in these states, by whoever has the permission."""

    label: Promise
    url_name: str
    icon: str
    states: frozenset[str] = OPEN_CASES
    permission: str = "casework.work_case"


# By what they are for.
MORE: tuple[tuple[Promise, tuple[More, ...]], ...] = (
    (
        gettext_lazy("Talks and visits"),
        (
            More(gettext_lazy("I did not reach them"), "casework:attempt-create", "phone"),
            More(gettext_lazy("Pause the calls"), "casework:pause-create", "clock"),
            More(gettext_lazy("Make an appointment"), "casework:meeting-create", "calendar"),
            More(gettext_lazy("Print the visit form"), "casework:visit-form-of-case", "printer"),
            More(
                gettext_lazy("Write to the client"),
                "casework:thread",
                "chat",
                states=frozenset(CaseState),
                permission="casework.answer_writing",
            ),
            More(gettext_lazy("With whom the client would rather talk"), "casework:case-wishes", "person"),
        ),
    ),
    (
        gettext_lazy("How the business stands"),
        (
            More(
                gettext_lazy("Business check"),
                "casework:health-list",
                "shop",
                states=frozenset({CaseState.CONTACTED, CaseState.PLANNED}),
            ),
            More(
                gettext_lazy("Results: jobs, sales, registrations"),
                "casework:outcome-list",
                "eye",
                states=frozenset(CaseState),
                permission="casework.view_measure",
            ),
        ),
    ),
    (
        gettext_lazy("Hand on"),
        (
            More(gettext_lazy("Refer elsewhere"), "casework:introduction-create", "pin"),
            More(
                gettext_lazy("Propose a transfer"),
                "casework:transfer-create",
                "users",
                permission="casework.propose_transfer",
            ),
            More(
                gettext_lazy("Hand over to a colleague"),
                "casework:case-hand-over",
                "users",
                permission="casework.assign_case",
            ),
        ),
    ),
    (
        gettext_lazy("Report a difficulty"),
        (
            More(gettext_lazy("An authority stands in the way"), "casework:barrier-report", "lock"),
            More(
                gettext_lazy("Raise a flag"),
                "casework:flag-create",
                "alert",
                permission="casework.raise_flag",
            ),
        ),
    ),
    (
        gettext_lazy("End or begin again"),
        (
            More(gettext_lazy("Close this case"), "casework:case-close", "cross"),
            More(
                gettext_lazy("Open this case again"),
                "casework:case-reopen",
                "plus",
                states=frozenset({CaseState.CLOSED}),
                permission="casework.reopen_case",
            ),
        ),
    ),
)


def more_of(case: Case, *, user: User) -> list[dict[str, Any]]:
    """What else may be done, under a heading each: {title, links}."""
    groups = [
        {
            "title": title,
            "links": [
                {"label": more.label, "url": reverse(more.url_name, args=[case.pk]), "icon": more.icon}
                for more in links
                if case.state in more.states and user.has_perm(more.permission, case)
            ],
        }
        for title, links in MORE
    ]
    return [group for group in groups if group["links"]]
