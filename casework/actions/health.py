"""Business checks: begun, answered area by area, and finished."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.plans import AUDIENCE
from casework.models import Answer, Area, Case, HealthCheck, Option, Question, Questionnaire
from casework.states import CaseState, HealthState
from journal.moves import MoveRefused, hold, move
from kit import words
from kit.saving import save

# A case of which somebody was talked with, and that goes on.
CHECKED_IN = frozenset({CaseState.CONTACTED, CaseState.PLANNED})
# A business is asked every half year: a second check within these days may be a mistake.
SOON = dt.timedelta(days=30)


@transaction.atomic
def begin(*, case: Case, by: User, is_new: bool = False) -> HealthCheck:
    """Begin a check with the questions of today. Whoever comes second goes on with what was begun.

    Where one was finished a short while ago it is asked first whether another `is_new`, and meant.
    """
    held = workable(case, by=by)
    begun: HealthCheck | None = held.health_checks.draft().first()
    if begun is not None:
        return begun
    if not is_new and (asked := again(held.health_checks.done().newest_first().first())):
        raise ValidationError(asked, code="sure")
    questionnaire: Questionnaire | None = Questionnaire.objects.current()
    if questionnaire is None:
        raise ValidationError(_("There are no questions yet. Tell head office."))
    check = HealthCheck(case=held, questionnaire=questionnaire, by=by)
    save(check)
    return check


def again(last: HealthCheck | None) -> str:
    """What is asked where the newest check was finished within the days in which nobody needs another; or nothing."""
    if last is None or last.done_at is None or last.done_at <= timezone.now() - SOON:
        return ""
    day = words.plain(words.day_plain(last.done_at))
    return _("A business check was finished on {day}. Look at that one, or begin a new one.").format(day=day)


@transaction.atomic
def answer(*, check: HealthCheck, by: User, version: int, answers: Mapping[Question, Option]) -> HealthCheck:
    """Keep what was answered to these questions, in place of what was said before."""
    workable(check.case, by=by)
    held = hold(check, version=version)
    if held.state != HealthState.DRAFT:
        raise MoveRefused(held)
    held.answers.filter(question__in=answers).delete()
    Answer.objects.bulk_create(
        Answer(health_check=held, question=question, option=option) for question, option in answers.items()
    )
    held.version += 1
    held.save(update_fields=["version"])
    return held


@transaction.atomic
def finish(*, check: HealthCheck, by: User, version: int) -> HealthCheck:
    """Fix the scores; from now on the client reads them. Every question is answered by then."""
    workable(check.case, by=by)
    held = hold(check, version=version)
    answered = held.answers.values("question")
    lacking = held.questionnaire.questions.exclude(pk__in=answered).order_by("order").first()
    if lacking is not None:
        raise ValidationError(_("Not answered yet: %(question)s") % {"question": lacking.label})
    scores = scores_of(held)
    overall = round(sum(scores.values()) / len(scores))
    return move(
        held,
        "finish",
        by=by,
        version=version,
        audience=AUDIENCE,
        data={"overall": overall},
        scores=scores,
        done_by=by,
        done_at=timezone.now(),
    )


def scores_of(check: HealthCheck) -> dict[str, int]:
    """Of 100, by area: the points of the answers of what the best ones would have."""
    found = dict.fromkeys(Area.values, (0, 0))
    for area, points in check.answers.values_list("question__area", "option__points"):
        had, most = found[area]
        found[area] = (had + points, most + Option.MOST_POINTS)
    return {area: round(100 * had / most) for area, (had, most) in found.items() if most}


def workable(case: Case, *, by: User) -> Case:
    held = hold(case, version=None)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if held.state not in CHECKED_IN:
        raise MoveRefused(held)
    return held
