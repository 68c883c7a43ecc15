"""Who may see an enterprise and what hangs on it. The other face of each is `visible_to` in querysets.py."""

import rules
from django.apps import apps
from django.utils import timezone

from accounts.rules import is_advisor, is_national_reader, is_system


def enterprise_of(item):
    """The enterprise that a record belongs to: itself, its own, or its case's."""
    model = apps.get_model("enterprises", "Enterprise")
    if isinstance(item, model):
        return item
    if hasattr(item, "enterprise"):
        return item.enterprise
    return enterprise_of(item.case)


@rules.predicate
def owns_enterprise(user, item) -> bool:
    if item is None or not user.is_entrepreneur:
        return False
    return enterprise_of(item).ownerships.filter(person__user=user, until_on__isnull=True).exists()


@rules.predicate
def covers_district(user, item) -> bool:
    return item is not None and enterprise_of(item).district_id in user.district_ids


@rules.predicate
def holds_grant(user, item) -> bool:
    if item is None or not user.roles:
        return False
    return enterprise_of(item).grants.live(at=timezone.now()).held_by(user).exists()


sees_enterprise = owns_enterprise | covers_district | holds_grant | is_national_reader | is_system
advises_enterprise = is_advisor & covers_district

rules.add_perm("enterprises.view_enterprise", sees_enterprise)
rules.add_perm("enterprises.change_enterprise", advises_enterprise | owns_enterprise | is_system)
rules.add_perm("enterprises.register_enterprise", is_advisor | is_system)
rules.add_perm("enterprises.settle_claim", is_advisor)
rules.add_perm("enterprises.see_card", advises_enterprise)
