"""Who may: predicates on roles that every floor above shares, and what administrators may change."""

from typing import Any

import rules
from django.utils import timezone

from accounts.roles import LENDER_ROLES, NATIONAL_ROLES, Role


def holds(*roles: str) -> rules.Predicate:
    """A predicate that is true for who holds one of the roles today."""
    name = "_or_".join(roles)
    return rules.predicate(lambda user: user.has_role(*roles), name=f"holds_{name}")


@rules.predicate
def is_system(user: Any) -> bool:
    return user.is_system


is_advisor = holds(Role.ADVISOR, Role.REGIONAL_MANAGER)
is_clerk = holds(Role.PARTNER_CLERK)
is_manager = holds(Role.REGIONAL_MANAGER)
is_trainer = holds(Role.TRAINER)
is_lender = holds(*LENDER_ROLES)
is_national_reader = holds(*NATIONAL_ROLES)
is_administrator = holds(Role.ADMINISTRATOR)

enters_closures = holds(Role.REGIONAL_MANAGER, Role.BRANCH_MANAGER, Role.AREA_MANAGER)


@rules.predicate
def serves_closed_place(user: Any, closure: Any) -> bool:
    """A colleague whose offices serve one of the districts, or are one of the offices, that are shut."""
    if closure is None:
        return False
    shut = closure.districts.filter(pk__in=user.served_district_ids)
    return shut.exists() or closure.offices.filter(pk__in=user.office_ids).exists()


@rules.predicate
def is_self(user: Any, colleague: Any) -> bool:
    return colleague is not None and colleague.pk == user.pk


@rules.predicate
def works_at_ones_offices(user: Any, colleague: Any) -> bool:
    """A colleague who holds a post at an office of the user's."""
    if colleague is None:
        return False
    return colleague.appointments.in_force(on=timezone.localdate()).filter(office__in=user.office_ids).exists()


@rules.predicate
def is_ones_own(user: Any, absence: Any) -> bool:
    return absence is not None and absence.user_id == user.pk


@rules.predicate
def is_of_ones_offices(user: Any, absence: Any) -> bool:
    return absence is not None and works_at_ones_offices(user, absence.user)


rules.add_perm("accounts.enter_absence", (is_advisor & is_self) | (is_manager & works_at_ones_offices))
rules.add_perm("accounts.view_absence", is_ones_own | (is_manager & is_of_ones_offices) | is_national_reader)
rules.add_perm("accounts.enter_closure", enters_closures)
rules.add_perm("accounts.lift_closure", enters_closures & serves_closed_place)

# Reference data and accounts that administrators keep in Django admin: (app, model, verbs).
# State and money are not here: they change by actions alone, and admin shows them read-only.
ADMINISTERED = [
    ("places", ("province", "division", "district"), ("view", "add", "change")),
    ("places", ("alias", "holiday"), ("view", "add", "change", "delete")),
    ("accounts", ("user", "office", "officedistrict", "appointment"), ("view", "add", "change")),
    ("accounts", ("localclosure",), ("view", "add", "change")),
    ("otp_totp", ("totpdevice",), ("view", "delete")),
    ("enterprises", ("sector", "sizeclass", "documentkind", "consentterm"), ("view", "add", "change")),
    ("casework", ("topic", "stepkind", "grievancecategory", "plantemplate", "authority"), ("view", "add", "change")),
    ("casework", ("templatestep", "tradeline"), ("view", "add", "change", "delete")),
    ("casework", ("trade",), ("view", "add", "change")),
    ("casework", ("questionnaire", "question", "option"), ("view", "add", "change", "delete")),
    ("training", ("course", "courserun"), ("view", "add", "change")),
    ("loans", ("financingpartner", "product", "refusalreason", "fundingscheme", "offer"), ("view", "add", "change")),
    ("loans", ("purseentry",), ("view",)),
    ("formalisation", ("registrationkind",), ("view", "add", "change")),
    ("journal", ("jobrun",), ("view",)),
    ("messaging", ("message",), ("view",)),
]

for app, models, verbs in ADMINISTERED:
    for model in models:
        for verb in verbs:
            rules.add_perm(f"{app}.{verb}_{model}", is_administrator)
