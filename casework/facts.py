"""What a client is told of the first call and of a step of the plan: what to have ready."""

import re
from collections.abc import Collection

from casework.models import Case, Step
from enterprises.models import Enterprise
from enterprises.summaries import to_keep_ready
from journal.open_items import Facts

COMMAS = re.compile("[,،]")


def of_first_contacts(ids: Collection[int]) -> dict[int, Facts]:
    """The same things that the confirmation of the registration asked for. One query for all of them."""
    stages = Case.objects.filter(pk__in=ids).values_list("pk", "enterprise__stage")
    return {pk: Facts(bring=tuple(to_keep_ready(is_idea=stage == Enterprise.Stage.IDEA))) for pk, stage in stages}


def of_steps(ids: Collection[int]) -> dict[int, Facts]:
    """The words of the step itself. One query for all of them."""
    steps = Step.objects.filter(pk__in=ids).select_related("kind")
    return {
        step.pk: Facts(title=step.kind.label, bring=tuple(parts_of(step.kind.in_language("bring")))) for step in steps
    }


def parts_of(text: str) -> list[str]:
    """What somebody lists with the commas of either script."""
    return [part.strip() for part in COMMAS.split(text) if part.strip()]
