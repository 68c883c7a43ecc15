"""Another version of the questions of business checks: a draft from the last one, changed, looked at and published."""

import hashlib
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Area, Option, Question, Questionnaire
from casework.querysets import WEAK

WORDS = ("name", "name_ur", "hint", "hint_ur", "example", "example_ur")
OF_QUESTION = ("code", "area", "order", *WORDS, "suggests_id")
OF_OPTION = ("order", "points", "name", "name_ur")
FEWEST_ANSWERS = 2


@transaction.atomic
def draft(*, by: User) -> Questionnaire:
    """The next questionnaire, which begins with what is asked now. Whoever comes second goes on with what was begun."""
    refuse_others(by)
    rows = list(Questionnaire.objects.select_for_update().order_by("number"))
    begun = next((row for row in rows if row.published_at is None), None)
    if begun is not None:
        return begun
    made = Questionnaire.objects.create(number=rows[-1].number + 1 if rows else 1)
    now: Questionnaire | None = Questionnaire.objects.current()
    for question in now.questions.prefetch_related("options") if now else ():
        copy = Question.objects.create(questionnaire=made, **facts_of(question, OF_QUESTION))
        Option.objects.bulk_create(Option(question=copy, **facts_of(one, OF_OPTION)) for one in question.options.all())
    return made


@transaction.atomic
def publish(*, questionnaire: Questionnaire, by: User, digest: str) -> Questionnaire:
    """From now on checks begin with it, and nobody changes it any more. Those that are begun end with their own."""
    held = hold_draft(questionnaire, by=by)
    if digest != digest_of(held):
        raise ValidationError(_("Somebody changed it meanwhile. Look at it once more."))
    if missing := lacking(held):
        raise ValidationError(missing)
    held.published_at = timezone.now()
    held.save(update_fields=["published_at"])
    return held


@transaction.atomic
def discard(*, questionnaire: Questionnaire, by: User) -> None:
    """Throw a draft away, with all that stands in it."""
    held = hold_draft(questionnaire, by=by)
    take_out(questions=held.questions.all(), by=by)
    held.delete()


@transaction.atomic
def take_out(*, questions: Iterable[Question], by: User) -> None:
    """Take questions out of their draft, with their answers."""
    for question in questions:
        hold_draft(question.questionnaire, by=by)
        question.options.all().delete()
        question.delete()


def hold_draft(questionnaire: Questionnaire, *, by: User) -> Questionnaire:
    """The row under its lock, where it may still be changed: a new question waits for who publishes, or the reverse."""
    refuse_others(by)
    held: Questionnaire = Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    if held.published_at is not None:
        raise ValidationError(_("It is published, and never changes. Begin another one."))
    return held


def refuse_others(by: User) -> None:
    if not by.has_perm("casework.change_questionnaire"):
        raise PermissionDenied("casework.change_questionnaire")


def facts_of(row: Question | Option, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}


def digest_of(questionnaire: Questionnaire) -> str:
    """A fingerprint of what was shown."""
    shown = [
        (facts_of(question, OF_QUESTION), [facts_of(option, OF_OPTION) for option in question.options.all()])
        for question in questionnaire.questions.prefetch_related("options")
    ]
    return hashlib.sha256(repr((questionnaire.pk, shown)).encode()).hexdigest()


def lacking(questionnaire: Questionnaire) -> list[str]:
    """What is to be mended before it can be published: scores of an area are compared from check to check."""
    questions = list(questionnaire.questions.prefetch_related("options"))
    areas = {question.area for question in questions}
    found = [_("Nothing is asked about: {area}").format(area=area.label) for area in Area if area not in areas]
    for question in questions:
        points = [option.points for option in question.options.all()]
        if len(points) < FEWEST_ANSWERS or max(points) < Option.MOST_POINTS or min(points) > WEAK:
            said = _("“{question}” needs at least two answers, the best with 3 points and a weak one with 0 or 1.")
            found.append(said.format(question=question.label))
        if not all(facts_of(question, WORDS).values()):
            said = _("“{question}” needs a hint and an example, in both languages.")
            found.append(said.format(question=question.label))
    return found
