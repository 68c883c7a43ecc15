"""Who reads a note, a business check and a proposal, and until when."""

import datetime as dt
from functools import partial

import pytest
from django.utils import timezone

from tests.factories.casework import NoteFactory, TransferFactory, WithdrawnTransferFactory
from tests.factories.health import DoneHealthCheckFactory, HealthCheckFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_shared", [True, False])
def test_the_entrepreneur_reads_shared_notes_alone(is_shared):
    note = NoteFactory(is_shared=is_shared)

    assert note.case.person.user.has_perm("casework.view_note", note) is is_shared


@pytest.mark.parametrize(("made", "is_read"), [(HealthCheckFactory, False), (DoneHealthCheckFactory, True)])
def test_the_owner_reads_a_business_check_once_it_is_finished(made, is_read):
    check = made()

    assert check.case.person.user.has_perm("casework.view_health_check", check) is is_read


def taken_back(days):
    return WithdrawnTransferFactory(decided_at=timezone.now() - dt.timedelta(days=days))


@pytest.mark.parametrize(
    ("made", "is_read"), [(TransferFactory, True), (partial(taken_back, 29), True), (partial(taken_back, 31), False)]
)
def test_who_is_asked_to_take_a_case_reads_how_it_was_decided_for_thirty_days(made, is_read):
    """Also where it was taken back before they answered: whoever was about to answer reads why nobody waits."""
    transfer = made()

    assert transfer.to_advisor.has_perm("casework.view_transfer", transfer) is is_read
