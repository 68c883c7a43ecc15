"""Two people on file with all that hangs on them, and joining them: for several test modules."""

import pytest
from django.core.exceptions import ValidationError

from enterprises.actions import merge_plans, merges
from enterprises.models import Person
from tests.factories import casework as cases
from tests.factories import enterprises as people


def record(case=cases.CalledFactory, **facts):
    """Somebody on file with a business and its case."""
    person = people.PersonFactory(**facts)
    enterprise = people.OwnershipFactory(person=person).enterprise
    case(enterprise=enterprise, person=person)
    return person


def business(person):
    return merge_plans.enterprises_of(person)[0]


def join(kept, gone, *, by, same=False, **versions):
    pairs = [(business(kept).pk, business(gone).pk)] if same else []
    shown = {"version": Person.objects.get(pk=kept.pk).version, "gone_version": Person.objects.get(pk=gone.pk).version}
    return merges.merge(kept=kept, gone=gone, by=by, same=pairs, **shown | versions)


def refused(kept, gone, *, by, same=False):
    """What each refusal says."""
    with pytest.raises(ValidationError) as refusal:
        join(kept, gone, by=by, same=same)
    return refusal.value.messages


def undo(merge, *, by):
    return merges.undo(merge=merge, by=by)


def fresh(row):
    return type(row)._default_manager.get(pk=row.pk)
