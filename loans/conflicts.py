"""Who must not decide on an application: who said so, and of whom the portal knows it. Asked before every decision."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.models import Kinship, Person
from loans.models import Application


def conflict_of(user: User, application: Application) -> str:
    """Why this member neither votes nor refuses, in words for them; empty where nothing stands against it."""
    declared = application.conflicts.filter(member=user).first()
    if declared is not None:
        return _("You said that you must not decide on it: %(why)s.") % {"why": declared.get_why_display()}
    people = set(Person.objects.filter(phone=user.phone).values_list("pk", flat=True)) if user.phone else set()
    if application.person_id in people:
        return _("Your number is the applicant's number on file.")
    if people and application.guarantors.filter(person__in=people).exists():
        return _("Your number is the number of a guarantor on file.")
    asked = {application.person_id: people}
    if people and Kinship.objects.close_to_each(asked, on=timezone.localdate())[application.person_id]:
        return _("Your number is the number of a close relative of the applicant on file.")
    return ""


def refuse_conflict(user: User, application: Application) -> None:
    """Raise `ValidationError` where the member must not decide."""
    if why := conflict_of(user, application):
        raise ValidationError(_("You do not decide on this application. %(why)s") % {"why": why})
