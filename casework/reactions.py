"""What follows in casework from events of every floor; `portal/wiring.py` says from which."""

from django.apps import apps

from accounts.models import User
from journal.models import Event


def open_case(event: Event) -> None:
    """A registered enterprise gets its case, an advisor, and a day until which somebody calls."""
    from casework.actions import cases

    enterprise = apps.get_model("enterprises", "Enterprise").objects.get(pk=event.enterprise_id)
    contact = enterprise.ownerships.get(is_contact=True, until_on__isnull=True)
    cases.open_for(enterprise=enterprise, person=contact.person, by=User.objects.system())


def close_steps(event: Event) -> None:
    """What was done elsewhere closes the step of the plan that asked for it."""
    from casework.actions import plans

    plans.close_for_event(event=event, by=User.objects.system())


def take_up_referral(event: Event) -> None:
    """The lender received the application: the referral is in its hands."""
    from casework.actions import referrals

    referrals.take_up_for_event(event=event, by=User.objects.system())


def answer_referral(event: Event) -> None:
    """The lender decided: that event is the referral's answer."""
    from casework.actions import referrals

    referrals.answer_for_event(event=event, by=User.objects.system())
