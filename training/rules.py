"""Who may do what with courses. The other face of sight is `visible_to` in querysets.py."""

from typing import Any

import rules

from accounts.rules import is_administrator, is_advisor, is_manager, is_national_reader, is_system, is_trainer
from enterprises.rules import advises_enterprise, owns_enterprise, sees_enterprise


def run_of(item: Any) -> Any:
    """The run that a record belongs to: itself, or its own."""
    return item.run if hasattr(item, "run_id") else item


@rules.predicate
def teaches(user: Any, item: Any) -> bool:
    return item is not None and run_of(item).trainer_id == user.pk


@rules.predicate
def covers_run(user: Any, item: Any) -> bool:
    return item is not None and run_of(item).district_id in user.district_ids


@rules.predicate
def is_held_online(_user: Any, item: Any) -> bool:
    return item is not None and run_of(item).is_online


@rules.predicate
def has_a_client_in_sight(user: Any, item: Any) -> bool:
    """Somebody whose business moved, or was joined with one elsewhere, keeps the place on the course of before."""
    return item is not None and run_of(item).enrolments.visible_to(user).exists()


@rules.predicate
def is_of_enrolment(user: Any, item: Any) -> bool:
    """A certificate or an attendance takes the sight of its enrolment."""
    return item is not None and user.has_perm("training.view_enrolment", item.enrolment)


is_own_trainer = is_trainer & teaches
sees_run = (
    is_own_trainer
    | covers_run
    | (is_advisor & (is_held_online | has_a_client_in_sight))
    | is_national_reader
    | is_system
)
sees_enrolment = sees_enterprise & (owns_enterprise | is_own_trainer | is_advisor | is_national_reader | is_system)

rules.add_perm("training.view_run", sees_run)
rules.add_perm("training.plan_run", is_administrator | is_system)
# Nobody stands in for a trainer by rank: the run is handed over, and the sight of its people with it.
rules.add_perm("training.mark_attendance", is_own_trainer)
rules.add_perm("training.settle_run", is_system)

rules.add_perm("training.view_enrolment", sees_enrolment)
rules.add_perm("training.enrol_enterprise", advises_enterprise | owns_enterprise | is_system)
rules.add_perm("training.seat_enrolment", advises_enterprise | owns_enterprise | is_system)
rules.add_perm("training.cancel_enrolment", advises_enterprise | owns_enterprise | is_own_trainer | is_system)
rules.add_perm("training.settle_enrolment", is_system)
rules.add_perm("training.revoke_certificate", (is_manager & covers_run) | is_system)

rules.add_perm("training.view_attendance", is_of_enrolment)
rules.add_perm("training.view_certificate", is_of_enrolment)

# The classes of a run are edited beside it in Django admin; what was marked is not.
for verb in ("view", "add", "change"):
    rules.add_perm(f"training.{verb}_sitting", is_administrator)
